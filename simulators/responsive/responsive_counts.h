// What became of the recorded flow at the simulated exchange.
#pragma once

#include <cstdint>

namespace crucible::responsive {

struct ResponsiveCounts {
  std::uint64_t records = 0;  // of order books and trades
  std::uint64_t adds = 0, cancels = 0, executions = 0, prints = 0;
  std::uint64_t seeded = 0;  // levels of a snapshot: orders that no message announced
  std::uint64_t aggressors =
      0;  // marketable orders made of executions, and orders that cross the recorded book

  // Executions, by what the exchange matched.
  std::uint64_t hit = 0;       // the recorded order, in full
  std::uint64_t stood_in = 0;  // another recorded order of the same level, for at least a part
  std::uint64_t returned = 0;  // of `stood_in`: what had outlived its own execution since the recorded order was
                               // matched in its place, so that the place in the queue is the recorded order's
  std::uint64_t intruded = 0;  // an intruder's order, for at least a part
  std::uint64_t ahead = 0;     // nothing: an order that crossed the recorded book had done it
  std::uint64_t gone = 0;     // the recorded order had gone: matched at the touch instead, as far as possible
  std::uint64_t took = 0;     // nothing: the record tells an aggressor's own side of a trade
  std::uint64_t unnamed = 0;  // of an order that the record never named, nor its level: printed
  std::uint64_t dropped = 0;  // for at least a part nothing: the touch was away
  std::int64_t dropped_quantity = 0;
  std::uint64_t hit_unnamed =
      0;  // of `hit`: orders that the record never named, which stand before the named

  // Forced: what could not be done by an order that rests, cancels or matches.
  std::uint64_t revealed = 0;  // levels that came into the feed's window with quantity that was not known
  std::uint64_t cut = 0;      // levels that did so with less, or not at all: orders had been cancelled unseen
  std::uint64_t posted = 0;   // adds that would have crossed the shifted book: posted one tick from it
  std::uint64_t refused = 0;  // orders that the exchange did not take
  std::uint64_t cancels_gone = 0;  // cancels whose order had gone, at least in part
  std::uint64_t unknown = 0;       // changes and executions of an order that neither record nor level names

  std::uint64_t calls = 0;     // phases in which the recorded book stood crossed: auctions at the exchange
  std::uint64_t outlived = 0;  // orders that an intruder had spared, cancelled after the half-life

  std::uint64_t forced() const { return revealed + cut + posted + refused; }
};

}  // namespace crucible::responsive

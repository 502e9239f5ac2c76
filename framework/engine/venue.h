// Whatever takes orders and answers: a fill model over history, the simulated exchange, a real one. The engine
// cannot tell which.
//
// All calls come from the engine's one thread, in venue time order: OnMarket at the group's exchange time,
// OnCommand when the command reaches the venue, Advance when NextDue has come.
#pragma once

#include <span>
#include <vector>

#include "framework/base/hash.h"
#include "framework/event/event.h"
#include "framework/trading/command.h"

namespace crucible::engine {

// A group of market records on its way through the engine. The records stay valid until the strategy side has
// consumed the group.
struct MarketGroup {
  std::span<const Event> records;  // at least one; the last EndsGroup(); seq is the input's own
  InstrumentId instrument;         // run-level; the records carry the input's local id
  std::uint16_t input = 0;         // ordinal of the input, 1, 2, ...; 0: produced by a venue
  Nanos exchange_time;
  Nanos receive_time;              // >= exchange_time; set by the feed latency
};

// Takes what a venue says, in any order between the three kinds of speech; the venue stamps its own time into
// `origin`, and the engine sets time and seq.
//
//   replies   events of kinds kAccepted..kLiquidation with instrument (run-level), side, flags and body set
//             (kFillDetail, kMarginDetail: origin is the cause). They reach the strategy side after the reply latency.
//   market    groups of market data that the venue itself produces, all of the venue's instrument (run-level);
//             the last record of a group carries kGroupEnd. They reach the strategy side after the feed latency and
//             are appended to the run's stream then, because no input holds them.
//   facts     derived records about what happened at the venue that nobody may act upon (which participant did
//             what, and why). They are appended to the run's stream at once, with the venue's time.
class Outbox {
 public:
  void Reply(const Event& event) { replies_.push_back(event); }
  // Speech to be filled in place, which spares the hot path a copy; valid until the next of its kind is added.
  Event& Add() { return replies_.emplace_back(); }
  Event& AddMarket() { return market_.emplace_back(); }
  Event& AddFact() { return facts_.emplace_back(); }

  Event& MarketAt(std::size_t index) { return market_[index]; }

  std::span<const Event> replies() const { return replies_; }
  std::span<const Event> market() const { return market_; }
  std::span<const Event> facts() const { return facts_; }
  bool empty() const { return replies_.empty() && market_.empty() && facts_.empty(); }
  void Clear() {
    replies_.clear();
    market_.clear();
    facts_.clear();
  }

 private:
  std::vector<Event> replies_;
  std::vector<Event> market_;
  std::vector<Event> facts_;
};

class Venue {
 public:
  virtual ~Venue() = default;
  virtual void OnMarket(const MarketGroup& group, Outbox& outbox) = 0;
  // True when the strategy side receives the source's groups; false for a venue that consumes them and produces
  // market data of its own. Constant.
  virtual bool PassesMarketThrough() const { return true; }
  virtual void OnCommand(const trading::Command& command, Nanos at, Outbox& outbox) = 0;
  // The next moment at which the venue itself acts (expiry, auction, participants); kEndOfTime if none. It may only
  // change in a call that put something into the outbox, in Advance, in OnMarket of a venue that does not pass
  // the market through, and in OnMarket of a kMarkPrice.
  virtual Nanos NextDue() const { return kEndOfTime; }
  virtual void Advance(Nanos to, Outbox& outbox) {
    static_cast<void>(to);
    static_cast<void>(outbox);
  }
  // Canonical state, for checkpoints.
  virtual void Hash(StateHasher& hasher) const = 0;
};

}  // namespace crucible::engine

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
  std::uint16_t input = 0;         // ordinal of the input, 1, 2, ...
  Nanos exchange_time;
  Nanos receive_time;              // >= exchange_time; set by the feed latency
};

// Takes what a venue says. Replies are events of kinds kAccepted..kTriggered with instrument (run-level), side,
// flags and body set, and origin = venue time (kFillDetail: the cause); the engine sets time and seq.
class Outbox {
 public:
  void Reply(const Event& event) { replies_.push_back(event); }
  // A reply to be filled in place, which spares the hot path a copy; valid until the next one is added.
  Event& Add() { return replies_.emplace_back(); }
  std::span<const Event> replies() const { return replies_; }
  void Clear() { replies_.clear(); }

 private:
  std::vector<Event> replies_;
};

class Venue {
 public:
  virtual ~Venue() = default;
  virtual void OnMarket(const MarketGroup& group, Outbox& outbox) = 0;
  virtual void OnCommand(const trading::Command& command, Nanos at, Outbox& outbox) = 0;
  // The next moment at which the venue itself acts (expiry, auction); kEndOfTime if none. It may only change in a
  // call that replied, and in Advance.
  virtual Nanos NextDue() const { return kEndOfTime; }
  virtual void Advance(Nanos to, Outbox& outbox) {
    static_cast<void>(to);
    static_cast<void>(outbox);
  }
  // Canonical state, for checkpoints.
  virtual void Hash(StateHasher& hasher) const = 0;
};

}  // namespace crucible::engine

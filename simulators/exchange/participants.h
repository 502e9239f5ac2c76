// Who trades at a simulated venue besides the strategies.
//
// Participants hear everything as it happens, as ExchangeListeners; what they may act upon, and when, is
// theirs to model: they send messages with latency, and know of others only what is public. Their owners
// begin at kFirstOwner.
#pragma once

#include <span>

#include "framework/base/hash.h"
#include "framework/engine/venue.h"
#include "simulators/exchange/exchange.h"

namespace crucible::exchange {

inline constexpr Owner kStrategies = 1;  // all strategies of a run are one participant
inline constexpr Owner kFirstOwner = 2;

class Participants : public ExchangeListener {
 public:
  // Comes before everything that is heard at one moment.
  virtual void At(Nanos now) = 0;
  // When the next message of theirs reaches the exchange, or the next of them wakes; kEndOfTime if none.
  virtual Nanos NextDue() const = 0;
  // Does everything that is due up to `to`. Facts for the run's stream go into the outbox.
  virtual void Advance(Nanos to, Exchange& exchange, engine::Outbox& outbox) = 0;
  // A group of the run's source, at its exchange time: for flow that is recorded elsewhere.
  virtual void OnRecorded(const engine::MarketGroup& group, Exchange& exchange, engine::Outbox& outbox) {
    static_cast<void>(group);
    static_cast<void>(exchange);
    static_cast<void>(outbox);
  }
  // After OnTrade: what the run should know of the trade beyond what is public.
  virtual void NoteTrade(const Trade& trade, engine::Outbox& outbox) {
    static_cast<void>(trade);
    static_cast<void>(outbox);
  }
  // The record of the run's source that whoever is trading now acts on; of an order that no
  // record made, the last record that came before it.
  virtual CauseRef Cause() const { return {}; }
  virtual void Hash(StateHasher& hasher) const = 0;
};

}  // namespace crucible::exchange

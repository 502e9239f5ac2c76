// One participant of an agent market, and the only way in which it touches the world: messages.
//
// An agent acts when it wakes and when a message reaches it. It learns the state of the market by asking for
// it, gets its answers after its latency, and knows its own orders and fills from replies.
#pragma once

#include <cstdint>
#include <vector>

#include "framework/base/hash.h"
#include "framework/base/random.h"
#include "framework/base/units.h"
#include "framework/trading/command.h"
#include "simulators/exchange/exchange.h"

namespace crucible::agents {

// The answer to a query: public data of the moment at which the query reached the exchange.
struct Quote {
  Price bid, ask;  // 0: the side is empty
  std::int64_t bid_quantity = 0, ask_quantity = 0;
  Price last;               // 0 before the first trade
  std::int64_t volume = 0;  // traded so far
  Price low, high;          // of the trades of the last minutes (AgentMarket::kRangeParts); 0 before the first
  std::int64_t bid_depth = 0, ask_depth = 0;  // AskForDepth: shown within the distance from the touch
  bool HasBoth() const { return bid.units > 0 && ask.units > 0; }
};

// What an agent was told of an order of its own.
struct OwnOrder {
  std::uint64_t tag = 0;
  OrderId id;
  Side side = Side::kNone;
  std::int64_t open = 0;
  Price price;  // limit; 0 without
};

// An agent's hands; everything arrives after the agent's latency.
class Port {
 public:
  virtual ~Port() = default;
  virtual Nanos now() const = 0;
  virtual std::uint64_t Submit(const trading::OrderTerms& terms) = 0;  // returns the order's tag
  virtual void Cancel(const OwnOrder& order) = 0;
  virtual void AskForQuote() = 0;
  // The same answer with the depth within `distance` of the touch, which is public too.
  virtual void AskForDepth(PriceDelta distance) = 0;
  virtual void WakeAt(Nanos at) = 0;
  // Notes why the agent acts, as a fact of the run: numbers whose meaning the agent's kind fixes.
  virtual void Note(Side side, std::int64_t action, std::int64_t detail) = 0;
};

class Agent {
 public:
  explicit Agent(RandomStream random) : random_(std::move(random)) {}
  virtual ~Agent() = default;

  virtual void OnWake(Port& port) = 0;
  virtual void OnQuote(const Quote&, Port&) {}
  virtual void OnFill(Side, Price, std::int64_t, Port&) {}
  // For agents who act on the public prints of trades: another participant's order of `aggressor` traded. True wakes the
  // agent at that moment.
  virtual bool HearsTrades() const { return false; }
  virtual bool OnPublicTrade(Side, Nanos) { return false; }
  // Whose trades are facts of the run: the action that such a fact carries; 0 for ordinary participants. Never
  // changes.
  virtual std::int64_t TradeAction() const { return 0; }

  // Own orders and position, kept from what has been told. Called before the agent hears of it.
  void Learn(const exchange::Reply& reply);
  void LearnFill(std::uint64_t tag, Side side, std::int64_t quantity, std::int64_t open);

  std::int64_t position() const { return position_; }
  const std::vector<OwnOrder>& orders() const { return orders_; }
  // Everything that decides what the agent does next.
  void Hash(StateHasher& hasher) const;

 protected:
  // What the kind remembers beyond position, orders and draws.
  virtual void HashMemory(StateHasher&) const {}

  Duration Wait(Duration mean) {
    return {1 + static_cast<std::int64_t>(static_cast<double>(mean.nanos) * random_.Exponential())};
  }
  std::int64_t UpTo(std::int64_t bound) {  // 1, ..., bound
    return 1 + static_cast<std::int64_t>(random_.UniformBelow(static_cast<std::uint64_t>(bound)));
  }
  void CancelAll(Port& port) {
    for (const OwnOrder& order : orders_) port.Cancel(order);
  }

  RandomStream random_;

 private:
  std::int64_t position_ = 0;
  std::vector<OwnOrder> orders_;  // accepted and not ended
};

inline trading::OrderTerms LimitOrder(Side side, Price price, std::int64_t quantity) {
  trading::OrderTerms terms;
  terms.side = side;
  terms.price = price;
  terms.quantity = {quantity};
  return terms;
}
inline trading::OrderTerms MarketOrder(Side side, std::int64_t quantity) {
  trading::OrderTerms terms;
  terms.side = side;
  terms.type = OrderType::kMarket;
  terms.quantity = {quantity};
  return terms;
}

}  // namespace crucible::agents

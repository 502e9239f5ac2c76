// The simulated exchange as one of the engine's venues: strategies trade with participants, and what happens
// is the market data of the run.
//
// Every change of the book is a group of one record of an order-by-order feed (order_add, order_reduce,
// order_delete, order_execute; an auction prints trades). Order ids of the feed are the exchange's own, so a
// strategy recognises its order as one would at a real venue: by what it was told. Fills carry the rule
// `matched` or `auction`, and their trade id is the one of the public record. Bars of the trades are published
// when MarketRules::bar_length asks for them, before anything else that happens at their end.
//
// An order that self-trade prevention or a reduce-only rule makes smaller is not told so at once: what was
// taken from it is part of `canceled` when it ends. Until then the strategy side counts it as open, which
// errs on the safe side.
//
// Threads: thread-compatible.
#pragma once

#include <memory>

#include "absl/container/flat_hash_map.h"
#include "framework/base/status.h"
#include "framework/engine/venue.h"
#include "simulators/exchange/bar_maker.h"
#include "simulators/exchange/exchange.h"
#include "simulators/exchange/participants.h"

namespace crucible::exchange {

class ExchangeVenue final : public engine::Venue, private ExchangeListener {
 public:
  // `participants` may be null, and outlives the venue.
  static absl::StatusOr<std::unique_ptr<ExchangeVenue>> Create(InstrumentId instrument,
                                                               const MarketRules& rules,
                                                               Participants* participants);

  void OnMarket(const engine::MarketGroup& group, engine::Outbox& outbox) override;
  bool PassesMarketThrough() const override { return false; }
  void OnCommand(const trading::Command& command, Nanos at, engine::Outbox& outbox) override;
  Nanos NextDue() const override;
  void Advance(Nanos to, engine::Outbox& outbox) override;
  void Hash(StateHasher& hasher) const override;

  Exchange& exchange() { return *exchange_; }
  const Exchange& exchange() const { return *exchange_; }

 private:
  struct OwnOrder {
    OrderId id;             // the exchange's
    std::int64_t open = 0;  // as the exchange last said
    std::int64_t cut = 0;   // taken by the venue without being asked
  };

  ExchangeVenue(InstrumentId instrument, Duration bar_length, Participants* participants)
      : instrument_(instrument), participants_(participants), bars_(bar_length) {}
  void OnReply(const Reply& reply) override;
  void OnTrade(const Trade& trade) override;
  void OnBook(const BookChange& change) override;
  void OnStatus(TradingStatus status, Reason reason) override;
  void ReplyToStrategies(const Reply& reply);
  void FillStrategies(const Trade& trade, const Party& party, Side side);
  Event& Add(Event& event, Kind kind, Side side, std::uint16_t flags);
  void Begin(Nanos at, engine::Outbox& outbox) {
    now_ = at;
    outbox_ = &outbox;
    if (participants_ != nullptr) participants_->At(at);
    bars_.Begin(at);
    while (at >= bars_.due() && bars_.has_price()) PublishBar();
  }
  void PublishBar();

  InstrumentId instrument_;
  Participants* participants_;
  std::unique_ptr<Exchange> exchange_;
  absl::flat_hash_map<std::uint64_t, OwnOrder> orders_;  // by the run's order id; lookup only
  BarMaker bars_;
  bool amending_ = false;                                // a strategy's amendment is being answered
  engine::Outbox* outbox_ = nullptr;                     // of the call in progress
  Nanos now_{INT64_MIN};
};

}  // namespace crucible::exchange

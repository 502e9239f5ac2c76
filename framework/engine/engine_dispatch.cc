// How the engine tells strategies what happened: records become the plugin interface's events.
#include <array>
#include <cstdint>
#include <initializer_list>

#include "framework/engine/engine.h"
#include "framework/event/kinds.h"

namespace crucible::engine {
namespace {

// What a group tells strategies, by the kind of its first record.
enum class Tells : std::uint8_t {
  kNothing,
  kBook,
  kTrades,
  kTradesAndBook,
  kStatus,
  kDefinition,
  kBar,
  kMark
};

constexpr std::array<Tells, 256> kTells = [] {
  std::array<Tells, 256> tells{};
  const auto set = [&](Tells what, std::initializer_list<Kind> kinds) {
    for (const Kind kind : kinds) tells[static_cast<std::uint8_t>(kind)] = what;
  };
  set(Tells::kBook, {Kind::kOrderAdd, Kind::kOrderReduce, Kind::kOrderDelete, Kind::kOrderModify,
                     Kind::kDepthHead, Kind::kLevel, Kind::kBookClear, Kind::kQuote});
  set(Tells::kTrades, {Kind::kTrade});
  set(Tells::kTradesAndBook, {Kind::kOrderExecute});
  set(Tells::kStatus, {Kind::kTradingStatus, Kind::kFeedGap});
  set(Tells::kDefinition, {Kind::kDefinition});
  set(Tells::kBar, {Kind::kBar});
  set(Tells::kMark, {Kind::kMarkPrice});
  return tells;
}();

crucible_level_v1 BestLevel(const book::Touch& touch, Side side) {
  return {touch.price(side).units, touch.quantity(side).units, 0};
}

}  // namespace

void Engine::DispatchReply(const Event& reply, const DeskReply& outcome) {
  if (outcome.change.effect != trading::ReplyEffect::kApplied) return;
  if (reply.kind == Kind::kFill) return DispatchFill(reply, outcome);
  if (outcome.strategy == 0) return;
  StrategyHost& strategy = *strategies_[outcome.strategy - 1];
  if (!strategy.wants_order() || StandsStill(strategy, Handler::kOrder)) return;
  const auto body = As<ReplyBody>(reply);
  const bool has_queue = reply.kind == Kind::kAccepted || reply.kind == Kind::kAmended;
  strategy.Order({sizeof(crucible_order_event_v1), reply.instrument, reply.time,
                  reply.venue_time().since_epoch, body.order_id.value,
                  reply.kind == Kind::kTriggered ? static_cast<std::uint32_t>(CRUCIBLE_TRIGGERED)
                                                 : static_cast<std::uint32_t>(reply.kind) -
                                                       static_cast<std::uint32_t>(Kind::kAccepted) + 1,
                  has_queue ? 0U : static_cast<std::uint32_t>(body.queue_ahead_or_reason), body.price.units,
                  outcome.change.order->open().units, has_queue ? body.queue_ahead_or_reason : -1});
}

void Engine::DispatchFill(const Event& reply, const DeskReply& outcome) {
  const auto fill = As<FillBody>(reply);
  const crucible_fill_event_v1 event{sizeof event,
                                     reply.instrument,
                                     reply.time,
                                     reply.venue_time().since_epoch,
                                     fill.order_id.value,
                                     static_cast<std::uint32_t>(reply.side),
                                     (reply.flags & flag::kMaker) != 0 ? 1U : 0U,
                                     fill.price.units,
                                     outcome.change.filled.units,
                                     outcome.change.order->open().units,
                                     outcome.fee.units};
  // A liquidation or a roll is nobody's order and everybody's position.
  if (outcome.strategy == 0) return ForEachStrategy([&](StrategyHost& each) { each.Fill(event); });
  StrategyHost& strategy = *strategies_[outcome.strategy - 1];
  if (!StandsStill(strategy, Handler::kFill)) strategy.Fill(event);
}

void Engine::DispatchTrade(const MarketGroup& group, const Event& record) {
  crucible_trade_event_v1 event{sizeof event,
                                group.instrument.value,
                                now_.since_epoch,
                                group.exchange_time.since_epoch,
                                0,
                                0,
                                0,
                                CRUCIBLE_NO_SIDE,
                                0};
  if (record.kind == Kind::kTrade) {
    const auto trade = As<TradeBody>(record);
    event.price = trade.price.units;
    event.quantity = trade.quantity.units;
    event.trade_id = trade.trade_id;
    event.aggressor = static_cast<std::uint32_t>(record.side);
  } else {
    const auto execution = As<ExecuteBody>(record);
    event.price = execution.price.units;
    event.quantity = execution.quantity.units;
    event.trade_id = execution.trade_id;
    event.aggressor = static_cast<std::uint32_t>(Opposite(record.side));
  }
  ForEachStrategy([&](StrategyHost& strategy) {
    if (strategy.wants_trade()) strategy.Trade(event);
  });
}

void Engine::DispatchMark(const MarketGroup& group) {
  const auto mark = As<MarkPriceBody>(group.records.back());
  const crucible_mark_event_v1 event{
      sizeof event,    group.instrument.value, now_.since_epoch,      group.exchange_time.since_epoch,
      mark.mark.units, mark.index.units,       mark.funding_rate_e12, mark.next_funding.since_epoch};
  ForEachStrategy([&](StrategyHost& strategy) { strategy.Mark(event); });
}

void Engine::DispatchMargin(const Event& reply, const Event& detail) {
  const auto margin = As<MarginDetailBody>(detail);
  if (reply.kind == Kind::kFunding) {
    const auto funding = As<FundingBody>(reply);
    const crucible_funding_event_v1 event{
        sizeof event,       reply.instrument,       reply.time,       reply.venue_time().since_epoch,
        funding.paid.units, funding.position.units, funding.rate_e12, margin.mark.units};
    return ForEachStrategy([&](StrategyHost& strategy) { strategy.Funding(event); });
  }
  const auto liquidation = As<LiquidationBody>(reply);
  const crucible_liquidation_event_v1 event{sizeof event,
                                            reply.instrument,
                                            reply.time,
                                            reply.venue_time().since_epoch,
                                            liquidation.order_id.value,
                                            static_cast<std::uint32_t>(reply.side),
                                            0,
                                            liquidation.quantity.units,
                                            liquidation.price.units,
                                            margin.mark.units,
                                            margin.equity.units,
                                            margin.maintenance.units};
  ForEachStrategy([&](StrategyHost& strategy) { strategy.Liquidation(event); });
}

void Engine::DispatchStatus(const MarketGroup& group) {
  const Event& record = group.records.front();
  crucible_status_event_v1 event{sizeof event,
                                 group.instrument.value,
                                 now_.since_epoch,
                                 group.exchange_time.since_epoch,
                                 CRUCIBLE_STATUS_FEED_GAP,
                                 0,
                                 0};
  if (record.kind == Kind::kTradingStatus) {
    const auto status = As<StatusBody>(record);
    event.status = static_cast<std::uint32_t>(status.status);
    event.reason = status.reason;
  }
  ForEachStrategy([&](StrategyHost& strategy) {
    if (strategy.wants_status()) strategy.Status(event);
  });
}

// The first one of a session says what the strategies know from the start.
void Engine::DispatchDefinition(const MarketGroup& group) {
  const Instrument& instrument = desk_->instrument(group.instrument);
  crucible_definition_event_v1 event{sizeof event,
                                     group.instrument.value,
                                     now_.since_epoch,
                                     group.exchange_time.since_epoch,
                                     0,
                                     0,
                                     instrument.tick_size.units,
                                     instrument.lot_size.units};
  if (!desk_->TakeDefinition(group)) return;
  event.tick_size = instrument.tick_size.units;
  event.lot_size = instrument.lot_size.units;
  ForEachStrategy([&](StrategyHost& strategy) { strategy.Definition(event); });
}

void Engine::DispatchBar(const MarketGroup& group) {
  if (group.records.size() != 2) return;
  const auto bar = As<BarBody>(group.records[0]);
  const auto volume = As<BarVolumeBody>(group.records[1]);
  ForEachStrategy([&](StrategyHost& strategy) {
    if (!strategy.wants_bar()) return;
    strategy.Bar({sizeof(crucible_bar_event_v1), group.instrument.value, now_.since_epoch,
                  volume.length.nanos, bar.open.units, bar.high.units, bar.low.units, bar.close.units,
                  volume.volume.units, volume.trades});
  });
}

void Engine::DispatchTrades(const MarketGroup& group) {
  for (const Event& record : group.records) {
    if (record.kind == Kind::kTrade || record.kind == Kind::kOrderExecute) DispatchTrade(group, record);
  }
}

inline void Engine::DispatchBook(const MarketGroup& group, bool touch_changed) {
  ForEachStrategy([&](StrategyHost& strategy) {
    if (!strategy.wants_book()) return;
    const book::Touch& touch = desk_->book(group.instrument).touch();
    strategy.Book({sizeof(crucible_book_event_v1), group.instrument.value, now_.since_epoch,
                   group.exchange_time.since_epoch, BestLevel(touch, Side::kBid),
                   BestLevel(touch, Side::kAsk), touch_changed ? 1U : 0U,
                   (group.records.back().flags & flag::kSnapshot) != 0 ? 1U : 0U});
  });
}

// The book first, then each trade of the group, then the book event: a strategy that hears of a trade sees
// the book that the trade left.
void Engine::DispatchMarket(const MarketGroup& group, bool touch_changed) {
  switch (kTells[static_cast<std::uint8_t>(group.records.front().kind)]) {
    case Tells::kBook:
      return DispatchBook(group, touch_changed);
    case Tells::kTrades:
      return DispatchTrades(group);
    case Tells::kTradesAndBook:
      DispatchTrades(group);
      return DispatchBook(group, touch_changed);
    case Tells::kStatus:
      return DispatchStatus(group);
    case Tells::kDefinition:
      return DispatchDefinition(group);
    case Tells::kBar:
      return DispatchBar(group);
    case Tells::kMark:
      return DispatchMark(group);
    case Tells::kNothing:
      return;
  }
}

}  // namespace crucible::engine

// Rolls: orders of the contract that ends are cancelled, and its position goes over to the next.

#include "framework/engine/engine.h"

namespace crucible::engine {
namespace {

// Between two attempts to leave a contract whose market took less than all, or nothing.
constexpr Duration kRetry{1'000'000'000};

}  // namespace

void Engine::ObserveRolls(const MarketGroup& group) {
  config_.rolls->Observe(group, now_);
  const CauseRef market = desk_->cause();
  while (const std::optional<Rolls::Roll> roll = config_.rolls->Next()) {
    const crucible_roll_event_v1 event = desk_->RecordRoll(roll->from, roll->to);
    const CauseRef told{0, recorder_.last_seq()};
    desk_->SetCause(now_, told);
    if (roll->moves_positions) {
      leaving_[roll->from.value] = {told, now_};
      CancelOrdersOf(roll->from);
    }
    ForEachStrategy([&](StrategyHost& strategy) { strategy.Roll(event); });
    desk_->SetCause(now_, market);
  }
  for (const Rolls::Roll& roll : config_.rolls->left()) LeaveContract(roll);
  desk_->SetCause(now_, market);
}

void Engine::CancelOrdersOf(InstrumentId instrument) {
  std::vector<std::pair<std::uint32_t, OrderId>> live;
  desk_->orders().ForEachLive([&](const trading::Order& order) {
    if (order.instrument == instrument) live.emplace_back(order.strategy, order.id);
  });
  for (const auto& [strategy, id] : live) {
    if (desk_->Cancel(strategy, id, NextCommand()) == Desk::Answer::kOk) SendCommand();
  }
}

// Once nothing is at work in it, so that no order and its successor fill twice.
void Engine::LeaveContract(const Rolls::Roll& roll) {
  const std::int64_t held = desk_->account().holding(roll.from).position.units;
  const trading::OpenQuantity open = desk_->orders().open(roll.from);
  Leaving& leaving = leaving_[roll.from.value];
  if (held == 0 || open.buy.units != 0 || open.sell.units != 0 || leaving.next_attempt > now_) return;
  leaving.next_attempt = now_ + kRetry;
  desk_->SetCause(now_, leaving.cause);
  const OrderId id = SendRollOrder(roll.from, held > 0 ? kSell : kBuy, {held > 0 ? held : -held});
  if (id != OrderId{}) roll_orders_[id.value] = roll.to;
}

// What was closed in one contract is opened in the next, as its fills are heard.
void Engine::FollowRoll(const Event& fill) {
  const auto body = As<FillBody>(fill);
  const auto found = roll_orders_.find(body.order_id.value);
  if (found != roll_orders_.end()) SendRollOrder(found->second, Opposite(fill.side), body.quantity);
}

// Nobody's order, at the market; no id when the risk gate stopped it.
OrderId Engine::SendRollOrder(InstrumentId instrument, Side side, Quantity quantity) {
  trading::Command& command = NextCommand();
  command = {};
  command.instrument = instrument;
  command.terms.side = side;
  command.terms.type = OrderType::kMarket;
  command.terms.quantity = quantity;
  if (desk_->Submit(0, {}, command) != Desk::Answer::kOk) return {};
  const OrderId id = command.order_id;
  SendCommand();
  return id;
}

}  // namespace crucible::engine

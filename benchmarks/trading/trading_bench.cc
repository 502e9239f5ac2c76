// What one order's life, one fill, one risk check and one mid cost. Per item, in steady state.
#include <benchmark/benchmark.h>

#include <array>
#include <cstdint>

#include "framework/base/check.h"
#include "framework/event/kinds.h"
#include "framework/trading/account.h"
#include "framework/trading/markout.h"
#include "framework/trading/order_table.h"
#include "framework/trading/risk_gate.h"

namespace crucible::trading {
namespace {

Instrument MakeInstrument(Contract contract) {
  Instrument instrument;
  instrument.price_decimals = 1;
  instrument.quantity_decimals = contract == Contract::kLinear ? 3 : 0;
  instrument.multiplier = contract == Contract::kLinear ? 1 : 100;
  instrument.contract = contract;
  return instrument;
}

Event Reply(Kind kind, OrderId id) {
  Event event;
  event.kind = kind;
  SetBody(event, ReplyBody{Price{600'000}, Quantity{10}, id, static_cast<std::int64_t>(Reason::kRequested)});
  return event;
}

Command Submit(std::uint64_t id) {
  Command command{CommandType::kSubmit, {}, {id}, {}};
  command.terms.side = id % 2 == 0 ? kBuy : kSell;
  command.terms.price = {600'000};
  command.terms.quantity = {10};
  return command;
}

// The floor of a life: the same four messages stored to and read from an array of orders.
void BM_OrderTable_LifeFloor(benchmark::State& state) {
  std::array<Order, 64> orders;
  std::uint64_t id = 0;
  for (auto _ : state) {
    const Command command = Submit(++id);
    Order& order = orders[id % orders.size()];
    order = Order{};
    order.id = command.order_id;
    order.terms = command.terms;
    const Event accepted = Reply(Kind::kAccepted, order.id);
    order.queue_ahead = {As<ReplyBody>(accepted).queue_ahead_or_reason};
    const Event canceled = Reply(Kind::kCanceled, order.id);
    order.canceled = As<ReplyBody>(canceled).quantity;
    benchmark::DoNotOptimize(order);
  }
  state.SetItemsProcessed(state.iterations());
}
BENCHMARK(BM_OrderTable_LifeFloor);

// Submit, acknowledge, cancel, acknowledge, with `live` orders alive at any time.
void BM_OrderTable_Life(benchmark::State& state) {
  const auto live = static_cast<std::uint64_t>(state.range(0));
  OrderTable table;
  std::uint64_t id = 0;
  for (std::uint64_t i = 0; i < live; ++i) table.Submit(Submit(++id), {});
  for (auto _ : state) {
    table.Submit(Submit(++id), {});
    const OrderId old{id - live};
    benchmark::DoNotOptimize(table.OnReply(Reply(Kind::kAccepted, old)));
    benchmark::DoNotOptimize(table.Cancel(old));
    benchmark::DoNotOptimize(table.OnReply(Reply(Kind::kCanceled, old)));
  }
  state.SetItemsProcessed(state.iterations());
}
BENCHMARK(BM_OrderTable_Life)->ArgName("live")->Arg(0)->Arg(2)->Arg(100)->Arg(10'000);

void BM_Account_ApplyFill(benchmark::State& state, Contract contract) {
  Account account({});
  CRUCIBLE_CHECK(account.AddInstrument({}, MakeInstrument(contract), FeeConfig::MakerTaker(2, 5)).ok());
  std::int64_t step = 0;
  for (auto _ : state) {
    Fill fill;
    fill.side = step % 4 < 2 ? kBuy : kSell;  // in, in, out, out: half the closings are partial
    fill.price = {600'000 + step % 7};
    fill.quantity = {1 + step % 3};
    fill.fee = {120'000};
    ++step;
    benchmark::DoNotOptimize(account.ApplyFill(fill));
  }
  state.SetItemsProcessed(state.iterations());
}
// clang-format off
BENCHMARK_CAPTURE(BM_Account_ApplyFill, contract:linear, Contract::kLinear);
BENCHMARK_CAPTURE(BM_Account_ApplyFill, contract:inverse, Contract::kInverse);
// clang-format on

void BM_Account_Mark(benchmark::State& state) {
  Account account({});
  CRUCIBLE_CHECK(account.AddInstrument({}, MakeInstrument(Contract::kLinear)).ok());
  account.ApplyFill({{}, kBuy, Price{600'000}, Quantity{5}});
  std::int64_t step = 0;
  for (auto _ : state) account.Mark({}, Mid{1'200'001 + step++ % 50});
  state.SetItemsProcessed(state.iterations());
}
BENCHMARK(BM_Account_Mark);

void BM_FeeSchedule_Charge(benchmark::State& state) {
  FeeSchedule fees =
      FeeSchedule::Create(FeeConfig::MakerTaker(2, 5), MakeInstrument(Contract::kLinear)).value();
  std::int64_t step = 0;
  for (auto _ : state) {
    ++step;
    benchmark::DoNotOptimize(fees.Charge({600'000 + step % 7}, {10}, step % 2 == 0));
  }
  state.SetItemsProcessed(state.iterations());
}
BENCHMARK(BM_FeeSchedule_Charge);

RiskConfig AllLimits() {
  RiskConfig config;
  config.max_gross_exposure = {INT64_MAX / 2};
  config.max_open_orders = 100;
  config.max_commands = 1'000'000'000;
  config.max_duplicates = 1'000'000'000;
  config.defaults.max_order_quantity = {1000};
  config.defaults.max_order_notional = {INT64_MAX / 2};
  config.defaults.max_position = {1'000'000};
  config.defaults.collar_bps = 100;
  config.defaults.max_reference_age = {1'000'000'000};
  return config;
}

void BM_RiskGate_Check(benchmark::State& state, const RiskConfig& config) {
  RiskGate gate(config);
  Account account({});
  CRUCIBLE_CHECK(account.AddInstrument({}, MakeInstrument(Contract::kLinear)).ok());
  account.ApplyFill({{}, kBuy, Price{600'000}, Quantity{5}});
  OrderTable orders;
  orders.Submit(Submit(1), {});
  std::uint64_t id = 1;
  for (auto _ : state) {
    const auto now = static_cast<std::int64_t>(++id);
    benchmark::DoNotOptimize(gate.Check(Submit(id), {{now}, &account, &orders, Mid{1'200'001}, {now - 1}}));
  }
  state.SetItemsProcessed(state.iterations());
}
// clang-format off
BENCHMARK_CAPTURE(BM_RiskGate_Check, limits:none, RiskConfig{});
BENCHMARK_CAPTURE(BM_RiskGate_Check, limits:all, AllLimits());
// clang-format on

// `fills_every` mids bring one fill.
void BM_MarkoutTracker_OnMid(benchmark::State& state) {
  const std::int64_t fills_every = state.range(0);
  MarkoutTracker tracker;
  std::int64_t step = 0;
  Fill fill;
  fill.side = kBuy;
  fill.price = {600'000};
  for (auto _ : state) {
    ++step;
    const Nanos now{step * 20'000'000};
    tracker.OnMid({}, now, Mid{1'200'001 + step % 50});
    if (step % fills_every == 0) {
      fill.at = now;
      tracker.OnFill(fill, Money{1});
    }
  }
  state.SetItemsProcessed(state.iterations());
}
BENCHMARK(BM_MarkoutTracker_OnMid)->ArgName("fills_every")->Arg(1'000'000)->Arg(50);

}  // namespace
}  // namespace crucible::trading

BENCHMARK_MAIN();

// Every fill model against its literal twin (naive_venue.h) on random markets and random orders.
#include <gtest/gtest.h>

#include <algorithm>
#include <memory>
#include <vector>

#include "framework/base/random.h"
#include "simulators/history/bar_venue.h"
#include "simulators/history/l2_venue.h"
#include "simulators/history/l3_venue.h"
#include "simulators/history/quote_venue.h"
#include "tests/history/market_script.h"
#include "tests/history/naive_venue.h"

namespace crucible::history {
namespace {

constexpr std::int64_t kMid = 1'000;  // ticks

struct Shape {
  std::int64_t tick = 1;
  std::int64_t lot = 1;
  std::int64_t width = 6;  // ticks around the mid where things happen
};

// Plays the same random day to both and compares every reply.
class Duel {
 public:
  Duel(engine::Venue& venue, NaiveVenue& twin, std::uint64_t seed, const Shape& shape)
      : venue_(venue), twin_(twin), shape_(shape), seed_(seed), random_(seed, "duel") {}

  std::int64_t Below(std::int64_t bound) {
    return static_cast<std::int64_t>(random_.UniformBelow(static_cast<std::uint64_t>(bound)));
  }
  bool Chance(std::int64_t percent) { return Below(100) < percent; }
  Side AnySide() { return Chance(50) ? kBuy : kSell; }
  std::int64_t AnyPrice() { return (kMid - shape_.width + Below(2 * shape_.width + 1)) * shape_.tick; }
  std::int64_t AnyQuantity() { return 1 + Below(6 * shape_.lot); }
  const Shape& shape() const { return shape_; }

  bool Play(const GroupWriter& group) {
    ++now_;
    events_ = group.Finish(seq_, now_);
    venue_.OnMarket(GroupOf(events_, now_), outbox_);
    twin_.Market(GroupOf(events_, now_));
    return Compare("market");
  }

  // A command, or a move of the clock.
  bool Act() {
    ++now_;
    if (Chance(3)) {
      now_ += 20;
      venue_.Advance({now_}, outbox_);
      twin_.Advance(now_);
      return Compare("advance");
    }
    const trading::Command command = AnyCommand();
    venue_.OnCommand(command, {now_}, outbox_);
    twin_.Command(command, now_);
    return Compare("command");
  }
  void Wait(std::int64_t nanos) { now_ += nanos; }
  // So that the next group comes at a multiple of `nanos`.
  void WaitUntilMultipleOf(std::int64_t nanos) { now_ = (now_ / nanos + 1) * nanos - 1; }
  std::uint64_t fills() const { return fills_; }
  std::uint64_t seed() const { return seed_; }

 private:
  trading::Command AnyCommand() {
    if (Chance(25) && last_id_ > 0) return CancelCommand(RecentId());
    if (Chance(25) && last_id_ > 0) return AmendCommand(RecentId(), AnyPrice(), AnyLots());
    return SubmitCommand(Chance(2) ? RecentId() : ++last_id_, AnyTerms());
  }
  std::uint64_t RecentId() {
    return last_id_ - std::min<std::uint64_t>(last_id_ - 1, random_.UniformBelow(12));
  }
  std::int64_t AnyLots() { return Chance(3) ? AnyQuantity() : (1 + Below(5)) * shape_.lot; }

  trading::OrderTerms AnyTerms() {
    const OrderType type = Chance(70)   ? OrderType::kLimit
                           : Chance(30) ? OrderType::kMarket
                           : Chance(35) ? OrderType::kStop
                           : Chance(50) ? OrderType::kStopLimit
                                        : OrderType::kTrailingStop;
    trading::OrderTerms terms = Terms(AnySide(), type, AnyPrice(), AnyPrice(), AnyLots());
    if (type == OrderType::kTrailingStop) terms.price.units = (1 + Below(shape_.width)) * shape_.tick;
    if (Chance(2)) terms.price.units += 1;
    if (Chance(10)) terms.tif = TimeInForce::kImmediateOrCancel;
    if (Chance(5)) terms.tif = TimeInForce::kFillOrKill;
    if (Chance(10)) {
      terms.tif = TimeInForce::kGoodTillDate;
      terms.expiry = {now_ + Below(60)};
    }
    if (Chance(20)) terms.options |= option::kPostOnly;
    if (Chance(10)) terms.options |= option::kReduceOnly;
    return terms;
  }

  bool Compare(const char* after) {
    const std::vector<Event> expected = twin_.TakeReplies();
    const std::vector<Event> found(outbox_.replies().begin(), outbox_.replies().end());
    outbox_.Clear();
    for (const Event& event : found) fills_ += event.kind == Kind::kFill ? 1 : 0;
    if (found == expected && venue_.NextDue().since_epoch == twin_.NextDue()) return true;
    ADD_FAILURE() << "seed " << seed_ << ", time " << now_ << ", after " << after
                  << "\n  venue: " << Describe(found) << "\n  twin:  " << Describe(expected) << "\n  due "
                  << venue_.NextDue().since_epoch << " and " << twin_.NextDue();
    return false;
  }

  engine::Venue& venue_;
  NaiveVenue& twin_;
  Shape shape_;
  std::uint64_t seed_;
  RandomStream random_;
  engine::Outbox outbox_;
  std::vector<Event> events_;
  std::uint64_t seq_ = 0;
  std::uint64_t last_id_ = 0;
  std::uint64_t fills_ = 0;
  std::int64_t now_ = 1'000;
};

constexpr Shape kShapes[] = {{1, 1, 6}, {5, 10, 4}, {1, 1, 20}};
constexpr int kSeeds = 48;
constexpr int kSteps = 12'000;

// ---- L2 ----

GroupWriter L2Group(Duel& duel) {
  GroupWriter group;
  if (duel.Chance(1)) {
    group.Clear();
    for (int i = 0; i < 8; ++i) group.Level(duel.AnySide(), duel.AnyPrice(), duel.AnyQuantity() * 3);
  } else if (duel.Chance(1)) {
    duel.Chance(50) ? group.Gap()
                    : group.Status(duel.Chance(70) ? TradingStatus::kTrading : TradingStatus::kHalted);
  } else if (duel.Chance(35)) {
    const Side side = duel.Chance(5) ? Side::kNone : duel.AnySide();
    for (std::int64_t i = duel.Below(3); i >= 0; --i) group.Trade(side, duel.AnyPrice(), duel.AnyQuantity());
  } else {
    for (std::int64_t i = duel.Below(4); i >= 0; --i) {
      const Side side = duel.AnySide();
      // Bids mostly below the mid, asks above it, so that the book is crossed now and then only.
      std::int64_t price = duel.AnyPrice();
      const std::int64_t mid = kMid * duel.shape().tick;
      if (!duel.Chance(10) && (side == kBuy) == (price > mid)) price = 2 * mid - price;
      group.Level(side, price, duel.Chance(25) ? 0 : duel.AnyQuantity() * 3);
    }
  }
  return group;
}

std::uint64_t PlayL2(const char* queue, double power, std::uint64_t seed, const Shape& shape) {
  TradeIds trade_ids;
  const VenueSetup setup = TestSetup(trade_ids, shape.tick, shape.lot);
  L2Venue venue(setup, *QueueModel::Parse(queue, {shape.lot}));
  NaiveL2 twin(setup, power);
  Duel duel(venue, twin, seed, shape);
  for (int step = 0; step < kSteps; ++step) {
    if (!(duel.Chance(60) ? duel.Play(L2Group(duel)) : duel.Act())) return 0;
  }
  return duel.fills();
}

TEST(FillModelTwinTest, TheRiskAverseL2ModelAgrees) {
  std::uint64_t fills = 0;
  for (int seed = 1; seed <= kSeeds && !HasFailure(); ++seed) {
    fills += PlayL2("risk-averse", 0, static_cast<std::uint64_t>(seed), kShapes[seed % 3]);
  }
  EXPECT_GT(fills, 20'000u);
}

TEST(FillModelTwinTest, TheProbabilisticL2ModelAgrees) {
  std::uint64_t fills = 0;
  for (int seed = 1; seed <= kSeeds && !HasFailure(); ++seed) {
    fills += PlayL2("power3:3", 3, static_cast<std::uint64_t>(seed), kShapes[seed % 3]);
  }
  EXPECT_GT(fills, 20'000u);
}

// ---- L3 ----

// Known resting orders, so that most records name one.
class OrderPool {
 public:
  struct Order {
    std::uint64_t id;
    Side side;
    std::int64_t price, quantity;
  };

  GroupWriter Opening(Duel& duel) {
    GroupWriter group;
    const std::int64_t mid = kMid * duel.shape().tick;
    for (std::int64_t i = 1; i <= 3; ++i) {
      group.Level(kBuy, mid - i * duel.shape().tick, 20).Level(kSell, mid + i * duel.shape().tick, 20);
    }
    return group;
  }
  GroupWriter Next(Duel& duel) {
    GroupWriter group;
    if (duel.Chance(1))
      return group.Status(duel.Chance(70) ? TradingStatus::kTrading : TradingStatus::kHalted);
    if (duel.Chance(5)) return group.Trade(duel.AnySide(), duel.AnyPrice(), duel.AnyQuantity());
    if (duel.Chance(5)) return Unknown(duel);
    if (live_.size() < 4 || (live_.size() < 30 && duel.Chance(50))) return Add(duel);
    return Change(duel);
  }

 private:
  GroupWriter Unknown(Duel& duel) {
    const Kind kinds[] = {Kind::kOrderReduce, Kind::kOrderDelete, Kind::kOrderExecute};
    return GroupWriter().Order(kinds[duel.Below(3)], duel.AnySide(), duel.AnyPrice(), duel.AnyQuantity(),
                               900'000'000);
  }
  GroupWriter Add(Duel& duel) {
    const Side side = duel.AnySide();
    std::int64_t price = duel.AnyPrice();
    const std::int64_t mid = kMid * duel.shape().tick;
    if (!duel.Chance(8) && (side == kBuy) == (price > mid)) price = 2 * mid - price;
    live_.push_back({++last_id_ * 7919, side, price, duel.AnyQuantity()});
    const Order& order = live_.back();
    return GroupWriter().Order(Kind::kOrderAdd, side, price, order.quantity, order.id);
  }
  GroupWriter Change(Duel& duel) {
    const auto at = static_cast<std::size_t>(duel.Below(static_cast<std::int64_t>(live_.size())));
    Order& order = live_[at];
    const Order before = order;
    if (duel.Chance(15)) {
      if (duel.Chance(50)) order.price = duel.AnyPrice();
      order.quantity = duel.AnyQuantity();
      return GroupWriter().Order(Kind::kOrderModify, order.side, order.price, order.quantity, order.id);
    }
    const Kind kind = duel.Chance(40)   ? Kind::kOrderExecute
                      : duel.Chance(30) ? Kind::kOrderReduce
                                        : Kind::kOrderDelete;
    const std::int64_t quantity =
        kind == Kind::kOrderDelete ? order.quantity : 1 + duel.Below(order.quantity);
    order.quantity -= quantity;
    if (order.quantity == 0) live_.erase(live_.begin() + static_cast<std::ptrdiff_t>(at));
    return GroupWriter().Order(kind, before.side, before.price, quantity, before.id);
  }

  std::vector<Order> live_;
  std::uint64_t last_id_ = 0;
};

std::uint64_t PlayL3(std::uint64_t seed, const Shape& shape) {
  TradeIds trade_ids;
  const VenueSetup setup = TestSetup(trade_ids, shape.tick, shape.lot);
  L3Venue venue(setup, 0);
  NaiveL3 twin(setup);
  Duel duel(venue, twin, seed, shape);
  OrderPool pool;
  if (!duel.Play(pool.Opening(duel))) return 0;
  for (int step = 0; step < kSteps; ++step) {
    if (!(duel.Chance(65) ? duel.Play(pool.Next(duel)) : duel.Act())) return 0;
  }
  return duel.fills();
}

TEST(FillModelTwinTest, TheL3ModelAgrees) {
  std::uint64_t fills = 0;
  for (int seed = 1; seed <= kSeeds && !HasFailure(); ++seed) {
    fills += PlayL3(static_cast<std::uint64_t>(seed), kShapes[seed % 3]);
  }
  EXPECT_GT(fills, 20'000u);
}

// ---- quotes ----

GroupWriter QuoteGroup(Duel& duel) {
  GroupWriter group;
  if (duel.Chance(1)) return group.Status(duel.Chance(70) ? TradingStatus::kTrading : TradingStatus::kHalted);
  if (duel.Chance(20)) return group.Trade(duel.AnySide(), duel.AnyPrice(), duel.AnyQuantity());
  const std::int64_t a = duel.AnyPrice();
  const std::int64_t b = duel.AnyPrice();
  group.Quote(kBuy, std::min(a, b), duel.Chance(5) ? 0 : duel.AnyQuantity());
  return group.Quote(kSell, std::max(a, b), duel.Chance(5) ? 0 : duel.AnyQuantity());
}

TEST(FillModelTwinTest, TheQuoteModelAgrees) {
  std::uint64_t fills = 0;
  for (int seed = 1; seed <= kSeeds && !HasFailure(); ++seed) {
    const Shape& shape = kShapes[seed % 3];
    TradeIds trade_ids;
    const VenueSetup setup = TestSetup(trade_ids, shape.tick, shape.lot);
    QuoteVenue venue(setup, false);
    NaiveQuotes twin(setup);
    Duel duel(venue, twin, static_cast<std::uint64_t>(seed), shape);
    for (int step = 0; step < kSteps; ++step) {
      if (!(duel.Chance(60) ? duel.Play(QuoteGroup(duel)) : duel.Act())) break;
    }
    fills += duel.fills();
  }
  EXPECT_GT(fills, 20'000u);
}

// ---- bars ----

// Bars of 600 ns, most of them back to back; orders arrive 1 to 3 ns or half a bar after an open.
std::uint64_t PlayBars(const BarOptions& options, std::uint64_t seed, const Shape& shape) {
  TradeIds trade_ids;
  const VenueSetup setup = TestSetup(trade_ids, shape.tick, shape.lot);
  BarVenue venue(setup, options);
  NaiveBars twin(setup, options);
  Duel duel(venue, twin, seed, shape);
  for (int step = 0; step < kSteps / 2; ++step) {
    std::int64_t prices[] = {duel.AnyPrice(), duel.AnyPrice(), duel.AnyPrice()};
    std::ranges::sort(prices);
    const std::int64_t volume = duel.Chance(10) ? 0 : duel.Below(60 * shape.lot);
    GroupWriter bar;
    bar.Bar(prices[1], prices[2], prices[0], prices[1], volume, 600);
    for (std::int64_t i = duel.Below(4); i > 0; --i) {
      if (!duel.Act()) return 0;
    }
    if (duel.Chance(50)) {
      duel.Wait(300);
      if (!duel.Act()) return 0;
    }
    duel.WaitUntilMultipleOf(600);
    if (!duel.Play(bar)) return 0;
  }
  return duel.fills();
}

TEST(FillModelTwinTest, TheBarModelAgrees) {
  std::uint64_t fills = 0;
  for (int seed = 1; seed <= kSeeds && !HasFailure(); ++seed) {
    const BarOptions options{.slippage_ticks = seed % 2,
                             .volume_percent = seed % 3 == 0 ? 30 : 100,
                             .limits_need_through = seed % 5 == 0};
    fills += PlayBars(options, static_cast<std::uint64_t>(seed), kShapes[seed % 3]);
  }
  EXPECT_GT(fills, 20'000u);
}

}  // namespace
}  // namespace crucible::history

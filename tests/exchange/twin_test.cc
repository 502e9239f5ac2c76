// Random operations on the exchange and on the naive model: every event the same, and what must always hold,
// holds.

#include <gtest/gtest.h>

#include <map>
#include <memory>
#include <tuple>
#include <vector>

#include "framework/base/random.h"
#include "simulators/exchange/exchange.h"
#include "tests/exchange/naive_exchange.h"

namespace crucible::exchange {
namespace {

using trading::OrderTerms;

constexpr Owner kOwners = 4;

// Everything said, as numbers.
class Transcript final : public ExchangeListener {
 public:
  using Line = std::vector<std::int64_t>;
  void OnReply(const Reply& r) override {
    lines.push_back({1, Number(r.kind), r.owner, Number(r.side), Number(r.tag), Number(r.id.value),
                     r.price.units, r.quantity, r.detail});
    last_reply = r;
  }
  void OnTrade(const Trade& t) override {
    lines.push_back({2, t.price.units, t.quantity, Number(t.id), Number(t.aggressor)});
    for (const Party* p : {&t.buyer, &t.seller})
      lines.push_back({3, p->owner, Number(p->tag), Number(p->id.value), p->fee.units, p->open});
    trades.push_back(t);
  }
  void OnBook(const BookChange& c) override {
    lines.push_back({4, Number(c.kind), Number(c.side), c.price.units, c.quantity, Number(c.id.value),
                     Number(c.trade_id)});
  }
  void OnStatus(TradingStatus status, Reason reason) override {
    lines.push_back({5, Number(status), Number(reason)});
  }
  void Clear() {
    lines.clear();
    trades.clear();
  }

  std::vector<Line> lines;
  std::vector<Trade> trades;
  Reply last_reply;

 private:
  template <class T>
  static std::int64_t Number(T value) {
    return static_cast<std::int64_t>(value);
  }
};

// Draws orders that meet each other often, with every option in every combination.
class Operations {
 public:
  explicit Operations(std::uint64_t seed) : random_(seed, "test/exchange") {}
  std::int64_t Below(std::int64_t bound) {
    return static_cast<std::int64_t>(random_.UniformBelow(static_cast<std::uint64_t>(bound)));
  }
  bool Chance(int percent) { return Below(100) < percent; }

  OrderTerms Order(Nanos now) {
    OrderTerms terms;
    terms.side = Chance(50) ? kBuy : kSell;
    terms.type = static_cast<OrderType>(Chance(70) ? 2 : 1 + Below(5));
    terms.quantity = {2 * (1 + Below(Chance(10) ? 40 : 8)) + (Chance(1) ? 1 : 0)};
    const bool limit = terms.type == OrderType::kLimit || terms.type == OrderType::kStopLimit;
    if (limit) terms.price = {Price()};
    if (terms.type == OrderType::kTrailingStop) terms.price = {5 * (1 + Below(4))};
    if (terms.type == OrderType::kStop || terms.type == OrderType::kStopLimit) terms.stop_price = {Price()};
    const std::int64_t tif = Below(10);
    if (tif == 7) terms.tif = TimeInForce::kImmediateOrCancel;
    if (tif == 8) terms.tif = TimeInForce::kFillOrKill;
    if (tif == 9) {
      terms.tif = TimeInForce::kGoodTillDate;
      terms.expiry = {now.since_epoch + Below(200) - 2};
    }
    if (Chance(10)) terms.options |= option::kPostOnly;
    if (Chance(15)) terms.options |= option::kReduceOnly;
    if (limit && Chance(20)) terms.display = {2 * Below(5)};
    return terms;
  }
  std::int64_t Price() { return 1000 + 5 * (Below(13) - 6) + (Chance(1) ? 1 : 0); }

 private:
  RandomStream random_;
};

struct Setting {
  const char* name;
  SelfTrade self_trade;
  std::int64_t band;
  std::uint32_t max_messages;
};

class TwinTest : public testing::TestWithParam<Setting> {
 protected:
  static MarketRules Rules() {
    MarketRules rules;
    rules.instrument = {.venue = "test",
                        .symbol = "X",
                        .currency = "USD",
                        .settle_currency = "USD",
                        .price_decimals = 2,
                        .tick_size = {5},
                        .lot_size = {2}};
    rules.fees = trading::FeeConfig::MakerTaker(-0.7, 1.3);
    rules.self_trade = GetParam().self_trade;
    rules.band = {GetParam().band};
    rules.reference = {GetParam().band > 0 ? 1000 : 0};
    rules.halt_length = {30};
    rules.auction_length = {40};
    rules.max_messages = GetParam().max_messages;
    rules.message_interval = {20};
    return rules;
  }

  void Run(std::uint64_t seed, int operations) {
    exchange_ = *Exchange::Create(Rules(), said_);
    naive_ = std::make_unique<NaiveExchange>(Rules(), naive_said_);
    exchange_->SetSelfTrade(kOwners, SelfTrade::kAllow);
    naive_->SetSelfTrade(kOwners, SelfTrade::kAllow);
    Operations random(seed);
    sizes_.clear();
    for (int i = 0; i < operations; ++i) {
      now_.since_epoch += random.Below(3);
      Step(random);
      ASSERT_EQ(said_.lines, naive_said_.lines) << "seed " << seed << ", operation " << i;
      CheckTrades();
      if (i % 64 == 0) CheckState();
      if (HasFailure()) return;
      said_.Clear();
      naive_said_.Clear();
    }
    EXPECT_GT(trades_, operations / 20) << "too little happened";
  }

 private:
  void Step(Operations& random) {
    exchange_->Advance(now_);
    naive_->Advance(now_);
    KeepSmall();
    const auto owner = static_cast<Owner>(1 + random.Below(kOwners));
    const std::int64_t what = random.Below(1000);
    if (what < 560) {
      Submit(owner, random.Order(now_));
    } else if (what < 800) {
      const OrderId id = RecentId(random);
      exchange_->Cancel(owner, id, 7, now_);
      naive_->Cancel(owner, id, 7, now_);
    } else if (what < 996) {
      const OrderId id = RecentId(random);
      const Price price{random.Price()};
      const std::int64_t total = 2 * random.Below(12);
      if (total > 0) sizes_[id.value] = std::max(sizes_[id.value], total);
      exchange_->Amend(owner, id, 7, price, total, now_);
      naive_->Amend(owner, id, 7, price, total, now_);
    } else if (what < 998) {
      exchange_->StartAuction(now_ + Duration{25}, now_);
      naive_->StartAuction(now_ + Duration{25}, now_);
    } else {
      exchange_->Halt(now_ + Duration{15}, now_);
      naive_->Halt(now_ + Duration{15}, now_);
    }
  }
  // The naive model searches from end to end.
  void KeepSmall() {
    for (const Side side : {Side::kBid, Side::kAsk}) {
      while (exchange_->book().order_count() > 30 && !exchange_->book().Empty(side)) {
        const OrderIndex front = exchange_->book().Front(side);
        const OrderId id{exchange_->book().order(front).id};
        const Owner owner = exchange_->book().OwnerOf(front);
        exchange_->Cancel(owner, id, 7, now_);
        naive_->Cancel(owner, id, 7, now_);
      }
    }
    if (exchange_->stops().size() <= 20) return;
    std::vector<StopOrder> stops;
    exchange_->stops().ForEach([&](const StopOrder& stop) { stops.push_back(stop); });
    for (const StopOrder& stop : stops) {
      exchange_->Cancel(stop.owner, stop.id, 7, now_);
      naive_->Cancel(stop.owner, stop.id, 7, now_);
    }
  }
  void Submit(Owner owner, const OrderTerms& terms) {
    const OrderId id = exchange_->Submit(owner, ++tag_, terms, now_);
    ASSERT_EQ(naive_->Submit(owner, tag_, terms, now_), id);
    if (id.value == 0) return;
    last_id_ = id.value;
    sizes_[id.value] = terms.quantity.units;
    filled_[id.value] = 0;
  }
  OrderId RecentId(Operations& random) {
    return {last_id_ - std::min<std::uint64_t>(last_id_, static_cast<std::uint64_t>(random.Below(60)))};
  }

  // No order is filled beyond its size, however often it was amended.
  void CheckTrades() {
    for (const Trade& trade : said_.trades) {
      EXPECT_GT(trade.quantity, 0);
      ++trades_;
      for (const Party& party : {trade.buyer, trade.seller}) {
        EXPECT_GE(party.open, 0);
        filled_[party.id.value] += trade.quantity;
        EXPECT_LE(filled_[party.id.value], sizes_[party.id.value]) << "order " << party.id.value;
      }
    }
  }
  // No crossed book outside auctions, no negative quantity, cash and units conserved; the queues are the
  // same.
  void CheckState() {
    ASSERT_TRUE(exchange_->InvariantsHold());
    for (const Side side : {Side::kBid, Side::kAsk}) {
      std::vector<std::uint64_t> queue;
      exchange_->book().ForEachOrder(side, [&](OrderIndex index) {
        queue.push_back(exchange_->book().order(index).id);
        return true;
      });
      ASSERT_EQ(queue, naive_->Queue(side));
    }
    for (Owner owner = 1; owner <= kOwners; ++owner) {
      ASSERT_EQ(exchange_->ledger().account(owner).cash, naive_->ledger().account(owner).cash);
      ASSERT_EQ(exchange_->ledger().position(owner), naive_->ledger().account(owner).position);
    }
  }

  Transcript said_, naive_said_;
  std::unique_ptr<Exchange> exchange_;
  std::unique_ptr<NaiveExchange> naive_;
  Nanos now_{1'000'000};
  std::uint64_t tag_ = 0;
  int trades_ = 0;
  std::uint64_t last_id_ = 0;
  std::map<std::uint64_t, std::int64_t> sizes_, filled_;
};

TEST_P(TwinTest, SaysWhatTheNaiveModelSays) { Run(1, 500'000); }

INSTANTIATE_TEST_SUITE_P(Settings, TwinTest,
                         testing::Values(Setting{"Newest", SelfTrade::kCancelNewest, 0, 0},
                                         Setting{"Oldest", SelfTrade::kCancelOldest, 0, 0},
                                         Setting{"Decrement", SelfTrade::kDecrement, 0, 0},
                                         Setting{"Allowed", SelfTrade::kAllow, 0, 0},
                                         Setting{"NewestWithBand", SelfTrade::kCancelNewest, 20, 0},
                                         Setting{"OldestWithBand", SelfTrade::kCancelOldest, 20, 0},
                                         Setting{"DecrementWithBand", SelfTrade::kDecrement, 20, 0},
                                         Setting{"NewestWithMessageLimit", SelfTrade::kCancelNewest, 20, 6}),
                         [](const auto& parameter) { return std::string(parameter.param.name); });

}  // namespace
}  // namespace crucible::exchange

// Facts of markets whose truth is known.
#include "framework/facts/market_facts.h"

#include <gtest/gtest.h>

#include <map>
#include <string>

#include "framework/base/math.h"
#include "framework/base/random.h"

namespace crucible::facts {
namespace {

constexpr std::int64_t kSecond = 1'000'000'000;

class MarketFactsTest : public testing::Test {
 protected:
  template <class Body>
  void Play(Kind kind, Side side, const Body& body) {
    Event event{.time = now_,
                .origin = static_cast<std::uint64_t>(now_),
                .kind = kind,
                .side = side,
                .flags = flag::kGroupEnd};
    SetBody(event, body);
    facts_.Apply(std::span(&event, 1));
  }
  void Add(Side side, std::int64_t price, std::int64_t quantity, std::uint64_t id) {
    Play(Kind::kOrderAdd, side, L3Body{{price}, {quantity}, {id}, 0});
  }
  void Delete(std::uint64_t id) { Play(Kind::kOrderDelete, Side::kNone, L3Body{{}, {}, {id}, 0}); }
  void Execute(Side side, std::int64_t price, std::int64_t quantity, std::uint64_t id) {
    Play(Kind::kOrderExecute, side, ExecuteBody{{price}, {quantity}, {id}, 0});
  }
  std::map<std::string, std::optional<double>> Take() {
    std::map<std::string, std::optional<double>> values;
    for (const Fact& fact : facts_.Take()) values[std::string(fact.name)] = fact.value;
    return values;
  }

  std::int64_t now_ = kSecond;
  MarketFacts facts_{{.type = book::BookType::kL3}};
};

TEST_F(MarketFactsTest, OrdersThatComeAndGoGiveLifetimesCancelsAndSpread) {
  Add(Side::kBid, 100, 5, 1);
  Add(Side::kAsk, 104, 5, 2);
  for (std::uint64_t i = 0; i < 200; ++i) {
    now_ += kSecond;
    Add(Side::kBid, 90, 1, 100 + i);
    now_ += kSecond / 2;
    Delete(100 + i);
  }
  auto facts = Take();
  EXPECT_NEAR(*facts["lifetime"], 0.5, 0.02);
  EXPECT_NEAR(*facts["cancel_ratio"], 200.0 / 202, 1e-9);
  EXPECT_EQ(facts["spread"], 4);
  EXPECT_FALSE(facts["tail_exponent"].has_value());  // nothing moved
  EXPECT_FALSE(facts["sign_hurst"].has_value());
  EXPECT_FALSE(Take()["lifetime"].has_value());  // taken: begins anew
}

TEST_F(MarketFactsTest, PoissonArrivalsVaryByTheirMean) {
  RandomStream random(1, "arrivals");
  for (std::uint64_t i = 1; i < 20'000; ++i) {
    now_ += 1 + static_cast<std::int64_t>(1e8 * random.Exponential());
    Add(Side::kBid, 90, 1, i);
  }
  EXPECT_NEAR(*Take()["interarrival_variation"], 1, 0.03);
}

// An aggressor of n opens the spread by the square root of n, of which half is closed again within a second,
// and the mid keeps a quarter.
TEST_F(MarketFactsTest, PlantedImpactAndResilienceAreFound) {
  RandomStream random(2, "impact");
  std::uint64_t id = 1;
  std::int64_t bid = 1'000'000, ask = bid + 10;
  std::uint64_t bid_order = id++, ask_order = id++;
  Add(Side::kBid, bid, 1'000'000, bid_order);
  Add(Side::kAsk, ask, 1, ask_order);
  for (int i = 0; i < 4'000; ++i) {
    now_ += 3 * kSecond;
    const double size = 1 + 100 * random.Exponential();
    const auto quantity = static_cast<std::int64_t>(size);
    const auto move = static_cast<std::int64_t>(100 * Sqrt(static_cast<double>(quantity)));
    Delete(ask_order);
    Add(Side::kAsk, ask, quantity, ask_order = id++);
    Add(Side::kAsk, ask + move, 1, id);
    now_ += 1'000'000;
    Execute(Side::kAsk, ask, quantity, ask_order);
    ask_order = id++;
    now_ += kSecond / 2;
    Delete(ask_order);
    ask += move / 2;
    Add(Side::kAsk, ask, 1, ask_order = id++);
    now_ += 2 * kSecond;
    Delete(ask_order);
    Add(Side::kAsk, ask -= move / 2, 1, ask_order = id++);
  }
  auto facts = Take();
  EXPECT_NEAR(*facts["impact_exponent"], 0.5, 0.03);
  EXPECT_NEAR(*facts["resilience"], 0.5, 0.02);
  EXPECT_FALSE(facts["sign_autocorrelation"].has_value());  // every one bought: no variance
}

}  // namespace
}  // namespace crucible::facts

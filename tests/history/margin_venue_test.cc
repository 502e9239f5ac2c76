#include "simulators/history/margin_venue.h"

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_join.h"
#include "framework/base/random.h"
#include "simulators/history/bar_venue.h"
#include "simulators/history/quote_venue.h"
#include "tests/history/market_script.h"

namespace crucible::history {
namespace {

constexpr std::int64_t kBps = 10'000;              // of 10^-8
constexpr std::int64_t kPercent = 10'000'000'000;  // of 10^-12

// Whole prices and quantities, money in cents.
Instrument Perpetual(const std::string& symbol, Contract contract) {
  return {.venue = "test",
          .symbol = symbol,
          .currency = "USD",
          .settle_currency = "USD",
          .currency_decimals = 2,
          .multiplier = contract == Contract::kInverse ? 10'000 : 1,
          .contract = contract};
}

enum class Shows { kQuotes, kBars };

// An account of 1,000.00 at leverage 10, maintenance 5 %, liquidation fee 1 %.
class Venue {
 public:
  explicit Venue(std::vector<Contract> contracts = {Contract::kLinear}, Shows shows = Shows::kQuotes,
                 FundingSchedule funding = {}) {
    std::vector<MarginVenue::Member> members;
    for (const Contract contract : contracts) {
      const InstrumentId id{static_cast<std::uint32_t>(members.size())};
      const Instrument instrument = Perpetual(std::string(1, static_cast<char>('A' + id.value)), contract);
      auto fees = trading::FeeSchedule::Create({}, instrument);
      const VenueSetup setup{id, instrument, *fees, &trade_ids_};
      if (shows == Shows::kQuotes) {
        models_.push_back(std::make_unique<QuoteVenue>(setup, false));
      } else {
        models_.push_back(std::make_unique<BarVenue>(setup, BarOptions{}));
      }
      members.push_back({instrument, models_.back().get()});
    }
    auto rules = trading::MarginRules::Create(
        {.initial_e8 = 1'000 * kBps, .liquidation_fee_e8 = 100 * kBps, .tiers = {{{}, 500 * kBps, 0}}});
    EXPECT_TRUE(rules.ok()) << rules.status();
    auto venue = MarginVenue::Create({*rules, {{1'000'00}, "USD", 2}, funding, {0}, &trade_ids_}, members);
    EXPECT_TRUE(venue.ok()) << venue.status();
    venue_ = *std::move(venue);
  }

  std::string Play(std::uint32_t instrument, const GroupWriter& group, std::int64_t after = 1) {
    now_ += after;
    const std::vector<Event> events = group.Finish(seq_, now_);
    outbox_.Clear();
    venue_->OnMarket({events, {instrument}, 1, {now_}, {now_}}, outbox_);
    return Said();
  }
  std::string Quote(std::int64_t bid, std::int64_t ask, std::int64_t size = 100,
                    std::uint32_t instrument = 0) {
    return Play(instrument, GroupWriter().Quote(kBuy, bid, size).Quote(kSell, ask, size));
  }
  std::string Mark(std::int64_t price, std::int64_t rate_e12 = 0, std::int64_t next = 0,
                   std::uint32_t instrument = 0) {
    return Play(instrument, GroupWriter().Add(Kind::kMarkPrice, Side::kNone,
                                              MarkPriceBody{{price}, {}, rate_e12, {next}}));
  }
  std::string Send(trading::Command command) {
    outbox_.Clear();
    venue_->OnCommand(command, {++now_}, outbox_);
    return Said();
  }
  std::string Submit(std::uint64_t id, const trading::OrderTerms& terms, std::uint32_t instrument = 0) {
    return Send({trading::CommandType::kSubmit, {instrument}, {id}, terms});
  }
  std::string AdvanceTo(std::int64_t time) {
    now_ = time;
    outbox_.Clear();
    venue_->Advance({time}, outbox_);
    return Said();
  }

  Money Equity() const { return venue_->account().equity(); }
  std::int64_t Position(std::uint32_t instrument = 0) const {
    return venue_->account().holding({instrument}).position.units;
  }
  MarginVenue& venue() { return *venue_; }
  // Of each funding and liquidation so far.
  std::vector<CauseRef> MarginCauses() const {
    std::vector<CauseRef> causes;
    for (const Event& event : told) {
      if (event.kind == Kind::kMarginDetail) causes.push_back(CauseRef::FromBits(event.origin));
    }
    return causes;
  }
  const HistoryVenue& model(std::size_t i) const { return *models_[i]; }
  std::int64_t now() const { return now_; }
  std::vector<Event> told;  // all replies so far

 private:
  std::string Said() {
    std::vector<std::string> lines;
    const std::span<const Event> replies = outbox_.replies();
    for (std::size_t i = 0; i < replies.size(); ++i) {
      const Event& reply = replies[i];
      told.push_back(reply);
      if (reply.kind == Kind::kFillDetail || reply.kind == Kind::kMarginDetail) {
        if (reply.kind == Kind::kFillDetail)
          lines.back() +=
              " " + DescribeDetail(reply) + absl::StrFormat(" fee %d", As<FillDetailBody>(reply).fee.units);
        continue;
      }
      if (reply.kind == Kind::kFunding) {
        const auto funding = As<FundingBody>(reply);
        lines.push_back(absl::StrFormat("funding %d on %d", funding.paid.units, funding.position.units));
      } else if (reply.kind == Kind::kLiquidation) {
        const auto body = As<LiquidationBody>(reply);
        const auto detail = As<MarginDetailBody>(replies[i + 1]);
        lines.push_back(absl::StrFormat("liquidation %s %d bankrupt at %d, equity %d of %d at %d",
                                        reply.side == kBuy ? "buy" : "sell", body.quantity.units,
                                        body.price.units, detail.equity.units, detail.maintenance.units,
                                        detail.mark.units));
      } else {
        std::string text = history::Describe(reply);
        const std::string venue_order = std::to_string(trading::kFirstVenueOrder);
        if (const auto at = text.find(venue_order); at != std::string::npos)
          text.replace(at, venue_order.size(), "V");
        lines.push_back(text);
      }
    }
    return absl::StrJoin(lines, "; ");
  }

  TradeIds trade_ids_;
  std::vector<std::unique_ptr<HistoryVenue>> models_;
  std::unique_ptr<MarginVenue> venue_;
  engine::Outbox outbox_;
  std::uint64_t seq_ = 0;
  std::int64_t now_ = 1'000;
};

// ---- opening ----

TEST(MarginVenueTest, AnOrderBeyondTheLeverageIsRejectedAndOneWithinItTrades) {
  Venue venue;
  venue.Quote(99, 101);
  EXPECT_EQ(venue.Submit(1, Market(kBuy, 101)), "rejected 1 margin");
  EXPECT_EQ(venue.Submit(2, Market(kBuy, 100)),
            "accepted 2 ahead -1; fill 2 100@101 taker took the book fee 0");
}

TEST(MarginVenueTest, OrdersAtWorkCountWithThePositionOnTheLargerSide) {
  Venue venue;
  venue.Quote(99, 101);
  EXPECT_EQ(venue.Submit(1, Limit(kBuy, 99, 60)), "accepted 1 ahead -1");
  EXPECT_EQ(venue.Submit(2, Limit(kSell, 101, 60)), "accepted 2 ahead -1");  // the other side
  EXPECT_EQ(venue.Submit(3, Limit(kBuy, 99, 41)), "rejected 3 margin");
  EXPECT_EQ(venue.Send({trading::CommandType::kAmend, {0}, {1}, Limit(Side::kNone, 99, 101)}),
            "amend_rejected 1 margin");
  EXPECT_EQ(venue.Submit(4, Limit(kBuy, 99, 40)), "accepted 4 ahead -1");
}

TEST(MarginVenueTest, APositionMayAlwaysBeReduced) {
  Venue venue;
  venue.Quote(99, 101);
  venue.Submit(1, Market(kBuy, 100));
  venue.Quote(97, 99);  // equity 700.00, initial margin 980.00
  EXPECT_EQ(venue.Submit(2, Market(kBuy, 1)), "rejected 2 margin");
  EXPECT_EQ(venue.Submit(3, Market(kSell, 100)),
            "accepted 3 ahead -1; fill 3 100@97 taker took the book fee 0");
  EXPECT_EQ(venue.Equity(), Money{600'00});
}

// ---- liquidation ----

TEST(MarginVenueTest, ALiquidationTakesTheBookUpToTheBankruptcyPriceAndTheFundTheRest) {
  Venue venue;
  venue.Quote(99, 101);
  venue.Submit(1, Market(kBuy, 50));
  venue.Submit(2, Limit(kSell, 120, 10));
  EXPECT_EQ(venue.Quote(89, 91, 20), "");  // equity 450.00, maintenance 225.00
  // Equity 200.00 at the mid of 85; 20 of 50 sell at 84, the others at 81, where 1,000.00 are gone.
  EXPECT_EQ(venue.Quote(84, 86, 20),
            "canceled 2 10 liquidation; liquidation sell 50 bankrupt at 81, equity 20000 of 21250 at 85; "
            "accepted V ahead -1; fill V 20@84 taker took the book fee 1680; fill V 30@81 taker taken over "
            "fee 2430");
  EXPECT_EQ(venue.Position(), 0);
  EXPECT_EQ(venue.model(0).position(), Position{0});
  EXPECT_EQ(venue.Equity(), Money{60'00 - 16'80 - 24'30});
}

TEST(MarginVenueTest, AtTheMaintenanceMarginNothingHappensAndACentBelowItDoes) {
  Venue venue;
  venue.Quote(100, 100);
  venue.Submit(1, Market(kBuy, 95));
  // 95 x p x 5 % = 1,000 - 95 x (100 - p) at p = 94.18; the mark is whole.
  EXPECT_EQ(venue.Mark(95), "");
  EXPECT_EQ(venue.Mark(94).substr(0, 20), "liquidation sell 95 ");
}

TEST(MarginVenueTest, AGapBeyondBankruptcyCostsTheAccountAndNoMore) {
  for (const Side side : {kBuy, kSell}) {
    Venue venue;
    venue.Quote(100, 100);
    venue.Submit(1, Market(side, 90));
    venue.Quote(side == kBuy ? 49 : 150, side == kBuy ? 50 : 151);
    EXPECT_EQ(venue.Position(), 0);
    EXPECT_GE(venue.Equity(), Money{0});
    EXPECT_LT(venue.Equity(),
              Money{90'00});  // the bankruptcy price is rounded in our favour, to whole prices
    EXPECT_EQ(As<FillDetailBody>(venue.told.back()).rule, static_cast<std::int64_t>(FillRule::kTakenOver));
  }
}

TEST(MarginVenueTest, InverseContractsAreLiquidatedOnTheirOwnCurve) {
  Venue venue({Contract::kInverse});
  venue.Quote(100, 100);
  EXPECT_EQ(venue.Submit(1, Market(kBuy, 101)), "rejected 1 margin");  // 10,000 / 100 each
  venue.Submit(2, Market(kBuy, 100));
  // A long one owes 10,000 / p: at 95 it has lost 526.32 of 1,000.00, and 526.32 are needed.
  EXPECT_EQ(venue.Mark(96), "");
  const std::string said = venue.Mark(95);
  EXPECT_EQ(
      said.substr(0, 96),
      "liquidation sell 100 bankrupt at 91, equity 47368 of 52632 at 95; accepted V ahead -1; fill V 10");
  EXPECT_EQ(venue.Position(), 0);
}

TEST(MarginVenueTest, BarsShowNoBookSoTheFundTakesAll) {
  Venue venue({Contract::kLinear}, Shows::kBars);
  venue.Play(0, GroupWriter().Bar(100, 101, 99, 100, 1'000, 60), 60);
  venue.Submit(1, Market(kBuy, 90));
  venue.Play(0, GroupWriter().Bar(100, 101, 99, 100, 1'000, 60), 60);
  ASSERT_EQ(venue.Position(), 90);
  EXPECT_EQ(venue.Play(0, GroupWriter().Bar(100, 100, 92, 93, 1'000, 60), 60),
            "liquidation sell 90 bankrupt at 89, equity 37000 of 41850 at 93; accepted V ahead -1; "
            "fill V 90@89 taker taken over fee 1000");
  EXPECT_EQ(venue.Equity(), Money{0});  // the fee took what rounding had left
}

TEST(MarginVenueTest, TheLargestPositionGoesFirstAndWhatIsCoveredStays) {
  Venue venue({Contract::kLinear, Contract::kLinear});
  venue.Quote(100, 100, 100, 0);
  venue.Quote(10, 10, 1'000, 1);
  venue.Submit(1, Market(kBuy, 80), 0);
  venue.Submit(2, Market(kBuy, 100), 1);
  const std::string said = venue.Quote(91, 91, 100, 0);  // equity 280.00 of 364.00 + 50.00
  EXPECT_EQ(said.substr(0, 68), "liquidation sell 80 bankrupt at 88, equity 28000 of 41400 at 91; acc");
  EXPECT_EQ(venue.Position(0), 0);
  EXPECT_EQ(venue.Position(1), 100);
  EXPECT_GE(venue.Equity(), venue.venue().maintenance());
}

TEST(MarginVenueTest, TheCauseIsTheRecordThatSetTheMark) {
  Venue venue;
  venue.Quote(100, 100);
  venue.Submit(1, Market(kBuy, 90));
  venue.Mark(90);  // record 3: the two quotes were one group
  ASSERT_EQ(venue.MarginCauses(), std::vector{(CauseRef{1, 3})});
}

TEST(MarginVenueTest, AQuoteThatLeavesTheMidIsNoCause) {
  Venue venue({Contract::kLinear}, Shows::kQuotes, {.rate_e12 = kPercent, .interval = {10'000}});
  venue.Quote(99, 101);  // records 1 and 2
  venue.Submit(1, Market(kBuy, 50));
  venue.Quote(99, 101, 200);
  venue.AdvanceTo(10'000);
  ASSERT_EQ(venue.MarginCauses(), std::vector{(CauseRef{1, 2})});
}

TEST(MarginVenueTest, AHaltedMarketLiquidatesWhenItTradesAgain) {
  Venue venue;
  venue.Quote(100, 100);
  venue.Submit(1, Market(kBuy, 90));
  venue.Play(0, GroupWriter().Status(TradingStatus::kHalted));
  EXPECT_EQ(venue.Mark(90), "");
  EXPECT_EQ(venue.Position(), 90);
  EXPECT_EQ(venue.Play(0, GroupWriter().Status(TradingStatus::kTrading)).substr(0, 20), "liquidation sell 90 ");
  EXPECT_EQ(venue.Position(), 0);
}

TEST(MarginVenueTest, WhatIsNoWholeLotIsTakenOver) {
  Venue venue;
  venue.Quote(100, 100);
  venue.Submit(1, Market(kBuy, 90));
  venue.Play(0, GroupWriter().Define(1, 4));
  EXPECT_EQ(venue.Quote(91, 91).substr(0, 20), "liquidation sell 90 ");
  EXPECT_EQ(venue.Position(), 0);
  std::vector<std::int64_t> quantities;
  for (const Event& event : venue.told) {
    if (event.kind == Kind::kFill) quantities.push_back(As<FillBody>(event).quantity.units);
  }
  EXPECT_EQ(quantities, (std::vector<std::int64_t>{90, 88, 2}));
}

TEST(MarginVenueTest, TimeInTheMarketIsThatBetweenOpeningAndLiquidation) {
  Venue venue;
  venue.Quote(100, 100);
  venue.Submit(1, Market(kBuy, 90));
  const std::int64_t opened = venue.now();
  venue.AdvanceTo(5'000);
  venue.Mark(90);
  EXPECT_EQ(venue.venue().account().time_in_market(), Duration{venue.now() - opened});
}

TEST(MarginVenueTest, BeforeThereIsAMarkAnOrderCountsAtItsOwnPrice) {
  Venue venue;
  EXPECT_EQ(venue.Submit(1, Market(kBuy, 1)), "rejected 1 margin");
  EXPECT_EQ(venue.Submit(2, Limit(kBuy, 100, 101)), "rejected 2 margin");
}

// ---- mark and funding ----

TEST(MarginVenueTest, OnceAVenueNamesItsMarkTheMidNoLongerLiquidates) {
  Venue venue;
  venue.Quote(100, 100);
  venue.Submit(1, Market(kBuy, 90));
  venue.Mark(100);
  EXPECT_EQ(venue.Quote(70, 71), "");
  EXPECT_EQ(venue.Position(), 90);
}

TEST(MarginVenueTest, FundingIsSettledWhenTheVenueSaidAtTheLastRateAndMark) {
  Venue venue;
  venue.Quote(100, 100);
  venue.Submit(1, Market(kBuy, 50));
  venue.Mark(100, kPercent, 2'000);
  venue.Mark(102, kPercent / 10, 2'000);
  EXPECT_EQ(venue.venue().NextDue(), Nanos{2'000});
  EXPECT_EQ(venue.AdvanceTo(2'000), "funding 510 on 50");  // 5,100.00 x 0.1 %
  EXPECT_EQ(venue.venue().NextDue(), kEndOfTime);
  EXPECT_EQ(venue.Equity(), Money{1'000'00 + 100'00 - 5'10});
  // A late record that still names the time that was settled does not settle it again.
  venue.Mark(102, kPercent, 2'000);
  EXPECT_EQ(venue.venue().NextDue(), kEndOfTime);
}

TEST(MarginVenueTest, ARecordAtTheTimeOfFundingDoesNotReplaceTheRateThatWasKnown) {
  Venue venue;
  venue.Quote(100, 100);
  venue.Submit(1, Market(kSell, 50));
  const std::int64_t due = venue.now() + 2;
  venue.Mark(100, kPercent, due);
  EXPECT_EQ(venue.Mark(110, kPercent * 5, due + 10), "funding -5000 on -50");
  EXPECT_EQ(venue.venue().NextDue(), Nanos{due + 10});
}

TEST(MarginVenueTest, WithoutRecordsFundingFollowsTheScheduleAndItsRate) {
  Venue venue({Contract::kLinear}, Shows::kQuotes, {kPercent, {1'500}});
  venue.Quote(100, 100);
  venue.Submit(1, Market(kBuy, 10));
  EXPECT_EQ(venue.venue().NextDue(), Nanos{1'500});
  EXPECT_EQ(venue.AdvanceTo(1'500), "funding 1000 on 10");
  EXPECT_EQ(venue.AdvanceTo(4'700), "funding 1000 on 10; funding 1000 on 10");
}

TEST(MarginVenueTest, FundingThatCannotBePaidLiquidates) {
  Venue venue;
  venue.Quote(100, 100);
  venue.Submit(1, Market(kBuy, 90));
  venue.Mark(96, kPercent * 5, 2'000);
  EXPECT_EQ(venue.AdvanceTo(2'000).substr(0, 38), "funding 43200 on 90; liquidation sell ");
  EXPECT_EQ(venue.Position(), 0);
}

// ---- money ----

// What the replies say adds up to the account, whatever happens, and no account ends below zero; what one
// side of a perpetual pays in funding the other receives.
TEST(MarginVenueTest, EveryCentIsInTheReplies) {
  for (std::uint64_t seed = 1; seed <= 40; ++seed) {
    RandomStream random = Random(seed).Stream("flow");
    const auto below = [&random](std::uint64_t bound) {
      return static_cast<std::int64_t>(random.UniformBelow(bound));
    };
    Venue venue({Contract::kLinear, Contract::kInverse});
    std::int64_t price = 100;
    for (std::uint64_t step = 1; step <= 300; ++step) {
      const auto instrument = static_cast<std::uint32_t>(random.UniformBelow(2));
      price = std::max<std::int64_t>(40, price + below(9) - 4);
      if (step % 20 == 0) {
        venue.Mark(price, (below(3) - 1) * kPercent, venue.now() + 3, instrument);
        venue.AdvanceTo(venue.now() + 3);
      }
      venue.Mark(price, 0, 0, instrument);
      venue.Quote(price - 1, price + 1, 1 + below(60), instrument);
      const Side side = below(2) == 0 ? kBuy : kSell;
      venue.Submit(
          step,
          below(2) == 0 ? Market(side, 1 + below(60)) : Limit(side, price - 3 + below(7), 1 + below(60)),
          instrument);
    }
    Int128 cash = 1'000'00;
    std::int64_t positions[2] = {};
    for (const Event& event : venue.told) {
      if (event.kind == Kind::kFunding) cash -= As<FundingBody>(event).paid.units;
      if (event.kind == Kind::kFillDetail) cash -= As<FillDetailBody>(event).fee.units;
      if (event.kind != Kind::kFill) continue;
      const auto fill = As<FillBody>(event);
      const std::int64_t value =
          venue.venue().account().math({event.instrument}).Value(fill.price, fill.quantity).units;
      cash -= Sign(event.side) * (event.instrument == 0 ? 1 : -1) * value;
      positions[event.instrument] += Sign(event.side) * fill.quantity.units;
    }
    EXPECT_EQ(static_cast<std::int64_t>(cash), venue.venue().account().cash().units) << "seed " << seed;
    for (std::uint32_t i = 0; i < 2; ++i) {
      EXPECT_EQ(positions[i], venue.Position(i)) << "seed " << seed;
      EXPECT_EQ(positions[i], venue.model(i).position().units) << "seed " << seed;
    }
    EXPECT_GE(venue.Equity().units, -2) << "seed " << seed;  // the last unit of two rounded values
  }
}

TEST(MarginVenueTest, WhatLongsPayShortsReceive) {
  Venue longs;
  Venue shorts;
  for (Venue* venue : {&longs, &shorts}) {
    venue->Quote(100, 100);
    venue->Submit(1, Market(venue == &longs ? kBuy : kSell, 37));
    venue->Mark(103, kPercent / 7, 2'000);
    venue->AdvanceTo(2'000);
  }
  EXPECT_EQ(longs.venue().account().fees().funding, -shorts.venue().account().fees().funding);
  EXPECT_GT(longs.venue().account().fees().funding, Money{});
}

}  // namespace
}  // namespace crucible::history

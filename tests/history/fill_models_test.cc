#include "simulators/history/fill_models.h"

#include <gtest/gtest.h>

#include <string>

#include "simulators/history/l2_venue.h"
#include "simulators/history/l3_venue.h"
#include "simulators/history/quote_venue.h"
#include "tests/history/market_script.h"

namespace crucible::history {
namespace {

class MakeVenueTest : public testing::Test {
 protected:
  absl::StatusOr<std::unique_ptr<engine::Venue>> Make(const FillConfig& config, Completeness completeness) {
    return MakeVenue(TestSetup(trade_ids_), config, completeness, 0);
  }
  TradeIds trade_ids_;
};

TEST_F(MakeVenueTest, AutoTakesTheMostExactModel) {
  const auto is = [&]<class Model>(Completeness completeness, Model*) {
    const auto venue = Make({}, completeness);
    return venue.ok() && dynamic_cast<Model*>(venue->get()) != nullptr;
  };
  EXPECT_TRUE(is(Completeness::kFullL3, static_cast<L3Venue*>(nullptr)));
  EXPECT_TRUE(is(Completeness::kWindowedL3, static_cast<L3Venue*>(nullptr)));
  EXPECT_TRUE(is(Completeness::kL2, static_cast<L2Venue*>(nullptr)));
  EXPECT_TRUE(is(Completeness::kQuotes, static_cast<QuoteVenue*>(nullptr)));
  EXPECT_TRUE(is(Completeness::kBars, static_cast<BarVenue*>(nullptr)));
}

TEST_F(MakeVenueTest, RefusesASessionThatCannotCarryTheModel) {
  const absl::Status status = Make({.model = "l3"}, Completeness::kL2).status();
  EXPECT_EQ(status.code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_EQ(status.message(), "fill model \"l3\" cannot run on a session of completeness l2; \"l2\" can");
  EXPECT_EQ(Make({}, Completeness::kTrades).status().code(), absl::StatusCode::kFailedPrecondition);
}

TEST_F(MakeVenueTest, NamesTheKeyThatIsWrong) {
  EXPECT_EQ(Make({.model = "magic"}, Completeness::kL2).status().message(),
            "fill.model is \"magic\", expected auto, l3, l2, quotes or bars");
  EXPECT_EQ(Make({.queue = "fifo"}, Completeness::kL2).status().code(), absl::StatusCode::kInvalidArgument);
  FillConfig bars;
  bars.bars.volume_percent = 0;
  EXPECT_EQ(Make(bars, Completeness::kBars).status().message(),
            "bars.volume_percent is 0, expected 1 to 100");
}

}  // namespace
}  // namespace crucible::history

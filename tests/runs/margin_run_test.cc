// Runs with margin: configuration errors, and a strategy that is liquidated.

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "framework/decode/import.h"
#include "framework/engine/why.h"
#include "framework/runs/session_file.h"
#include "tests/runs/run_fixture.h"

namespace crucible::runs {
namespace {

using testing::AllOf;
using testing::HasSubstr;

class MarginRunTest : public RunFixture {
 protected:
  MarginRunTest() {
    const std::vector<std::string> bars = {Write("bitfinex_TSTUSD_1m.csv", SomeBars(3'000))};
    EXPECT_TRUE(ImportSession(bars, {}, Path("bars.session"), {}).ok());
  }

  absl::StatusOr<RunSetup> MakeSetup(const std::string& margin, const std::string& more = "") const {
    CRUCIBLE_ASSIGN_OR_RETURN(
        RunConfig config,
        ParseRunConfig("[[session]]\npath = \"" + Path("bars.session") + "\"\n" + margin + more + R"(
[account]
cash = 100
[fees]
taker_bps = 1
[[strategy]]
plugin = "moving_average_cross"
[strategy.parameters]
quantity = 3000000000
fast = 5
slow = 30
)",
                       "margin.toml"));
    std::vector<std::string> sessions = config.sessions;
    return RunSetup::Create(std::move(config), std::move(sessions));
  }
  std::string Refusal(const std::string& margin, const std::string& more = "") const {
    return std::string(MakeSetup(margin, more).status().message());
  }
};

constexpr const char* kMargin = R"([margin]
leverage = 100
maintenance_bps = 50
liquidation_fee_bps = 20
funding_rate = "0.0001"
funding_interval = "1h"
)";

TEST_F(MarginRunTest, TheVenueLiquidatesAndTheRunGoesOn) {
  auto setup = MakeSetup(kMargin);
  ASSERT_TRUE(setup.ok()) << setup.status();
  const auto run = RunJournaled(*setup, Path("a.run"), {});
  ASSERT_TRUE(run.ok()) << run.status();
  const trading::Metrics& metrics = run->result.metrics;
  EXPECT_EQ(metrics.net_profit, metrics.realised + metrics.unrealised - metrics.fees.total());
  EXPECT_GT(metrics.fees.liquidation, Money{});
  EXPECT_NE(metrics.fees.funding, Money{});
  EXPECT_GE(metrics.equity.end, Money{0});

  auto journal = journal::Journal::Open(Path("a.run"));
  ASSERT_TRUE(journal.ok());
  std::size_t liquidations = 0;
  std::size_t settlements = 0;
  auto cursor = journal->Read(kRunStream);
  ASSERT_TRUE(cursor.ok());
  for (auto batch = (*cursor)->Next(); batch.ok() && !batch->empty(); batch = (*cursor)->Next()) {
    for (const Event& event : *batch) {
      liquidations += event.kind == Kind::kLiquidation ? 1 : 0;
      settlements += event.kind == Kind::kFunding ? 1 : 0;
      if (event.kind != Kind::kFunding) continue;
      EXPECT_EQ(event.venue_time().since_epoch % 3'600'000'000'000, 0);
    }
  }
  EXPECT_GT(liquidations, 0U);
  EXPECT_GT(settlements, 0U);

  auto stored = OpenRun(Path("a.run"), {});
  ASSERT_TRUE(stored.ok()) << stored.status();
  const auto replayed = Replay(*stored, {});
  ASSERT_TRUE(replayed.ok()) << replayed.status();
  EXPECT_FALSE(replayed->divergence.has_value());
}

TEST_F(MarginRunTest, MarginThatIsNeverShortChangesNothingButTheConfiguration) {
  auto with = MakeSetup("[margin]\nleverage = 1000\nmaintenance_bps = 0.01\n[risk]\nmax_position = 0.01\n");
  auto without = MakeSetup("[risk]\nmax_position = 0.01\n");
  ASSERT_TRUE(with.ok() && without.ok()) << with.status() << without.status();
  const auto a = RunUnjournaled(*with, {});
  const auto b = RunUnjournaled(*without, {});
  ASSERT_TRUE(a.ok() && b.ok());
  EXPECT_EQ(a->result.metrics.net_profit, b->result.metrics.net_profit);
  EXPECT_EQ(a->result.metrics.fills, b->result.metrics.fills);
}

TEST_F(MarginRunTest, TheCanonicalTextReadsBackToItself) {
  auto setup = MakeSetup(kMargin);
  ASSERT_TRUE(setup.ok()) << setup.status();
  const auto again = ParseRunConfig(setup->configuration(), "canonical", {});
  ASSERT_TRUE(again.ok()) << again.status();
  EXPECT_EQ(CanonicalText(*again), setup->configuration());
}

TEST_F(MarginRunTest, ErrorsNameWhatWasFoundAndWhatWouldBeValid) {
  EXPECT_THAT(Refusal("[margin]\nmaintenance_bps = 50\n"), HasSubstr("leverage is missing"));
  EXPECT_THAT(Refusal("[margin]\nleverage = 2000\n"), AllOf(HasSubstr("2000"), HasSubstr("1 to 1000")));
  EXPECT_THAT(Refusal("[margin]\nleverage = 10\n"), HasSubstr("maintenance_bps is missing"));
  EXPECT_THAT(Refusal("[margin]\nleverage = 100\nmaintenance_bps = 150\n"),
              AllOf(HasSubstr("maintenance_bps is 150"), HasSubstr("below 100")));
  EXPECT_THAT(Refusal("[margin]\nleverage = 10\nmaintenance_bps = 50\nfunding_rate = 0.0001\n"),
              HasSubstr("funding_interval is missing"));
  EXPECT_THAT(Refusal("[margin]\nleverage = 10\nmaintenance_bps = 50\nfunding_rate = "
                      "\"1e-20\"\nfunding_interval = \"8h\"\n"),
              HasSubstr("margin.funding_rate"));
  EXPECT_THAT(
      Refusal("[margin]\nleverage = 10\nmaintenance_bps = 50\n[[margin.tier]]\nmaintenance_bps = 5\n"),
      HasSubstr("exclude each other"));
  EXPECT_THAT(Refusal("[margin]\nleverag = 10\n"), HasSubstr("leverage"));
}

}  // namespace
}  // namespace crucible::runs

#include "framework/models/causal/live_graph.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "benchmarks/causal/worlds.h"
#include "tests/models/causal/golden_graphs.h"

namespace crucible::causal {
namespace {

using Columns = std::vector<std::vector<double>>;

LiveOptions Small() {
  LiveOptions options;
  options.max_lag = 2;
  options.window_rows = 300;
  options.recompute_bars = 128;
  options.pcmci.alpha = 0.001;
  return options;
}

std::vector<double> Bar(const Columns& columns, std::size_t t) {
  std::vector<double> bar;
  for (const std::vector<double>& column : columns) bar.push_back(column[t]);
  return bar;
}

LiveGraph Make(std::size_t variables, const LiveOptions& options) {
  std::vector<std::string> names;
  for (std::size_t v = 0; v < variables; ++v) names.push_back("x" + std::to_string(v));
  return *LiveGraph::Create(names, options);
}

std::vector<LinkChange> PushAll(LiveGraph& live, const Columns& columns, std::size_t from, std::size_t to) {
  std::vector<LinkChange> changes;
  for (std::size_t t = from; t < to; ++t) {
    for (const LinkChange& change : live.Push(Bar(columns, t))) changes.push_back(change);
  }
  return changes;
}

// PCMCI of the window alone, from its rows.
CausalGraph OfWindow(const Columns& columns, std::size_t end, const LiveOptions& options) {
  Panel panel;
  panel.sets.resize(1);
  const std::size_t begin = end - options.window_rows - 2 * options.max_lag;
  for (std::size_t v = 0; v < columns.size(); ++v) {
    panel.names.push_back("x");
    panel.sets[0].columns.emplace_back(columns[v].begin() + static_cast<std::ptrdiff_t>(begin),
                                       columns[v].begin() + static_cast<std::ptrdiff_t>(end));
  }
  Linear linear(panel, options.max_lag, Transform::kNone);
  return *RunPcmci(linear.test, options.pcmci, linear.pool);
}

TEST(LiveGraphTest, StreamingEqualsTheAnalysisOfTheWindow) {
  const LiveOptions options = Small();
  Columns columns = bench::SparseVar(4, 900, 2, 2, bench::Noise::kStudent3, 3).panel.sets[0].columns;
  for (double& value : columns[2]) value = 1e5 + 3 * value;  // far from its mean
  columns[1][450] = std::nan("");
  LiveGraph live = Make(4, options);
  for (std::size_t t = 0; t < 900; ++t) {
    live.Push(Bar(columns, t));
    if (!live.ready() || t % 13 != 0) continue;
    const CausalGraph batch = OfWindow(columns, t + 1, options);
    EXPECT_EQ(live.graph().marks, batch.marks) << t;
    for (std::size_t k = 0; k < batch.values.values().size(); ++k) {
      EXPECT_NEAR(live.graph().values.values()[k], batch.values.values()[k], 1e-9) << t;
      EXPECT_NEAR(live.graph().p.values()[k], batch.p.values()[k], 1e-8) << t;
    }
  }
  EXPECT_TRUE(live.ready());
}

TEST(LiveGraphTest, WhatComesLaterChangesNothingBefore) {
  const Columns columns = bench::SparseVar(3, 800, 2, 1, bench::Noise::kGarch, 5).panel.sets[0].columns;
  Columns other = columns;
  for (std::vector<double>& column : other) std::fill(column.begin() + 600, column.end(), 42.0);
  LiveGraph a = Make(3, Small()), b = Make(3, Small());
  EXPECT_EQ(PushAll(a, columns, 0, 600), PushAll(b, other, 0, 600));
  EXPECT_EQ(a.graph().values.values(), b.graph().values.values());
  EXPECT_NE(PushAll(a, columns, 600, 800), PushAll(b, other, 600, 800));
}

TEST(LiveGraphTest, EstablishesALinkAndWithdrawsItWhenItFails) {
  Columns columns = bench::NullProcess(3, 2000, 2, 0.2, bench::Noise::kNormal, 14).panel.sets[0].columns;
  for (std::size_t t = 1; t < 1000; ++t) columns[2][t] += 0.5 * columns[0][t - 1];
  LiveGraph live = Make(3, Small());
  const std::vector<LinkChange> first = PushAll(live, columns, 0, 1000);
  ASSERT_TRUE(live.IsEstablished(0, 2, 1));
  EXPECT_EQ(live.ParentsOf(2).front(), (Node{0, 1}));
  const auto of_link = [](const LinkChange& change) {
    return change.cause == Node{0, 1} && change.effect == 2;
  };
  const auto established = std::ranges::find_if(first, of_link);
  ASSERT_NE(established, first.end());
  EXPECT_EQ(established->bar, 300U + 4 - 1 + 2) << "after three tests from the first full window";
  EXPECT_EQ(established->reason, ChangeReason::kSignificant);
  const std::vector<LinkChange> second = PushAll(live, columns, 1000, 2000);
  const auto withdrawn = std::ranges::find_if(second, of_link);
  ASSERT_NE(withdrawn, second.end());
  EXPECT_FALSE(withdrawn->established);
  EXPECT_EQ(withdrawn->reason, ChangeReason::kNotSignificant);
  EXPECT_LT(withdrawn->bar, 1000U + 300);
  EXPECT_FALSE(live.IsEstablished(0, 2, 1));
}

TEST(LiveGraphTest, SaysThatACauseStandsStill) {
  Columns columns = bench::NullProcess(2, 1200, 2, 0, bench::Noise::kNormal, 15).panel.sets[0].columns;
  for (std::size_t t = 1; t < 1200; ++t) {
    if (t >= 600) columns[0][t] = 0.5;
    columns[1][t] += 0.6 * columns[0][t - 1];
  }
  LiveOptions options = Small();
  options.withdraw_tests = 250;  // longer than it takes to fill the window with the standing value
  LiveGraph live = Make(2, options);
  PushAll(live, columns, 0, 600);
  ASSERT_TRUE(live.IsEstablished(0, 1, 1));
  bool seen = false;
  for (const LinkChange& change : PushAll(live, columns, 600, 1200)) {
    if (change.cause == Node{0, 1} && change.effect == 1) {
      EXPECT_EQ(change.reason, ChangeReason::kConstant);
      seen = true;
    }
  }
  EXPECT_TRUE(seen);
}

TEST(LiveGraphTest, SaysThatOtherParentsExplainTheLink) {
  // x0 drives x2 directly at first, later only through x1.
  Columns columns = bench::NullProcess(3, 1500, 2, 0, bench::Noise::kNormal, 18).panel.sets[0].columns;
  for (std::size_t t = 2; t < 1500; ++t) {
    columns[1][t] += columns[0][t - 1];
    columns[2][t] += t < 600 ? 0.8 * columns[0][t - 2] : 0.8 * columns[1][t - 1];
  }
  LiveGraph live = Make(3, Small());
  PushAll(live, columns, 0, 600);
  ASSERT_TRUE(live.IsEstablished(0, 2, 2));
  const std::vector<LinkChange> changes = PushAll(live, columns, 600, 1500);
  const auto withdrawn = std::ranges::find_if(
      changes, [](const LinkChange& c) { return c.cause == Node{0, 2} && c.effect == 2; });
  ASSERT_NE(withdrawn, changes.end());
  EXPECT_EQ(withdrawn->reason, ChangeReason::kExplainedByOthers);
}

TEST(LiveGraphTest, SaysThatTheSignHasTurned) {
  Columns columns = bench::NullProcess(2, 1500, 2, 0, bench::Noise::kNormal, 16).panel.sets[0].columns;
  for (std::size_t t = 1; t < 1500; ++t) columns[1][t] += (t < 600 ? 1.0 : -2.0) * columns[0][t - 1];
  LiveOptions options = Small();
  options.withdraw_tests = 1000;  // only the sign can withdraw it
  LiveGraph live = Make(2, options);
  PushAll(live, columns, 0, 600);
  const std::vector<LinkChange> changes = PushAll(live, columns, 600, 1500);
  const auto turned = std::ranges::find_if(
      changes, [](const LinkChange& c) { return c.cause == Node{0, 1} && c.effect == 1; });
  ASSERT_NE(turned, changes.end());
  EXPECT_EQ(turned->reason, ChangeReason::kSignTurned);
  EXPECT_TRUE(live.IsEstablished(0, 1, 1)) << "and is established again with the other sign";
}

TEST(LiveGraphTest, BetweenTheTwoLevelsALinkOfItsSignStands) {
  Columns columns = bench::NullProcess(2, 1500, 2, 0, bench::Noise::kNormal, 17).panel.sets[0].columns;
  for (std::size_t t = 1; t < 1500; ++t) columns[1][t] += (t < 600 ? 1.0 : 0.2) * columns[0][t - 1];
  const auto changes_with = [&](double withdraw_alpha) {
    LiveOptions options = Small();
    options.pcmci.alpha = 1e-8;
    options.withdraw_alpha = withdraw_alpha;
    LiveGraph live = Make(2, options);
    PushAll(live, columns, 0, 600);
    EXPECT_TRUE(live.IsEstablished(0, 1, 1));
    return PushAll(live, columns, 600, 1500);
  };
  const auto of_link = [](const LinkChange& c) { return c.cause == Node{0, 1} && c.effect == 1; };
  EXPECT_TRUE(std::ranges::any_of(changes_with(1e-8), of_link));
  EXPECT_TRUE(std::ranges::none_of(changes_with(0.5), of_link));
}

TEST(LiveGraphTest, ARequiredLinkComesOnceAndStays) {
  const Columns columns = bench::NullProcess(2, 1500, 2, 0, bench::Noise::kNormal, 18).panel.sets[0].columns;
  LiveOptions options = Small();
  options.pcmci.assumptions = LinkAssumptions(2, options.max_lag);
  options.pcmci.assumptions.Set(0, 1, 1, Assumption::kRequired);
  LiveGraph live = Make(2, options);
  const std::vector<LinkChange> changes = PushAll(live, columns, 0, 1500);
  EXPECT_EQ(std::ranges::count_if(
                changes, [](const LinkChange& c) { return c.cause == Node{0, 1} && c.effect == 1; }),
            1);
  EXPECT_TRUE(live.IsEstablished(0, 1, 1));
}

TEST(LiveGraphTest, RefusesLevelsThatCannotBeMet) {
  const auto refusal = [](double pc_alpha, double alpha, double withdraw_alpha) {
    LiveOptions options = Small();
    options.pcmci.pc_alpha = pc_alpha;
    options.pcmci.alpha = alpha;
    options.withdraw_alpha = withdraw_alpha;
    return std::string(LiveGraph::Create({"a", "b"}, options).status().message());
  };
  EXPECT_EQ(refusal(0.2, 0.01, 0.05), "");
  EXPECT_EQ(refusal(0.2, 0.1, 0.05), "the level of withdrawal is 0.05, expected at least 0.1, the level of links");
  EXPECT_THAT(refusal(0, 0.01, 0.05), testing::HasSubstr("the selection level"));
  EXPECT_THAT(refusal(0.2, 0, 0.05), testing::HasSubstr("the level of links"));
  EXPECT_THAT(refusal(0.2, 0.01, 2), testing::HasSubstr("the level of withdrawal"));
}

TEST(LiveGraphTest, RefusesAWindowThatIsTooShort) {
  LiveOptions options = Small();
  options.window_rows = 20;
  EXPECT_EQ(LiveGraph::Create({"a", "b", "c"}, options).status().message(),
            "the window has 20 rows, 3 variables at 2 lags need at least 22");
}

}  // namespace
}  // namespace crucible::causal

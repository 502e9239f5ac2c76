#include "simulators/flow/hawkes.h"

#include <gtest/gtest.h>

#include <cmath>
#include <string>
#include <vector>

#include "absl/strings/str_format.h"
#include "framework/base/math.h"
#include "simulators/flow/hawkes_fit.h"

namespace crucible::flow {
namespace {

HawkesModel TwoTypes() { return {{0.5, 0.3}, {2.0, 5.0}, {{0.3, 0.2}, {0.1, 0.4}}}; }

std::vector<HawkesEvent> Sample(const HawkesModel& model, double length, std::uint64_t seed) {
  HawkesSampler sampler(model, RandomStream(seed, "test/hawkes"));
  std::vector<HawkesEvent> events;
  for (HawkesEvent event = sampler.Next(); event.at <= length; event = sampler.Next())
    events.push_back(event);
  return events;
}

// Calls visit(estimate, truth) for every parameter.
template <class Visit>
void ForEachParameter(const HawkesFit& fit, const HawkesModel& truth, Visit&& visit) {
  for (std::size_t i = 0; i < truth.types(); ++i) {
    visit(fit.base[i], truth.base[i]);
    visit(fit.decay[i], truth.decay[i]);
    for (std::size_t j = 0; j < truth.types(); ++j) visit(fit.branching[i][j], truth.branching[i][j]);
  }
}

TEST(HawkesModelTest, BranchingRatioIsTheSpectralRadius) {
  EXPECT_NEAR(TwoTypes().BranchingRatio(), 0.5, 1e-9);  // 0.35 +- sqrt(0.0025 + 0.02)
  const HawkesModel periodic{{1, 1}, {1, 1}, {{0, 0.5}, {0.5, 0}}};
  EXPECT_NEAR(periodic.BranchingRatio(), 0.5, 1e-9);
}

TEST(HawkesModelTest, AnExplosiveProcessIsRefused) {
  const HawkesModel model{{1}, {1}, {{1.2}}};
  EXPECT_EQ(model.Validate().message(), "the branching ratio is 1.2: the process explodes, expected below 1");
}

TEST(HawkesSamplerTest, RatesAreThoseOfTheStationaryProcess) {
  // (1 - n) rate = base: 0.7 a - 0.2 b = 0.5 and -0.1 a + 0.6 b = 0.3.
  const double length = 40'000;
  std::vector<double> counts(2, 0);
  for (const HawkesEvent& event : Sample(TwoTypes(), length, 1)) ++counts[event.type];
  EXPECT_NEAR(counts[0] / length, 0.9, 0.03);
  EXPECT_NEAR(counts[1] / length, 0.65, 0.03);
}

TEST(HawkesFitTest, LikelihoodIsThatOfItsDefinition) {
  const HawkesModel model = TwoTypes();
  const std::vector<HawkesEvent> events = {{0.5, 0}, {0.7, 1}, {1.5, 0}, {1.6, 0}};
  const double length = 2;
  double expected = 0;
  for (std::size_t i = 0; i < 2; ++i) {
    expected -= model.base[i] * length;
    for (const HawkesEvent& cause : events) {
      expected -= model.branching[i][cause.type] * (1 - Exp(-model.decay[i] * (length - cause.at)));
    }
  }
  for (std::size_t k = 0; k < events.size(); ++k) {
    const std::size_t i = events[k].type;
    double rate = model.base[i];
    for (std::size_t l = 0; l < k; ++l) {
      rate += model.branching[i][events[l].type] * model.decay[i] *
              Exp(-model.decay[i] * (events[k].at - events[l].at));
    }
    expected += Log(rate);
  }
  EXPECT_NEAR(LogLikelihood(model, events, length), expected, 1e-12);
}

TEST(HawkesFitTest, TheFitIsAMaximum) {
  const double length = 2'000;
  const std::vector<HawkesEvent> events = Sample(TwoTypes(), length, 2);
  const auto fit = FitHawkes(events, 2, length);
  ASSERT_TRUE(fit.ok()) << fit.status();
  EXPECT_TRUE(fit->converged);
  EXPECT_NEAR(fit->log_likelihood, LogLikelihood(fit->model, events, length), 1e-6);
  for (const double factor : {0.99, 1.01}) {
    HawkesModel base = fit->model, decay = fit->model, branching = fit->model;
    base.base[0] *= factor;
    decay.decay[1] *= factor;
    branching.branching[1][0] *= factor;
    for (const HawkesModel& other : {base, decay, branching}) {
      EXPECT_LT(LogLikelihood(other, events, length), fit->log_likelihood);
    }
  }
}

TEST(HawkesFitTest, IntervalsCoverThePlantedTruth) {
  const HawkesModel truth = TwoTypes();
  const double length = 2'500;  // about 3,900 events
  int covered = 0, intervals = 0;
  for (std::uint64_t seed = 1; seed <= 200; ++seed) {
    const auto fit = FitHawkes(Sample(truth, length, 100 + seed), 2, length);
    ASSERT_TRUE(fit.ok()) << fit.status();
    EXPECT_TRUE(fit->converged) << seed;
    ForEachParameter(*fit, truth, [&](const Estimate& estimate, double value) {
      ++intervals;
      covered += estimate.Low() <= value && value <= estimate.High();
    });
  }
  const double share = 100.0 * covered / intervals;
  RecordProperty("coverage_percent", absl::StrFormat("%.1f", share));
  EXPECT_GE(share, 92) << covered << " of " << intervals;
  EXPECT_LE(share, 98) << covered << " of " << intervals;
}

TEST(HawkesFitTest, TwoHundredThousandEventsGiveEveryParameterWithinFivePercent) {
  const HawkesModel truth = TwoTypes();
  const double length = 200'000 / 1.55;
  const std::vector<HawkesEvent> events = Sample(truth, length, 5);
  const auto fit = FitHawkes(events, 2, length);
  ASSERT_TRUE(fit.ok()) << fit.status();
  ForEachParameter(*fit, truth, [](const Estimate& estimate, double value) {
    EXPECT_NEAR(estimate.value / value, 1, 0.05);
  });
  EXPECT_NEAR(fit->branching_ratio, 0.5, 0.01);
}

TEST(HawkesFitTest, TimeRescalingAcceptsTheRightModelAndRejectsTheWrongOne) {
  const double length = 4'000;
  const auto right = FitHawkes(Sample(TwoTypes(), length, 9), 2, length);
  ASSERT_TRUE(right.ok());
  for (const RescalingTest& test : right->rescaling) EXPECT_GT(test.p_value, 0.01);
  // Events every second, as no self-exciting process makes them.
  std::vector<HawkesEvent> regular;
  for (int i = 1; i < 2'000; ++i) regular.push_back({static_cast<double>(i), 0});
  const auto wrong = FitHawkes(regular, 1, 2'000);
  ASSERT_TRUE(wrong.ok());
  EXPECT_LT(wrong->rescaling[0].p_value, 1e-6);
}

TEST(HawkesSamplerTest, AnEventFromOutsideHasItsOffspring) {
  const HawkesModel model{{1e-9}, {1}, {{0.5}}};
  HawkesSampler sampler(model, RandomStream(5, "sampler"));
  constexpr int kTold = 4'000;
  int offspring = 0;
  for (int i = 1; i <= kTold; ++i) {
    sampler.Excite({100.0 * i, 0});
    for (; sampler.Peek().at < 100.0 * (i + 1); ++offspring) {
      const double announced = sampler.Peek().at;
      EXPECT_EQ(sampler.Next().at, announced);
    }
  }
  // 0.5 + 0.5^2 + ... = 1 each, with variance 0.5 / (1 - 0.5)^3
  EXPECT_NEAR(offspring, kTold, 4 * std::sqrt(4.0 * kTold));
}

TEST(HawkesFitTest, EventsOfOneMomentDoNotExciteEachOther) {
  const double length = 2'000;
  std::vector<HawkesEvent> events = Sample(TwoTypes(), length, 4);
  for (std::size_t i = 0; i + 1 < events.size(); ++i) {
    if (i % 3 == 0) events[i + 1].at = events[i].at;  // stamped together
  }
  const auto fit = FitHawkes(events, 2, length);
  ASSERT_TRUE(fit.ok()) << fit.status();
  EXPECT_TRUE(fit->converged);
  for (const Estimate& decay : fit->decay) EXPECT_LT(decay.value, 100);
}

TEST(HawkesFitTest, WithoutExcitementThereIsNone) {
  const HawkesModel poisson{{1.0, 2.0}, {1, 1}, {{0, 0}, {0, 0}}};
  const double length = 5'000;
  const auto fit = FitHawkes(Sample(poisson, length, 3), 2, length);
  ASSERT_TRUE(fit.ok());
  EXPECT_LT(fit->branching_ratio, 0.06);
  EXPECT_NEAR(fit->base[1].value, 2.0, 0.15);
}

TEST(HawkesFitTest, TooFewEventsAreNamed) {
  const std::vector<HawkesEvent> events = {{1, 0}, {2, 0}};
  EXPECT_EQ(FitHawkes(events, 1, 3).status().message(), "type 0 has 2 events, expected at least 10");
  const std::vector<HawkesEvent> backwards = {{2, 0}, {1, 0}};
  EXPECT_FALSE(FitHawkes(backwards, 1, 3).ok());
}

}  // namespace
}  // namespace crucible::flow

// Every bit of what the models say, as digests that stand here: graphs, p-values, frequencies, information,
// fitted parameters, posteriors, forecasts. Whatever builds this test (another compiler, another optimisation
// level) must find the same ones, with one thread and with two.

#include <gtest/gtest.h>

#include <array>
#include <bit>
#include <string_view>

#include "benchmarks/causal/worlds.h"
#include "framework/base/hash.h"
#include "framework/models/causal/bagging.h"
#include "framework/models/causal/information_test.h"
#include "framework/models/causal/linear_test.h"
#include "framework/models/causal/live_graph.h"
#include "framework/models/causal/pcmci_plus.h"
#include "framework/models/causal/surrogates.h"
#include "framework/models/information/baseline.h"
#include "framework/models/information/closed_forms.h"
#include "framework/models/information/ksg.h"
#include "framework/models/regime/baum_welch.h"
#include "framework/models/regime/driven.h"
#include "framework/models/regime/filter.h"
#include "framework/models/regime/forecast_score.h"
#include "framework/models/regime/hsmm.h"
#include "framework/models/regime/viterbi.h"
#include "tests/models/regime/planted.h"

namespace crucible {
namespace {

// A missing value is a NaN whatever its sign and payload, which processors choose.
void AddAll(StateHasher& hasher, std::span<const double> values) {
  for (const double value : values) {
    if (value != value) {
      hasher.Add(std::string_view("nan"));
    } else {
      hasher.Add(value);
    }
  }
}

void AddGraph(StateHasher& hasher, const causal::CausalGraph& graph) {
  for (const causal::Mark mark : graph.marks.values()) hasher.Add(static_cast<std::uint64_t>(mark));
  AddAll(hasher, graph.values.values());
  AddAll(hasher, graph.p.values());
  AddAll(hasher, graph.q.values());
  for (const std::vector<causal::Node>& parents : graph.parents) {
    for (const causal::Node node : parents) hasher.Add(std::uint64_t{node.variable} << 32 | node.lag);
  }
  hasher.Add(graph.tests);
}

void AddModel(StateHasher& hasher, const regime::GaussianHmm& model) {
  for (const std::vector<double>* part : {&model.start, &model.transition, &model.mean, &model.covariance})
    AddAll(hasher, *part);
}

struct Analysis {
  Analysis(const causal::Panel& panel, causal::Transform transform, causal::Errors errors, TaskPool& pool)
      : data(*causal::LaggedData::Create(panel, {.max_lag = 3, .transform = transform})),
        correlations(causal::Correlate(data, pool)),
        test(correlations, &data, 3, errors) {}
  causal::LaggedData data;
  causal::Correlations correlations;
  causal::LinearTest test;
};

causal::Panel Planted() { return bench::SparseVar(6, 600, 3, 2, bench::Noise::kCommonGarch, 21).panel; }

Hash128 OfPcmci(TaskPool& pool, bool robust) {
  StateHasher hasher;
  Analysis one(Planted(), robust ? causal::Transform::kNormalScores : causal::Transform::kNone,
               robust ? causal::Errors::kHeteroscedastic : causal::Errors::kStudent, pool);
  one.test.Prepare(0.05);
  causal::PcmciOptions options;
  options.false_discovery = causal::FalseDiscovery::kAll;
  AddGraph(hasher, *causal::RunPcmci(one.test, options, pool));
  options.pc_alpha.reset();
  AddGraph(hasher, *causal::RunPcmci(one.test, options, pool));
  return hasher.value();
}
Hash128 Pcmci(TaskPool& pool) { return OfPcmci(pool, false); }
Hash128 RobustPcmci(TaskPool& pool) { return OfPcmci(pool, true); }

Hash128 PcmciPlus(TaskPool& pool) {
  StateHasher hasher;
  Analysis one(Planted(), causal::Transform::kNone, causal::Errors::kStudent, pool);
  for (const causal::ColliderRule rule :
       {causal::ColliderRule::kMajority, causal::ColliderRule::kConservative}) {
    causal::PcmciPlusOptions options;
    options.collider_rule = rule;
    one.test.Prepare(0.01);
    AddGraph(hasher, *causal::RunPcmciPlus(one.test, options, pool));
    options.pc_alpha.reset();
    AddGraph(hasher, *causal::RunPcmciPlus(one.test, options, pool));
  }
  return hasher.value();
}

Hash128 Bagged(TaskPool& pool) {
  const auto data = causal::LaggedData::Create(Planted(), {.max_lag = 3});
  const auto find = [](causal::LinearTest& test, TaskPool& alone) {
    test.Prepare(0.05);
    return causal::RunPcmci(test, {}, alone);
  };
  causal::BaggingOptions options;
  options.samples = 20;
  const causal::BaggedGraph bagged = *causal::BagGraphs(*data, find, options, pool);
  StateHasher hasher;
  for (const auto& counts : bagged.counts.values()) {
    for (const std::uint32_t count : counts) hasher.Add(std::uint64_t{count});
  }
  return hasher.value();
}

Hash128 Surrogate(TaskPool&) {
  StateHasher hasher;
  const causal::Panel surrogate = causal::MakeSurrogate(Planted(), 3, 5, 1);
  for (const std::vector<double>& column : surrogate.sets[0].columns) AddAll(hasher, column);
  return hasher.value();
}

Hash128 Live(TaskPool&) {
  StateHasher hasher;
  const causal::Panel panel = Planted();
  causal::LiveOptions options;
  options.window_rows = 300;
  options.recompute_bars = 100;
  causal::LiveGraph live = *causal::LiveGraph::Create(panel.names, options);
  std::vector<double> bar(panel.variables());
  for (std::size_t t = 0; t < panel.sets[0].rows(); ++t) {
    for (std::size_t v = 0; v < bar.size(); ++v) bar[v] = panel.sets[0].columns[v][t];
    for (const causal::LinkChange& change : live.Push(bar)) {
      hasher.Add(change.bar);
      hasher.Add(static_cast<std::uint64_t>(change.reason));
      AddAll(hasher, std::array{change.value, change.p, change.q});
    }
  }
  AddGraph(hasher, live.graph());
  return hasher.value();
}

Hash128 CmiKnn(TaskPool& pool) {
  StateHasher hasher;
  const causal::Panel panel = bench::SparseVar(3, 150, 2, 1, bench::Noise::kNormal, 4).panel;
  for (const auto scaling : {information::Scaling::kRanks, information::Scaling::kStandardise}) {
    const auto data = causal::LaggedData::Create(panel, {.max_lag = 2});
    causal::InformationTest::Options options;
    options.neighbours = 0.1;
    options.scaling = scaling;
    options.permutation.draws = 40;
    AddGraph(hasher, *causal::RunPcmci(causal::InformationTest(*data, options), {}, pool));
  }
  return hasher.value();
}

Hash128 Information(TaskPool&) {
  StateHasher hasher;
  const causal::Panel panel = Planted();
  const std::vector<double>&x = panel.sets[0].columns[0], &y = panel.sets[0].columns[1];
  AddAll(hasher, std::array{information::KsgInformation(x, y, 3), information::BinnedInformation(x, y, 8),
                            information::GaussianCopulaInformation(x, y, {panel.sets[0].columns[2]})});
  const information::Baseline baseline = information::CompareWithShuffled(
      x, y,
      [](std::span<const double> a, std::span<const double> b) {
        return information::KsgInformation(a, b, 3);
      },
      5, 1);
  AddAll(hasher, std::array{baseline.estimate, baseline.mean, baseline.deviation, baseline.p});
  return hasher.value();
}

regime::Observations Wild(std::size_t features, std::span<const std::size_t> lengths = {}) {
  const regime::World world = regime::DrawWorld(regime::CalmAndWild(3, 30, features), 1'200, 8);
  return *regime::Observations::Create(world.rows, features, lengths);
}

Hash128 HmmFit(TaskPool& pool) {
  StateHasher hasher;
  const std::array<std::size_t, 3> lengths = {500, 300, 400};
  const regime::Observations x = Wild(3, lengths);
  for (const auto shape : {regime::CovarianceShape::kFull, regime::CovarianceShape::kDiagonal,
                           regime::CovarianceShape::kTied, regime::CovarianceShape::kSpherical}) {
    regime::FitOptions options;
    options.shape = shape;
    options.starts = 3;
    const regime::Fit fit = *regime::FitHmm(x, options, &pool);
    AddModel(hasher, fit.model);
    AddAll(hasher, fit.history);
    for (const std::uint8_t regime : regime::MostProbablePath(fit.model, x).in_hindsight().regime)
      hasher.Add(std::uint64_t{regime});
  }
  return hasher.value();
}

void AddForecasts(StateHasher& hasher, regime::RegimeFilter& filter, const regime::Observations& x) {
  std::vector<double> row(x.features());
  regime::Filtered<regime::RegimeForecast> forecast = regime::NoForecast();
  for (std::size_t t = 0; t < x.rows(); ++t) {
    x.CopyRow(t, row.data());
    AddAll(hasher, filter.Update(row)->probability);
    filter.Forecast(10, forecast);
    AddAll(hasher, forecast->probability);
  }
}

Hash128 Forecasts(TaskPool&) {
  StateHasher hasher;
  const regime::Observations x = Wild(2);
  const regime::GaussianHmm start = regime::RandomModel(regime::CovarianceShape::kFull, 2, 2, 3);
  regime::EmOptions few;
  few.max_iterations = 8;
  const regime::GaussianHmm model = regime::BaumWelch(start, x, few).model;
  regime::HmmFilter filter(model);
  AddForecasts(hasher, filter, x);
  regime::HsmmOptions durations;
  durations.ages = 20;
  durations.em = few;
  const regime::HsmmFit hsmm = regime::FitHsmm(model, x, durations);
  AddAll(hasher, hsmm.model.hazard);
  regime::HsmmFilter ages(hsmm.model);
  AddForecasts(hasher, ages, x);
  return hasher.value();
}

Hash128 Driven(TaskPool&) {
  StateHasher hasher;
  const regime::Observations x = Wild(2);  // the second column is the driver
  const regime::GaussianHmm start = regime::RandomModel(regime::CovarianceShape::kFull, 2, 1, 3);
  regime::DrivenOptions options;
  options.em.max_iterations = 8;
  const regime::DrivenFit fit = *regime::FitDriven(start, x, options);
  AddModel(hasher, fit.model.emissions);
  AddAll(hasher, fit.model.weight);
  regime::DrivenFilter filter(fit.model);
  AddForecasts(hasher, filter, x);
  return hasher.value();
}

struct Golden {
  const char* name;
  Hash128 (*digest)(TaskPool& pool);
  const char* expected;
};
constexpr Golden kGoldens[] = {
    {"pcmci", Pcmci, "55add33de699c5e722d3a910da92aadc"},
    {"robust pcmci", RobustPcmci, "4040949acdcdc2ad9e50a138a1bfec24"},
    {"pcmci plus", PcmciPlus, "8de23c82cc0a42a3724ab11e36c55073"},
    {"bagged graph", Bagged, "9051b5bdc28557e03dbe8c1bd70d3d07"},
    {"surrogate", Surrogate, "0bea4fdb011ef5f97dbf051a48277100"},
    {"live graph", Live, "855b4af0c2e3c48a05b8e6a11bf654de"},
    {"cmiknn", CmiKnn, "9e20a7c8e09a1a63236b05a7979be8b6"},
    {"information", Information, "cddab7ddec269dc2936802c7bdae7f03"},
    {"hmm fit", HmmFit, "973deca4df080f1eb8e216f6ad325790"},
    {"filter and forecasts", Forecasts, "180057ff6d0029aca3b2620310681808"},
    {"driven moves", Driven, "643cd5b40a00435177ba26ef3678917a"},
};

class ModelsDigestTest : public testing::TestWithParam<std::size_t> {};

TEST_P(ModelsDigestTest, EveryResultHasTheBitsThatStandHere) {
  TaskPool pool(GetParam());
  for (const Golden& golden : kGoldens) EXPECT_EQ(ToHex(golden.digest(pool)), golden.expected) << golden.name;
}
INSTANTIATE_TEST_SUITE_P(Threads, ModelsDigestTest, testing::Values(1, 2));

}  // namespace
}  // namespace crucible

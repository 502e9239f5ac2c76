// Causal graphs on sparse random vector autoregressions (benchmarks/causal/worlds.h): CPU time of one
// analysis, from the series to the graph. The reference's times are those of tigramite 5.2 on the same
// shapes.

#include "absl/strings/str_format.h"
#include "benchmarks/causal/worlds.h"
#include "benchmarks/score/score.h"
#include "framework/base/check.h"
#include "framework/models/causal/bagging.h"
#include "framework/models/causal/information_test.h"
#include "framework/models/causal/linear_test.h"
#include "framework/models/causal/live_graph.h"
#include "framework/models/causal/pcmci.h"
#include "framework/models/causal/pcmci_plus.h"
#include "framework/models/information/ksg.h"

namespace crucible::score {
namespace {

struct Shape {
  const char* name;
  std::size_t variables, rows, max_lag;
  double limit_ms;
  double reference_s;
  bool plus;
};

constexpr Shape kShapes[] = {
    {"causal/pcmci/50x10000-lag5", 50, 10'000, 5, 300, 225, false},
    {"causal/pcmci/20x1000-lag3", 20, 1'000, 3, 8, 4.6, false},
    {"causal/pcmci-plus/50x1000-lag3", 50, 1'000, 3, 50, 14.3, true},
};

// One analysis; returns the number of tests.
std::uint64_t Analyse(const causal::Panel& panel, const Shape& shape, TaskPool& pool) {
  const auto data = causal::LaggedData::Create(panel, {.max_lag = shape.max_lag});
  const causal::Correlations correlations = causal::Correlate(*data, pool);
  causal::LinearTest test(correlations, &*data, shape.max_lag);
  test.Prepare(shape.plus ? 0.01 : 0.05);
  if (shape.plus) return causal::RunPcmciPlus(test, {}, pool)->tests;
  return causal::RunPcmci(test, {}, pool)->tests;
}

void AddShape(Rows& rows, const Options& options, const Shape& shape) {
  const std::size_t series_rows = options.smoke ? 300 : shape.rows;
  const bench::World world =
      bench::SparseVar(shape.variables, series_rows, shape.max_lag, 2, bench::Noise::kNormal, 1);
  TaskPool pool(1);
  std::uint64_t tests = 0;
  const int repeats = options.smoke ? 1 : static_cast<int>(1 + 200 / shape.limit_ms);
  const double seconds = Best(options.smoke ? 1 : 3, [&] {
    const double start = CpuSeconds();
    for (int i = 0; i < repeats; ++i) tests = Analyse(world.panel, shape, pool);
    return (CpuSeconds() - start) / repeats;
  });
  rows.push_back(
      AtMost(shape.name, 1e3 * seconds, "ms", shape.limit_ms,
             absl::StrFormat("%d variables, %d rows, lags to %d, %d tests; the reference takes %g s",
                             shape.variables, series_rows, shape.max_lag, tests, shape.reference_s)));
}

// The busier of two threads against one, from the series to the graph, at 50 variables and 10,000 rows.
void AddTwoThreads(Rows& rows, const Options& options, const char* name, const Shape& shape) {
  const bench::World world = bench::SparseVar(shape.variables, options.smoke ? 300 : shape.rows, shape.max_lag, 2,
                                              bench::Noise::kNormal, 1);
  const auto busier = [&](std::size_t threads, std::uint64_t& tests) {
    TaskPool pool(threads);
    return Best(options.smoke ? 1 : 5,
                [&] { return BusierSeconds([&] { tests = Analyse(world.panel, shape, pool); }); });
  };
  std::uint64_t tests_alone = 0, tests_both = 0;
  const double alone = busier(1, tests_alone), both = busier(2, tests_both);
  CRUCIBLE_CHECK(tests_alone == tests_both);
  rows.push_back(RatioAtLeast(name, 1e3 * both, "ms", "one thread", 1e3 * alone, 1.7,
                              absl::StrFormat("%d variables, %d rows, lags to %d, %d tests; CPU of the busier thread",
                                              shape.variables, world.panel.sets[0].rows(), shape.max_lag, tests_both)));
}

void AddBaggedTwoThreads(Rows& rows, const Options& options) {
  const bench::World world = bench::SparseVar(20, options.smoke ? 300 : 10'000, 3, 2, bench::Noise::kNormal, 1);
  const auto data = causal::LaggedData::Create(world.panel, {.max_lag = 3});
  causal::BaggingOptions bagging;
  bagging.samples = options.smoke ? 2 : 100;
  const auto find = [](causal::LinearTest& test, TaskPool& alone) {
    test.Prepare(0.05);
    return causal::RunPcmci(test, {}, alone);
  };
  const auto busier = [&](std::size_t threads) {
    TaskPool pool(threads);
    return Best(options.smoke ? 1 : 3,
                [&] { return BusierSeconds([&] { (void)causal::BagGraphs(*data, find, bagging, pool); }); });
  };
  const double alone = busier(1), both = busier(2);
  rows.push_back(RatioAtLeast("causal/two-threads/bagged", 1e3 * both, "ms", "one thread", 1e3 * alone, 1.7,
                              "20 variables, 10,000 rows, lags to 3, 100 samples; CPU of the busier thread"));
}

// Bagged graph of 100 samples at 20 variables, 10,000 rows, lag 3.
void AddBagged(Rows& rows, const Options& options) {
  const std::size_t series_rows = options.smoke ? 300 : 10'000;
  const bench::World world = bench::SparseVar(20, series_rows, 3, 2, bench::Noise::kNormal, 1);
  TaskPool pool(1);
  causal::BaggingOptions bagging;
  bagging.samples = options.smoke ? 2 : 100;
  const auto find = [](causal::LinearTest& test, TaskPool& alone) {
    test.Prepare(0.05);
    return causal::RunPcmci(test, {}, alone);
  };
  const double seconds = Best(options.smoke ? 1 : 3, [&] {
    const double start = CpuSeconds();
    const auto data = causal::LaggedData::Create(world.panel, {.max_lag = 3});
    (void)causal::BagGraphs(*data, find, bagging, pool);
    return CpuSeconds() - start;
  });
  rows.push_back(
      AtMost("causal/bagged/20x10000-lag3", 1e3 * seconds, "ms", 1000,
             absl::StrFormat("%d block-bootstrap samples of PCMCI, from the series", bagging.samples)));
}

// Live graph: every bar updates the window and tests all links.
void AddLive(Rows& rows, const Options& options) {
  const std::size_t bars = options.smoke ? 20 : 400;
  causal::LiveOptions live_options;
  const std::size_t filled = live_options.window_rows + 2 * live_options.max_lag;
  const bench::World world = bench::SparseVar(20, filled + 3 * bars, 3, 2, bench::Noise::kNormal, 1);
  auto live = causal::LiveGraph::Create(world.panel.names, live_options);
  std::vector<double> bar(20);
  std::size_t next = 0;
  const auto push = [&](std::size_t count) {
    for (std::size_t k = 0; k < count; ++k, ++next) {
      for (std::size_t v = 0; v < bar.size(); ++v) bar[v] = world.panel.sets[0].columns[v][next];
      (void)live->Push(bar);
    }
  };
  push(filled);
  const double seconds = Best(options.smoke ? 1 : 3, [&] {
    const double start = CpuSeconds();
    push(bars);
    return (CpuSeconds() - start) / static_cast<double>(bars);
  });
  rows.push_back(AtMost("causal/live/20-lag3", 1e3 * seconds, "ms/bar", 4,
                        absl::StrFormat("window of %d rows, all %d lagged links tested on every bar",
                                        live_options.window_rows, 20 * 20 * 3)));
}

// One value of the reference's CMIknn, and one test with its 100 permutations.
void AddConditional(Rows& rows, const Options& options) {
  struct Case {
    const char* name;
    std::size_t conditions;
    double reference_ms;
  };
  const std::size_t n = options.smoke ? 100 : 1000;
  for (const Case& one : {Case{"causal/cmiknn/1000-dz1", 1, 24}, Case{"causal/cmiknn/1000-dz3", 3, 55}}) {
    if (!Wanted(options, one.name)) continue;
    RandomStream stream(1, "cmiknn");
    std::vector<std::vector<double>> columns(2 + one.conditions, std::vector<double>(n));
    for (auto& column : columns) {
      for (double& value : column) value = stream.Normal();
    }
    const std::vector<std::vector<double>> z(columns.begin() + 2, columns.end());
    const int repeats = options.smoke ? 1 : 50;
    const double seconds = Best(options.smoke ? 1 : 3, [&] {
      const double start = CpuSeconds();
      for (int i = 0; i < repeats; ++i) {
        (void)information::ConditionalInformation(columns[0], columns[1], z, n / 10,
                                                  information::Scaling::kRanks)
            .Estimate();
      }
      return (CpuSeconds() - start) / repeats;
    });
    rows.push_back(
        AtMost(one.name, 1e3 * seconds, "ms", one.reference_ms / 50,
               absl::StrFormat("one value, ranks, k = n/10; the reference takes %g ms", one.reference_ms)));
  }
}

void AddInformationGraph(Rows& rows, const Options& options) {
  const bench::World world = bench::SparseVar(3, options.smoke ? 100 : 300, 2, 1, bench::Noise::kNormal, 1);
  TaskPool pool(1);
  std::uint64_t tests = 0;
  const double seconds = Best(1, [&] {
    const double start = CpuSeconds();
    const auto data = causal::LaggedData::Create(world.panel, {.max_lag = 2});
    causal::InformationTest::Options test;
    test.neighbours = 0.1;
    test.permutation.draws = 100;
    tests = causal::RunPcmci(causal::InformationTest(*data, test), {}, pool)->tests;
    return CpuSeconds() - start;
  });
  rows.push_back(
      AtMost("causal/pcmci-cmiknn/3x300-lag2", 1e3 * seconds, "ms", 51'700.0 / 50,
             absl::StrFormat("%d tests of at most 100 permutations; the reference takes 51.7 s", tests)));
}

void AddKsg(Rows& rows, const Options& options) {
  const std::size_t n = options.smoke ? 500 : 10'000;
  RandomStream stream(1, "ksg");
  std::vector<double> x(n), y(n);
  for (std::size_t i = 0; i < n; ++i) {
    x[i] = stream.Normal();
    y[i] = 0.6 * x[i] + 0.8 * stream.Normal();
  }
  const int repeats = options.smoke ? 1 : 30;
  const double seconds = Best(options.smoke ? 1 : 3, [&] {
    const double start = CpuSeconds();
    for (int i = 0; i < repeats; ++i) (void)information::KsgInformation(x, y, 3);
    return (CpuSeconds() - start) / repeats;
  });
  rows.push_back(AtMost("information/ksg/10000-k3", 1e3 * seconds, "ms", 5,
                        "correlated normal pair; the reference takes 38 ms"));
}

}  // namespace

Rows CausalRows(Options& options) {
  Rows rows;
  if (Wanted(options, "causal/bagged/20x10000-lag3")) AddBagged(rows, options);
  if (Wanted(options, "causal/live/20-lag3")) AddLive(rows, options);
  if (Wanted(options, "causal/cmiknn")) AddConditional(rows, options);
  if (Wanted(options, "causal/pcmci-cmiknn/3x300-lag2")) AddInformationGraph(rows, options);
  if (Wanted(options, "information/ksg/10000-k3")) AddKsg(rows, options);
  for (const Shape& shape : kShapes) {
    if (Wanted(options, shape.name)) AddShape(rows, options, shape);
  }
  const Shape large = {"", 50, 10'000, 5, 0, 0, false}, large_plus = {"", 50, 10'000, 5, 0, 0, true};
  if (Wanted(options, "causal/two-threads/pcmci")) AddTwoThreads(rows, options, "causal/two-threads/pcmci", large);
  if (Wanted(options, "causal/two-threads/pcmci-plus"))
    AddTwoThreads(rows, options, "causal/two-threads/pcmci-plus", large_plus);
  if (Wanted(options, "causal/two-threads/bagged")) AddBaggedTwoThreads(rows, options);
  return rows;
}

}  // namespace crucible::score

// Causal graphs on sparse random vector autoregressions (benchmarks/causal/worlds.h): CPU time of one
// analysis, from the series to the graph. The reference's times are those of tigramite 5.2 on the same
// shapes.

#include "absl/strings/str_format.h"
#include "benchmarks/causal/worlds.h"
#include "benchmarks/score/score.h"
#include "framework/models/causal/linear_test.h"
#include "framework/models/causal/pcmci.h"
#include "framework/models/causal/pcmci_plus.h"

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

}  // namespace

Rows CausalRows(Options& options) {
  Rows rows;
  for (const Shape& shape : kShapes) {
    if (Wanted(options, shape.name)) AddShape(rows, options, shape);
  }
  return rows;
}

}  // namespace crucible::score

#include "framework/models/causal/pcmci_plus.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>

#include "absl/strings/str_format.h"
#include "framework/models/causal/link_statistics.h"
#include "framework/models/causal/orientation.h"
#include "framework/models/causal/parent_selection.h"
#include "framework/models/causal/skeleton.h"

namespace crucible::causal {
namespace {

constexpr std::array<double, 5> kAlphaGrid = {0.001, 0.005, 0.01, 0.025, 0.05};

// Lagged parents of every variable, and what PC1 found of each lagged link.
CausalGraph SelectLagged(const CiTest& test, const PcmciPlusOptions& options, double alpha, TaskPool& pool) {
  const std::size_t n = test.variables();
  CausalGraph graph;
  graph.marks = LinkTable<Mark>(n, test.max_lag(), Mark::kNone);
  graph.values = LinkTable<double>(n, test.max_lag(), 0);
  graph.p = LinkTable<double>(n, test.max_lag(), 1);
  graph.parents.resize(n);
  graph.pc_alpha = alpha;
  std::vector<std::uint64_t> tests(n);
  pool.Run(n, [&](std::size_t j, std::size_t worker) {
    if (worker == 0 && options.progress)
      options.progress(0.5 * static_cast<double>(j) / static_cast<double>(n));
    SelectionTask task;
    task.effect = static_cast<std::uint32_t>(j);
    task.min_lag = std::max<std::size_t>(options.min_lag, 1);
    task.options = options.selection;
    task.assumptions = &options.assumptions;
    task.keep_tested = true;
    Selected selected = SelectParents(test, task, alpha);
    graph.parents[j] = std::move(selected.parents);
    tests[j] = selected.tests;
    for (const Selected::Tested& tested : selected.tested) {
      graph.values.at(tested.node.variable, j, tested.node.lag) = tested.result.value;
      graph.p.at(tested.node.variable, j, tested.node.lag) = tested.result.p;
    }
  });
  graph.tests = std::accumulate(tests.begin(), tests.end(), std::uint64_t{0});
  return graph;
}

CausalGraph RunAtLevel(const CiTest& test, const PcmciPlusOptions& options, double alpha, TaskPool& pool) {
  CausalGraph selected = SelectLagged(test, options, alpha, pool);
  const std::vector<std::vector<Node>> parents = selected.parents;
  const MomentaryTest momentary(test, options, parents);
  Skeleton skeleton = FindSkeleton(momentary, options, alpha, std::move(selected), pool);
  skeleton.graph.tests += skeleton.tests;
  skeleton.graph.tests += OrientColliders(momentary, options, alpha, skeleton, pool);
  ApplyMeekRules(options.mark_conflicts, skeleton.graph);
  CausalGraph graph = std::move(skeleton.graph);
  graph.q = graph.p;
  SymmetriseLagZero(graph);
  CorrectLinks(options.false_discovery, options.assumptions, graph);
  return graph;
}

// Mean of Akaike's criterion over the effects in one directed graph of the class.
double Score(const CiTest& test, const CausalGraph& graph) {
  const std::size_t n = graph.variables();
  std::vector<double> weight(n, 0.0);
  std::vector<std::size_t> order(n);
  std::iota(order.begin(), order.end(), std::size_t{0});
  for (std::size_t i = 0; i < n; ++i) {
    for (std::size_t j = 0; j < n; ++j) {
      for (std::size_t lag = 0; lag <= graph.max_lag(); ++lag)
        weight[j] += std::fabs(graph.values.at(i, j, lag));
    }
  }
  std::ranges::stable_sort(order, [&](std::size_t a, std::size_t b) { return weight[a] > weight[b]; });
  const std::vector<std::vector<Node>> parents = ParentsInMember(graph, order);
  double sum = 0;
  for (std::uint32_t j = 0; j < n; ++j) sum += test.SelectionScore({j, 0}, parents[j]);
  return sum / static_cast<double>(n);
}

}  // namespace

absl::StatusOr<CausalGraph> RunPcmciPlus(const CiTest& test, const PcmciPlusOptions& options,
                                         TaskPool& pool) {
  CRUCIBLE_RETURN_IF_ERROR(CheckLevel("the level", options.pc_alpha.value_or(0.01)));
  CRUCIBLE_RETURN_IF_ERROR(CheckLags(options.min_lag, test.max_lag()));
  CRUCIBLE_RETURN_IF_ERROR(options.assumptions.Check(test.variables(), test.max_lag()));
  if (options.pc_alpha) return RunAtLevel(test, options, *options.pc_alpha, pool);
  CausalGraph best;
  double best_score = 0;
  std::uint64_t tests = 0;
  for (const double alpha : kAlphaGrid) {
    CausalGraph graph = RunAtLevel(test, options, alpha, pool);
    tests += graph.tests;
    const double score = Score(test, graph);
    if (alpha != kAlphaGrid.front() && !(score < best_score)) continue;
    best_score = score;
    best = std::move(graph);
  }
  best.tests = tests;
  return best;
}

}  // namespace crucible::causal

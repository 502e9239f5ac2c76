#include "framework/models/causal/pcmci.h"

#include <algorithm>
#include <array>

#include "framework/models/causal/link_statistics.h"
#include "framework/models/causal/parent_selection.h"

namespace crucible::causal {
namespace {

constexpr std::array<double, 6> kAlphaGrid = {0.05, 0.1, 0.2, 0.3, 0.4, 0.5};

absl::Status CheckOptions(const CiTest& test, const PcmciOptions& options) {
  CRUCIBLE_RETURN_IF_ERROR(CheckLevel("the selection level", options.pc_alpha.value_or(0.05)));
  CRUCIBLE_RETURN_IF_ERROR(CheckLevel("the level of links", options.alpha));
  CRUCIBLE_RETURN_IF_ERROR(CheckLags(options.min_lag, test.max_lag()));
  return options.assumptions.Check(test.variables(), test.max_lag());
}

// MCI tests of all links into one effect.
class MciStage {
 public:
  MciStage(const CiTest& test, const PcmciOptions& options, CausalGraph& graph)
      : test_(test), options_(options), graph_(graph), collinear_(test.variables()) {}

  std::uint64_t TestEffect(std::size_t j) {
    std::uint64_t tests = 0;
    std::vector<Node> z;
    const Node effect{static_cast<std::uint32_t>(j), 0};
    for (std::uint32_t i = 0; i < test_.variables(); ++i) {
      for (auto lag = static_cast<std::uint32_t>(options_.min_lag); lag <= test_.max_lag(); ++lag) {
        if ((i == j && lag == 0) || !options_.assumptions.allows(i, j, lag)) continue;
        MakeConditions({i, lag}, j, z);
        const CiResult result = test_.Confirm({i, lag}, effect, z);
        graph_.values.at(i, j, lag) = result.value;
        graph_.p.at(i, j, lag) = result.p;
        if (result.outcome == CiOutcome::kCollinear)
          collinear_[j].push_back({{i, lag}, effect.variable, effect.variable});
        ++tests;
      }
    }
    return tests;
  }

  void Collect() {
    for (const std::vector<Triple>& some : collinear_) {
      graph_.collinear.insert(graph_.collinear.end(), some.begin(), some.end());
    }
  }

 private:
  // Parents of the effect without the cause; then parents of the cause at its lag that are not among them.
  void MakeConditions(Node cause, std::size_t j, std::vector<Node>& z) const {
    z.clear();
    const std::vector<Node>& of_effect = graph_.parents[j];
    const std::vector<Node>& of_cause = graph_.parents[cause.variable];
    for (std::size_t k = 0; k < std::min(of_effect.size(), options_.max_conditions_effect); ++k) {
      if (of_effect[k] != cause) z.push_back(of_effect[k]);
    }
    const std::size_t own = z.size();
    for (std::size_t k = 0; k < std::min(of_cause.size(), options_.max_conditions_cause); ++k) {
      const Node shifted{of_cause[k].variable, of_cause[k].lag + cause.lag};
      if (std::find(z.begin(), z.begin() + static_cast<std::ptrdiff_t>(own), shifted) ==
          z.begin() + static_cast<std::ptrdiff_t>(own)) {
        z.push_back(shifted);
      }
    }
  }

  const CiTest& test_;
  const PcmciOptions& options_;
  CausalGraph& graph_;
  std::vector<std::vector<Triple>> collinear_;  // by effect
};

}  // namespace

void ApplyLevel(double alpha, FalseDiscovery correction, const PcmciOptions& options, CausalGraph& graph) {
  CorrectLinks(correction, options.assumptions, graph);
  const auto passes = [&](std::size_t i, std::size_t j, std::size_t lag) {
    return options.assumptions.requires_link(i, j, lag) || graph.q.at(i, j, lag) <= alpha;
  };
  for (std::size_t i = 0; i < graph.variables(); ++i) {
    for (std::size_t j = 0; j < graph.variables(); ++j) {
      if (i != j) {
        const bool forward = passes(i, j, 0) && !options.assumptions.requires_link(j, i, 0);
        const bool backward = passes(j, i, 0) && !options.assumptions.requires_link(i, j, 0);
        graph.marks.at(i, j, 0) = forward && backward ? Mark::kUndirected
                                  : forward           ? Mark::kForward
                                  : backward          ? Mark::kBackward
                                                      : Mark::kNone;
      }
      for (std::size_t lag = std::max<std::size_t>(options.min_lag, 1); lag <= graph.max_lag(); ++lag) {
        graph.marks.at(i, j, lag) = passes(i, j, lag) ? Mark::kForward : Mark::kNone;
      }
    }
  }
}

absl::StatusOr<CausalGraph> RunPcmci(const CiTest& test, const PcmciOptions& options, TaskPool& pool) {
  CRUCIBLE_RETURN_IF_ERROR(CheckOptions(test, options));
  const std::size_t n = test.variables();
  CausalGraph graph;
  graph.marks = LinkTable<Mark>(n, test.max_lag(), Mark::kNone);
  graph.values = LinkTable<double>(n, test.max_lag(), 0);
  graph.p = LinkTable<double>(n, test.max_lag(), 1);
  graph.parents.resize(n);
  std::vector<std::uint64_t> tests(n);
  std::vector<double> levels(n);
  const auto report = [&](double base, std::size_t j, std::size_t worker) {
    if (worker == 0 && options.progress) {
      options.progress(base + 0.5 * static_cast<double>(j) / static_cast<double>(n));
    }
  };
  pool.Run(n, [&](std::size_t j, std::size_t worker) {
    report(0, j, worker);
    SelectionTask task;
    task.effect = static_cast<std::uint32_t>(j);
    task.min_lag = std::max<std::size_t>(options.min_lag, 1);
    task.options = options.selection;
    task.assumptions = &options.assumptions;
    Selected selected = options.pc_alpha ? SelectParents(test, task, *options.pc_alpha)
                                         : SelectParentsByScore(test, task, kAlphaGrid);
    graph.parents[j] = std::move(selected.parents);
    tests[j] = selected.tests;
    levels[j] = selected.alpha;
  });
  MciStage stage(test, options, graph);
  pool.Run(n, [&](std::size_t j, std::size_t worker) {
    report(0.5, j, worker);
    tests[j] += stage.TestEffect(j);
  });
  stage.Collect();
  for (const std::uint64_t some : tests) graph.tests += some;
  graph.pc_alpha = *std::ranges::max_element(levels);
  ApplyLevel(options.alpha, options.false_discovery, options, graph);
  SymmetriseLagZero(graph);
  return graph;
}

}  // namespace crucible::causal

#include "framework/models/causal/skeleton.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "framework/models/causal/combinations.h"

namespace crucible::causal {
namespace {

void AddNew(Node node, std::vector<Node>& z) {
  if (std::ranges::find(z, node) == z.end()) z.push_back(node);
}

// Levels of growing sets of contemporaneous conditions. Within a level every pair can be tested on its own:
// the neighbour lists stand still, and a removal is seen by the mirrored pair only.
class SkeletonSearch {
 public:
  SkeletonSearch(const MomentaryTest& test, const PcmciPlusOptions& options, double alpha, CausalGraph graph)
      : test_(test),
        options_(options),
        alpha_(alpha),
        variables_(graph.variables()),
        graph_(std::move(graph)),
        weakest_(variables_, graph_.max_lag(), std::numeric_limits<double>::infinity()),
        found_(variables_),
        tests_(variables_) {}

  Skeleton Run(TaskPool& pool) {
    Start();
    UpdateNeighbours(false);
    for (size_ = 0; size_ <= std::min(options_.max_conditions, variables_) && AnyLeft(); ++size_) {
      pool.Run(variables_, [&](std::size_t i, std::size_t) { TryCause(static_cast<std::uint32_t>(i)); });
      UpdateNeighbours(true);
    }
    Skeleton skeleton;
    skeleton.graph = std::move(graph_);
    for (std::size_t i = 0; i < variables_; ++i) {
      skeleton.tests += tests_[i];
      for (auto& [link, set] : found_[i].separating) skeleton.separating.emplace(link, std::move(set));
      skeleton.graph.collinear.insert(skeleton.graph.collinear.end(), found_[i].collinear.begin(),
                                      found_[i].collinear.end());
    }
    return skeleton;
  }

 private:
  // What the tests from one cause found.
  struct Found {
    std::map<Triple, std::vector<std::uint32_t>> separating;
    std::vector<Triple> collinear;
  };

  Mark InitialMark(std::size_t i, std::size_t j) const {
    const auto directed = [&](std::size_t a, std::size_t b) {
      const Assumption assumption = options_.assumptions.at(a, b, 0);
      return assumption == Assumption::kRequired || assumption == Assumption::kDirected;
    };
    if (i == j || options_.min_lag > 0 || !options_.assumptions.allows(i, j, 0)) return Mark::kNone;
    if (directed(i, j)) return Mark::kForward;
    return directed(j, i) ? Mark::kBackward : Mark::kUndirected;
  }

  // Links to test: lagged ones that PC1 kept, or all, and every pair at lag 0.
  void Start() {
    for (std::size_t j = 0; j < variables_; ++j) {
      for (const Node parent : graph_.parents[j]) Open(parent.variable, j, parent.lag, Mark::kForward);
      for (std::size_t i = 0; i < variables_; ++i) {
        for (std::size_t lag = std::max<std::size_t>(1, options_.min_lag);
             options_.reset_lagged_links && lag <= graph_.max_lag(); ++lag) {
          if (options_.assumptions.allows(i, j, lag)) Open(i, j, lag, Mark::kForward);
        }
        const Mark mark = InitialMark(i, j);
        if (mark != Mark::kNone) Open(i, j, 0, mark);
      }
    }
  }

  void Open(std::size_t i, std::size_t j, std::size_t lag, Mark mark) {
    graph_.marks.at(i, j, lag) = mark;
    graph_.values.at(i, j, lag) = 0;
    graph_.p.at(i, j, lag) = 0;
  }

  // Contemporaneous neighbours of each variable, by index or by the smallest |value| seen, descending.
  void UpdateNeighbours(bool by_strength) {
    neighbours_.assign(variables_, {});
    for (std::uint32_t j = 0; j < variables_; ++j) {
      for (std::uint32_t i = 0; i < variables_; ++i) {
        if (graph_.marks.at(i, j, 0) != Mark::kNone) neighbours_[j].push_back(i);
      }
      if (!by_strength) continue;
      std::ranges::stable_sort(neighbours_[j], [&](std::uint32_t a, std::uint32_t b) {
        return weakest_.at(a, j, 0) > weakest_.at(b, j, 0);
      });
    }
  }

  std::size_t OthersOf(std::uint32_t j, std::uint32_t i, std::size_t lag) const {
    const std::size_t all = neighbours_[j].size();
    return lag == 0 && std::ranges::find(neighbours_[j], i) != neighbours_[j].end() ? all - 1 : all;
  }

  bool AnyLeft() const {
    for (std::uint32_t i = 0; i < variables_; ++i) {
      for (std::uint32_t j = 0; j < variables_; ++j) {
        for (std::size_t lag = options_.min_lag; lag <= graph_.max_lag(); ++lag) {
          if (graph_.marks.at(i, j, lag) != Mark::kNone && OthersOf(j, i, lag) >= size_) return true;
        }
      }
    }
    return false;
  }

  // The pairs that this cause comes first in: its lagged links, and at lag 0 both directions with later
  // variables.
  void TryCause(std::uint32_t i) {
    for (std::uint32_t j = 0; j < variables_; ++j) {
      for (auto lag = static_cast<std::uint32_t>(std::max<std::size_t>(1, options_.min_lag));
           lag <= graph_.max_lag(); ++lag) {
        TryLink({i, lag}, j, found_[i], tests_[i]);
      }
      if (j <= i || options_.min_lag > 0) continue;
      TryLink({i, 0}, j, found_[i], tests_[i]);
      TryLink({j, 0}, i, found_[i], tests_[i]);
    }
  }

  void TryLink(Node cause, std::uint32_t j, Found& found, std::uint64_t& tests) {
    if (graph_.marks.at(cause.variable, j, cause.lag) == Mark::kNone) return;
    if (OthersOf(j, cause.variable, cause.lag) < size_) return;
    if (options_.assumptions.requires_link(cause.variable, j, cause.lag)) return;
    if (cause.lag == 0 && options_.assumptions.requires_link(j, cause.variable, 0)) return;
    std::vector<std::uint32_t> others, set;
    for (const std::uint32_t k : neighbours_[j]) {
      if (cause.lag > 0 || k != cause.variable) others.push_back(k);
    }
    for (Combinations choice(others.size(), size_); choice.valid(); choice.Next()) {
      set.clear();
      for (const std::size_t at : choice.indices()) set.push_back(others[at]);
      ++tests;
      if (TrySet(cause, j, set, found)) continue;
      return;
    }
  }

  // Whether the link is still there.
  bool TrySet(Node cause, std::uint32_t j, const std::vector<std::uint32_t>& set, Found& found) {
    const std::size_t i = cause.variable, lag = cause.lag;
    const CiResult result = test_(cause, j, set);
    if (result.outcome == CiOutcome::kCollinear) found.collinear.push_back({cause, j, j});
    weakest_.at(i, j, lag) = std::min(weakest_.at(i, j, lag), std::fabs(result.value));
    if (result.p >= graph_.p.at(i, j, lag)) {
      graph_.p.at(i, j, lag) = result.p;
      graph_.values.at(i, j, lag) = result.value;
    }
    if (result.p <= alpha_) return true;
    graph_.marks.at(i, j, lag) = Mark::kNone;
    found.separating[{cause, j, j}] = set;
    if (lag == 0) {
      graph_.marks.at(j, i, 0) = Mark::kNone;
      graph_.p.at(j, i, 0) = graph_.p.at(i, j, 0);
      found.separating[{{j, 0}, cause.variable, cause.variable}] = set;
    }
    return false;
  }

  const MomentaryTest& test_;
  const PcmciPlusOptions& options_;
  double alpha_;
  std::size_t variables_;
  std::size_t size_ = 0;  // of the sets of this level
  CausalGraph graph_;
  LinkTable<double> weakest_;  // smallest |value| seen
  std::vector<std::vector<std::uint32_t>> neighbours_;
  std::vector<Found> found_;          // by cause
  std::vector<std::uint64_t> tests_;  // by cause
};

}  // namespace

CiResult MomentaryTest::operator()(Node cause, std::uint32_t effect,
                                   const std::vector<std::uint32_t>& neighbours) const {
  std::vector<Node> z;
  for (const std::uint32_t k : neighbours) z.push_back({k, 0});
  const std::vector<Node>& of_effect = parents_[effect];
  for (std::size_t k = 0; k < std::min(of_effect.size(), options_.max_conditions_effect); ++k) {
    if (of_effect[k] != cause) AddNew(of_effect[k], z);
  }
  const std::vector<Node>& of_cause = parents_[cause.variable];
  std::size_t limit = options_.max_conditions_cause;
  if (cause.lag > 0 && options_.max_conditions_lagged_cause != kNoLimit)
    limit = options_.max_conditions_lagged_cause;
  for (std::size_t k = 0; k < std::min(of_cause.size(), limit); ++k) {
    AddNew({of_cause[k].variable, of_cause[k].lag + cause.lag}, z);
  }
  return test_.Confirm(cause, {effect, 0}, z);
}

Skeleton FindSkeleton(const MomentaryTest& test, const PcmciPlusOptions& options, double alpha,
                      CausalGraph graph, TaskPool& pool) {
  return SkeletonSearch(test, options, alpha, std::move(graph)).Run(pool);
}

}  // namespace crucible::causal

#include "framework/models/causal/orientation.h"

#include <algorithm>
#include <set>
#include <utility>

#include "framework/models/causal/combinations.h"

namespace crucible::causal {
namespace {

using Pair = std::pair<std::uint32_t, std::uint32_t>;

bool Exists(const CausalGraph& graph, std::size_t i, std::size_t j, std::size_t lag) {
  return graph.marks.at(i, j, lag) != Mark::kNone;
}

// Triples (i, lag) - k o-o j at lag 0 with (i, lag) and j not adjacent, whose first link has a mark in
// `first`.
std::vector<Triple> UnshieldedTriples(const CausalGraph& graph, std::initializer_list<Mark> first) {
  const auto n = static_cast<std::uint32_t>(graph.variables());
  std::vector<Triple> triples;
  for (std::uint32_t j = 0; j < n; ++j) {
    for (std::uint32_t k = 0; k < n; ++k) {
      if (graph.marks.at(k, j, 0) != Mark::kUndirected) continue;
      for (std::uint32_t i = 0; i < n; ++i) {
        for (std::uint32_t lag = 0; lag <= graph.max_lag(); ++lag) {
          if ((i == j && lag == 0) || Exists(graph, i, j, lag)) continue;
          if (std::ranges::find(first, graph.marks.at(i, k, lag)) != first.end())
            triples.push_back({{i, lag}, k, j});
        }
      }
    }
  }
  return triples;
}

// Orientations of one phase: the first one of a pair stays, the opposite one makes a conflict.
class Orienter {
 public:
  Orienter(CausalGraph& graph, bool mark_conflicts) : graph_(graph), mark_conflicts_(mark_conflicts) {}

  void Orient(std::uint32_t from, std::uint32_t to) {
    const bool forward = oriented_.contains({from, to}), backward = oriented_.contains({to, from});
    if (!forward && !backward) {
      graph_.marks.at(from, to, 0) = Mark::kForward;
      graph_.marks.at(to, from, 0) = Mark::kBackward;
      oriented_.insert({from, to});
    }
    if (backward && mark_conflicts_) {
      graph_.marks.at(from, to, 0) = Mark::kConflict;
      graph_.marks.at(to, from, 0) = Mark::kConflict;
    }
  }

 private:
  CausalGraph& graph_;
  bool mark_conflicts_;
  std::set<Pair> oriented_;
};

void AddSubsets(const std::vector<std::uint32_t>& of, std::set<std::vector<std::uint32_t>>& subsets) {
  if (of.empty()) return;  // as the reference: no neighbours, not even the empty set
  for (std::size_t size = 0; size <= of.size(); ++size) {
    for (Combinations choice(of.size(), size); choice.valid(); choice.Next()) {
      std::vector<std::uint32_t> subset;
      for (const std::size_t at : choice.indices()) subset.push_back(of[at]);
      subsets.insert(std::move(subset));
    }
  }
}

std::vector<std::uint32_t> NeighboursWithout(const CausalGraph& graph, std::uint32_t j,
                                             std::uint32_t without) {
  std::vector<std::uint32_t> neighbours;
  for (std::uint32_t i = 0; i < graph.variables(); ++i) {
    if (i != without && Exists(graph, i, j, 0)) neighbours.push_back(i);
  }
  return neighbours;
}

enum class Verdict : std::uint8_t { kCollider, kNonCollider, kAmbiguous };

struct Judged {
  Verdict verdict = Verdict::kAmbiguous;
  std::uint64_t tests = 0;
};

// Whether k is in the sets that separate the ends of the triple.
Judged Judge(const MomentaryTest& test, const CausalGraph& graph, const Triple& triple, ColliderRule rule,
             double alpha) {
  const auto [i, k, j] = triple;
  std::set<std::vector<std::uint32_t>> subsets;
  // At a lag, (i, 0) is another node than (i, lag), and may separate.
  const auto nobody = static_cast<std::uint32_t>(graph.variables());
  AddSubsets(NeighboursWithout(graph, j, i.lag == 0 ? i.variable : nobody), subsets);
  if (i.lag == 0) AddSubsets(NeighboursWithout(graph, i.variable, j), subsets);
  Judged judged;
  std::size_t separating = 0, with_k = 0;
  for (const std::vector<std::uint32_t>& subset : subsets) {
    ++judged.tests;
    if (test(i, j, subset).p <= alpha) continue;
    ++separating;
    if (std::ranges::find(subset, k) != subset.end()) ++with_k;
  }
  if (separating == 0) return judged;
  if (rule == ColliderRule::kMajority) {
    if (2 * with_k != separating)
      judged.verdict = 2 * with_k < separating ? Verdict::kCollider : Verdict::kNonCollider;
  } else {
    if (with_k == 0) judged.verdict = Verdict::kCollider;
    if (with_k == separating) judged.verdict = Verdict::kNonCollider;
  }
  return judged;
}

bool SeparatedBy(const Skeleton& skeleton, const Triple& triple) {
  const auto found = skeleton.separating.find({triple.i, triple.j, triple.j});
  return found != skeleton.separating.end() &&
         std::ranges::find(found->second, triple.k) != found->second.end();
}

bool IsAmbiguous(const CausalGraph& graph, const Triple& triple) {
  return std::ranges::binary_search(graph.ambiguous, triple);
}

// i -> k o-o j, i and j not adjacent: else k would be a collider. Returns whether any triple was found.
bool ApplyRule1(CausalGraph& graph, Orienter& orienter) {
  bool found = false;
  for (const Triple& triple : UnshieldedTriples(graph, {Mark::kForward})) {
    if (IsAmbiguous(graph, triple)) continue;
    found = true;
    orienter.Orient(triple.k, triple.j);
  }
  return found;
}

// i -> k -> j with i o-o j: else there would be a cycle.
bool ApplyRule2(CausalGraph& graph, Orienter& orienter) {
  const auto n = static_cast<std::uint32_t>(graph.variables());
  std::vector<Pair> links;
  for (std::uint32_t j = 0; j < n; ++j) {
    for (std::uint32_t k = 0; k < n; ++k) {
      if (graph.marks.at(k, j, 0) != Mark::kForward) continue;
      for (std::uint32_t i = 0; i < n; ++i) {
        if (graph.marks.at(i, k, 0) == Mark::kForward && i != j &&
            graph.marks.at(i, j, 0) == Mark::kUndirected && !IsAmbiguous(graph, {{i, 0}, k, j})) {
          links.push_back({i, j});
        }
      }
    }
  }
  for (const auto& [i, j] : links) orienter.Orient(i, j);
  return !links.empty();
}

// i o-o k -> j and i o-o l -> j, k and l not adjacent, with i o-o j: i -> j.
bool ApplyRule3(CausalGraph& graph, Orienter& orienter) {
  const auto n = static_cast<std::uint32_t>(graph.variables());
  const auto leads = [&](std::uint32_t i, std::uint32_t k, std::uint32_t j) {
    return k != i && graph.marks.at(k, j, 0) == Mark::kForward &&
           graph.marks.at(k, i, 0) == Mark::kUndirected && !IsAmbiguous(graph, {{i, 0}, k, j});
  };
  std::vector<Pair> links;
  for (std::uint32_t j = 0; j < n; ++j) {
    for (std::uint32_t i = 0; i < n; ++i) {
      if (graph.marks.at(j, i, 0) != Mark::kUndirected) continue;
      for (std::uint32_t k = 0; k < n; ++k) {
        for (std::uint32_t l = 0; l < n && leads(i, k, j); ++l) {
          if (k != l && leads(i, l, j) && !Exists(graph, k, l, 0)) links.push_back({i, j});
        }
      }
    }
  }
  for (const auto& [i, j] : links) orienter.Orient(i, j);
  return !links.empty();
}

}  // namespace

std::uint64_t OrientColliders(const MomentaryTest& test, const PcmciPlusOptions& options, double alpha,
                              Skeleton& skeleton, TaskPool& pool) {
  CausalGraph& graph = skeleton.graph;
  const std::vector<Triple> triples = UnshieldedTriples(graph, {Mark::kUndirected, Mark::kForward});
  std::vector<Judged> judged(triples.size());
  if (options.collider_rule == ColliderRule::kNone) {
    for (std::size_t t = 0; t < triples.size(); ++t) {
      judged[t].verdict = SeparatedBy(skeleton, triples[t]) ? Verdict::kNonCollider : Verdict::kCollider;
    }
  } else {
    pool.Run(triples.size(), [&](std::size_t t, std::size_t) {
      judged[t] = Judge(test, graph, triples[t], options.collider_rule, alpha);
    });
  }
  std::uint64_t tests = 0;
  Orienter orienter(graph, options.mark_conflicts);
  for (std::size_t t = 0; t < triples.size(); ++t) {
    const auto [i, k, j] = triples[t];
    tests += judged[t].tests;
    if (judged[t].verdict == Verdict::kAmbiguous) graph.ambiguous.push_back(triples[t]);
    if (judged[t].verdict != Verdict::kCollider) continue;
    orienter.Orient(j, k);
    if (i.lag == 0) orienter.Orient(i.variable, k);
  }
  std::ranges::sort(graph.ambiguous);
  return tests;
}

void ApplyMeekRules(bool mark_conflicts, CausalGraph& graph) {
  Orienter orienter(graph, mark_conflicts);
  for (bool any = true; any;) {
    any = ApplyRule1(graph, orienter);
    any = ApplyRule2(graph, orienter) || any;
    any = ApplyRule3(graph, orienter) || any;
  }
}

std::vector<std::vector<Node>> ParentsInMember(const CausalGraph& graph,
                                               const std::vector<std::size_t>& order) {
  const auto n = static_cast<std::uint32_t>(graph.variables());
  LinkTable<std::uint8_t> circle(n, 0, 0);
  std::vector<std::vector<Node>> parents(n);
  for (std::uint32_t j = 0; j < n; ++j) {
    for (std::uint32_t i = 0; i < n; ++i) {
      circle.at(i, j, 0) = graph.marks.at(i, j, 0) == Mark::kUndirected ? 1 : 0;
      for (std::uint32_t lag = 0; lag <= graph.max_lag(); ++lag) {
        if (graph.marks.at(i, j, lag) == Mark::kForward) parents[j].push_back({i, lag});
      }
    }
  }
  const auto neighbours = [&](std::size_t j) {
    std::vector<std::uint32_t> found;
    for (std::uint32_t i = 0; i < n; ++i) {
      if (circle.at(i, j, 0) != 0) found.push_back(i);
    }
    return found;
  };
  const auto is_sink = [&](std::size_t j) {
    const std::vector<std::uint32_t> around = neighbours(j);
    for (std::size_t a = 0; a < around.size(); ++a) {
      for (std::size_t b = a + 1; b < around.size(); ++b) {
        if (circle.at(around[a], around[b], 0) == 0) return false;
      }
    }
    return !around.empty();
  };
  for (auto sink = std::ranges::find_if(order, is_sink); sink != order.end();
       sink = std::ranges::find_if(order, is_sink)) {
    for (const std::uint32_t i : neighbours(*sink)) {
      parents[*sink].push_back({i, 0});
      circle.at(i, *sink, 0) = circle.at(*sink, i, 0) = 0;
    }
  }
  return parents;
}

}  // namespace crucible::causal

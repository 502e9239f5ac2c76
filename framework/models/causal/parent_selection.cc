#include "framework/models/causal/parent_selection.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "framework/models/causal/combinations.h"

namespace crucible::causal {
namespace {

struct Candidate {
  Node node;
  double strength = std::numeric_limits<double>::infinity();
  bool required = false;
  bool removed = false;
  std::size_t tested = 0;  // index in Selected::tested
};

std::vector<Candidate> Candidates(const CiTest& test, const SelectionTask& task) {
  std::vector<Candidate> candidates;
  for (std::uint32_t i = 0; i < test.variables(); ++i) {
    for (auto lag = static_cast<std::uint32_t>(task.min_lag); lag <= test.max_lag(); ++lag) {
      if (!task.assumptions->allows(i, task.effect, lag)) continue;
      Candidate candidate;
      candidate.node = {i, lag};
      candidate.required = task.assumptions->requires_link(i, task.effect, lag);
      candidates.push_back(candidate);
    }
  }
  return candidates;
}

class Selection {
 public:
  Selection(const CiTest& test, const SelectionTask& task, double alpha)
      : test_(test), task_(task), alpha_(alpha), candidates_(Candidates(test, task)) {
    selected_.alpha = alpha;
    if (!task.keep_tested) return;
    for (Candidate& candidate : candidates_) {
      candidate.tested = selected_.tested.size();
      selected_.tested.push_back({candidate.node, {0, candidate.required ? 0.0 : -1.0, CiOutcome::kTested}});
    }
  }

  Selected Run() {
    for (std::size_t size = 0; size <= task_.options.max_conditions && size + 1 <= candidates_.size();
         ++size) {
      for (Candidate& candidate : candidates_) {
        if (!candidate.required) TryLevel(size, candidate);
      }
      std::erase_if(candidates_, [](const Candidate& candidate) { return candidate.removed; });
      std::ranges::stable_sort(candidates_, std::greater<>(), &Candidate::strength);
    }
    for (const Candidate& candidate : candidates_) {
      selected_.parents.push_back(candidate.node);
      selected_.strength.push_back(candidate.strength);
    }
    return std::move(selected_);
  }

 private:
  // Tests the candidate given the first combinations of `size` others, until one makes it independent.
  void TryLevel(std::size_t size, Candidate& candidate) {
    others_.clear();
    for (const Candidate& other : candidates_) {
      if (other.node != candidate.node) others_.push_back(other.node);
    }
    std::size_t tried = 0;
    for (Combinations choice(others_.size(), size); choice.valid() && tried < task_.options.max_combinations;
         choice.Next(), ++tried) {
      z_.clear();
      for (const std::size_t at : choice.indices()) z_.push_back(others_[at]);
      if (!TryConditions(candidate)) return;
    }
  }

  // Whether the candidate is still dependent.
  bool TryConditions(Candidate& candidate) {
    const Node effect{task_.effect, 0};
    CiDecision decision;
    if (task_.keep_tested) {
      const CiResult result = test_.Test(candidate.node, effect, z_);
      decision = {result.value, result.p <= alpha_, result.outcome};
      CiResult& most = selected_.tested[candidate.tested].result;
      if (result.p > most.p) most = result;
    } else {
      decision = test_.Decide(candidate.node, effect, z_, alpha_);
    }
    ++selected_.tests;
    candidate.strength = std::min(candidate.strength, std::fabs(decision.value));
    if (decision.outcome == CiOutcome::kCollinear) selected_.collinear.push_back(candidate.node);
    candidate.removed = !decision.dependent;
    return decision.dependent;
  }

  const CiTest& test_;
  const SelectionTask& task_;
  double alpha_;
  std::vector<Candidate> candidates_;  // survivors, strongest first
  std::vector<Node> others_, z_;
  Selected selected_;
};

}  // namespace

Selected SelectParents(const CiTest& test, const SelectionTask& task, double alpha) {
  return Selection(test, task, alpha).Run();
}

Selected SelectParentsByScore(const CiTest& test, const SelectionTask& task, std::span<const double> alphas) {
  Selected best;
  double best_score = std::numeric_limits<double>::infinity();
  std::uint64_t tests = 0;
  for (const double alpha : alphas) {
    Selected selected = SelectParents(test, task, alpha);
    tests += selected.tests;
    const double score = test.SelectionScore({task.effect, 0}, selected.parents);
    if (alpha != alphas.front() && !(score < best_score)) continue;
    best_score = score;
    best = std::move(selected);
  }
  best.tests = tests;
  return best;
}

}  // namespace crucible::causal

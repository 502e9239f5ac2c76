#include "simulators/flow/hawkes.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_format.h"
#include "framework/base/math.h"

namespace crucible::flow {

absl::Status HawkesModel::Validate() const {
  if (base.empty() || decay.size() != types() || branching.size() != types()) {
    return absl::InvalidArgumentError(
        absl::StrFormat("%d base rates, %d decays, %d rows of branching: expected as many of each",
                        base.size(), decay.size(), branching.size()));
  }
  for (std::size_t i = 0; i < types(); ++i) {
    if (!(base[i] > 0) || !(decay[i] > 0)) {
      return absl::InvalidArgumentError(absl::StrFormat(
          "type %d has base rate %g and decay %g, expected both above 0", i, base[i], decay[i]));
    }
    if (branching[i].size() != types() ||
        std::ranges::any_of(branching[i], [](double n) { return !(n >= 0); })) {
      return absl::InvalidArgumentError(
          absl::StrFormat("row %d of branching: expected %d numbers of at least 0", i, types()));
    }
  }
  if (BranchingRatio() < 1) return absl::OkStatus();
  return absl::InvalidArgumentError(
      absl::StrFormat("the branching ratio is %g: the process explodes, expected below 1", BranchingRatio()));
}

// Power iteration on a matrix without negative entries, shifted so that it converges for periodic ones too.
double HawkesModel::BranchingRatio() const {
  std::vector<double> vector(types(), 1), next(types());
  double largest = 0;
  for (int step = 0; step < 500; ++step) {
    largest = 0;
    for (std::size_t i = 0; i < types(); ++i) {
      next[i] = vector[i];
      for (std::size_t j = 0; j < types(); ++j) next[i] += branching[i][j] * vector[j];
      largest = std::max(largest, next[i]);
    }
    for (std::size_t i = 0; i < types(); ++i) vector[i] = next[i] / largest;
  }
  return largest - 1;
}

HawkesState::HawkesState(const HawkesModel& model) : model_(&model), rates_(model.base) {}

void HawkesState::Decay(double seconds) {
  for (std::size_t i = 0; i < rates_.size(); ++i) {
    rates_[i] = model_->base[i] + (rates_[i] - model_->base[i]) * Exp(-model_->decay[i] * seconds);
  }
}

void HawkesState::Happen(std::uint32_t type) {
  for (std::size_t i = 0; i < rates_.size(); ++i) rates_[i] += model_->branching[i][type] * model_->decay[i];
}

double HawkesState::total() const {
  double sum = 0;
  for (const double rate : rates_) sum += rate;
  return sum;
}

HawkesSampler::HawkesSampler(const HawkesModel& model, RandomStream random)
    : model_(model), state_(model), before_(model), random_(std::move(random)) {}

std::uint32_t HawkesSampler::DrawType(double below_total) const {
  for (std::uint32_t type = 0; type + 1 < model_.types(); ++type) {
    below_total -= before_.rate(type);
    if (below_total < 0) return type;
  }
  return static_cast<std::uint32_t>(model_.types() - 1);
}

const HawkesEvent& HawkesSampler::Peek() {
  if (drawn_) return next_;
  before_ = state_;
  double at = at_;
  for (;;) {
    const double bound = before_.total();
    const double wait = random_.Exponential() / bound;
    at += wait;
    before_.Decay(wait);
    const double choice = random_.Uniform01() * bound;
    if (choice >= before_.total()) continue;
    next_ = {at, DrawType(choice)};
    drawn_ = true;
    return next_;
  }
}

HawkesEvent HawkesSampler::Next() {
  Peek();
  drawn_ = false;
  std::swap(state_, before_);
  at_ = next_.at;
  state_.Happen(next_.type);
  return next_;
}

void HawkesSampler::Excite(const HawkesEvent& event) {
  drawn_ = false;
  const double at = std::max(event.at, at_);
  state_.Decay(at - at_);
  at_ = at;
  state_.Happen(event.type);
}

void HawkesSampler::Hash(StateHasher& hasher) const {
  hasher.Add(at_);
  hasher.Add(drawn_ ? next_.at : at_);
  hasher.Add(drawn_ ? std::uint64_t{next_.type} + 1 : 0);
  for (std::size_t type = 0; type < model_.types(); ++type) hasher.Add(state_.rate(type));
  random_.Hash(hasher);
}

}  // namespace crucible::flow

#include "simulators/agents/predator_search.h"

#include <algorithm>
#include <array>
#include <string>

#include "absl/strings/str_format.h"
#include "framework/base/random.h"

namespace crucible::agents {
namespace {

// Bounds between classes of behaviour.
constexpr std::array kAttackBounds = {2.0, 8.0};       // per run
constexpr std::array kTradedBounds = {500.0, 3000.0};  // lots per run

template <class Bounds>
int ClassOf(double value, const Bounds& bounds) {
  return static_cast<int>(std::ranges::count_if(bounds, [&](double bound) { return value >= bound; }));
}

}  // namespace

int PredatorSearch::CellOf(const PredatorTrial& trial) {
  if (trial.attacks <= 0) return -1;
  const int kind = static_cast<int>(trial.genome.kind) - 1;
  return (kind * 3 + ClassOf(trial.attacks, kAttackBounds)) * 3 + ClassOf(trial.traded, kTradedBounds);
}

// The better of two members drawn at random.
const PredatorGenome& PredatorSearch::Parent(RandomStream& random) const {
  const auto draw = [&] {
    auto at = archive_.begin();
    std::advance(at, static_cast<std::ptrdiff_t>(random.UniformBelow(archive_.size())));
    return at;
  };
  const auto first = draw(), second = draw();
  return (first->second.fitness >= second->second.fitness ? first : second)->second.genome;
}

std::vector<PredatorGenome> PredatorSearch::NextBatch() const {
  std::vector<PredatorGenome> genomes;
  const bool evolve = options_.kind == SearchKind::kEvolve;
  for (int kind = 1; evolve && batch() == 0 && kind <= kPredatorKinds; ++kind)
    genomes.push_back(HandWritten(static_cast<PredatorKind>(kind)));
  RandomStream random(options_.seed, absl::StrFormat("predators/batch/%d", batch()));
  while (genomes.size() < options_.batch_size) {
    if (!evolve || archive_.empty() || batch() == 0 || random.UniformBelow(10) == 0) {
      genomes.push_back(RandomGenome(random));
      continue;
    }
    PredatorGenome child = Parent(random);
    if (random.UniformBelow(3) == 0) child = Cross(child, Parent(random), random);
    genomes.push_back(Mutate(child, random));
  }
  genomes.resize(options_.batch_size);
  return genomes;
}

void PredatorSearch::Tell(const PredatorTrial& trial) {
  ++told_;
  const int cell = CellOf(trial);
  if (cell < 0) return;
  const auto [at, fresh] = archive_.try_emplace(cell, trial);
  if (!fresh && trial.fitness > at->second.fitness) at->second = trial;
}

std::optional<PredatorTrial> PredatorSearch::Champion() const {
  std::optional<PredatorTrial> best;
  for (const auto& [cell, trial] : archive_) {
    if (!best || trial.fitness > best->fitness) best = trial;
  }
  return best;
}

std::vector<PredatorTrial> PredatorSearch::Hall(std::size_t most) const {
  std::vector<PredatorTrial> ranked;
  for (const auto& [cell, trial] : archive_) {
    if (trial.fitness > 0) ranked.push_back(trial);
  }
  std::ranges::stable_sort(ranked, std::ranges::greater(), &PredatorTrial::fitness);
  std::vector<PredatorTrial> hall;
  for (const PredatorTrial& trial : ranked) {
    const auto same = std::ranges::count_if(
        hall, [&](const PredatorTrial& other) { return other.genome.kind == trial.genome.kind; });
    if (hall.size() < most && same < 2) hall.push_back(trial);
  }
  return hall;
}

}  // namespace crucible::agents

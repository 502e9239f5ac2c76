// A search for predators: what to try next, and what has been best, by kind and behaviour.
//
//   PredatorSearch search({.seed = 7});
//   for (int batch = 0; batch < 40; ++batch)
//     for (const PredatorGenome& genome : search.NextBatch()) search.Tell(Try(genome));
//   search.Champion();
//
// The archive keeps the best genome of each cell: kind x how often it attacks x how much it trades. New
// genomes are children of the archive's, so that no way of attacking dies out while another is ahead.
// MAP-Elites: J.-B. Mouret, J. Clune, "Illuminating search spaces by mapping elites" (arXiv:1504.04909,
// 2015). The first batch has the hand-written genomes, and random ones.
//
// Determinism: a batch depends on the seed, its number and what was told before, and each batch draws from a
// stream of its own; so a search goes on from its trials alone. Threads: thread-compatible.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <vector>

#include "simulators/agents/predator_genome.h"

namespace crucible::agents {

struct PredatorTrial {
  PredatorGenome genome;
  double fitness = 0;  // harm to the prey less what the attacks cost
  double harm = 0, profit = 0;
  double attacks = 0, traded = 0;  // per run
  friend bool operator==(const PredatorTrial&, const PredatorTrial&) = default;
};

enum class SearchKind : std::uint8_t {
  kEvolve,
  kRandom,  // the same budget spent on random genomes, for comparison
};

class PredatorSearch {
 public:
  struct Options {
    std::uint64_t seed = 1;
    std::size_t batch_size = 24;
    SearchKind kind = SearchKind::kEvolve;
  };
  explicit PredatorSearch(const Options& options) : options_(options) {}

  // What to try in the batch that is at work; the same until all of it has been told.
  std::vector<PredatorGenome> NextBatch() const;
  // In the order of NextBatch.
  void Tell(const PredatorTrial& trial);

  // -1: it never attacked.
  static int CellOf(const PredatorTrial& trial);
  std::uint64_t batch() const { return told_ / options_.batch_size; }
  std::uint64_t told() const { return told_; }
  // By cell.
  const std::map<int, PredatorTrial>& archive() const { return archive_; }
  // The fittest that attacked; of equals that of the first cell. Nothing before one has.
  std::optional<PredatorTrial> Champion() const;
  // The fittest of the archive with a fitness above 0, best first, at most `most` and two of each kind.
  std::vector<PredatorTrial> Hall(std::size_t most) const;

 private:
  const PredatorGenome& Parent(RandomStream& random) const;

  Options options_;
  std::uint64_t told_ = 0;
  std::map<int, PredatorTrial> archive_;
};

}  // namespace crucible::agents

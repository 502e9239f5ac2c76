#include "framework/cli/evolve.h"

#include <algorithm>
#include <optional>
#include <vector>

#include "framework/base/task_pool.h"
#include "framework/cli/prey.h"

namespace crucible::cli {
namespace {

using agents::PredatorGenome;
using agents::PredatorTrial;

// Runs of a batch in any order, results in that of their index.
class Trials {
 public:
  Trials(const EvolveOptions& options, const HallSetup& setup)
      : options_(options), setup_(setup), pool_(options.threads) {}

  // The prey among its like.
  absl::Status MeasureQuiet() {
    CRUCIBLE_ASSIGN_OR_RETURN(quiet_, Run({""}));
    return absl::OkStatus();
  }

  absl::StatusOr<std::vector<PredatorTrial>> Try(const std::vector<PredatorGenome>& genomes) {
    std::vector<std::string> texts;
    for (const PredatorGenome& genome : genomes) texts.push_back(agents::ToText(genome));
    CRUCIBLE_ASSIGN_OR_RETURN(const std::vector<PreyOutcome> outcomes, Run(texts));
    std::vector<PredatorTrial> trials;
    for (std::size_t i = 0; i < genomes.size(); ++i) {
      trials.push_back(Judge(genomes[i], std::span(outcomes).subspan(i * quiet_.size(), quiet_.size())));
    }
    return trials;
  }

 private:
  // Each genome ("": none) on every training seed.
  absl::StatusOr<std::vector<PreyOutcome>> Run(const std::vector<std::string>& genomes) {
    const auto runs = static_cast<std::size_t>(setup_.runs);
    std::vector<absl::StatusOr<PreyOutcome>> found(genomes.size() * runs);
    pool_.Run(found.size(), [&](std::size_t task, std::size_t) {
      const std::string& genome = genomes[task / runs];
      const std::vector<std::string> predators =
          genome.empty() ? std::vector<std::string>() : std::vector{genome};
      found[task] =
          RunPrey(options_.prey, predators, TrainingSeed(setup_, static_cast<std::int64_t>(task % runs)));
    });
    std::vector<PreyOutcome> outcomes;
    for (absl::StatusOr<PreyOutcome>& each : found) {
      if (!each.ok()) return each.status();
      outcomes.push_back(*std::move(each));
    }
    return outcomes;
  }

  PredatorTrial Judge(const PredatorGenome& genome, std::span<const PreyOutcome> hunted) const {
    PredatorTrial trial{.genome = genome};
    const auto runs = static_cast<double>(hunted.size());
    for (std::size_t i = 0; i < hunted.size(); ++i) {
      const HunterOutcome& hunter = hunted[i].hunters.front();
      trial.harm += (quiet_[i].profit - hunted[i].profit) / runs;
      trial.profit += hunter.profit / runs;
      trial.attacks += static_cast<double>(hunter.attacks) / runs;
      trial.traded += static_cast<double>(hunter.traded) / runs;
    }
    trial.fitness = trial.harm + std::min(0.0, trial.profit);
    return trial;
  }

  const EvolveOptions& options_;
  const HallSetup& setup_;
  TaskPool pool_;
  std::vector<PreyOutcome> quiet_;  // by run
};

}  // namespace

absl::StatusOr<EvolveOutcome> Evolve(const EvolveOptions& options, const EvolveProgress& progress) {
  const HallSetup setup{runs::CanonicalText(Hunted(options.prey, {}, options.prey.seed)),
                        options.runs,
                        {static_cast<std::uint64_t>(options.prey.seed), options.batch_size, options.kind}};
  CRUCIBLE_ASSIGN_OR_RETURN(HallFile hall, HallFile::Open(options.output, setup));
  EvolveOutcome outcome;
  outcome.trials_before = hall.search().told();
  const std::uint64_t total = static_cast<std::uint64_t>(options.batches) * options.batch_size;
  Trials trials(options, setup);
  if (hall.search().told() < total) CRUCIBLE_RETURN_IF_ERROR(trials.MeasureQuiet());
  while (hall.search().told() < total) {
    CRUCIBLE_ASSIGN_OR_RETURN(const std::vector<PredatorTrial> batch, trials.Try(hall.search().NextBatch()));
    CRUCIBLE_RETURN_IF_ERROR(hall.Add(batch));
    const std::optional<PredatorTrial> best = hall.search().Champion();
    if (progress && !progress(hall.search().told(), total, best ? &*best : nullptr))
      return absl::CancelledError("stopped");
  }
  outcome.trials = hall.search().told();
  outcome.log_hash = hall.log_hash();
  outcome.hall = hall.search().Hall(10);
  CRUCIBLE_RETURN_IF_ERROR(hall.Close());
  return outcome;
}

}  // namespace crucible::cli

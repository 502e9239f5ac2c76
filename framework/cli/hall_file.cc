#include "framework/cli/hall_file.h"

#include <algorithm>
#include <array>
#include <bit>
#include <filesystem>
#include <utility>

#include "absl/strings/numbers.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_split.h"
#include "framework/runs/build_info.h"
#include "framework/event/attack.h"

namespace crucible::cli {
namespace {

using agents::PredatorSearch;
using agents::PredatorTrial;

constexpr std::string_view kKind = "predators";
constexpr std::string_view kStream = "evolution";
constexpr std::int64_t kTrainingSeedsFrom = 1'000'000;

std::int64_t Bits(double value) { return std::bit_cast<std::int64_t>(value); }
double FromBits(std::int64_t bits) { return std::bit_cast<double>(bits); }

std::string Configuration(const HallSetup& setup) {
  return absl::StrFormat("search = \"%s\"\nbatch_size = %d\nruns_per_trial = %d\n%s",
                         setup.search.kind == agents::SearchKind::kEvolve ? "evolve" : "random",
                         setup.search.batch_size, setup.runs, setup.prey);
}

// What of a file is not as this search has it; "" when it is its own.
std::string OtherSearch(const journal::Manifest& found, const HallSetup& setup) {
  if (found.kind != kKind) return absl::StrFormat("a journal of kind \"%s\"", found.kind);
  if (found.seed != setup.search.seed) return absl::StrFormat("seed %d, not %d", found.seed, setup.search.seed);
  const std::vector<std::string> theirs = absl::StrSplit(found.configuration, '\n');
  const std::vector<std::string> ours = absl::StrSplit(Configuration(setup), '\n');
  const auto [their, our] = std::ranges::mismatch(theirs, ours);
  if (their == theirs.end() && our == ours.end()) return "";
  return absl::StrFormat("\"%s\", not \"%s\"", their == theirs.end() ? "" : *their, our == ours.end() ? "" : *our);
}

// What is needed of the configuration to read a file without knowing its search.
absl::StatusOr<PredatorSearch::Options> OptionsOf(const journal::Manifest& manifest) {
  PredatorSearch::Options options;
  options.seed = manifest.seed;
  constexpr std::string_view kKey = "batch_size = ";
  const std::size_t key = manifest.configuration.find(kKey);
  std::uint64_t size = 0;
  const bool found =
      key != std::string::npos &&
      absl::SimpleAtoi(manifest.configuration.substr(
                           key + kKey.size(), manifest.configuration.find('\n', key) - key - kKey.size()),
                       &size);
  if (manifest.kind != kKind || !found || size == 0) {
    return absl::InvalidArgumentError(absl::StrFormat(
        "holds a journal of kind \"%s\", expected a search for predators (crucible evolve)", manifest.kind));
  }
  options.batch_size = size;
  return options;
}

absl::Status ReadTrials(const journal::Journal& file, PredatorSearch& search) {
  if (const auto streams = file.streams(); streams.empty()) return absl::OkStatus();
  CRUCIBLE_ASSIGN_OR_RETURN(auto cursor, file.Read(kStream));
  PredatorTrial trial;
  for (;;) {
    CRUCIBLE_ASSIGN_OR_RETURN(const std::span<const Event> records, cursor->Next());
    if (records.empty()) return absl::OkStatus();
    for (const Event& record : records) {
      if (record.kind == Kind::kPredatorTrial) {
        const auto body = As<PredatorTrialBody>(record);
        CRUCIBLE_ASSIGN_OR_RETURN(const std::string text, file.Text(kStream, body.text));
        CRUCIBLE_ASSIGN_OR_RETURN(trial.genome, agents::ParseGenome(text));
        trial.fitness = FromBits(body.fitness_bits);
        trial.harm = FromBits(body.harm_bits);
        trial.profit = FromBits(body.profit_bits);
      } else if (record.kind == Kind::kPredatorBehaviour) {
        const auto body = As<PredatorBehaviourBody>(record);
        trial.attacks = FromBits(body.attacks_bits);
        trial.traded = FromBits(body.taken_bits);
        search.Tell(trial);
      }
    }
  }
}

}  // namespace

std::int64_t TrainingSeed(const HallSetup& setup, std::int64_t run) {
  return static_cast<std::int64_t>(setup.search.seed) + kTrainingSeedsFrom + run;
}

absl::StatusOr<HallFile> HallFile::Open(const std::string& path, const HallSetup& setup) {
  const std::string configuration = Configuration(setup);
  PredatorSearch search(setup.search);
  if (!std::filesystem::exists(path)) {
    CRUCIBLE_ASSIGN_OR_RETURN(
        journal::Journal file,
        journal::Journal::Create(
            path, {std::string(kKind), "running", setup.search.seed, configuration, runs::BuildInfoJson()}));
    HallFile hall(std::move(file), search);
    CRUCIBLE_ASSIGN_OR_RETURN(hall.appender_,
                              hall.file_.OpenAppender(kStream, journal::AppendMode::kContinue));
    return hall;
  }
  CRUCIBLE_ASSIGN_OR_RETURN(journal::Journal file, journal::Journal::Open(path, {.read_only = false}));
  if (const std::string other = OtherSearch(file.manifest(), setup); !other.empty()) {
    return absl::AlreadyExistsError(
        absl::StrFormat("%s holds something else than this search: %s; name another file", path, other));
  }
  CRUCIBLE_RETURN_IF_ERROR(ReadTrials(file, search));
  HallFile hall(std::move(file), std::move(search));
  CRUCIBLE_ASSIGN_OR_RETURN(hall.appender_, hall.file_.OpenAppender(kStream, journal::AppendMode::kContinue));
  return hall;
}

absl::Status HallFile::Add(const std::vector<PredatorTrial>& batch) {
  for (const PredatorTrial& trial : batch) {
    CRUCIBLE_ASSIGN_OR_RETURN(const std::uint64_t text, appender_->AppendText(agents::ToText(trial.genome)));
    std::array<Event, 2> group{};
    group[0].kind = Kind::kPredatorTrial;
    SetBody(group[0], PredatorTrialBody{text, Bits(trial.fitness), Bits(trial.harm), Bits(trial.profit)});
    group[1].kind = Kind::kPredatorBehaviour;
    group[1].flags = flag::kGroupEnd;
    SetBody(group[1], PredatorBehaviourBody{search_.batch(), static_cast<std::uint64_t>(PredatorSearch::CellOf(trial)),
                                            Bits(trial.attacks), Bits(trial.traded)});
    for (std::size_t i = 0; i < group.size(); ++i) group[i].seq = appender_->last_seq() + 1 + i;
    CRUCIBLE_RETURN_IF_ERROR(appender_->Append(group));
    search_.Tell(trial);
  }
  return appender_->Commit();
}

absl::Status HallFile::Close() {
  CRUCIBLE_RETURN_IF_ERROR(appender_->Close());
  return file_.SetStatus("ended");
}

absl::StatusOr<std::vector<PredatorTrial>> ReadHall(const std::string& path, std::size_t most) {
  CRUCIBLE_ASSIGN_OR_RETURN(const journal::Journal file, journal::Journal::Open(path));
  const absl::StatusOr<PredatorSearch::Options> options = OptionsOf(file.manifest());
  if (!options.ok()) return absl::InvalidArgumentError(path + " " + std::string(options.status().message()));
  PredatorSearch search(*options);
  CRUCIBLE_RETURN_IF_ERROR(ReadTrials(file, search));
  return search.Hall(most);
}

}  // namespace crucible::cli

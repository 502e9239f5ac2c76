#include <CLI/CLI.hpp>
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <nlohmann/json.hpp>

#include "absl/strings/str_format.h"
#include "framework/base/time_text.h"
#include "framework/cli/commands.h"
#include "framework/cli/output.h"
#include "framework/cli/progress.h"
#include "framework/journal/journal.h"

namespace crucible::cli {
namespace {

namespace fs = std::filesystem;

struct PruneArguments {
  std::string directory, older_than;
  int keep = -1;
  bool apply = false;
};

struct OldRun {
  fs::path path;
  fs::file_time_type written;
  std::uint64_t bytes = 0;
};

// Finished runs of a directory, the newest first. Sessions, other files, and runs that are being written or
// were interrupted are not among them.
absl::StatusOr<std::vector<OldRun>> FinishedRuns(const std::string& directory) {
  std::error_code error;
  std::vector<OldRun> runs;
  for (const fs::directory_entry& entry : fs::directory_iterator(directory, error)) {
    if (!entry.is_regular_file() || entry.path().extension() != ".run") continue;
    const auto journal = journal::Journal::Open(entry.path().string());
    const bool finished =
        journal.ok() && journal->manifest().kind == "backtest" && journal->manifest().status != "running";
    if (finished) runs.push_back({entry.path(), entry.last_write_time(), entry.file_size()});
  }
  if (error) return absl::NotFoundError(absl::StrFormat("%s: %s", directory, error.message()));
  std::ranges::sort(runs, [](const OldRun& a, const OldRun& b) {
    return a.written != b.written ? a.written > b.written : a.path < b.path;
  });
  return runs;
}

absl::Status DoPrune(Terminal& terminal, const PruneArguments& arguments) {
  if (arguments.keep < 0 && arguments.older_than.empty())
    return absl::InvalidArgumentError(
        "say what may go: --keep N, --older-than DURATION (such as 720h), or both");
  CRUCIBLE_ASSIGN_OR_RETURN(std::vector<OldRun> runs, FinishedRuns(arguments.directory));
  std::vector<OldRun> going = runs;
  going.erase(going.begin(),
              going.begin() + std::clamp<std::ptrdiff_t>(arguments.keep, 0, std::ssize(going)));
  if (!arguments.older_than.empty()) {
    CRUCIBLE_ASSIGN_OR_RETURN(const Duration age, ParseDuration(arguments.older_than));
    const auto limit = fs::file_time_type::clock::now() - std::chrono::nanoseconds(age.nanos);
    std::erase_if(going, [&](const OldRun& run) { return run.written > limit; });
  }
  std::uint64_t bytes = 0;
  nlohmann::ordered_json removed = nlohmann::ordered_json::array();
  for (const OldRun& run : going) {
    std::error_code error;
    if (arguments.apply) fs::remove(run.path, error);
    if (error)
      return absl::PermissionDeniedError(absl::StrFormat("%s: %s", run.path.string(), error.message()));
    bytes += run.bytes;
    removed.push_back(run.path.string());
    if (!terminal.json)
      std::printf("%s %s (%s bytes)\n", arguments.apply ? "removed" : "would remove", run.path.c_str(),
                  WithThousands(run.bytes).c_str());
  }
  if (terminal.json) {
    const nlohmann::ordered_json json = {
        {"applied", arguments.apply}, {"runs", runs.size()}, {"removed", removed}, {"bytes", bytes}};
    std::printf("%s\n", json.dump(2).c_str());
  } else {
    std::printf("%s of %s finished runs, %s bytes%s\n", WithThousands(going.size()).c_str(),
                WithThousands(runs.size()).c_str(), WithThousands(bytes).c_str(),
                arguments.apply || going.empty() ? "" : "; nothing was removed, --apply does it");
  }
  return absl::OkStatus();
}

}  // namespace

void AddPrune(CLI::App& app, Terminal& terminal) {
  CLI::App* command = app.add_subcommand(
      "prune", "Remove old finished runs of a directory; shows what would go unless --apply is given");
  const auto arguments = std::make_shared<PruneArguments>();
  command->add_option("directory", arguments->directory, "directory of .run files")->required();
  command->add_option("--keep", arguments->keep, "the newest N stay")->check(CLI::NonNegativeNumber);
  command->add_option("--older-than", arguments->older_than,
                      "only runs not written to for so long, such as 720h");
  command->add_flag("--apply", arguments->apply, "remove them");
  command->callback([&terminal, arguments] {
    if (const absl::Status status = DoPrune(terminal, *arguments); !status.ok()) PrintError(terminal, status);
  });
}

}  // namespace crucible::cli

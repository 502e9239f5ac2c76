#include <CLI/CLI.hpp>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <nlohmann/json.hpp>

#include "absl/strings/str_format.h"
#include "framework/cli/commands.h"
#include "framework/cli/output.h"
#include "framework/cli/progress.h"
#include "framework/runs/run_file.h"

namespace crucible::cli {
namespace {

struct ForkArguments {
  std::string run, output;
  std::int64_t at = 0;
  std::vector<std::string> settings;
  std::vector<std::string> inputs;
};

absl::Status DoFork(Terminal& terminal, ForkArguments& arguments) {
  CRUCIBLE_ASSIGN_OR_RETURN(const std::vector<runs::Override> settings,
                            runs::ParseOverrides(arguments.settings));
  runs::ForkChoice fork;
  fork.at = arguments.at;
  for (const runs::Override& setting : settings) fork.settings[setting.key] = setting.value;
  CRUCIBLE_ASSIGN_OR_RETURN(runs::StoredRun parent, runs::OpenRun(arguments.run, arguments.inputs));
  if (arguments.output.empty()) {
    const std::filesystem::path run(arguments.run);
    arguments.output =
        (run.parent_path() / absl::StrFormat("%s-fork-%d.run", run.stem().string(), arguments.at)).string();
  }
  Progress progress("running", "records");
  CRUCIBLE_ASSIGN_OR_RETURN(
      const runs::RunOutcome outcome,
      runs::RunFork(parent, std::move(fork), arguments.output, [&](std::uint64_t done, std::uint64_t total) {
        progress.Update(total == 0 ? 0 : static_cast<double>(done) / static_cast<double>(total), done);
        return true;
      }));
  progress.Clear();
  if (terminal.json) {
    nlohmann::ordered_json json = ResultJson(parent.setup, outcome);
    json["run"] = arguments.output;
    json["parent"] = arguments.run;
    json["parent_log_hash"] = ToHex(parent.head.log_hash);
    json["at"] = arguments.at;
    std::printf("%s\n", json.dump(2).c_str());
  } else {
    PrintResult(parent.setup, outcome);
    std::printf(
        "wrote %s: the records of %s up to %s, and what followed from %zu settings; next: crucible diff %s "
        "%s\n",
        arguments.output.c_str(), arguments.run.c_str(),
        WithThousands(static_cast<std::uint64_t>(arguments.at - 1)).c_str(), settings.size(),
        arguments.run.c_str(), arguments.output.c_str());
  }
  if (!outcome.result.strategy_error.empty()) terminal.exit_code = 1;
  return absl::OkStatus();
}

}  // namespace

void AddFork(CLI::App& app, Terminal& terminal) {
  CLI::App* command = app.add_subcommand(
      "fork",
      "Branch off a run: the same up to a record, then with other settings (docs/guides/compare-runs.md)");
  const auto arguments = std::make_shared<ForkArguments>();
  command->add_option("run", arguments->run, "run file")->required();
  command->add_option("--at", arguments->at, "the first record of the run that may differ")->required();
  command
      ->add_option("--set", arguments->settings,
                   "KEY=VALUE from there on: strategy parameters, risk limits, latencies; repeat for more")
      ->take_all()
      ->allow_extra_args(false);
  command->add_option("-o,--output", arguments->output, "run file to write (default: RUN-fork-SEQ.run)");
  command->add_option("--inputs", arguments->inputs, "directories to look for the run's sessions in");
  command->callback([&terminal, arguments] {
    if (const absl::Status status = DoFork(terminal, *arguments); !status.ok()) PrintError(terminal, status);
  });
}

}  // namespace crucible::cli

#include <CLI/CLI.hpp>
#include <cstdio>
#include <filesystem>
#include <memory>

#include "framework/cli/commands.h"
#include "framework/cli/event_text.h"
#include "framework/cli/output.h"
#include "framework/cli/progress.h"
#include "framework/runs/run_file.h"

namespace crucible::cli {
namespace {

engine::Engine::Progress Show(Progress& progress) {
  return [&progress](std::uint64_t done, std::uint64_t total) {
    progress.Update(total == 0 ? 0 : static_cast<double>(done) / static_cast<double>(total), done);
    return true;
  };
}

struct RunArguments {
  std::string config;
  std::string output;
  std::vector<std::string> settings;
  bool no_journal = false;
};

absl::Status DoRun(Terminal& terminal, RunArguments& arguments) {
  CRUCIBLE_ASSIGN_OR_RETURN(const std::vector<runs::Override> settings,
                            runs::ParseOverrides(arguments.settings));
  CRUCIBLE_ASSIGN_OR_RETURN(runs::RunConfig config, runs::ReadRunConfig(arguments.config, settings));
  std::vector<std::string> sessions = config.sessions;
  CRUCIBLE_ASSIGN_OR_RETURN(runs::RunSetup setup,
                            runs::RunSetup::Create(std::move(config), std::move(sessions)));
  if (arguments.output.empty()) {
    arguments.output = std::filesystem::path(arguments.config).replace_extension(".run").string();
  }
  Progress progress("running", "records");
  CRUCIBLE_ASSIGN_OR_RETURN(const runs::RunOutcome outcome,
                            arguments.no_journal
                                ? runs::RunUnjournaled(setup, Show(progress))
                                : runs::RunJournaled(setup, arguments.output, Show(progress)));
  progress.Clear();
  if (terminal.json) {
    nlohmann::ordered_json json = ResultJson(setup, outcome);
    if (!arguments.no_journal) json["run"] = arguments.output;
    std::printf("%s\n", json.dump(2).c_str());
  } else {
    if (outcome.was_there) {
      std::printf("%s holds this run already; it was executed again and every record agreed\n",
                  arguments.output.c_str());
    } else if (outcome.resumed_at > 0) {
      std::printf("went on after record %s of an interrupted run\n",
                  WithThousands(outcome.resumed_at).c_str());
    }
    PrintResult(setup, outcome);
    if (!arguments.no_journal) {
      std::printf("wrote %s; next: crucible replay %s --verify, crucible why %s ORDER\n",
                  arguments.output.c_str(), arguments.output.c_str(), arguments.output.c_str());
    }
  }
  if (!outcome.result.strategy_error.empty()) terminal.exit_code = 1;
  return absl::OkStatus();
}

struct ReplayArguments {
  std::string run;
  std::vector<std::string> inputs;
  bool verify = false;
};

std::string Describe(const std::optional<Event>& event) { return event ? EventText(*event) : "nothing"; }

void PrintDivergence(const engine::Divergence& divergence) {
  std::printf("record %s differs in %s\n  stored    %s\n  computed  %s\n",
              WithThousands(divergence.seq).c_str(), divergence.field.c_str(),
              Describe(divergence.stored).c_str(), Describe(divergence.computed).c_str());
}

absl::Status DoReplay(Terminal& terminal, const ReplayArguments& arguments) {
  CRUCIBLE_ASSIGN_OR_RETURN(runs::StoredRun run, runs::OpenRun(arguments.run, arguments.inputs));
  Progress progress("replaying", "records");
  CRUCIBLE_ASSIGN_OR_RETURN(const runs::ReplayOutcome outcome, runs::Replay(run, Show(progress)));
  progress.Clear();
  const bool same = !outcome.divergence && !outcome.interrupted;
  if (!same) terminal.exit_code = 1;
  if (terminal.json) {
    nlohmann::ordered_json json = {{"same", same},
                                   {"compared", outcome.compared},
                                   {"stored_log_hash", ToHex(run.head.log_hash)},
                                   {"log_hash", ToHex(outcome.log_hash)}};
    if (outcome.interrupted) json["interrupted_at"] = outcome.compared;
    if (outcome.divergence) {
      json["divergence"] = {{"seq", outcome.divergence->seq},
                            {"field", outcome.divergence->field},
                            {"stored", Describe(outcome.divergence->stored)},
                            {"computed", Describe(outcome.divergence->computed)}};
    }
    std::printf("%s\n", json.dump(2).c_str());
    return absl::OkStatus();
  }
  if (!arguments.verify) PrintResult(run.setup, {outcome.result, outcome.log_hash, 0, false});
  if (same) {
    std::printf("verified: %s records executed again, every one equal\n  log hash               %s\n",
                WithThousands(outcome.compared).c_str(), ToHex(outcome.log_hash).c_str());
  } else if (outcome.interrupted) {
    std::printf(
        "interrupted at record %s: the run was not finished; all records up to there are equal\n"
        "  to go on               run the same configuration again, with -o %s\n",
        WithThousands(outcome.compared).c_str(), arguments.run.c_str());
  } else {
    PrintDivergence(*outcome.divergence);
  }
  return absl::OkStatus();
}

}  // namespace

void AddRun(CLI::App& app, Terminal& terminal) {
  CLI::App* command = app.add_subcommand("run", "Run a configuration: strategies over recorded sessions");
  const auto arguments = std::make_shared<RunArguments>();
  command
      ->add_option("config", arguments->config, "TOML file; docs/guides/run-configuration.md lists its keys")
      ->required();
  command->add_option("-o,--output", arguments->output, "run file to write (default: CONFIG with .run)");
  command
      ->add_option("--set", arguments->settings, "KEY=VALUE instead of what the file says; repeat for more")
      ->take_all()
      ->allow_extra_args(false);
  command->add_flag("--no-journal", arguments->no_journal,
                    "keep nothing but the result; same hash and figures");
  command->callback([&terminal, arguments] {
    if (const absl::Status status = DoRun(terminal, *arguments); !status.ok()) PrintError(terminal, status);
  });
}

void AddReplay(CLI::App& app, Terminal& terminal) {
  CLI::App* command = app.add_subcommand("replay", "Execute a run again and compare every record");
  const auto arguments = std::make_shared<ReplayArguments>();
  command->add_option("run", arguments->run, "run file")->required();
  command->add_option("--inputs", arguments->inputs, "directories to look for the run's sessions in");
  command->add_flag("--verify", arguments->verify, "only the verdict; exit code 1 on the first difference");
  command->callback([&terminal, arguments] {
    if (const absl::Status status = DoReplay(terminal, *arguments); !status.ok())
      PrintError(terminal, status);
  });
}

}  // namespace crucible::cli

#include <CLI/CLI.hpp>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <memory>
#include <sstream>
#include <utility>

#include "absl/strings/str_format.h"
#include "framework/cli/commands.h"
#include "framework/cli/output.h"
#include "framework/cli/output_file.h"
#include "framework/cli/progress.h"
#include "framework/cli/report_inputs.h"
#include "framework/report/report.h"

namespace crucible::cli {
namespace {

// Paths of runs and causal graphs, of results, and where sessions are looked for.
struct ReportFiles {
  std::vector<std::string> files, results, search;
  bool verify = false;  // executes each run again
};

struct ReportArguments {
  ReportFiles files;
  std::string output;
};

absl::StatusOr<report::ResultInput> OpenResult(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) return absl::NotFoundError(absl::StrFormat("%s: no such file", path));
  std::ostringstream text;
  text << file.rdbuf();
  return report::ReadResult(std::filesystem::path(path).filename().string(), std::move(text).str());
}

// Keeps open what `input` refers to.
struct Opened {
  std::vector<std::unique_ptr<ReportedRun>> runs;
  std::vector<std::unique_ptr<ReportedGraph>> graphs;
  report::ReportInput input;
};

absl::StatusOr<Opened> Open(const ReportFiles& files) {
  Opened opened;
  for (const std::string& path : files.results) {
    CRUCIBLE_ASSIGN_OR_RETURN(report::ResultInput result, OpenResult(path));
    opened.input.results.push_back(std::move(result));
  }
  for (const std::string& path : files.files) {
    CRUCIBLE_ASSIGN_OR_RETURN(ReportedFile file, OpenReportedFile(path, files.search));
    if (auto* graph = std::get_if<std::unique_ptr<ReportedGraph>>(&file); graph != nullptr) {
      opened.input.graphs.push_back((*graph)->input);
      opened.graphs.push_back(std::move(*graph));
      continue;
    }
    auto& run = std::get<std::unique_ptr<ReportedRun>>(file);
    if (files.verify) CRUCIBLE_RETURN_IF_ERROR(VerifyReportedRun(path, files.search, *run));
    opened.input.runs.push_back(run->input);
    opened.runs.push_back(std::move(run));
  }
  if (files.verify && opened.runs.empty()) {
    return absl::InvalidArgumentError(absl::StrFormat(
        "--verify executes runs again; %s is a causal graph: run crucible discover again and compare",
        files.files.front()));
  }
  return opened;
}

absl::Status WriteFiles(const ReportFiles& files, const std::string& output) {
  CRUCIBLE_ASSIGN_OR_RETURN(const Opened opened, Open(files));
  Progress progress("reading", "records");
  CRUCIBLE_ASSIGN_OR_RETURN(const std::string html,
                            report::WriteReport(opened.input, [&](double share, std::uint64_t records) {
                              progress.Update(share, records);
                            }));
  progress.Clear();
  return WriteWhole(output, html);
}

absl::Status DoReport(Terminal& terminal, ReportArguments& arguments) {
  if (arguments.output.empty()) {
    arguments.output =
        std::filesystem::path(arguments.files.files.front()).replace_extension(".html").string();
  }
  CRUCIBLE_RETURN_IF_ERROR(CheckReplaceable(arguments.output, "<!doctype html>", "report"));
  CRUCIBLE_RETURN_IF_ERROR(WriteFiles(arguments.files, arguments.output));
  const std::uintmax_t bytes = std::filesystem::file_size(arguments.output);
  if (terminal.json) {
    const nlohmann::ordered_json json = {
        {"report", arguments.output}, {"files", arguments.files.files}, {"bytes", bytes}};
    std::printf("%s\n", json.dump(2).c_str());
  } else {
    std::printf("wrote %s (%.1f MB); open it in a browser\n", arguments.output.c_str(),
                static_cast<double>(bytes) / 1e6);
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status WriteReportFile(const std::vector<std::string>& runs, const std::vector<std::string>& search,
                             bool verify, const std::string& output) {
  return WriteFiles({runs, {}, search, verify}, output);
}

void AddReport(CLI::App& app, Terminal& terminal) {
  CLI::App* command =
      app.add_subcommand("report", "Write one HTML file that shows runs or causal graphs, and opens offline");
  const auto arguments = std::make_shared<ReportArguments>();
  command
      ->add_option(
          "files", arguments->files.files,
          "run files, the others are compared with the first; and causal graphs of crucible discover -o")
      ->required();
  command->add_option("-o,--output", arguments->output,
                      "file to write; its name with .html beside the first file by default");
  command
      ->add_option("--results", arguments->files.results,
                   "results to show beside the runs: files of crucible stress --save, of crucible --json bounds and of "
                   "crucible --json facts; repeat for more")
      ->take_all()
      ->allow_extra_args(false);
  command->add_option("--inputs", arguments->files.search, "directories to look for the runs' sessions in");
  command->add_flag("--verify", arguments->files.verify,
                    "execute each run again and say in the report whether it is the same");
  command->callback([&terminal, arguments] {
    if (const absl::Status status = DoReport(terminal, *arguments); !status.ok())
      PrintError(terminal, status);
  });
}

}  // namespace crucible::cli

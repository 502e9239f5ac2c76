#include <CLI/CLI.hpp>
#include <cstdio>
#include <memory>
#include <nlohmann/json.hpp>

#include "framework/cli/commands.h"
#include "framework/cli/output.h"
#include "framework/cli/progress.h"
#include "framework/journal/compact.h"

namespace crucible::cli {
namespace {

struct CompactArguments {
  std::string file, output;
  std::uint32_t block_records = journal::CreateOptions().block_records;
};

absl::Status DoCompact(const Terminal& terminal, const CompactArguments& arguments) {
  CRUCIBLE_ASSIGN_OR_RETURN(const journal::Journal source, journal::Journal::Open(arguments.file));
  Progress progress("compacting", "records");
  CRUCIBLE_ASSIGN_OR_RETURN(
      const journal::CompactReport report,
      journal::Compact(source, arguments.output, {.block_records = arguments.block_records},
                       [&](std::uint64_t done, std::uint64_t total) {
                         progress.Update(static_cast<double>(done) / static_cast<double>(total), done);
                       }));
  progress.Clear();
  if (terminal.json) {
    const nlohmann::ordered_json json = {{"file", arguments.output},
                                         {"records", report.records},
                                         {"texts", report.texts},
                                         {"bytes_before", report.bytes_before},
                                         {"bytes_after", report.bytes_after}};
    std::printf("%s\n", json.dump(2).c_str());
  } else {
    std::printf("wrote %s: %s records, %s bytes (%s before); every stream has its log hash\n",
                arguments.output.c_str(), WithThousands(report.records).c_str(),
                WithThousands(report.bytes_after).c_str(), WithThousands(report.bytes_before).c_str());
  }
  return absl::OkStatus();
}

}  // namespace

void AddCompact(CLI::App& app, Terminal& terminal) {
  CLI::App* command = app.add_subcommand(
      "compact", "Write a file anew, in full blocks of the current format; records and log hashes stay");
  const auto arguments = std::make_shared<CompactArguments>();
  command->add_option("file", arguments->file, "session or run file, also of an older format")->required();
  command->add_option("-o,--output", arguments->output, "file to write; nothing may be there")->required();
  command->add_option("--block", arguments->block_records, "records per block (8192)")
      ->check(CLI::Range(1u, journal::kMaxBlockRecords));
  command->callback([&terminal, arguments] {
    if (const absl::Status status = DoCompact(terminal, *arguments); !status.ok())
      PrintError(terminal, status);
  });
}

}  // namespace crucible::cli

#include <CLI/CLI.hpp>
#include <cstdio>
#include <memory>
#include <nlohmann/json.hpp>

#include "framework/cli/commands.h"
#include "framework/cli/output.h"
#include "framework/cli/progress.h"
#include "framework/journal/journal.h"

namespace crucible::cli {
namespace {

struct VerifyArguments {
  std::string file;
  std::string level = "decode";
};

absl::Status DoVerify(Terminal& terminal, const VerifyArguments& arguments) {
  using journal::VerifyLevel;
  const VerifyLevel level = arguments.level == "checksum" ? VerifyLevel::kChecksum
                            : arguments.level == "chain"  ? VerifyLevel::kChain
                                                          : VerifyLevel::kDecode;
  CRUCIBLE_ASSIGN_OR_RETURN(const journal::Journal journal, journal::Journal::Open(arguments.file));
  Progress progress("verifying", "records");
  CRUCIBLE_ASSIGN_OR_RETURN(
      const journal::VerifyReport report, journal.Verify(level, [&](std::uint64_t done, std::uint64_t total) {
        progress.Update(total == 0 ? 0 : static_cast<double>(done) / static_cast<double>(total), done);
      }));
  progress.Clear();
  if (!report.ok()) terminal.exit_code = 1;
  if (terminal.json) {
    const nlohmann::ordered_json json = {
        {"intact", report.ok()},   {"fault", report.fault}, {"records", report.records},
        {"blocks", report.blocks}, {"texts", report.texts}, {"projected_rows", report.projected_rows}};
    std::printf("%s\n", json.dump(2).c_str());
  } else if (report.ok()) {
    std::printf("%s is intact: %s records in %s blocks, %s texts, %s projected rows\n",
                arguments.file.c_str(), WithThousands(report.records).c_str(),
                WithThousands(report.blocks).c_str(), WithThousands(report.texts).c_str(),
                WithThousands(report.projected_rows).c_str());
  } else {
    std::printf("%s is DAMAGED: %s\n", arguments.file.c_str(), report.fault.c_str());
  }
  return absl::OkStatus();
}

}  // namespace

void AddVerify(CLI::App& app, Terminal& terminal) {
  CLI::App* command =
      app.add_subcommand("verify", "Check a file's bytes, chain and projections; exit code 1 on damage");
  const auto arguments = std::make_shared<VerifyArguments>();
  command->add_option("file", arguments->file, "session or run file")->required();
  command->add_option("--level", arguments->level, "checksum, chain, or decode, which includes both")
      ->check(CLI::IsMember({"checksum", "chain", "decode"}));
  command->callback([&terminal, arguments] {
    if (const absl::Status status = DoVerify(terminal, *arguments); !status.ok())
      PrintError(terminal, status);
  });
}

}  // namespace crucible::cli

#include <CLI/CLI.hpp>
#include <cstdio>
#include <memory>
#include <nlohmann/json.hpp>

#include "absl/strings/str_format.h"
#include "framework/cli/commands.h"
#include "framework/cli/output.h"
#include "framework/journal/query.h"

namespace crucible::cli {
namespace {

struct SqlArguments {
  std::string file;
  std::string statement;
};

std::string Text(const journal::QueryValue& value) {
  if (const auto* integer = std::get_if<std::int64_t>(&value)) return std::to_string(*integer);
  if (const auto* real = std::get_if<double>(&value)) return absl::StrFormat("%.15g", *real);
  if (const auto* text = std::get_if<std::string>(&value)) return *text;
  return "";
}

nlohmann::ordered_json Json(const journal::QueryValue& value) {
  if (const auto* integer = std::get_if<std::int64_t>(&value)) return *integer;
  if (const auto* real = std::get_if<double>(&value)) return *real;
  if (const auto* text = std::get_if<std::string>(&value)) return *text;
  return nullptr;
}

// Columns, then rows, separated by tabs: reads well on a terminal, and in every spreadsheet.
absl::Status PrintTable(const SqlArguments& arguments) {
  std::vector<std::string> printed;
  return journal::Query(
      arguments.file, arguments.statement,
      [&](std::span<const std::string> columns, std::span<const journal::QueryValue> values) {
        if (!std::ranges::equal(printed, columns)) {
          printed.assign(columns.begin(), columns.end());
          for (std::size_t i = 0; i < columns.size(); ++i) {
            std::printf("%s%s", i == 0 ? "" : "\t", columns[i].c_str());
          }
          std::printf("\n");
        }
        for (std::size_t i = 0; i < values.size(); ++i) {
          std::printf("%s%s", i == 0 ? "" : "\t", Text(values[i]).c_str());
        }
        std::printf("\n");
        return true;
      });
}

// One JSON object a line.
absl::Status PrintJson(const SqlArguments& arguments) {
  return journal::Query(
      arguments.file, arguments.statement,
      [](std::span<const std::string> columns, std::span<const journal::QueryValue> values) {
        nlohmann::ordered_json row;
        for (std::size_t i = 0; i < values.size(); ++i) row[columns[i]] = Json(values[i]);
        std::printf("%s\n", row.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace).c_str());
        return true;
      });
}

}  // namespace

void AddSql(CLI::App& app, Terminal& terminal) {
  CLI::App* command = app.add_subcommand(
      "sql",
      "Query a session or run file; tables: events, orders, fills, equity, ... (docs/formats/journal.md)");
  const auto arguments = std::make_shared<SqlArguments>();
  command->add_option("file", arguments->file, "session or run file")->required();
  command
      ->add_option("statement", arguments->statement,
                   "SQL, such as \"select kind, count(*) from events group by kind\"")
      ->required();
  command->callback([&terminal, arguments] {
    const absl::Status status = terminal.json ? PrintJson(*arguments) : PrintTable(*arguments);
    if (!status.ok()) PrintError(terminal, status);
  });
}

}  // namespace crucible::cli

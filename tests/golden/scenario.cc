#include "tests/golden/scenario.h"

#include <algorithm>
#include <fstream>
#include <sstream>

#include "absl/strings/str_join.h"
#include "framework/base/time_text.h"
#include "framework/runs/config_table.h"

namespace crucible::golden {
namespace {

using runs::ConfigTable;

void ReadSession(ConfigTable& table, GoldenSession& session) {
  std::string files;
  table.Text("name", session.name);
  table.Duration("generated", session.generated);
  table.Integer("bars", 0, 1'000'000, session.bars);
  table.Text("files", files);
  table.Text("tick", session.tick);
  table.Text("log_hash", session.log_hash);
  std::istringstream words(files);
  for (std::string file; words >> file;) session.files.push_back(file);
}

void ReadScenario(ConfigTable& table, Scenario& scenario) {
  table.Text("name", scenario.name);
  table.Text("log_hash", scenario.log_hash);
  table.Integer("records", 0, INT64_MAX, scenario.records);
  table.Integer("orders", 0, INT64_MAX, scenario.orders);
  table.Integer("fills", 0, INT64_MAX, scenario.fills);
  table.Tables("session",
               [&](ConfigTable& session) { ReadSession(session, scenario.sessions.emplace_back()); });
}

void WriteSession(std::ostream& out, const GoldenSession& session) {
  out << "[[scenario.session]]\nname = \"" << session.name << "\"\n";
  if (session.generated.nanos != 0) out << "generated = \"" << FormatDuration(session.generated) << "\"\n";
  if (session.bars != 0) out << "bars = " << session.bars << "\n";
  if (!session.files.empty()) out << "files = \"" << absl::StrJoin(session.files, " ") << "\"\n";
  if (!session.tick.empty()) out << "tick = \"" << session.tick << "\"\n";
  out << "log_hash = \"" << session.log_hash << "\"\n";
}

}  // namespace

absl::StatusOr<std::vector<Scenario>> ReadScenarios(const std::string& path) {
  std::vector<Scenario> scenarios;
  absl::Status error;
  try {
    const toml::table parsed = toml::parse_file(path);
    runs::ConfigTable root(parsed, path, "", error);
    root.Tables("scenario", [&](ConfigTable& table) { ReadScenario(table, scenarios.emplace_back()); });
    root.Finish();
  } catch (const toml::parse_error& bad) {
    return absl::InvalidArgumentError(path + ": " + std::string(bad.description()));
  }
  if (!error.ok()) return error;
  return scenarios;
}

absl::Status WriteScenarios(const std::string& path, const std::vector<Scenario>& scenarios) {
  std::ofstream out(path);
  out << "# Golden replays: what each scenario's records hash to. README.md says what a scenario is and how "
         "to update "
         "this file.\n";
  for (const Scenario& scenario : scenarios) {
    out << "\n[[scenario]]\nname = \"" << scenario.name << "\"\nlog_hash = \"" << scenario.log_hash
        << "\"\nrecords = " << scenario.records << "\norders = " << scenario.orders
        << "\nfills = " << scenario.fills << "\n";
    for (const GoldenSession& session : scenario.sessions) WriteSession(out, session);
  }
  out.close();
  return out ? absl::OkStatus() : absl::PermissionDeniedError("cannot write " + path);
}

std::string Reordered(const std::string& configuration) {
  std::string root;
  std::vector<std::vector<std::string>> tables;  // header, then lines; parameters stay with their strategy
  std::istringstream lines(configuration);
  for (std::string line; std::getline(lines, line);) {
    const bool nested = line.starts_with("[strategy.");
    if (line.starts_with('[') && !nested) {
      tables.push_back({line + "\n"});
    } else if (tables.empty()) {
      root += line + "\n";
    } else if (nested) {
      // Lines before it are reversed among themselves, so are those after it.
      std::reverse(tables.back().begin() + 1, tables.back().end());
      tables.back().front() = absl::StrJoin(tables.back(), "") + line + "\n";
      tables.back().resize(1);
    } else {
      tables.back().push_back(line + "\n");
    }
  }
  std::string text = root;
  for (auto table = tables.rbegin(); table != tables.rend(); ++table) {
    std::reverse(table->begin() + 1, table->end());
    text += absl::StrJoin(*table, "");
  }
  return text;
}

}  // namespace crucible::golden

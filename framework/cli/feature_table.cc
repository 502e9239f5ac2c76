#include "framework/cli/feature_table.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <filesystem>
#include <fstream>

#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "framework/decode/line_reader.h"
#include "framework/runs/bar_features.h"
#include "framework/runs/session_file.h"

namespace crucible::cli {
namespace {

constexpr std::size_t kLeastRows = 20;
constexpr double kLevelCorrelation = 0.98;
constexpr double kTiedShare = 0.2;

bool IsTimeColumn(std::string_view name) {
  return name == "t" || name == "time" || name == "timestamp" || name == "date" || name == "datetime";
}

std::vector<std::string_view> Fields(std::string_view line) {
  std::vector<std::string_view> fields;
  while (true) {
    const std::size_t comma = line.find(',');
    std::string_view field = line.substr(0, comma);
    while (!field.empty() && (field.front() == ' ' || field.front() == '"')) field.remove_prefix(1);
    while (!field.empty() && (field.back() == ' ' || field.back() == '"')) field.remove_suffix(1);
    fields.push_back(field);
    if (comma == std::string_view::npos) return fields;
    line.remove_prefix(comma + 1);
  }
}

absl::StatusOr<std::vector<std::size_t>> ChosenColumns(const std::vector<std::string>& header,
                                                       const std::vector<std::string>& wanted,
                                                       const std::string& path) {
  std::vector<std::size_t> chosen;
  for (std::size_t i = 0; i < header.size() && wanted.empty(); ++i) {
    if (!IsTimeColumn(header[i])) chosen.push_back(i);
  }
  for (const std::string& name : wanted) {
    const auto found = std::ranges::find(header, name);
    if (found == header.end()) {
      return absl::InvalidArgumentError(
          absl::StrFormat("%s has no column \"%s\"; it has: %s", path, name, absl::StrJoin(header, ", ")));
    }
    chosen.push_back(static_cast<std::size_t>(found - header.begin()));
  }
  if (chosen.empty()) return absl::InvalidArgumentError(absl::StrFormat("%s has no column of numbers", path));
  return chosen;
}

absl::StatusOr<FeatureTable> ReadCsv(const std::string& path, const TableRequest& request) {
  CRUCIBLE_ASSIGN_OR_RETURN(auto source, decode::ByteSource::OpenFile(path));
  decode::LineReader reader(std::move(source), path);
  std::string_view line;
  if (!reader.Next(&line)) {
    CRUCIBLE_RETURN_IF_ERROR(reader.status());
    return absl::InvalidArgumentError(
        absl::StrFormat("%s is empty, expected a header line and rows of numbers", path));
  }
  std::vector<std::string> header;
  for (const std::string_view field : Fields(line)) header.emplace_back(field);
  CRUCIBLE_ASSIGN_OR_RETURN(const std::vector<std::size_t> chosen,
                            ChosenColumns(header, request.columns, path));
  FeatureTable table;
  for (const std::size_t column : chosen) table.names.push_back(header[column]);
  while (reader.Next(&line)) {
    if (line.empty()) continue;
    const std::vector<std::string_view> fields = Fields(line);
    if (fields.size() != header.size()) {
      return absl::InvalidArgumentError(absl::StrFormat("%s:%d has %d fields, the header has %d", path,
                                                        reader.line(), fields.size(), header.size()));
    }
    for (const std::size_t column : chosen) {
      double value = 0;
      const std::string_view text = fields[column];
      const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
      if (error != std::errc() || end != text.data() + text.size() || !std::isfinite(value)) {
        return absl::InvalidArgumentError(absl::StrFormat(
            "%s:%d: column %s is \"%s\", expected a finite number; leave such rows out, or fill them", path,
            reader.line(), header[column], std::string(text)));
      }
      table.values.push_back(value);
    }
    ++table.rows;
  }
  CRUCIBLE_RETURN_IF_ERROR(reader.status());
  return table;
}

absl::StatusOr<std::uint32_t> ChosenInstrument(const runs::Session& session, const std::string& wanted) {
  std::vector<std::string> names;
  for (std::size_t i = 0; i < session.instruments.size(); ++i) {
    const Instrument& instrument = session.instruments[i];
    names.push_back(instrument.venue + "/" + instrument.symbol);
    if (instrument.symbol == wanted || names.back() == wanted) return static_cast<std::uint32_t>(i);
  }
  if (wanted.empty() && names.size() == 1) return 0u;
  return absl::InvalidArgumentError(absl::StrFormat(
      "%s holds %s; name one of them with --instrument%s", session.path, absl::StrJoin(names, ", "),
      wanted.empty() ? "" : " (\"" + wanted + "\" is not among them)"));
}

absl::StatusOr<FeatureTable> ReadBars(const std::string& path, const TableRequest& request) {
  CRUCIBLE_ASSIGN_OR_RETURN(const runs::Session session, runs::OpenSession(path));
  if (session.completeness != decode::Completeness::kBars) {
    return absl::FailedPreconditionError(
        absl::StrFormat("%s is %s, expected a session of bars, or a CSV file of features", path,
                        decode::Name(session.completeness)));
  }
  FeatureTable table;
  table.names = request.columns.empty() ? std::vector<std::string>{"return"} : request.columns;
  CRUCIBLE_ASSIGN_OR_RETURN(runs::BarFeatures features, runs::BarFeatures::Create(table.names));
  CRUCIBLE_ASSIGN_OR_RETURN(table.instrument_id, ChosenInstrument(session, request.instrument));
  const Instrument& instrument = session.instruments[table.instrument_id];
  table.instrument = instrument.venue + "/" + instrument.symbol;
  table.input = {1, std::filesystem::absolute(path).string(), session.journal->uuid(), session.head.last_seq,
                 session.head.log_hash};
  CRUCIBLE_ASSIGN_OR_RETURN(auto cursor, session.journal->Read(runs::kMarketStream));
  BarBody bar{};
  std::vector<double> row;
  while (true) {
    CRUCIBLE_ASSIGN_OR_RETURN(const std::span<const Event> events, cursor->Next());
    if (events.empty()) break;
    for (const Event& event : events) {
      if (event.instrument != table.instrument_id) continue;
      if (event.kind == Kind::kBar) bar = As<BarBody>(event);
      if (event.kind != Kind::kBarVolume || !features.Update(bar, As<BarVolumeBody>(event), row)) continue;
      table.values.insert(table.values.end(), row.begin(), row.end());
      table.sources.push_back({event.seq, event.at()});
      ++table.rows;
    }
  }
  return table;
}

absl::StatusOr<bool> IsJournal(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) return absl::NotFoundError(absl::StrFormat("%s: no such file", path));
  std::string head(15, '\0');
  file.read(head.data(), static_cast<std::streamsize>(head.size()));
  return head == "SQLite format 3";
}

struct ColumnFacts {
  double deviation = 0, mean = 0, autocorrelation = 0, most_common = 0, most_common_share = 0;
};
ColumnFacts FactsOf(const FeatureTable& table, std::size_t column) {
  std::vector<double> x(table.rows);
  for (std::size_t t = 0; t < table.rows; ++t) x[t] = table.values[t * table.names.size() + column];
  ColumnFacts facts;
  const double n = static_cast<double>(table.rows);
  double squares = 0, products = 0;
  for (const double value : x) facts.mean += value / n;
  for (std::size_t t = 0; t < table.rows; ++t) {
    squares += (x[t] - facts.mean) * (x[t] - facts.mean);
    if (t > 0) products += (x[t] - facts.mean) * (x[t - 1] - facts.mean);
  }
  facts.deviation = std::sqrt(squares / n);
  facts.autocorrelation = squares > 0 ? products / squares : 0;
  std::ranges::sort(x);
  for (std::size_t from = 0, to = 0; from < x.size(); from = to) {
    while (to < x.size() && x[to] == x[from]) ++to;
    const double share = static_cast<double>(to - from) / n;
    if (share > facts.most_common_share) facts.most_common_share = share, facts.most_common = x[from];
  }
  return facts;
}

}  // namespace

absl::StatusOr<FeatureTable> ReadFeatureTable(const std::string& path, const TableRequest& request) {
  CRUCIBLE_ASSIGN_OR_RETURN(const bool journal, IsJournal(path));
  return journal ? ReadBars(path, request) : ReadCsv(path, request);
}

absl::StatusOr<std::vector<std::string>> CheckColumns(const FeatureTable& table) {
  if (table.rows < kLeastRows) {
    return absl::InvalidArgumentError(
        absl::StrFormat("there are %d rows, expected at least %d", table.rows, kLeastRows));
  }
  std::vector<std::string> warnings;
  for (std::size_t i = 0; i < table.names.size(); ++i) {
    const ColumnFacts facts = FactsOf(table, i);
    if (!(facts.deviation > 1e-12 * std::abs(facts.mean))) {
      return absl::InvalidArgumentError(absl::StrFormat(
          "column %s is constant (%g in all %d rows): it tells regimes nothing; leave it out with --columns",
          table.names[i], facts.mean, table.rows));
    }
    if (facts.autocorrelation > kLevelCorrelation) {
      warnings.push_back(
          absl::StrFormat("column %s looks like levels, not changes (lag-1 autocorrelation %.4f): regimes of "
                          "levels are stretches of "
                          "the path; take returns",
                          table.names[i], facts.autocorrelation));
    }
    if (facts.most_common_share > kTiedShare) {
      warnings.push_back(
          absl::StrFormat("column %s holds %g in %.0f %% of the rows: a Gaussian regime can shrink onto "
                          "ties; the variance floor stops "
                          "it, and log scores of such a regime are of the floor's making",
                          table.names[i], facts.most_common, 100 * facts.most_common_share));
    }
  }
  return warnings;
}

}  // namespace crucible::cli

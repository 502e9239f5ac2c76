#include "framework/cli/discover_live.h"

#include <algorithm>
#include <cstdio>
#include <vector>

#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "framework/base/time_text.h"
#include "framework/cli/discover_output.h"
#include "framework/cli/model_journal.h"
#include "framework/cli/progress.h"
#include "framework/features/causal_watch.h"
#include "framework/models/causal/diagnostics.h"

namespace crucible::cli {
namespace {

constexpr std::size_t kShownChanges = 40;

struct Change {
  causal::LinkChange link;
  std::size_t row = 0;  // from 0
};

// The names of rows, for people and for records.
class Rows {
 public:
  explicit Rows(const Table& table) : table_(table) {
    for (const TableColumn& column : table.columns) {
      const bool place = column.name == "seq" || column.name == "origin";
      if (times_ == nullptr && IsTimeName(column.name) && !place) times_ = &column;
    }
  }
  std::string Name(std::size_t row) const {
    if (!table_.sources.empty()) return FormatTimestamp(table_.sources[row].time);
    if (times_ == nullptr) return absl::StrFormat("row %d", row + 1);
    return times_->is_text() ? times_->texts[row] : absl::StrFormat("%.17g", times_->numbers[row]);
  }
  // kInvalidArgument names the first time in words that is none: a record's time is not guessed.
  absl::Status CheckTimes() const {
    if (times_ == nullptr || !times_->is_text()) return absl::OkStatus();
    for (std::size_t row = 0; row < times_->texts.size(); ++row) {
      const absl::Status status = ParseTimestamp(times_->texts[row]).status();
      if (!status.ok()) {
        return absl::InvalidArgumentError(
            absl::StrFormat("row %d, column %s: %s", row + 1, times_->name, std::string(status.message())));
      }
    }
    return absl::OkStatus();
  }
  bool has_times() const { return !table_.sources.empty() || (times_ != nullptr && times_->is_text()); }
  // The time of a bar, or of a CSV file's time where it is a timestamp in words; else 1970. The cause is a
  // bar's record, or the number of the row.
  features::LinkPlace Place(std::size_t row) const {
    if (!table_.sources.empty()) {
      const Table::Source& source = table_.sources[row];
      return {source.time, source.instrument, {1, source.seq}};
    }
    features::LinkPlace place{{}, 0, {1, row + 1}};
    if (times_ != nullptr && times_->is_text())
      place.at = ParseTimestamp(times_->texts[row]).value_or(Nanos{});  // checked, where it is written
    return place;
  }

 private:
  const Table& table_;
  const TableColumn* times_ = nullptr;
};

absl::Status CheckPanel(const causal::Panel& panel, const causal::LiveOptions& options) {
  if (panel.sets.size() != 1) {
    return absl::InvalidArgumentError(absl::StrFormat(
        "--live follows one series of rows, found %d; choose one with --sql, such as --sql \"select close, "
        "volume from bars where instrument = 0\"",
        panel.sets.size()));
  }
  const std::size_t rows = panel.sets.front().rows(), needed = options.window_rows + 2 * options.max_lag;
  if (rows >= needed) return absl::OkStatus();
  return absl::InvalidArgumentError(absl::StrFormat(
      "there are %d rows; a window of %d rows and lags to %d need %d: choose a smaller --window", rows,
      options.window_rows, options.max_lag, needed));
}

std::string_view ReasonText(const causal::LinkChange& change) {
  return Name(features::ToLinkRecord(change).reason);
}

nlohmann::ordered_json LinkJson(const std::vector<std::string>& names, const causal::LinkChange& link) {
  return {{"cause", names[link.cause.variable]},
          {"effect", names[link.effect]},
          {"lag", link.cause.lag},
          {"value", link.value},
          {"p", link.p},
          {"q", link.q}};
}

// Links that stand after the last row, with the numbers of the last test.
std::vector<causal::LinkChange> Standing(const causal::LiveGraph& live) {
  std::vector<causal::LinkChange> links;
  for (std::uint32_t j = 0; live.ready() && j < live.graph().variables(); ++j) {
    for (const causal::Node& cause : live.ParentsOf(j)) {
      const causal::CausalGraph& graph = live.graph();
      causal::LinkChange link{live.bars() - 1, cause, j, true};
      link.value = graph.values.at(cause.variable, j, cause.lag);
      link.p = graph.p.at(cause.variable, j, cause.lag);
      link.q = graph.q.at(cause.variable, j, cause.lag);
      links.push_back(link);
    }
  }
  return links;
}

// What was asked for, of which rows.
nlohmann::ordered_json Head(const LiveRequest& request, const features::CausalWatch& watch,
                            std::optional<std::size_t> target, const Rows& rows, std::size_t count,
                            const std::vector<std::string>& warnings) {
  const causal::LiveOptions& options = request.options;
  nlohmann::ordered_json json = {
      {"method", "live-pcmci"}, {"test", "ParCorr"}, {"errors", "student"}, {"variables", watch.names()}};
  if (target) json["target"] = watch.names()[*target];
  json["max_lag"] = options.max_lag;
  json["window"] = options.window_rows;
  if (options.pcmci.pc_alpha) json["pc_alpha"] = *options.pcmci.pc_alpha;
  json["alpha"] = options.pcmci.alpha;
  json["withdraw_alpha"] = options.withdraw_alpha;
  json["test_rows"] = options.test_bars;
  json["establish"] = options.establish_tests;
  json["withdraw"] = options.withdraw_tests;
  json["rows"] = count;
  if (rows.has_times() && count > 0) {
    json["first_us"] = rows.Place(0).at.since_epoch / 1000;
    json["last_us"] = rows.Place(count - 1).at.since_epoch / 1000;
  }
  json["warnings"] = warnings;
  return json;
}

struct Followed {
  std::vector<Change> changes;  // into the target, where there is one
  std::vector<std::string> warnings;
};

void PrintJson(const Rows& rows, nlohmann::ordered_json json, const features::CausalWatch& watch,
               const Followed& followed, std::optional<std::size_t> target) {
  json["changes"] = nlohmann::ordered_json::array();
  for (const auto& [link, row] : followed.changes) {
    nlohmann::ordered_json one = {{"row", row + 1}, {"time", rows.Name(row)}};
    one["change"] = link.established ? "added" : "withdrawn";
    one["reason"] = ReasonText(link);
    one.update(LinkJson(watch.names(), link));
    json["changes"].push_back(one);
  }
  json["links"] = nlohmann::ordered_json::array();
  for (const causal::LinkChange& link : Standing(watch.graph())) {
    if (!target || link.effect == *target) json["links"].push_back(LinkJson(watch.names(), link));
  }
  std::printf("%s\n", json.dump(2).c_str());
}

std::string LinkText(const std::vector<std::string>& names, const causal::LinkChange& link, int width) {
  return absl::StrFormat("%-*s %3d  -->   %-*s  %+8.4f  %9.3g  %9.3g", width, names[link.cause.variable],
                         link.cause.lag, width, names[link.effect], link.value, link.p, link.q);
}

void PrintChanges(const Rows& rows, const features::CausalWatch& watch, const Followed& followed, int width) {
  const std::vector<Change>& changes = followed.changes;
  const std::size_t first = changes.size() > kShownChanges ? changes.size() - kShownChanges : 0;
  std::printf(
      "\n%s changes%s\n", WithThousands(changes.size()).c_str(),
      first > 0 ? absl::StrFormat(", the last %d (-o and --json have all)", kShownChanges).c_str() : "");
  for (std::size_t k = first; k < changes.size(); ++k) {
    const auto& [link, row] = changes[k];
    std::printf("  %-30s  %-9s  %s  %s\n", rows.Name(row).c_str(), link.established ? "added" : "withdrawn",
                LinkText(watch.names(), link, width).c_str(),
                link.established ? "" : std::string(ReasonText(link)).c_str());
  }
}

void Print(const LiveRequest& request, const Rows& rows, const features::CausalWatch& watch,
           const Followed& followed, std::optional<std::size_t> target) {
  const causal::LiveOptions& options = request.options;
  std::size_t width = 5;
  for (const std::string& name : watch.names()) width = std::max(width, name.size());
  const int columns = static_cast<int>(width);
  std::printf("live causal graph of %d variables, %s rows, lags 1 to %d, window %s rows\n",
              static_cast<int>(watch.names().size()), WithThousands(watch.graph().bars()).c_str(),
              static_cast<int>(options.max_lag), WithThousands(options.window_rows).c_str());
  PrintChanges(rows, watch, followed, columns);
  std::vector<causal::LinkChange> links = Standing(watch.graph());
  std::erase_if(links, [&](const causal::LinkChange& link) { return target && link.effect != *target; });
  if (links.empty()) {
    std::printf("\nno link%s stands after the last row\n",
                target ? (" into " + watch.names()[*target]).c_str() : "");
  } else {
    std::printf("\nlinks after the last row\n  %-*s lag        %-*s     value          p          q\n",
                columns, "cause", columns, "effect");
  }
  for (const causal::LinkChange& link : links)
    std::printf("  %s\n", LinkText(watch.names(), link, columns).c_str());
  for (const std::string& warning : followed.warnings)
    std::printf("  warning           %s\n", warning.c_str());
}

absl::StatusOr<std::optional<ModelJournal>> OpenJournal(const LiveRequest& request, const Table& table,
                                                        const Rows& rows, const features::CausalWatch& watch,
                                                        const std::string& document) {
  if (request.output.empty()) return std::nullopt;
  features::LinkPlace start = rows.Place(0);
  start.cause = {};
  CRUCIBLE_RETURN_IF_ERROR(rows.CheckTimes());
  CRUCIBLE_ASSIGN_OR_RETURN(
      ModelJournal journal,
      ModelJournal::Create(request.output, DiscoverHead(request.file, table, 0, document, start.at)));
  features::RecordVariables(
      watch.names(), start, [&](std::string_view text) { return journal.AddText(text); },
      [&](const Event& event) { return journal.Add(event); });
  return std::optional<ModelJournal>(std::move(journal));
}

causal::LiveOptions LiveOptionsOf(const LiveRequest& request, const DiscoverOptions& options) {
  causal::LiveOptions live = request.options;
  live.max_lag = options.max_lag;
  live.pcmci.pc_alpha = options.pc_alpha;
  live.pcmci.alpha = options.alpha;
  live.pcmci.false_discovery = options.false_discovery;
  return live;
}

}  // namespace

absl::Status FollowLive(const Terminal& terminal, const LiveRequest& asked, const DiscoverOptions& options,
                        const Table& table, const causal::Panel& panel, std::optional<std::size_t> target) {
  LiveRequest request = asked;
  request.options = LiveOptionsOf(asked, options);
  CRUCIBLE_ASSIGN_OR_RETURN(request.options.pcmci.assumptions, ReadAssumptions(panel.names, options));
  CRUCIBLE_RETURN_IF_ERROR(CheckPanel(panel, request.options));
  CRUCIBLE_ASSIGN_OR_RETURN(features::CausalWatch watch,
                            features::CausalWatch::Create(panel.names, target.value_or(0), request.options));
  const Rows rows(table);
  const causal::DataSet& set = panel.sets.front();
  Followed followed{{}, causal::DescribeProblems(panel, set.rows(), request.options.max_lag)};
  if (!request.output.empty() && !rows.has_times())
    followed.warnings.push_back(
        "no column holds timestamps in words: the records of -o all have the time 1970");
  const nlohmann::ordered_json head = Head(request, watch, target, rows, set.rows(), followed.warnings);
  CRUCIBLE_ASSIGN_OR_RETURN(std::optional<ModelJournal> journal,
                            OpenJournal(request, table, rows, watch, head.dump(2)));
  Progress progress("following", "rows");
  std::vector<double> values(panel.variables());
  for (std::size_t row = 0; row < set.rows(); ++row) {
    for (std::size_t v = 0; v < values.size(); ++v) values[v] = set.columns[v][row];
    watch.Update(values);
    for (const causal::LinkChange& change : watch.changes()) {
      if (target && change.effect != *target) continue;
      followed.changes.push_back({change, row});
      if (journal)
        features::RecordLink(features::ToLinkRecord(change), rows.Place(row),
                             [&](const Event& event) { return journal->Add(event); });
    }
    progress.Update(static_cast<double>(row) / static_cast<double>(set.rows()), row);
  }
  progress.Clear();
  if (journal) CRUCIBLE_RETURN_IF_ERROR(journal->Close());
  if (terminal.json) {
    PrintJson(rows, head, watch, followed, target);
    return absl::OkStatus();
  }
  Print(request, rows, watch, followed, target);
  if (journal) {
    std::printf("wrote %s: %s records, log hash %s\n", request.output.c_str(),
                WithThousands(journal->records()).c_str(), ToHex(journal->log_hash()).c_str());
  }
  return absl::OkStatus();
}

}  // namespace crucible::cli

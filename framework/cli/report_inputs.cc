#include "framework/cli/report_inputs.h"

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <utility>

#include "absl/strings/str_format.h"
#include "framework/cli/discover_output.h"
#include "framework/cli/progress.h"
#include "framework/runs/instrument_map.h"
#include "framework/runs/market_choice.h"
#include "framework/runs/regime_artefact.h"
#include "framework/runs/regime_choice.h"
#include "framework/runs/run_config.h"
#include "framework/runs/run_file.h"
#include "framework/runs/run_setup.h"
#include "framework/runs/venue_choice.h"

namespace crucible::cli {
namespace {

// What the importer found: local time minus UTC. Absent where times were UTC already.
std::optional<Duration> UtcOffset(const journal::Journal& journal) {
  const auto text = journal.Meta("report");
  if (!text.ok() || !*text) return std::nullopt;
  const nlohmann::json report = nlohmann::json::parse(**text, nullptr, false);
  if (!report.is_object()) return std::nullopt;
  const std::int64_t nanos = report.value("utc_offset_ns", std::int64_t{0});
  if (nanos == 0) return std::nullopt;
  return Duration{nanos};
}

report::SessionInput Describe(const runs::Session& session, std::uint16_t ordinal) {
  report::SessionInput input;
  input.ordinal = ordinal;
  input.journal = session.journal.get();
  input.stream = std::string(runs::kMarketStream);
  input.instruments = session.instruments;
  for (const Instrument& instrument : session.instruments) {
    input.books.push_back(runs::BookOptionsFor(instrument, session.completeness, session.window_levels));
  }
  input.completeness = session.completeness;
  input.max_feed_latency = session.max_feed_latency;
  input.utc_offset = UtcOffset(*session.journal);
  return input;
}

// The market that the run's venue made: the run's stream defines its instruments and holds its data.
report::SessionInput OwnMarket(const journal::Journal& run, std::vector<Instrument> instruments) {
  report::SessionInput input;
  input.journal = &run;
  input.stream = std::string(runs::kRunStream);
  for (const Instrument& instrument : instruments) input.books.push_back(runs::ProducedBookOptions(instrument));
  input.instruments = std::move(instruments);
  input.completeness = decode::Completeness::kFullL3;
  return input;
}

absl::Status OpenSessions(const std::string& path, const std::vector<std::string>& search, ReportedRun& run,
                          std::vector<report::SessionInput>& inputs) {
  for (const journal::InputRef& input : run.journal->inputs()) {
    const absl::StatusOr<std::string> found = runs::FindInput(input, path, search);
    if (absl::IsNotFound(found.status())) continue;
    CRUCIBLE_RETURN_IF_ERROR(found.status());
    CRUCIBLE_ASSIGN_OR_RETURN(runs::Session session, runs::OpenSession(*found));
    inputs.push_back(Describe(session, input.ordinal));
    run.sessions.push_back(std::move(session));
  }
  return absl::OkStatus();
}

absl::Status FindSessions(const std::string& path, const std::vector<std::string>& search, ReportedRun& run) {
  CRUCIBLE_RETURN_IF_ERROR(OpenSessions(path, search, run, run.input.sessions));
  const bool bars = std::ranges::all_of(run.input.sessions, [](const report::SessionInput& session) {
    return session.completeness == decode::Completeness::kBars;
  });
  run.input.horizons = runs::MarkoutHorizons(bars && !run.sessions.empty());
  if (run.sessions.empty() || run.sessions.size() != run.journal->inputs().size()) return absl::OkStatus();
  CRUCIBLE_ASSIGN_OR_RETURN(const runs::InstrumentMap map, runs::InstrumentMap::Create(run.sessions));
  for (const runs::InstrumentMap::Change& change : map.changes()) {
    const auto& [session, definition] = change;
    run.input.grid_changes.push_back({definition.id.value, definition.instrument.tick_size, definition.instrument.lot_size,
                                      definition.exchange_time, definition.time,
                                      static_cast<std::uint16_t>(session + 1), definition.seq});
  }
  return absl::OkStatus();
}

// As the run's configuration carries it; nothing for a run without one.
std::optional<report::RegimeModel> RegimesOf(const runs::RunConfig& config, const std::string& name) {
  if (!config.regimes.given()) return std::nullopt;
  const absl::StatusOr<runs::RegimeArtefact> artefact = runs::ParseRegimeArtefact(config.regimes.model_text, name);
  if (!artefact.ok()) return std::nullopt;
  const regime::GaussianHmm& hmm = artefact->emissions();
  report::RegimeModel model;
  model.kind = artefact->kind();
  model.features = artefact->features;
  for (std::size_t k = 0; k < hmm.regimes; ++k) {
    model.mean.emplace_back(hmm.Mean(k), hmm.Mean(k) + hmm.features);
    std::vector<double>& deviation = model.deviation.emplace_back();
    for (std::size_t i = 0; i < hmm.features; ++i)
      deviation.push_back(std::sqrt(hmm.Covariance(k)[i * hmm.features + i]));
  }
  model.routes = runs::RouteNames(config.regimes, hmm.regimes);
  const auto first = std::ranges::find(model.routes, config.regimes.first_route);
  if (first != model.routes.end()) model.first_route = static_cast<std::size_t>(first - model.routes.begin());
  return model;
}

constexpr std::string_view kExpected =
    "expected a run (what crucible run writes) or a causal graph (what crucible discover -o writes)";

// The room of journals knows only that a file is none.
absl::Status NoJournal(const std::string& path, absl::Status status) {
  char first = 0;
  std::ifstream(path, std::ios::binary) >> first;
  if (!absl::IsFailedPrecondition(status) || (first != '{' && first != '[')) return status;
  return absl::FailedPreconditionError(absl::StrFormat(
      "%s looks like JSON, %s; results of crucible stress, bounds and facts go behind --results", path,
      std::string(kExpected)));
}

absl::StatusOr<std::unique_ptr<ReportedRun>> OpenRun(std::unique_ptr<journal::Journal> journal,
                                                     const std::string& path,
                                                     const std::vector<std::string>& search) {
  auto run = std::make_unique<ReportedRun>();
  run->journal = std::move(journal);
  run->input.name = std::filesystem::path(path).filename().string();
  run->input.journal = run->journal.get();
  run->input.stream = std::string(runs::kRunStream);
  const absl::StatusOr<runs::RunConfig> config =
      runs::ParseRunConfig(run->journal->manifest().configuration, run->input.name);
  if (config.ok()) {
    run->input.regimes = RegimesOf(*config, run->input.name);
    if (config->causes.given) run->input.causal_variables = runs::CauseVariables(config->causes);
  }
  std::vector<Instrument> produced = run->journal->instruments();
  if (produced.empty()) {
    CRUCIBLE_RETURN_IF_ERROR(FindSessions(path, search, *run));
  } else {
    run->input.sessions.push_back(OwnMarket(*run->journal, std::move(produced)));
    CRUCIBLE_RETURN_IF_ERROR(OpenSessions(path, search, *run, run->input.flow));
    run->input.horizons = runs::MarkoutHorizons(false);
  }
  return run;
}

}  // namespace

absl::StatusOr<ReportedFile> OpenReportedFile(const std::string& path,
                                              const std::vector<std::string>& search) {
  absl::StatusOr<journal::Journal> opened = journal::Journal::Open(path);
  if (!opened.ok()) return NoJournal(path, opened.status());
  auto journal = std::make_unique<journal::Journal>(*std::move(opened));
  if (journal->Head(runs::kRunStream).ok()) {
    CRUCIBLE_ASSIGN_OR_RETURN(ReportedFile run, OpenRun(std::move(journal), path, search));
    return run;
  }
  if (!journal->Head(kCausalStream).ok()) {
    return absl::FailedPreconditionError(absl::StrFormat("%s is a file of kind \"%s\", %s", path,
                                                         journal->manifest().kind, std::string(kExpected)));
  }
  auto graph = std::make_unique<ReportedGraph>();
  graph->input = {std::filesystem::path(path).filename().string(), journal.get(), std::string(kCausalStream)};
  graph->journal = std::move(journal);
  return ReportedFile(std::move(graph));
}

absl::Status VerifyReportedRun(const std::string& path, const std::vector<std::string>& search,
                               ReportedRun& run) {
  CRUCIBLE_ASSIGN_OR_RETURN(runs::StoredRun stored, runs::OpenRun(path, search));
  Progress progress("verifying", "records");
  CRUCIBLE_ASSIGN_OR_RETURN(
      const runs::ReplayOutcome outcome, runs::Replay(stored, [&](std::uint64_t done, std::uint64_t total) {
        progress.Update(total == 0 ? 0 : static_cast<double>(done) / static_cast<double>(total), done);
        return true;
      }));
  run.input.verification = {true, !outcome.divergence, outcome.compared, ""};
  if (outcome.divergence) {
    run.input.verification.difference =
        absl::StrFormat("record %d, %s", outcome.divergence->seq, outcome.divergence->field);
  }
  return absl::OkStatus();
}

}  // namespace crucible::cli

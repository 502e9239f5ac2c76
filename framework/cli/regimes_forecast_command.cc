#include <cstdio>
#include <memory>
#include <nlohmann/json.hpp>

#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "framework/base/time_text.h"
#include "framework/cli/model_journal.h"
#include "framework/cli/output.h"
#include "framework/cli/progress.h"
#include "framework/cli/regimes_command.h"
#include "framework/features/regime_watch.h"
#include "framework/models/regime/forecast_score.h"
#include "framework/runs/regime_artefact.h"

namespace crucible::cli {
namespace {

constexpr const char* kRegimeStream = "regimes";
constexpr std::size_t kShownSwaps = 20;

struct ForecastArguments {
  std::string file, model, output, instrument;
  regime::RouterOptions router;
  double judge = 0;
  bool rows = false;
};

struct SwapAt {
  regime::ModelSwap swap;
  std::size_t row = 0;  // from 0
};

// What a forecast shows: the last row, and the swaps on the way.
struct Outcome {
  std::vector<SwapAt> swaps;
  double log_score = 0;  // mean, nats a row
  std::uint64_t records = 0;
  Hash128 log_hash;
};

absl::StatusOr<FeatureTable> ReadTable(const ForecastArguments& arguments,
                                       const runs::RegimeArtefact& artefact) {
  FeatureRequest request{artefact.columns(), arguments.instrument};
  if (request.instrument.empty()) request.instrument = artefact.instrument;
  CRUCIBLE_ASSIGN_OR_RETURN(FeatureTable table, ReadFeatureTable(arguments.file, request));
  if (table.from_bars() != (artefact.source == "bars")) {
    return absl::InvalidArgumentError(absl::StrFormat("%s was fitted to %s, %s is %s", arguments.model,
                                                      artefact.source, arguments.file,
                                                      table.from_bars() ? "bars" : "csv"));
  }
  if (table.rows == 0) return absl::InvalidArgumentError(absl::StrFormat("%s has no rows", arguments.file));
  return table;
}

// One line a row: the row's number (or time), filtered probabilities, forecast, active model.
void PrintRow(const FeatureTable& table, const features::RegimeWatch& watch, std::size_t row) {
  std::string line = table.from_bars() ? FormatTimestamp(table.sources[row].time) : std::to_string(row);
  for (const double p : watch.state()->probability) absl::StrAppendFormat(&line, ",%.6f", p);
  for (const double p : watch.forecast()->Ahead(watch.horizon())) absl::StrAppendFormat(&line, ",%.6f", p);
  std::printf("%s,%d\n", line.c_str(), static_cast<int>(watch.active()));
}

void PrintRowHeader(const FeatureTable& table, const runs::RegimeArtefact& artefact, std::size_t horizon) {
  std::string line = table.from_bars() ? "time" : "row";
  for (std::size_t k = 0; k < artefact.emissions().regimes; ++k) absl::StrAppendFormat(&line, ",now_%d", k);
  for (std::size_t k = 0; k < artefact.emissions().regimes; ++k)
    absl::StrAppendFormat(&line, ",ahead%d_%d", horizon, k);
  std::printf("%s,model\n", line.c_str());
}

absl::StatusOr<Outcome> Walk(const ForecastArguments& arguments, const runs::RegimeArtefact& artefact,
                             const FeatureTable& table, features::RegimeWatch& watch) {
  std::optional<ModelJournal> journal;
  if (!arguments.output.empty()) {
    const std::string model = ToText(artefact);
    const ModelJournal::Head head{"regimes", kRegimeStream, 0, model, model, table.input,
                                  table.sources.front().time};
    CRUCIBLE_ASSIGN_OR_RETURN(journal, ModelJournal::Create(arguments.output, head));
  }
  Outcome outcome;
  Progress progress("filtering", "rows");
  const std::size_t columns = table.names.size();
  for (std::size_t t = 0; t < table.rows; ++t) {
    watch.Update({table.values.data() + t * columns, columns});
    outcome.log_score += watch.state()->log_score / static_cast<double>(table.rows);
    if (watch.swap()) outcome.swaps.push_back({*watch.swap(), t});
    if (journal) {
      const Table::Source& source = table.sources[t];
      watch.Record(source.time, table.instrument_id, {1, source.seq},
                   [&](const Event& event) { return journal->Add(event); });
    }
    if (arguments.rows) PrintRow(table, watch, t);
    if (t % 4096 == 0) progress.Update(static_cast<double>(t) / static_cast<double>(table.rows), t);
  }
  if (!journal) return outcome;
  CRUCIBLE_RETURN_IF_ERROR(journal->Close());
  outcome.records = journal->records();
  outcome.log_hash = journal->log_hash();
  return outcome;
}

std::string WhenText(const FeatureTable& table, std::size_t row) {
  return table.from_bars() ? FormatTimestamp(table.sources[row].time) : absl::StrFormat("row %d", row);
}

void PrintOutcome(const ForecastArguments& arguments, const FeatureTable& table,
                  const features::RegimeWatch& watch, const Outcome& outcome) {
  const auto numbers = [](std::span<const double> values) {
    return absl::StrJoin(values, "  ",
                         [](std::string* out, double p) { absl::StrAppendFormat(out, "%.4f", p); });
  };
  std::printf("%s rows, last %s; mean log score %.6f nats a row\n", WithThousands(table.rows).c_str(),
              WhenText(table, table.rows - 1).c_str(), outcome.log_score);
  std::printf("  now         %s   model %d active\n", numbers(watch.state()->probability).c_str(),
              static_cast<int>(watch.active()));
  for (std::size_t h = 1; h <= watch.horizon(); ++h)
    std::printf("  %3d ahead   %s\n", static_cast<int>(h), numbers(watch.forecast()->Ahead(h)).c_str());
  std::printf("%s swaps\n", WithThousands(outcome.swaps.size()).c_str());
  const std::size_t first = outcome.swaps.size() > kShownSwaps ? outcome.swaps.size() - kShownSwaps : 0;
  for (std::size_t i = first; i < outcome.swaps.size(); ++i) {
    const auto& [swap, row] = outcome.swaps[i];
    std::printf("  %s  model %d -> %d, expected to gain %.3f rows over the next %d\n",
                WhenText(table, row).c_str(), static_cast<int>(swap.from), static_cast<int>(swap.to),
                swap.advantage, static_cast<int>(watch.horizon()));
  }
  if (arguments.output.empty()) return;
  std::printf("wrote %s: %s records, log hash %s\n", arguments.output.c_str(),
              WithThousands(outcome.records).c_str(), ToHex(outcome.log_hash).c_str());
}

nlohmann::ordered_json OutcomeJson(const FeatureTable& table, const features::RegimeWatch& watch,
                                   const Outcome& outcome) {
  nlohmann::ordered_json json = {{"rows", table.rows},
                                 {"mean_log_score", outcome.log_score},
                                 {"now", watch.state()->probability},
                                 {"active_model", watch.active()}};
  for (std::size_t h = 1; h <= watch.horizon(); ++h) {
    const auto ahead = watch.forecast()->Ahead(h);
    json["ahead"].push_back(std::vector<double>(ahead.begin(), ahead.end()));
  }
  json["swaps"] = nlohmann::ordered_json::array();
  for (const auto& [swap, row] : outcome.swaps)
    json["swaps"].push_back(
        {{"row", row}, {"from", swap.from}, {"to", swap.to}, {"advantage", swap.advantage}});
  return json;
}

// Log scores of the last share of the rows beside the baselines.
absl::Status Judge(const ForecastArguments& arguments, const runs::RegimeArtefact& artefact,
                   const FeatureTable& table, const Terminal& terminal) {
  CRUCIBLE_ASSIGN_OR_RETURN(const regime::Observations x,
                            regime::Observations::Create(table.values, table.names.size()));
  const auto from = static_cast<std::size_t>(static_cast<double>(table.rows) * (1 - arguments.judge));
  const std::size_t horizons = arguments.router.horizon;
  if (from < 2 || from + horizons + 100 > table.rows) {
    return absl::InvalidArgumentError(absl::StrFormat(
        "--judge %g of %d rows: expected at least 100 judged rows after 2", arguments.judge, table.rows));
  }
  const auto filter = artefact.MakeFilter();
  const auto scores = regime::ScoreForecasts(*filter, x, from, 0, horizons);
  if (terminal.json) {
    nlohmann::ordered_json json = nlohmann::ordered_json::array();
    for (const regime::HorizonScores& at : scores) {
      nlohmann::ordered_json one = {
          {"ahead", at.horizon}, {"n", at.score[0].n}, {"regimes", at.score[0].mean}};
      for (std::size_t f = 1; f < regime::kForecasters; ++f) {
        one[std::string("over_") + std::string(regime::kForecasterNames[f])] = {
            {"gain", at.gain[f].mean}, {"half_width", at.gain[f].half_width}};
      }
      json.push_back(std::move(one));
    }
    std::printf("%s\n", json.dump(2).c_str());
    return absl::OkStatus();
  }
  std::printf(
      "log score of %s, nats a row; gain of the regimes over each baseline with its 95 %% interval, n = %s\n",
      table.names[0].c_str(), WithThousands(scores[0].score[0].n).c_str());
  std::printf(
      "ahead    regimes   over persistence      over reactive         over gaussian         over ewma\n");
  for (const regime::HorizonScores& at : scores) {
    std::printf("%5d  %9.5f", static_cast<int>(at.horizon), at.score[0].mean);
    for (std::size_t f = 1; f < regime::kForecasters; ++f)
      std::printf("  %8.5f +- %.5f", at.gain[f].mean, at.gain[f].half_width);
    std::printf("\n");
  }
  return absl::OkStatus();
}

absl::Status DoForecast(const Terminal& terminal, const ForecastArguments& arguments) {
  CRUCIBLE_ASSIGN_OR_RETURN(const runs::RegimeArtefact artefact, runs::ReadRegimeArtefact(arguments.model));
  CRUCIBLE_ASSIGN_OR_RETURN(const FeatureTable table, ReadTable(arguments, artefact));
  if (!arguments.output.empty() && !table.from_bars()) {
    return absl::InvalidArgumentError("-o journals forecasts of a session of bars: a CSV file has no times");
  }
  if (!arguments.output.empty()) CRUCIBLE_RETURN_IF_ERROR(CheckAbsent(arguments.output));
  if (arguments.judge > 0) return Judge(arguments, artefact, table, terminal);
  CRUCIBLE_ASSIGN_OR_RETURN(features::RegimeWatch watch,
                            features::RegimeWatch::Create(artefact.MakeFilter(), arguments.router));
  if (arguments.rows) PrintRowHeader(table, artefact, watch.horizon());
  CRUCIBLE_ASSIGN_OR_RETURN(const Outcome outcome, Walk(arguments, artefact, table, watch));
  if (terminal.json) {
    std::printf("%s\n", OutcomeJson(table, watch, outcome).dump(2).c_str());
  } else if (!arguments.rows) {
    PrintOutcome(arguments, table, watch, outcome);
  }
  return absl::OkStatus();
}

}  // namespace

void AddRegimesForecast(CLI::App& regimes, Terminal& terminal) {
  CLI::App* command = regimes.add_subcommand(
      "forecast",
      "Filter rows through a regime model: regimes now and ahead, model swaps; or judge its forecasts");
  const auto arguments = std::make_shared<ForecastArguments>();
  arguments->router.horizon = 10;
  command->add_option("file", arguments->file, "CSV file with the model's columns, or a session of bars")
      ->required();
  command->add_option("--model", arguments->model, "what crucible regimes fit wrote")->required();
  command->add_option("--instrument", arguments->instrument, "of a session (the model's)");
  command->add_option("--horizon", arguments->router.horizon, "rows ahead (10)")
      ->check(CLI::Range(1, 10'000));
  command->add_option("--swap-cost", arguments->router.swap_cost,
                      "of a model swap, in rows under the right model (1)");
  command->add_option("--margin", arguments->router.margin,
                      "hysteresis: what a swap must gain beyond its cost (0.5)");
  command->add_option("--least-stay", arguments->router.least_stay, "rows between swaps, at least (1)");
  command->add_option("-o,--output", arguments->output,
                      "journal to write: every forecast and swap is a record");
  command->add_flag("--rows", arguments->rows, "print every row as CSV");
  command->add_option("--judge", arguments->judge, "score the forecasts on this last share of the rows")
      ->check(CLI::Range(0.0, 1.0));
  command->callback([&terminal, arguments] {
    if (const absl::Status status = DoForecast(terminal, *arguments); !status.ok())
      PrintError(terminal, status);
  });
}

void AddRegimes(CLI::App& app, Terminal& terminal) {
  CLI::App* regimes = app.add_subcommand("regimes", "Fit, choose and forecast hidden regimes of a series");
  regimes->require_subcommand(1);
  AddRegimesFit(*regimes, terminal);
  AddRegimesChoose(*regimes, terminal);
  AddRegimesForecast(*regimes, terminal);
}

}  // namespace crucible::cli

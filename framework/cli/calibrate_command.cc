// crucible calibrate: fits a Hawkes process to the order flow of a session.

#include <CLI/CLI.hpp>
#include <array>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <optional>

#include "absl/strings/str_format.h"
#include "framework/cli/commands.h"
#include "framework/cli/instrument_choice.h"
#include "framework/cli/model_journal.h"
#include "framework/cli/output.h"
#include "framework/cli/progress.h"
#include "framework/engine/journal_reader.h"
#include "framework/event/kinds.h"
#include "framework/runs/build_info.h"
#include "framework/runs/config_table.h"
#include "framework/runs/flow_artefact.h"
#include "framework/runs/session_file.h"
#include "framework/runs/venue_choice.h"
#include "simulators/flow/flow_events.h"
#include "simulators/flow/hawkes_fit.h"

namespace crucible::cli {
namespace {

using flow::FlowType;
using flow::HawkesEvent;
using flow::HawkesFit;

constexpr std::size_t kLeastEvents = 50;  // types with fewer are left out

struct CalibrateArguments {
  std::string session;
  std::string output;
  std::string symbol;
  std::size_t most_events = 0;
};

// The flow of one instrument, with the types that occur often enough numbered 0, 1, 2, ...
struct Flow {
  std::vector<HawkesEvent> events;
  std::vector<FlowType> types;
  std::vector<std::size_t> counts;
  std::vector<FlowType> left_out;
  std::array<flow::FlowMarks, flow::kFlowTypes> marks{};  // of the whole session
  double length = 0;
  bool from_levels = false;
};

absl::Status CheckCompleteness(const runs::Session& session) {
  const auto completeness = session.completeness;
  if (completeness == decode::Completeness::kFullL3 || completeness == decode::Completeness::kWindowedL3 ||
      completeness == decode::Completeness::kL2) {
    return absl::OkStatus();
  }
  return absl::FailedPreconditionError(
      absl::StrFormat("%s is a session of %s, expected an order book (full_l3, windowed_l3 or l2)",
                      session.path, Name(completeness)));
}

absl::StatusOr<flow::FlowReader> ReadFlow(const runs::Session& session, std::uint32_t instrument,
                                          Progress& progress) {
  flow::FlowReader flow(
      runs::BookOptionsFor(session.instruments[instrument], session.completeness, session.window_levels));
  CRUCIBLE_ASSIGN_OR_RETURN(auto reader, engine::ReadStream(*session.journal, runs::kMarketStream));
  std::vector<Event> storage(reader->max_batch());
  std::vector<Event> group;
  std::uint64_t done = 0;
  for (;;) {
    CRUCIBLE_ASSIGN_OR_RETURN(const std::size_t count, reader->Read(storage));
    if (count == 0) return flow;
    for (std::size_t i = 0; i < count; ++i) {
      group.push_back(storage[i]);
      if (!storage[i].EndsGroup()) continue;
      if (storage[i].instrument == instrument) flow.Apply(group);
      group.clear();
    }
    done += count;
    progress.Update(static_cast<double>(done) / static_cast<double>(session.head.last_seq), done);
  }
}

Flow Select(const flow::FlowReader& reader, std::size_t most_events) {
  Flow selected;
  std::span<const HawkesEvent> events = reader.events();
  if (most_events > 0) events = events.first(std::min(most_events, events.size()));
  std::array<std::size_t, flow::kFlowTypes> counts{};
  for (const HawkesEvent& event : events) ++counts[event.type];
  std::array<std::optional<std::uint32_t>, flow::kFlowTypes> number{};
  for (std::size_t type = 0; type < flow::kFlowTypes; ++type) {
    if (counts[type] < kLeastEvents) {
      selected.left_out.push_back(static_cast<FlowType>(type));
      continue;
    }
    number[type] = static_cast<std::uint32_t>(selected.types.size());
    selected.types.push_back(static_cast<FlowType>(type));
    selected.counts.push_back(counts[type]);
  }
  for (const HawkesEvent& event : events)
    if (number[event.type]) selected.events.push_back({event.at, *number[event.type]});
  if (!selected.events.empty()) selected.length = selected.events.back().at;
  return selected;
}

// ---- the journal ----

absl::Status WriteCalibration(const CalibrateArguments& arguments, const runs::Session& session,
                              const Flow& flow, const HawkesFit& fit) {
  const std::string configuration = absl::StrFormat("model = \"hawkes\"\nsymbol = %s\nevents = %d\n",
                                                    runs::QuotedText(arguments.symbol), flow.events.size());
  CRUCIBLE_ASSIGN_OR_RETURN(
      journal::Journal file,
      journal::Journal::Create(arguments.output,
                               {"calibration", "running", 0, configuration, runs::BuildInfoJson()}));
  const journal::InputRef input{1, std::filesystem::absolute(session.path).string(), session.journal->uuid(),
                                session.head.last_seq, session.head.log_hash};
  CRUCIBLE_RETURN_IF_ERROR(file.SetInputs(std::span(&input, 1)));
  CRUCIBLE_ASSIGN_OR_RETURN(auto appender,
                            file.OpenAppender(runs::kCalibrationStream, journal::AppendMode::kContinue));
  CRUCIBLE_RETURN_IF_ERROR(appender->Append(runs::FlowRecords({flow.types, fit.model, flow.marks}, fit)));
  CRUCIBLE_RETURN_IF_ERROR(appender->Close());
  return file.SetStatus("ended");
}

// ---- what is shown ----

nlohmann::ordered_json JsonOf(const flow::Estimate& estimate) {
  return {{"value", estimate.value},
          {"standard_error", estimate.standard_error},
          {"low", estimate.Low()},
          {"high", estimate.High()}};
}

void PrintJson(const Flow& flow, const HawkesFit& fit) {
  nlohmann::ordered_json types = nlohmann::ordered_json::array();
  for (std::size_t i = 0; i < flow.types.size(); ++i) {
    nlohmann::ordered_json branching;
    for (std::size_t j = 0; j < flow.types.size(); ++j)
      branching[Name(flow.types[j])] = JsonOf(fit.branching[i][j]);
    types.push_back({{"type", Name(flow.types[i])},
                     {"events", flow.counts[i]},
                     {"base_per_second", JsonOf(fit.base[i])},
                     {"decay_per_second", JsonOf(fit.decay[i])},
                     {"branching_from", branching},
                     {"rescaling_distance", fit.rescaling[i].distance},
                     {"rescaling_p_value", fit.rescaling[i].p_value},
                     {"mean_lots", flow.marks[static_cast<std::size_t>(flow.types[i])].lots},
                     {"improving", flow.marks[static_cast<std::size_t>(flow.types[i])].improving},
                     {"mean_distance_ticks", flow.marks[static_cast<std::size_t>(flow.types[i])].distance}});
  }
  const nlohmann::ordered_json json = {{"events", flow.events.size()},
                                       {"seconds", flow.length},
                                       {"rates_are_lower_bounds", flow.from_levels},
                                       {"branching_ratio", fit.branching_ratio},
                                       {"log_likelihood", fit.log_likelihood},
                                       {"converged", fit.converged},
                                       {"types", types}};
  std::printf("%s\n", json.dump(2).c_str());
}

void PrintTable(const Flow& flow, const HawkesFit& fit) {
  std::printf("%s events in %.1f s, branching ratio %.3f, log-likelihood %.1f%s\n\n",
              WithThousands(flow.events.size()).c_str(), flow.length, fit.branching_ratio, fit.log_likelihood,
              fit.converged ? "" : " (NOT CONVERGED)");
  std::printf("%-18s %9s  %21s  %23s  %12s\n", "type", "events", "base rate (1/s)", "decay (1/s)",
              "rescaling KS");
  for (std::size_t i = 0; i < flow.types.size(); ++i) {
    std::printf("%-18s %9s  %9.4f +- %8.4f  %10.3f +- %9.3f  %.4f%s\n",
                std::string(Name(flow.types[i])).c_str(), WithThousands(flow.counts[i]).c_str(),
                fit.base[i].value, fit.base[i].standard_error, fit.decay[i].value,
                fit.decay[i].standard_error, fit.rescaling[i].distance,
                fit.rescaling[i].p_value < 0.01 ? " rejected" : "");
  }
  std::printf("\ndirect offspring of one event (columns) by type (rows), +- standard error\n%-18s", "");
  for (const FlowType type : flow.types) std::printf("  %17s", std::string(Name(type)).c_str());
  for (std::size_t i = 0; i < flow.types.size(); ++i) {
    std::printf("\n%-18s", std::string(Name(flow.types[i])).c_str());
    for (const flow::Estimate& estimate : fit.branching[i]) {
      std::printf("  %7.4f +- %6.4f", estimate.value, estimate.standard_error);
    }
  }
  std::printf("\n\n%-18s %12s %12s %16s\n", "orders", "mean lots", "improving", "ticks away");
  for (const FlowType type : flow.types) {
    if (type >= FlowType::kCancelBidAt) continue;
    const flow::FlowMarks& marks = flow.marks[static_cast<std::size_t>(type)];
    std::printf("%-18s %12.2f %12.4f %16.2f\n", std::string(Name(type)).c_str(), marks.lots, marks.improving,
                marks.distance);
  }
  if (flow.from_levels) {
    std::printf(
        "from levels: what one message adds of a type is one order of all its volume; rates of limit orders and\n"
        "cancellations are lower bounds, for what came and went between two messages is not seen\n");
  }
  for (const FlowType type : flow.left_out) {
    std::printf("left out: %s, fewer than %zu events\n", std::string(Name(type)).c_str(), kLeastEvents);
  }
}

absl::Status DoCalibrate(const Terminal& terminal, CalibrateArguments& arguments) {
  if (!arguments.output.empty()) CRUCIBLE_RETURN_IF_ERROR(CheckAbsent(arguments.output));
  CRUCIBLE_ASSIGN_OR_RETURN(const runs::Session session, runs::OpenSession(arguments.session));
  CRUCIBLE_RETURN_IF_ERROR(CheckCompleteness(session));
  CRUCIBLE_ASSIGN_OR_RETURN(
      const std::uint32_t instrument,
      ChooseInstrument(InstrumentNames(session.instruments), arguments.symbol, "--symbol", session.path));
  arguments.symbol = session.instruments[instrument].symbol;
  Flow flow;
  {
    Progress progress("reading", "records");
    CRUCIBLE_ASSIGN_OR_RETURN(const flow::FlowReader reader, ReadFlow(session, instrument, progress));
    flow = Select(reader, arguments.most_events);
    flow.from_levels = session.completeness == decode::Completeness::kL2;
    flow.marks = flow::MarksOf(reader, session.instruments[instrument].lot_size.units);
  }
  if (flow.types.empty()) {
    return absl::FailedPreconditionError(absl::StrFormat("%s: no type of event of %s occurs %d times",
                                                         arguments.session, arguments.symbol, kLeastEvents));
  }
  Progress progress("fitting", "types");
  CRUCIBLE_ASSIGN_OR_RETURN(
      const HawkesFit fit,
      flow::FitHawkes(flow.events, flow.types.size(), flow.length, [&](std::size_t done) {
        progress.Update(static_cast<double>(done) / static_cast<double>(flow.types.size()), done);
      }));
  progress.Clear();
  if (!arguments.output.empty()) CRUCIBLE_RETURN_IF_ERROR(WriteCalibration(arguments, session, flow, fit));
  terminal.json ? PrintJson(flow, fit) : PrintTable(flow, fit);
  return absl::OkStatus();
}

}  // namespace

void AddCalibrate(CLI::App& app, Terminal& terminal) {
  CLI::App* command = app.add_subcommand(
      "calibrate",
      "Fit a Hawkes process to a session's order flow, with standard errors and a test of the fit");
  const auto arguments = std::make_shared<CalibrateArguments>();
  command->add_option("session", arguments->session, "session file with an order book")->required();
  command->add_option("-o,--output", arguments->output, "journal to write the parameters to");
  command->add_option("--symbol", arguments->symbol, "instrument, where the session has several");
  command->add_option("--events", arguments->most_events, "only the first so many events");
  command->callback([&terminal, arguments] {
    if (const absl::Status status = DoCalibrate(terminal, *arguments); !status.ok())
      PrintError(terminal, status);
  });
}

}  // namespace crucible::cli

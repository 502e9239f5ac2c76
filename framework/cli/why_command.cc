#include <CLI/CLI.hpp>
#include <cstdio>
#include <memory>
#include <nlohmann/json.hpp>

#include "absl/strings/numbers.h"
#include "absl/strings/str_format.h"
#include "framework/cli/commands.h"
#include "framework/cli/output.h"
#include "framework/cli/why_json.h"
#include "framework/engine/engine.h"
#include "framework/engine/journal_reader.h"
#include "framework/engine/record_lookup.h"
#include "framework/engine/session_source.h"
#include "framework/engine/sinks.h"
#include "framework/engine/why_text.h"
#include "framework/runs/run_file.h"

namespace crucible::cli {
namespace {

struct WhyArguments {
  std::string run;
  std::uint64_t order = 0;
  std::vector<std::string> inputs;
  std::size_t levels = 3;
};

// A run file and its sessions; books by executing it again.
class StoredSources final : public engine::WhySources {
 public:
  StoredSources(runs::StoredRun& run, std::map<std::uint64_t, std::string> features, std::size_t levels)
      : run_(run), levels_(levels), features_(std::move(features)) {
    records_.emplace_back(*run.journal, runs::kRunStream);
    for (const runs::Session& session : run.setup.sessions())
      records_.emplace_back(*session.journal, runs::kMarketStream);
  }

  std::size_t inputs() const override { return run_.setup.sessions().size(); }
  absl::StatusOr<Event> Record(CauseRef where) override { return records_[where.input].At(where.seq); }
  InstrumentId RunId(std::uint16_t input, std::uint32_t instrument) const override {
    return run_.setup.ids_of(input - 1U)[instrument];
  }
  absl::StatusOr<engine::WhyBook> BookAtDecision(const Event& intent) override {
    if (run_.setup.has_bars(intent.instrument)) return kBars;
    HashSink sink;
    CRUCIBLE_ASSIGN_OR_RETURN(auto engine, run_.setup.MakeEngine(sink));
    return engine::BookAtDecision(*engine, intent, levels_);
  }
  absl::StatusOr<std::optional<engine::WhyBook>> VenueBookAfter(CauseRef record,
                                                                InstrumentId instrument) override;
  std::optional<engine::WhyGrid> GridAt(InstrumentId instrument, Nanos time) const override;
  const std::map<std::uint64_t, std::string>& FeatureNames() const override { return features_; }

 private:
  static inline const engine::WhyBook kBars{engine::WhyBook::State::kBarsOnly, {}, {}};

  absl::StatusOr<std::unique_ptr<engine::RecordReader>> MarketOf(std::uint16_t input) const;

  runs::StoredRun& run_;
  std::size_t levels_;
  std::vector<engine::RecordLookup> records_;  // by input
  std::map<std::uint64_t, std::string> features_;
};

absl::StatusOr<std::unique_ptr<engine::RecordReader>> StoredSources::MarketOf(std::uint16_t input) const {
  if (input == 0) return engine::ReadMarket(*run_.journal, runs::kRunStream);
  return engine::ReadStream(*run_.setup.sessions()[input - 1U].journal, runs::kMarketStream);
}

absl::StatusOr<std::optional<engine::WhyBook>> StoredSources::VenueBookAfter(CauseRef record,
                                                                             InstrumentId instrument) {
  if (record.input != 0 && run_.setup.makes_market()) return std::nullopt;
  if (run_.setup.has_bars(instrument.value)) return kBars;
  CRUCIBLE_ASSIGN_OR_RETURN(auto reader, MarketOf(record.input));
  engine::SessionOptions options{record.input, {}, {}};
  if (record.input == 0) {
    for (std::uint32_t i = 0; i < run_.setup.instruments().size(); ++i) options.instruments.push_back({i});
  } else {
    options.instruments = run_.setup.ids_of(record.input - 1U);
    options.max_feed_latency = run_.setup.sessions()[record.input - 1U].max_feed_latency;
  }
  engine::SessionSource source(std::move(reader), std::move(options));
  const engine::BookMoment moment{record.seq, instrument};
  CRUCIBLE_ASSIGN_OR_RETURN(
      const std::vector<engine::WhyBook> books,
      engine::VenueBooks(
          source, {&moment, 1}, [this](InstrumentId id) { return run_.setup.BookFor(id.value); }, levels_));
  return books.front();
}

std::optional<engine::WhyGrid> StoredSources::GridAt(InstrumentId id, Nanos time) const {
  const Instrument& first = run_.setup.instruments()[id.value];
  engine::WhyGrid grid{first.tick_size, first.lot_size, {}, {}};
  if (run_.setup.sessions().empty()) return grid;
  const auto [instrument, since] = run_.setup.map().At(id, time);
  if (since == nullptr) return grid;
  const CauseRef where{static_cast<std::uint16_t>(since->session + 1), since->definition.seq};
  return engine::WhyGrid{instrument->tick_size, instrument->lot_size, where, since->definition.time};
}

engine::WhyNames NamesOf(const runs::RunSetup& setup, const std::string& path) {
  engine::WhyNames names{setup.instruments(), {}, setup.routes(), {}, path};
  if (setup.config().causes.given) names.variables = runs::CauseVariables(setup.config().causes);
  for (const runs::StrategyChoice& choice : setup.config().strategies)
    names.strategies.push_back(choice.strategy);
  return names;
}

absl::Status DoWhy(const Terminal& terminal, const WhyArguments& arguments) {
  CRUCIBLE_ASSIGN_OR_RETURN(runs::StoredRun run, runs::OpenRun(arguments.run, arguments.inputs));
  CRUCIBLE_ASSIGN_OR_RETURN(auto features, engine::ReadFeatureNames(*run.journal, runs::kRunStream));
  StoredSources sources(run, std::move(features), arguments.levels);
  CRUCIBLE_ASSIGN_OR_RETURN(auto records, engine::ReadStream(*run.journal, runs::kRunStream));
  CRUCIBLE_ASSIGN_OR_RETURN(const engine::CollectedOrder order,
                            engine::CollectOrder(*records, {arguments.order}));
  CRUCIBLE_ASSIGN_OR_RETURN(const engine::Why why, engine::Explain(sources, order.story, order.attacks));
  const engine::WhyNames names = NamesOf(run.setup, arguments.run);
  if (terminal.json) {
    std::printf("%s\n", WhyJson(why, names).dump(2).c_str());
    return absl::OkStatus();
  }
  std::printf("order %llu\n", static_cast<unsigned long long>(arguments.order));
  for (const auto& [what, text] : WhyText(why, names))
    std::printf("  %-15s %s\n", what.c_str(), text.c_str());
  return absl::OkStatus();
}

}  // namespace

absl::Status ExplainOrder(const Terminal& terminal, const std::string& run, std::uint64_t order) {
  return DoWhy(terminal, {run, order, {}, 3});
}

void AddWhy(CLI::App& app, Terminal& terminal) {
  CLI::App* command = app.add_subcommand("why", "Explain an order: from the market event to the last fill");
  const auto arguments = std::make_shared<WhyArguments>();
  command->add_option("run", arguments->run, "run file")->required();
  const auto order = std::make_shared<std::string>();
  command->add_option("order", *order, "order id: 1, 2, ...")->required();
  command->add_option("--inputs", arguments->inputs, "directories to look for the run's sessions in");
  command->add_option("--levels", arguments->levels, "levels of the book to show")->check(CLI::Range(1, 50));
  command->callback([&terminal, arguments, order] {
    absl::Status status = absl::OkStatus();
    if (!absl::SimpleAtoi(*order, &arguments->order) || arguments->order == 0) {
      status = absl::InvalidArgumentError(absl::StrFormat("order is \"%s\", expected 1, 2, ...", *order));
    }
    if (status.ok()) status = DoWhy(terminal, *arguments);
    if (!status.ok()) PrintError(terminal, status);
  });
}

}  // namespace crucible::cli

#include <CLI/CLI.hpp>
#include <cstdio>
#include <memory>
#include <nlohmann/json.hpp>

#include "absl/strings/numbers.h"
#include "absl/strings/str_format.h"
#include "framework/cli/commands.h"
#include "framework/cli/output.h"
#include "framework/cli/why_text.h"
#include "framework/engine/journal_reader.h"
#include "framework/engine/session_source.h"
#include "framework/engine/why.h"
#include "framework/runs/run_file.h"

namespace crucible::cli {
namespace {

struct WhyArguments {
  std::string run;
  std::uint64_t order = 0;
  std::vector<std::string> inputs;
  std::size_t levels = 3;
};

// A run file and its sessions.
class StoredSources final : public engine::WhySources {
 public:
  explicit StoredSources(runs::StoredRun& run) : run_(run) {}

  absl::StatusOr<std::unique_ptr<engine::RecordReader>> Run() override {
    return engine::ReadStream(*run_.journal, runs::kRunStream);
  }
  std::size_t inputs() const override { return run_.setup.sessions().size(); }
  absl::StatusOr<Event> Record(CauseRef where) override {
    const bool own = where.input == 0;
    const journal::Journal& journal = own ? *run_.journal : SessionOf(where.input);
    CRUCIBLE_ASSIGN_OR_RETURN(
        auto cursor, journal.Read(own ? runs::kRunStream : runs::kMarketStream, {where.seq, where.seq}));
    CRUCIBLE_ASSIGN_OR_RETURN(const std::span<const Event> found, cursor->Next());
    if (found.size() == 1) return found.front();
    return absl::DataLossError(absl::StrFormat("record %d of input %d is missing", where.seq, where.input));
  }
  InstrumentId RunId(std::uint16_t input, std::uint32_t instrument) const override {
    return run_.setup.ids_of(input - 1U)[instrument];
  }
  absl::StatusOr<std::unique_ptr<engine::Source>> Market(std::uint16_t input) override {
    CRUCIBLE_ASSIGN_OR_RETURN(auto reader, engine::ReadStream(SessionOf(input), runs::kMarketStream));
    return std::make_unique<engine::SessionSource>(
        std::move(reader), engine::SessionOptions{input, run_.setup.ids_of(input - 1U),
                                                  run_.setup.sessions()[input - 1U].max_feed_latency});
  }
  absl::StatusOr<std::unique_ptr<engine::Engine>> MakeEngine(RecordSink& sink) override {
    return run_.setup.MakeEngine(sink);
  }
  book::BookOptions BookFor(InstrumentId instrument) const override {
    return run_.setup.BookFor(instrument.value);
  }
  bool VenueFollowsInput() const override { return !run_.setup.makes_market(); }
  bool HasBook(InstrumentId instrument) const override { return !run_.setup.has_bars(instrument.value); }
  absl::StatusOr<std::map<std::uint64_t, std::string>> FeatureNames() override {
    constexpr std::string_view kPrefix = "feature\n";
    std::map<std::uint64_t, std::string> names;
    CRUCIBLE_ASSIGN_OR_RETURN(const journal::StreamSize size, run_.journal->Size(runs::kRunStream));
    for (std::uint64_t seq = 1; seq <= size.texts; ++seq) {
      CRUCIBLE_ASSIGN_OR_RETURN(const std::string text, run_.journal->Text(runs::kRunStream, seq));
      if (!text.starts_with(kPrefix)) continue;
      const std::string name = text.substr(kPrefix.size());
      names[engine::FeatureId(name)] = name;
    }
    return names;
  }

 private:
  const journal::Journal& SessionOf(std::uint16_t input) const {
    return *run_.setup.sessions()[input - 1U].journal;
  }
  runs::StoredRun& run_;
};

absl::Status DoWhy(const Terminal& terminal, const WhyArguments& arguments) {
  CRUCIBLE_ASSIGN_OR_RETURN(runs::StoredRun run, runs::OpenRun(arguments.run, arguments.inputs));
  StoredSources sources(run);
  CRUCIBLE_ASSIGN_OR_RETURN(const engine::Why why,
                            engine::Explain(sources, {arguments.order}, arguments.levels));
  if (terminal.json) {
    std::printf("%s\n", WhyJson(why, run.setup).dump(2).c_str());
    return absl::OkStatus();
  }
  std::printf("order %llu\n", static_cast<unsigned long long>(arguments.order));
  for (const auto& [what, text] : WhyText(why, run.setup, arguments.run))
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

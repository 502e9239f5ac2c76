// crucible facts: stylised facts of sessions and of markets that runs made, beside bands from recorded
// sessions.

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/str_format.h"
#include "framework/cli/commands.h"
#include "framework/cli/instrument_choice.h"
#include "framework/cli/output.h"
#include "framework/cli/progress.h"
#include "framework/engine/journal_reader.h"
#include "framework/engine/session_source.h"
#include "framework/facts/market_facts.h"
#include "framework/runs/run_file.h"
#include "framework/runs/session_file.h"
#include "framework/runs/venue_choice.h"

namespace crucible::cli {
namespace {

using facts::Fact;
using facts::MarketFacts;

constexpr std::uint64_t kParts = 4;  // of a recorded session, each of which widens the bands
constexpr std::string_view kImported = "import";

struct FactsArguments {
  std::vector<std::string> files;
  std::string symbol;
};

// A file with one instrument's market: a session, or a run whose venue made its own.
struct MarketFile {
  std::string name;
  std::unique_ptr<journal::Journal> journal;
  std::string stream;
  std::vector<Instrument> instruments;
  std::uint32_t instrument = 0;
  book::BookOptions book;
  Duration max_feed_latency;
  bool recorded = false;
  std::vector<Fact> whole;
  std::vector<std::vector<Fact>> parts;  // recorded only
};

struct Band {
  double low = 0, high = 0;
};

absl::StatusOr<MarketFile> OpenSessionMarket(const std::string& path, const std::string& symbol) {
  CRUCIBLE_ASSIGN_OR_RETURN(runs::Session session, runs::OpenSession(path));
  MarketFile file;
  file.name = std::filesystem::path(path).filename().string();
  file.instruments = session.instruments;
  CRUCIBLE_ASSIGN_OR_RETURN(file.instrument,
                            ChooseInstrument(InstrumentNames(file.instruments), symbol, "--symbol", file.name));
  file.book =
      runs::BookOptionsFor(file.instruments[file.instrument], session.completeness, session.window_levels);
  if (file.book.type == book::BookType::kQuotes) {
    return absl::FailedPreconditionError(
        absl::StrFormat("%s is a session of %s, expected an order book (full_l3, windowed_l3 or l2)", path,
                        Name(session.completeness)));
  }
  file.recorded = session.journal->manifest().kind == kImported;
  file.stream = std::string(runs::kMarketStream);
  file.max_feed_latency = session.max_feed_latency;
  file.journal = std::move(session.journal);
  return file;
}

absl::StatusOr<MarketFile> OpenMarket(const std::string& path, const std::string& symbol) {
  CRUCIBLE_ASSIGN_OR_RETURN(journal::Journal journal, journal::Journal::Open(path));
  if (!journal.Head(runs::kRunStream).ok()) return OpenSessionMarket(path, symbol);
  MarketFile file;
  file.name = std::filesystem::path(path).filename().string();
  file.instruments = journal.instruments();
  if (file.instruments.empty()) {
    return absl::FailedPreconditionError(absl::StrFormat(
        "%s is a run over recorded sessions and made no market of its own; give its sessions, or a "
        "run with [market] or venue.fill_model = \"responsive\"",
        path));
  }
  CRUCIBLE_ASSIGN_OR_RETURN(file.instrument,
                            ChooseInstrument(InstrumentNames(file.instruments), symbol, "--symbol", file.name));
  file.book = runs::ProducedBookOptions(file.instruments[file.instrument]);
  file.stream = std::string(runs::kRunStream);
  file.journal = std::make_unique<journal::Journal>(std::move(journal));
  return file;
}

// The whole file, and each of its parts.
class Readings {
 public:
  Readings(const MarketFile& file, std::uint64_t records)
      : whole_(file.book), part_(file.book), records_(std::max<std::uint64_t>(records, 1)) {}
  void Apply(std::span<const Event> group, std::uint64_t position) {
    const std::uint64_t part = std::min(kParts - 1, position * kParts / records_);
    if (part != parts_.size()) parts_.push_back(part_.Take());
    whole_.Apply(group);
    part_.Apply(group);
  }
  void Finish(MarketFile& file) {
    parts_.push_back(part_.Take());
    file.whole = whole_.Take();
    if (file.recorded) file.parts = std::move(parts_);
  }

 private:
  MarketFacts whole_, part_;
  std::uint64_t records_;
  std::vector<std::vector<Fact>> parts_;
};

// A session's groups happen in another order than they are received.
absl::Status ReadSessionMarket(MarketFile& file, Progress& progress) {
  CRUCIBLE_ASSIGN_OR_RETURN(auto reader, engine::ReadStream(*file.journal, file.stream));
  std::vector<InstrumentId> ids;
  for (std::uint32_t i = 0; i < file.instruments.size(); ++i) ids.push_back({i});
  engine::SessionSource source(std::move(reader), {1, std::move(ids), file.max_feed_latency});
  Readings readings(file, source.size());
  engine::QueuedGroup queued;
  for (std::uint64_t groups = 0; source.Next(&queued) == engine::Source::Pull::kGroup; ++groups) {
    if (queued.group.instrument.value == file.instrument)
      readings.Apply(queued.group.records, source.position());
    source.Release(queued);
    if (groups % 65'536 == 0)
      progress.Update(static_cast<double>(source.position()) / static_cast<double>(source.size()),
                      source.position());
  }
  CRUCIBLE_RETURN_IF_ERROR(source.status());
  readings.Finish(file);
  return absl::OkStatus();
}

// A run's stream holds its market among its decisions, in the order in which the strategies learned of it.
absl::Status ReadRunMarket(MarketFile& file, Progress& progress) {
  CRUCIBLE_ASSIGN_OR_RETURN(auto reader, engine::ReadStream(*file.journal, file.stream));
  Readings readings(file, reader->size());
  std::vector<Event> storage(reader->max_batch());
  std::vector<Event> group;
  for (std::uint64_t done = 0;;) {
    CRUCIBLE_ASSIGN_OR_RETURN(const std::size_t count, reader->Read(storage));
    if (count == 0) break;
    for (std::size_t i = 0; i < count; ++i) {
      if (!IsMarketData(storage[i].kind)) continue;
      group.push_back(storage[i]);
      if (!storage[i].EndsGroup()) continue;
      if (storage[i].instrument == file.instrument) readings.Apply(group, done + i);
      group.clear();
    }
    done += count;
    progress.Update(static_cast<double>(done) / static_cast<double>(reader->size()), done);
  }
  readings.Finish(file);
  return absl::OkStatus();
}

// What recorded sessions show, whole and in parts; absent where none of them tells.
std::vector<std::optional<Band>> BandsOf(const std::vector<MarketFile>& files) {
  std::vector<std::optional<Band>> bands(files.front().whole.size());
  const auto widen = [&](const std::vector<Fact>& found) {
    for (std::size_t i = 0; i < bands.size(); ++i) {
      if (!found[i].value) continue;
      const double value = *found[i].value;
      bands[i] = bands[i] ? Band{std::min(bands[i]->low, value), std::max(bands[i]->high, value)}
                          : Band{value, value};
    }
  };
  for (const MarketFile& file : files) {
    if (!file.recorded) continue;
    widen(file.whole);
    for (const std::vector<Fact>& part : file.parts) widen(part);
  }
  return bands;
}

bool Inside(const std::optional<Band>& band, double value) {
  return !band || (value >= band->low && value <= band->high);
}

nlohmann::ordered_json JsonOf(const std::vector<MarketFile>& files,
                              const std::vector<std::optional<Band>>& bands) {
  nlohmann::ordered_json json = nlohmann::ordered_json::array();
  for (std::size_t i = 0; i < bands.size(); ++i) {
    const Fact& fact = files.front().whole[i];
    nlohmann::ordered_json row = {{"fact", fact.name}, {"description", fact.description}};
    row["band"] =
        bands[i] ? nlohmann::ordered_json::array({bands[i]->low, bands[i]->high}) : nlohmann::ordered_json();
    for (const MarketFile& file : files) {
      const std::optional<double> value = file.whole[i].value;
      nlohmann::ordered_json entry = {{"file", file.name}, {"recorded", file.recorded}};
      entry["value"] = value ? nlohmann::ordered_json(*value) : nlohmann::ordered_json();
      entry["inside"] =
          value && bands[i] ? nlohmann::ordered_json(Inside(bands[i], *value)) : nlohmann::ordered_json();
      row["markets"].push_back(entry);
    }
    json.push_back(row);
  }
  return json;
}

void PrintTable(const std::vector<MarketFile>& files, const std::vector<std::optional<Band>>& bands) {
  std::printf("%-26s %23s", "fact", "band");
  for (const MarketFile& file : files) std::printf("  %18s", file.name.substr(0, 18).c_str());
  for (std::size_t i = 0; i < bands.size(); ++i) {
    const Fact& fact = files.front().whole[i];
    const std::string band = bands[i] ? absl::StrFormat("%.3g to %.3g", bands[i]->low, bands[i]->high) : "";
    std::printf("\n%-26s %23s", std::string(fact.name).c_str(), band.c_str());
    for (const MarketFile& file : files) {
      const std::optional<double> value = file.whole[i].value;
      const std::string text =
          value ? absl::StrFormat("%.4g%s", *value, Inside(bands[i], *value) ? " " : "!") : "- ";
      std::printf("  %18s", text.c_str());
    }
  }
  std::printf(
      "\n\nbands: lowest and highest of the recorded sessions and of the %d parts of each; !: outside\n",
      static_cast<int>(kParts));
  for (const Fact& fact : files.front().whole)
    std::printf("%-26s %s\n", std::string(fact.name).c_str(), std::string(fact.description).c_str());
}

absl::Status DoFacts(const Terminal& terminal, const FactsArguments& arguments) {
  std::vector<MarketFile> files;
  for (const std::string& path : arguments.files) {
    CRUCIBLE_ASSIGN_OR_RETURN(files.emplace_back(), OpenMarket(path, arguments.symbol));
  }
  Progress progress("reading", "records");
  for (MarketFile& file : files) {
    CRUCIBLE_RETURN_IF_ERROR(file.stream == runs::kRunStream ? ReadRunMarket(file, progress)
                                                             : ReadSessionMarket(file, progress));
  }
  progress.Clear();
  const std::vector<std::optional<Band>> bands = BandsOf(files);
  terminal.json ? static_cast<void>(std::printf("%s\n", JsonOf(files, bands).dump(2).c_str()))
                : PrintTable(files, bands);
  return absl::OkStatus();
}

}  // namespace

void AddFacts(CLI::App& app, Terminal& terminal) {
  CLI::App* command = app.add_subcommand(
      "facts", "Stylised facts of markets, beside bands from the recorded sessions among the files");
  const auto arguments = std::make_shared<FactsArguments>();
  command
      ->add_option("files", arguments->files,
                   "sessions with an order book, and runs whose venue made a market of its own")
      ->required();
  command->add_option("--symbol", arguments->symbol, "instrument, where a file has several");
  command->callback([&terminal, arguments] {
    if (const absl::Status status = DoFacts(terminal, *arguments); !status.ok()) PrintError(terminal, status);
  });
}

}  // namespace crucible::cli

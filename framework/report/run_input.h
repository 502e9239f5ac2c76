// What a report is made from: run files, and the markets they traded where those were found; files of causal
// graphs.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "framework/base/units.h"
#include "framework/book/book.h"
#include "framework/event/completeness.h"
#include "framework/event/instrument.h"
#include "framework/journal/journal.h"

namespace crucible::report {

// A session that a run traded, opened and checked by content; or the run's own stream (ordinal 0) where its
// venue made the market. Journals are borrowed; they outlive the report.
struct SessionInput {
  std::uint16_t ordinal = 0;  // as in the run's causes: 1, 2, ...
  const journal::Journal* journal = nullptr;
  std::string stream;                    // of its market records
  std::vector<Instrument> instruments;   // by file-local id
  std::vector<book::BookOptions> books;  // by file-local id
  Completeness completeness{};
  Duration max_feed_latency;
  std::optional<Duration> utc_offset;  // local time minus UTC, where the session knows it
};

// Whether the run's records were computed again and compared.
struct Verification {
  bool done = false;
  bool same = false;
  std::uint64_t compared = 0;
  std::string difference;  // where they first differ; empty when they do not
};

// The regime model of a run, as its configuration carries it.
struct RegimeModel {
  std::string kind;                   // "hmm", "hsmm", "driven"
  std::vector<std::string> features;  // that regimes differ in
  std::vector<std::vector<double>> mean, deviation;  // by regime, of each feature
  std::vector<std::string> routes;                   // names, by number
  std::size_t first_route = 0;
};

// Tick and lot size of an instrument become other ones within the run.
struct GridChange {
  std::uint32_t instrument = 0;  // the run's
  PriceDelta tick_size;
  Quantity lot_size;
  Nanos at_venue, known;
  std::uint16_t input = 0;  // the record that says so
  std::uint64_t seq = 0;
};

struct RunInput {
  std::string name;  // what people call it: the file's name
  const journal::Journal* journal = nullptr;
  std::string stream;  // of its records
  std::vector<SessionInput>
      sessions;                    // those that were found, by ordinal; a market of its own is the only one
  std::vector<SessionInput> flow;       // recorded orders that a market of its own trades again, as far as found
  std::vector<Duration> horizons;       // of markouts, ascending
  std::vector<GridChange> grid_changes;  // in order of time
  std::optional<RegimeModel> regimes;
  std::vector<std::string> causal_variables;  // of the live causal graph, by number; empty: the run has none
  Verification verification;

  bool has_own_market() const { return sessions.size() == 1 && sessions.front().ordinal == 0; }
};

// What `crucible discover -o` wrote.
struct GraphInput {
  std::string name;  // what people call it: the file's name
  const journal::Journal* journal = nullptr;
  std::string stream;
};

// Share of the work done, 0 to 1, and records read so far.
using Progress = std::function<void(double share, std::uint64_t records)>;

}  // namespace crucible::report

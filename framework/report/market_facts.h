// A run seen against the market that it traded: the market's records in order, and between them the run's own
// decisions and fills, in the order in which the engine handled them. A market that the run's venue made
// stands in the run's stream, in that very order.
//
// All times are the strategy's: when this process knew the fact. Market data stands at its recorded receive
// time; a run whose feed-latency model delays it further heard it later.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "framework/base/status.h"
#include "framework/report/activity.h"
#include "framework/report/depth.h"
#include "framework/report/run_facts.h"
#include "framework/report/run_input.h"
#include "framework/report/series.h"
#include "framework/trading/account.h"
#include "framework/trading/mid.h"
#include "framework/trading/round_trips.h"

namespace crucible::report {

struct InstrumentFacts {
  Instrument instrument;
  bool bars = false;  // `touch` then holds each bar's low and high
  Series touch;       // bid, ask; a row per change of either price
  Series position;    // quantity units, a row per fill
  Depth depth;
  Activity activity;  // what everybody traded
};

// Levels of a book beside a chain of causes: as many as `crucible why` shows.
inline constexpr std::size_t kWhyLevels = 3;

struct OrderContext {
  trading::Mid mid;   // when it was decided
  engine::WhyBook book;  // the same moment; of orders that were filled
};

struct FillContext {
  trading::Mid mid;                                // when we learned of it
  Position position;                               // after it
  std::vector<std::optional<double>> markout_bps;  // by horizon; nothing: the run ended before
};

// Before an attack and after it. Money: the account currency.
struct AttackContext {
  Money equity_before, equity_after;
  trading::Mid mid_before, mid_after;
  std::uint64_t fills = 0;       // of ours, while it lasted
  std::uint64_t against_us = 0;  // of them, those in which the predator itself traded with us
};

struct MarketFacts {
  bool complete = false;  // all of the run's market was found: without, there is no market here
  std::vector<InstrumentFacts> instruments;  // by run-level id
  std::vector<OrderContext> orders;          // as RunFacts::orders
  std::vector<FillContext> fills;            // as RunFacts::fills
  std::vector<AttackContext> attacks;        // as RunFacts::attacks
  std::vector<Money> equity_at_swaps;        // as RunFacts::swaps
  // Money units: equity, drawdown, and what was paid so far as maker, as taker, in fixed fees, and received
  // (negative), as funding and for liquidations.
  Series account;
  int currency_decimals = 8;
  std::string currency;
  std::optional<trading::Account> end;  // as the run left it
  trading::RoundTripStatistics trips;
  // Market records that caused something: by CauseRef::bits(), instrument already the run's.
  std::map<std::uint64_t, Event> causes;
  std::uint64_t records = 0;
};

// The run's ids of a session's instruments. Ids count (venue, symbol) over all sessions in ascending order.
std::vector<std::vector<std::uint32_t>> MapInstruments(const RunInput& run,
                                                       std::vector<Instrument>* instruments);

absl::StatusOr<MarketFacts> ReadMarket(const RunInput& run, const RunFacts& facts, const Progress& progress);

}  // namespace crucible::report

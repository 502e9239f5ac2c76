// Responsive replay: without an intruder, how much of a session had to be forced and how often an execution
// met its own order; with one, how far a trade of k shares moves the mid, and how fast that goes.

#include <algorithm>
#include <cmath>

#include "absl/strings/str_format.h"
#include "benchmarks/score/score.h"
#include "tests/responsive/replayed.h"

namespace crucible::score {
namespace {

using responsive::RecordedSession;
using responsive::Replayed;
using responsive::ResponsiveCounts;

constexpr std::int64_t kSecond = 1'000'000'000;
constexpr Duration kHalfLife{60 * kSecond};

struct Source {
  const char* name;
  const char* file;
  double built;  // percent: what a queue built from messages alone allows; 0: not known
};
constexpr Source kSources[] = {
    {"goog_10", "lobster/GOOG_2012-06-21_34200000_57600000_message_10.csv.zst", 62},
    {"aapl_1", "lobster/AAPL_2012-06-21_34200000_57600000_message_1.csv.zst", 18},
    {"aapl_50", "lobster/AAPL_2012-06-21_34200000_37800000_message_50.csv.zst", 99.4},
    {"bitstamp", "bitstamp_l3/bitstamp_btcusd_20150501_events.log.zst", 0},
    {"es", "databento/esh4-glbx-mdp3-20231225.mbo.dbn.zst", 0},
    {"binance_usdm", "binance/usdm_btcusdt_20240808.gz", 0},
};

double Percent(std::uint64_t part, std::uint64_t whole) {
  return whole == 0 ? 0 : 100 * static_cast<double>(part) / static_cast<double>(whole);
}

void AddFlow(Rows& rows, const Source& source, const RecordedSession& session) {
  Replayed replayed(session.instrument, session.book, kHalfLife);
  responsive::ForEachGroup(session, [&](const engine::MarketGroup& group) { replayed.Feed(group); });
  const ResponsiveCounts& c = replayed.counts();
  rows.push_back(
      {absl::StrFormat("responsive/%s/forced", source.name), Percent(c.forced(), c.records), "%", "", 0, 0,
       "stated", true,
       absl::StrFormat("%d of %d records: %d levels revealed, %d cut, %d adds posted, %d refused; %d "
                       "executions dropped",
                       c.forced(), c.records, c.revealed, c.cut, c.posted, c.refused, c.dropped)});
  const std::uint64_t met = c.hit + c.returned + c.ahead;
  const std::uint64_t named = c.executions - c.unnamed;
  const double share = Percent(met, session.book.type == book::BookType::kL2 ? c.aggressors : named);
  const double wanted = source.built;
  rows.push_back(
      {absl::StrFormat("responsive/%s/hit", source.name), share, "%",
       source.built == 0 ? "" : "queue of messages", source.built,
       source.built == 0 ? 0 : share / source.built,
       source.built == 0 ? "stated" : absl::StrFormat(">= %.1f", wanted), share >= wanted,
       absl::StrFormat("executions of named orders that met the recorded order, or (%d) what had been left in its place; "
                       "%d met another of its level; %d more were of orders that no message named, %d told an "
                       "aggressor's own side",
                       c.returned, c.stood_in - c.returned, c.unnamed, c.took)});
}

// Mid after a market order for `shares` at each of kShocks moments, against the same session without it.
struct Shock {
  double moved_ticks = 0;  // at once
  double half_life_s = 0;  // until half of that is left
};

class MidPath {
 public:
  void Sample(const Replayed& replayed, std::int64_t at) {
    const exchange::MatchingBook& book = replayed.venue->exchange().book();
    if (book.Empty(Side::kBid) || book.Empty(Side::kAsk)) return;
    mids_.emplace_back(
        at, 0.5 * static_cast<double>(book.BestPrice(Side::kBid).units + book.BestPrice(Side::kAsk).units));
  }
  double At(std::int64_t at) const {
    const auto after = std::ranges::upper_bound(mids_, at, {}, &std::pair<std::int64_t, double>::first);
    return after == mids_.begin() ? 0 : std::prev(after)->second;
  }

 private:
  std::vector<std::pair<std::int64_t, double>> mids_;
};

// One intruder's order every ten minutes, buys and sells in turn.
MidPath PathWith(const RecordedSession& session, std::int64_t shares, std::vector<std::int64_t>& moments) {
  Replayed replayed(session.instrument, session.book, kHalfLife);
  MidPath path;
  std::int64_t next = 0;
  std::uint64_t order = 0;
  moments.clear();
  responsive::ForEachGroup(session, [&](const engine::MarketGroup& group) {
    const std::int64_t at = group.exchange_time.since_epoch;
    if (next == 0) next = at + 600 * kSecond;
    if (at > next) {
      trading::OrderTerms terms;
      terms.side = order % 2 == 0 ? kBuy : kSell;
      terms.type = OrderType::kMarket;
      terms.quantity = {shares};
      if (shares > 0) replayed.Submit(++order, terms, {next});
      path.Sample(replayed, next);
      moments.push_back(next);
      next += 600 * kSecond;
    }
    replayed.Feed(group);
    path.Sample(replayed, at);
  });
  return path;
}

Shock Measure(const RecordedSession& session, const MidPath& quiet, std::int64_t shares) {
  std::vector<std::int64_t> moments;
  const MidPath moved = PathWith(session, shares, moments);
  const auto mean_at = [&](std::int64_t later) {
    double sum = 0;
    for (std::size_t i = 0; i < moments.size(); ++i) {
      const double sign = i % 2 == 0 ? 1 : -1;
      sum += sign * (moved.At(moments[i] + later) - quiet.At(moments[i] + later));
    }
    return sum / static_cast<double>(moments.size()) /
           static_cast<double>(session.instrument.tick_size.units);
  };
  Shock shock;
  shock.moved_ticks = mean_at(0);
  while (shock.half_life_s < 300 &&
         mean_at(static_cast<std::int64_t>(shock.half_life_s * kSecond)) > shock.moved_ticks / 2)
    shock.half_life_s += 0.5;
  return shock;
}

void AddShocks(Rows& rows, const RecordedSession& session, bool smoke) {
  std::vector<std::int64_t> moments;
  const MidPath quiet = PathWith(session, 0, moments);
  std::string curve;
  double first = 0, last = 0, least = 0, most = 0;
  for (const std::int64_t shares :
       smoke ? std::vector<std::int64_t>{500} : std::vector<std::int64_t>{200, 500, 1000, 2000}) {
    const Shock shock = Measure(session, quiet, shares);
    if (first == 0) {
      first = shock.moved_ticks;
      least = static_cast<double>(shares);
    }
    last = shock.moved_ticks;
    most = static_cast<double>(shares);
    curve += absl::StrFormat("%s%d: %.1f ticks", curve.empty() ? "" : ", ", shares, shock.moved_ticks);
    if (shares != 500) continue;
    rows.push_back(
        {"responsive/goog_10/shock-half-life", shock.half_life_s, "s", "anchor's half-life", 60,
         shock.half_life_s / 60, "stated", true,
         absl::StrFormat("until half of the move of a market order of 500 shares is left; mean of %d",
                         moments.size())});
  }
  if (smoke) return;
  rows.push_back({"responsive/goog_10/impact-exponent", std::log(last / first) / std::log(most / least), "",
                  "", 0, 0, "stated", true, "of the mid's move at once by size: " + curve});
}

}  // namespace

Rows ResponsiveRows(Options& options) {
  Rows rows;
  for (const Source& source : kSources) {
    if (!Wanted(options, absl::StrFormat("responsive/%s", source.name))) continue;
    const auto session = responsive::ImportRecorded(options.shared + "/data", {source.file});
    if (!session) {
      options.skipped.insert(source.file);
      continue;
    }
    AddFlow(rows, source, *session);
    if (source.built == 62) AddShocks(rows, *session, options.smoke);
    if (options.smoke) break;
  }
  return rows;
}

}  // namespace crucible::score

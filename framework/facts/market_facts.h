// Stylised facts of one instrument, from its market records in the order in which they happened.
//
//   MarketFacts facts(book_options);
//   for each group: facts.Apply(group);
//   for (const Fact& fact : facts.Take()) Print(fact.name, fact.value);
//
// Definitions (docs/guides/facts.md says how to read them; R. Cont, "Empirical properties of asset returns",
// Quantitative Finance 1, 2001, for the returns; Bouchaud, Mezard and Potters, "Statistical properties of
// stock order books", Quantitative Finance 2, 2002, for the book):
//   returns      log returns of the mid on a grid of one second; over a silence of ten minutes there is none
//   aggressor    executions and prints of one moment and side are one order; their sizes are added
//   impact       signed change of the mid from before an aggressor to one second after it, by size
//   resilience   share of the spread that an aggressor opened which is closed again one second later
//
// A fact that the records cannot tell, or of which there are too few, has no value. Memory: live orders, and
// the aggressors of the last second. Threads: thread-compatible.
#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "framework/book/book.h"
#include "framework/event/event.h"
#include "framework/facts/estimators.h"

namespace crucible::facts {

struct Fact {
  std::string_view name;         // snake_case
  std::string_view description;  // with its unit
  std::optional<double> value;
};

class MarketFacts {
 public:
  explicit MarketFacts(const book::BookOptions& options);

  // Records of the instrument that are one fact.
  void Apply(std::span<const Event> group);
  // The facts of what came since the last call, always the same list; then it begins anew, with the book as
  // it stands.
  std::vector<Fact> Take();

 private:
  struct Aggressor {
    Nanos at;
    Side side = Side::kNone;
    std::int64_t quantity = 0;
    double mid = 0, spread = 0;  // before it
    double spread_after = 0;
  };
  struct Sums {
    Tail tail;
    Moments returns_1s, returns_10s, returns_60s;
    Autocorrelation returns, absolute;
    LongMemory signs;
    Autocorrelation sign_lags;
    Moments spread, depth_share;
    Quantiles lifetimes;
    std::uint64_t adds = 0, cancels = 0;
    Moments gaps;
    Correlation volume_volatility;
    PowerLaw impact;
    double opened = 0, closed = 0;
    std::uint64_t openings = 0;
  };

  void Sample(Nanos at);
  void Return(double mid);
  void Restart();
  void CountOrders(std::span<const Event> group, Nanos at);
  void CountLevels(std::span<const Event> group);
  void CountTrade(const Event& record, Nanos at);
  void EndAggressor();
  void Resolve(Nanos at);

  book::Book book_;
  double tick_;
  Sums sums_;
  std::optional<Nanos> sampled_, last_event_;
  double volume_ = 0;  // of the last ten seconds
  int tenth_ = 0, sixtieth_ = 0;
  double mid_10s_ = 0, mid_60s_ = 0, mid_1s_ = 0;
  std::optional<Aggressor> aggressor_;
  std::deque<Aggressor> unresolved_;
  absl::flat_hash_map<std::uint64_t, std::int64_t> born_;  // order -> when it came; lookup only
};

}  // namespace crucible::facts

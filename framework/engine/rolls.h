// Futures that follow each other as one series: when a contract gives way to the next.
//
//   by date     at the first market record that the strategy side receives at or after the moment stated
//   by volume   when a day (UTC, or another length at multiples since 1970) has ended in which the next contract
//               traded more than the current one; days without a trade of either decide nothing
//
// Everything is known when it is decided: volumes are those of records received. Knows no orders and no
// money. Threads: thread-compatible.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "framework/base/hash.h"
#include "framework/base/units.h"
#include "framework/engine/venue.h"

namespace crucible::engine {

struct RollPlan {
  std::vector<InstrumentId> contracts;  // in the order in which they are held; two or more
  std::vector<Nanos> at;                // by date: one less than contracts, ascending; empty: by volume
  Duration day{86'400'000'000'000};     // by volume
  bool moves_positions = true;          // false: strategies are told, and nothing else happens
};

class Rolls {
 public:
  struct Roll {
    InstrumentId from, to;
    bool moves_positions = true;
  };

  explicit Rolls(const std::vector<RollPlan>& plans);

  // Takes what is received. Call Next() afterwards, until it has nothing more.
  void Observe(const MarketGroup& group, Nanos now);
  std::optional<Roll> Next();
  // Rolled out of, with positions to be moved, and into what.
  const std::vector<Roll>& left() const { return left_; }
  void Hash(StateHasher& hasher) const;

 private:
  struct Series {
    RollPlan plan;
    std::size_t current = 0;  // of plan.contracts
    std::int64_t day = INT64_MIN;
    std::vector<std::int64_t> traded;  // in `day`, by contract
    bool due = false;
  };
  bool Due(const Series& series, Nanos now) const;

  std::vector<Series> series_;
  std::vector<Roll> left_;
  Nanos now_{INT64_MIN};
};

}  // namespace crucible::engine

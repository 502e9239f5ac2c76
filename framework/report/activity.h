// What everybody does in a market: quantity traded per stretch of time, and how many messages of which sort.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <vector>

#include "absl/container/flat_hash_set.h"
#include "framework/base/units.h"
#include "framework/event/event.h"

namespace crucible::report {

enum class Who : std::uint8_t { kAll = 0, kOurs = 1, kPredators = 2 };

class Activity {
 public:
  static constexpr std::size_t kMaxBuckets = 800;

  Activity() = default;
  Activity(Nanos start, Nanos end);

  // One group of market data. Trades whose ids `predators` holds are theirs.
  void OnMarket(std::span<const Event> group, const absl::flat_hash_set<std::uint64_t>& predators);
  void OnFill(Nanos at, Quantity quantity) { Add(Who::kOurs, at, quantity.units); }

  // Quantity units by Who and bucket; bucket i begins at start + i x bucket().
  const std::array<std::vector<std::int64_t>, 3>& volume() const { return volume_; }
  Duration bucket() const { return bucket_; }
  std::int64_t Total(Who who) const { return totals_[static_cast<std::size_t>(who)]; }
  std::uint64_t adds() const { return adds_; }
  std::uint64_t cancels() const { return cancels_; }  // orders that left without a trade, or became smaller
  std::uint64_t trades() const { return trades_; }

 private:
  void Add(Who who, Nanos at, std::int64_t quantity);

  Nanos start_;
  Duration bucket_{1};
  std::array<std::vector<std::int64_t>, 3> volume_;
  std::array<std::int64_t, 3> totals_{};
  std::uint64_t adds_ = 0, cancels_ = 0, trades_ = 0;
};

}  // namespace crucible::report

#include "framework/report/activity.h"

#include <algorithm>

#include "framework/event/kinds.h"

namespace crucible::report {
namespace {

// Lengths that people read: the shortest that needs no more than Activity::kMaxBuckets.
constexpr std::int64_t kSecond = 1'000'000'000;
constexpr std::int64_t kLengths[] = {kSecond / 10,       kSecond / 5,     kSecond / 2,   kSecond,
                                     2 * kSecond,        5 * kSecond,     10 * kSecond,  30 * kSecond,
                                     60 * kSecond,       300 * kSecond,   900 * kSecond, 3600 * kSecond,
                                     6 * 3600 * kSecond, 86'400 * kSecond};

}  // namespace

Activity::Activity(Nanos start, Nanos end) : start_(start), bucket_{kLengths[std::size(kLengths) - 1]} {
  const std::int64_t length = std::max<std::int64_t>((end - start).nanos, 1);
  for (const std::int64_t each : kLengths) {
    if (length / each >= static_cast<std::int64_t>(kMaxBuckets)) continue;
    bucket_ = {each};
    break;
  }
  for (auto& series : volume_) series.resize(static_cast<std::size_t>(length / bucket_.nanos) + 1);
}

void Activity::Add(Who who, Nanos at, std::int64_t quantity) {
  auto& series = volume_[static_cast<std::size_t>(who)];
  const std::int64_t bucket = (at - start_).nanos / bucket_.nanos;
  series[static_cast<std::size_t>(
      std::clamp<std::int64_t>(bucket, 0, static_cast<std::int64_t>(series.size()) - 1))] += quantity;
  totals_[static_cast<std::size_t>(who)] += quantity;
}

void Activity::OnMarket(std::span<const Event> group, const absl::flat_hash_set<std::uint64_t>& predators) {
  for (const Event& event : group) {
    switch (event.kind) {
      case Kind::kOrderAdd:
        ++adds_;
        break;
      case Kind::kOrderDelete:
      case Kind::kOrderReduce:
        ++cancels_;
        break;
      case Kind::kTrade:
      case Kind::kOrderExecute: {
        const bool trade = event.kind == Kind::kTrade;
        const Quantity quantity = trade ? As<TradeBody>(event).quantity : As<ExecuteBody>(event).quantity;
        const std::uint64_t id = trade ? As<TradeBody>(event).trade_id : As<ExecuteBody>(event).trade_id;
        ++trades_;
        Add(Who::kAll, event.at(), quantity.units);
        if (predators.contains(id)) Add(Who::kPredators, event.at(), quantity.units);
        break;
      }
      case Kind::kBarVolume:
        if (trades_ > 0) break;  // the bar sums up trades that are told one by one
        Add(Who::kAll, event.at(), As<BarVolumeBody>(event).volume.units);
        break;
      default:
        break;
    }
  }
}

}  // namespace crucible::report

#include "framework/engine/rolls.h"

#include <algorithm>

#include "framework/base/check.h"
#include "framework/event/kinds.h"

namespace crucible::engine {
namespace {

std::int64_t DayOf(Nanos time, Duration day) {
  const std::int64_t whole = time.since_epoch / day.nanos;
  return time.since_epoch % day.nanos < 0 ? whole - 1 : whole;
}

std::int64_t Traded(const MarketGroup& group) {
  std::int64_t sum = 0;
  for (const Event& record : group.records) {
    if (record.kind == Kind::kTrade) sum += As<TradeBody>(record).quantity.units;
    if (record.kind == Kind::kOrderExecute) sum += As<ExecuteBody>(record).quantity.units;
    if (record.kind == Kind::kBarVolume) sum += As<BarVolumeBody>(record).volume.units;
  }
  return sum;
}

}  // namespace

Rolls::Rolls(const std::vector<RollPlan>& plans) {
  for (const RollPlan& plan : plans) {
    CRUCIBLE_CHECK(plan.contracts.size() >= 2 &&
                   (plan.at.empty() || plan.at.size() + 1 == plan.contracts.size()));
    Series& series = series_.emplace_back();
    series.plan = plan;
    series.traded.assign(plan.contracts.size(), 0);
  }
}

void Rolls::Observe(const MarketGroup& group, Nanos now) {
  now_ = now;
  for (Series& series : series_) {
    if (!series.plan.at.empty()) continue;
    const std::int64_t day = DayOf(now, series.plan.day);
    if (day != series.day) {
      const std::size_t next = series.current + 1;
      series.due = next < series.traded.size() && series.traded[next] > series.traded[series.current];
      series.day = day;
      std::ranges::fill(series.traded, 0);
    }
    const auto found = std::ranges::find(series.plan.contracts, group.instrument);
    if (found == series.plan.contracts.end()) continue;
    series.traded[static_cast<std::size_t>(found - series.plan.contracts.begin())] += Traded(group);
  }
}

bool Rolls::Due(const Series& series, Nanos now) const {
  if (series.current + 1 == series.plan.contracts.size()) return false;
  return series.plan.at.empty() ? series.due : series.plan.at[series.current] <= now;
}

std::optional<Rolls::Roll> Rolls::Next() {
  for (Series& series : series_) {
    if (!Due(series, now_)) continue;
    series.due = false;
    const InstrumentId from = series.plan.contracts[series.current];
    const Roll roll{from, series.plan.contracts[++series.current], series.plan.moves_positions};
    for (Roll& before : left_) {
      if (before.to == from) before.to = roll.to;  // what is still on its way follows
    }
    if (roll.moves_positions) left_.push_back(roll);
    return roll;
  }
  return std::nullopt;
}

void Rolls::Hash(StateHasher& hasher) const {
  for (const Series& series : series_) {
    hasher.Add(std::uint64_t{series.current});
    hasher.Add(series.day);
    for (const std::int64_t traded : series.traded) hasher.Add(traded);
  }
}

}  // namespace crucible::engine

// Records of whole levels: snapshots, levels that come into a window's view, and L2.

#include <algorithm>
#include <vector>

#include "simulators/responsive/responsive_market.h"

namespace crucible::responsive {

// ---- L2 ----

void ResponsiveMarket::ApplyLevels(const engine::MarketGroup& group) {
  const Kind first = group.records.front().kind;
  if (first == Kind::kTrade) {
    for (const Event& record : group.records) {
      cause_ = {group.input, record.seq};
      OnLevelTrade(record);
    }
    return;
  }
  if (first != Kind::kDepthHead && first != Kind::kLevel && first != Kind::kBookClear) return;
  FlushAggressor();
  cause_ = {group.input, group.records.back().seq};
  const bool snapshot = (group.records.back().flags & flag::kSnapshot) != 0;
  for (const bool growing : {false, true}) {
    for (const Event& record : group.records) {
      if (record.kind == Kind::kBookClear && !growing) OnClear();
      if (record.kind != Kind::kLevel) continue;
      const auto body = As<LevelBody>(record);
      const std::int64_t had = lots_.RecordedAt(record.side, body.price);
      if ((body.quantity.units > had) == growing)
        SetLevel(record.side, body.price, body.quantity.units, snapshot);
    }
  }
}

void ResponsiveMarket::OnLevelTrade(const Event& record) {
  if (record.kind != Kind::kTrade) return;
  ++counts_.records;
  if (record.side == Side::kNone) {
    ++counts_.unknown;
    return;
  }
  const auto body = As<TradeBody>(record);
  ++counts_.executions;
  Hold(record.side, {kNoLot, body.price, body.quantity.units, counts_.executions, cause_, false, false});
}

// ---- levels ----

void ResponsiveMarket::SetLevel(Side side, Price price, std::int64_t total, bool snapshot) {
  if (by_level_) ++counts_.records;
  const std::int64_t change = total - lots_.RecordedAt(side, price);
  if (change == 0) return;
  if (snapshot) {
    ++counts_.seeded;
  } else if (by_level_) {
    ++(change > 0 ? counts_.adds : counts_.cancels);
  } else {
    ++(change > 0 ? counts_.revealed : counts_.cut);
  }
  if (change > 0) return GrowLevel(side, price, change);
  if (LotLevel* level = lots_.LevelAt(side, price)) lots_.Loosen(*level);
  ShrinkLevel(side, price, -change);
}

void ResponsiveMarket::GrowLevel(Side side, Price price, std::int64_t by) {
  const LotIndex index = lots_.Add(side, price, 0, by);
  lots_.at(index).loose = true;
  SubmitLot(index, by, false);
}

void ResponsiveMarket::ShrinkLevel(Side side, Price price, std::int64_t by) {
  LotLevel* level = lots_.LevelAt(side, price);
  if (level == nullptr) return;
  bool gone = false;
  lots_.ForEachLotYoungestFirst(*level, [&](LotIndex index) {
    const std::int64_t own = std::min(by, lots_.at(index).recorded);
    by -= own;
    if (own > 0) gone |= Depart(index, own) > 0;
    return by > 0;
  });
  counts_.cancels_gone += gone ? 1 : 0;
}

// The book begins anew: what the record had said of it is void.
void ResponsiveMarket::OnClear() {
  FlushAggressor();
  for (const Side side : {Side::kBid, Side::kAsk}) {
    while (!lots_.levels(side).empty()) {
      const LotLevel level = lots_.levels(side).begin()->second;
      ++counts_.cut;
      lots_.ForEachLot(level, [&](LotIndex index) {
        lots_.ChangeRecorded(index, -lots_.at(index).recorded);
        Cut(index, lots_.at(index).open);
        lots_.DropIfDone(index);
        return true;
      });
    }
  }
  outlived_.clear();
  absorbed_.clear();
}

// Within the feed's window the record is complete: levels that it does not show have gone unseen, and totals
// are as it says. Beyond it, orders stay as they were last seen.
void ResponsiveMarket::CompareWindow(Side side) {
  struct Correction {
    Price price;
    std::int64_t total = 0;
  };
  std::vector<Correction> corrections;
  const Lots::Levels& ours = lots_.levels(side);
  auto at = ours.begin();
  const auto passed = [&](std::int64_t rank) {
    for (; at != ours.end() && at->first < rank; ++at)
      if (at->second.recorded > 0) corrections.push_back({Lots::PriceOf(side, at->first), 0});
  };
  recorded_.ForEachLevel(side, [&](const book::LevelView& level) {
    const std::int64_t rank = Lots::RankOf(side, level.price);
    passed(rank);
    const bool known = at != ours.end() && at->first == rank;
    if (!known || at->second.recorded != level.quantity.units)
      corrections.push_back({level.price, level.quantity.units});
    if (known) ++at;
    return true;
  });
  if (recorded_.level_count(side) < window_levels_) passed(INT64_MAX);
  for (const Correction& each : corrections) SetLevel(side, each.price, each.total, false);
}

}  // namespace crucible::responsive

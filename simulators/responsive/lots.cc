#include "simulators/responsive/lots.h"

#include "framework/base/check.h"

namespace crucible::responsive {

LotLevel& Lots::LevelOf(const Lot& lot) {
  const auto found = levels(lot.side).find(RankOf(lot.side, lot.recorded_price));
  CRUCIBLE_CHECK(found != levels(lot.side).end());
  return found->second;
}

LotLevel* Lots::LevelAt(Side side, Price recorded_price) {
  const auto found = levels(side).find(RankOf(side, recorded_price));
  return found == levels(side).end() ? nullptr : &found->second;
}

std::int64_t Lots::RecordedAt(Side side, Price recorded_price) const {
  const auto found = levels(side).find(RankOf(side, recorded_price));
  return found == levels(side).end() ? 0 : found->second.recorded;
}

LotIndex Lots::Add(Side side, Price recorded_price, std::uint64_t recorded_id, std::int64_t quantity) {
  LotIndex index;
  if (free_.empty()) {
    index = static_cast<LotIndex>(lots_.size());
    lots_.emplace_back();
  } else {
    index = free_.back();
    free_.pop_back();
    lots_[index] = {};
  }
  Lot& lot = lots_[index];
  lot.recorded_id = recorded_id;
  lot.side = side;
  lot.recorded_price = recorded_price;
  lot.recorded = quantity;
  LotLevel& level = levels(side)[RankOf(side, recorded_price)];
  level.recorded += quantity;
  lot.previous = level.last;
  (level.last == kNoLot ? level.first : lots_[level.last].next) = index;
  level.last = index;
  if (recorded_id != 0) by_id_[recorded_id] = index;
  return index;
}

LotIndex Lots::Find(std::uint64_t recorded_id) const {
  const auto found = by_id_.find(recorded_id);
  return found == by_id_.end() ? kNoLot : found->second;
}

void Lots::ChangeRecorded(LotIndex index, std::int64_t by) {
  lots_[index].recorded += by;
  LevelOf(lots_[index]).recorded += by;
}

void Lots::ChangeOpen(LotIndex index, std::int64_t by) {
  lots_[index].open += by;
  LevelOf(lots_[index]).open += by;
}

void Lots::ChangeAhead(LotIndex index, std::int64_t by) {
  lots_[index].ahead += by;
  LevelOf(lots_[index]).ahead += by;
}

void Lots::DropIfDone(LotIndex index) {
  const Lot& lot = lots_[index];
  if (lot.side == Side::kNone || lot.recorded > 0 || lot.open > 0 || lot.held > 0) return;
  if (const auto found = by_id_.find(lot.recorded_id); found != by_id_.end() && found->second == index) {
    by_id_.erase(found);
  }
  LotLevel& level = LevelOf(lot);
  level.ahead -= lot.ahead;
  (lot.previous == kNoLot ? level.first : lots_[lot.previous].next) = lot.next;
  (lot.next == kNoLot ? level.last : lots_[lot.next].previous) = lot.previous;
  if (level.first == kNoLot) levels(lot.side).erase(RankOf(lot.side, lot.recorded_price));
  lots_[index].side = Side::kNone;
  free_.push_back(index);
}

void Lots::Loosen(LotLevel& level) {
  ForEachLot(level, [&](LotIndex index) {
    lots_[index].loose = true;
    return true;
  });
}

bool Lots::InvariantsHold() const {
  for (const Side side : {Side::kBid, Side::kAsk}) {
    for (const auto& [rank, level] : levels(side)) {
      LotLevel sum;
      bool sound = level.first != kNoLot;
      ForEachLot(level, [&](LotIndex index) {
        const Lot& lot = lots_[index];
        sound &= lot.recorded >= 0 && lot.open >= 0 && lot.ahead >= 0 && lot.held >= 0 && lot.side == side &&
                 RankOf(side, lot.recorded_price) == rank;
        sum.recorded += lot.recorded;
        sum.open += lot.open;
        sum.ahead += lot.ahead;
        return true;
      });
      if (!sound || sum.recorded != level.recorded || sum.open != level.open || sum.ahead != level.ahead)
        return false;
    }
  }
  return true;
}

void Lots::Hash(StateHasher& hasher) const {
  hasher.Add(std::uint64_t{size()});
  for (const Side side : {Side::kBid, Side::kAsk}) {
    for (const auto& [rank, level] : levels(side)) {
      hasher.Add(rank);
      hasher.Add(level.recorded);
      hasher.Add(level.open);
      hasher.Add(level.ahead);
    }
  }
}

}  // namespace crucible::responsive

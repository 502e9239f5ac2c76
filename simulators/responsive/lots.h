// The recorded flow's orders at the simulated exchange, and what the record says of each.
//
// A lot is one order: what the record leaves of it, and what rests of it at the exchange. The two part when
// the exchange matched another order than the record did, or when an intruder took or spared it. Lots stand
// in levels by their *recorded* price, in order of arrival; all quantity of one level is interchangeable:
//
//   spare     what rests beyond what the record leaves: it stands in for another order of its level that was
//             matched in its place, or has outlived its record because an intruder took its execution
//   ahead     what the exchange has matched before the record tells of it (an aggressor that the feed shows
//   as an
//             order): the record's executions of it are done already
//
// Threads: thread-compatible. Memory: live lots and occupied recorded prices.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "absl/container/btree_map.h"
#include "absl/container/flat_hash_map.h"
#include "framework/base/hash.h"
#include "framework/base/units.h"

namespace crucible::responsive {

using LotIndex = std::uint32_t;
inline constexpr LotIndex kNoLot = UINT32_MAX;

struct Lot {
  std::uint64_t recorded_id = 0;  // 0: the record never named it
  OrderId id;                     // at the exchange
  Side side = Side::kNone;
  bool loose = false;  // the record does not say which of its level's orders it is
  Price recorded_price;
  Price price;                // at the exchange
  std::int64_t recorded = 0;  // what the record leaves of it
  std::int64_t open = 0;      // what rests at the exchange
  std::int64_t total = 0;     // as the exchange counts it: open and filled
  std::int64_t ahead = 0;
  std::int64_t held = 0;  // executed by the record; the aggressor who does it is not complete yet
  LotIndex previous = kNoLot, next = kNoLot;  // in its level

  std::int64_t expected() const { return recorded + held - ahead; }
  std::int64_t spare() const { return open > expected() ? open - expected() : 0; }
};

struct LotLevel {
  std::int64_t recorded = 0;  // sums over its lots
  std::int64_t open = 0;
  std::int64_t ahead = 0;
  LotIndex first = kNoLot, last = kNoLot;
};

class Lots {
 public:
  // By distance from the best price: the negative price for bids.
  using Levels = absl::btree_map<std::int64_t, LotLevel>;

  // At the end of its level's queue. `recorded_id` 0 is never found again by id.
  LotIndex Add(Side side, Price recorded_price, std::uint64_t recorded_id, std::int64_t quantity);
  // kNoLot if the record's id is not known (any more).
  LotIndex Find(std::uint64_t recorded_id) const;
  Lot& at(LotIndex index) { return lots_[index]; }
  const Lot& at(LotIndex index) const { return lots_[index]; }

  // Change one of the sums of a lot and of its level.
  void ChangeRecorded(LotIndex index, std::int64_t by);
  void ChangeOpen(LotIndex index, std::int64_t by);
  void ChangeAhead(LotIndex index, std::int64_t by);
  // Forgets the lot once the record has ended it, nothing of it rests and no aggressor is held against it; no harm if
  // it is forgotten already.
  void DropIfDone(LotIndex index);
  // The record no longer says which of the level's orders is which.
  void Loosen(LotLevel& level);

  static std::int64_t RankOf(Side side, Price price) { return -Sign(side) * price.units; }
  static Price PriceOf(Side side, std::int64_t rank) { return {-Sign(side) * rank}; }
  Levels& levels(Side side) { return levels_[static_cast<std::size_t>(side) - 1]; }
  const Levels& levels(Side side) const { return levels_[static_cast<std::size_t>(side) - 1]; }
  // nullptr where no lot stands.
  LotLevel* LevelAt(Side side, Price recorded_price);
  std::int64_t RecordedAt(Side side, Price recorded_price) const;

  // visit(LotIndex) for the lots of a level in order of arrival, or the other way round, until it returns
  // false. The visited lot may be dropped by the visit; the level too, with its last lot.
  template <class Visit>
  void ForEachLot(const LotLevel& level, Visit&& visit) const {
    for (LotIndex index = level.first; index != kNoLot;) {
      const LotIndex next = lots_[index].next;
      if (!visit(index)) return;
      index = next;
    }
  }
  template <class Visit>
  void ForEachLotYoungestFirst(const LotLevel& level, Visit&& visit) const {
    for (LotIndex index = level.last; index != kNoLot;) {
      const LotIndex previous = lots_[index].previous;
      if (!visit(index)) return;
      index = previous;
    }
  }
  std::size_t size() const { return lots_.size() - free_.size(); }
  // Sums of levels equal those of their lots; no negative quantity.
  bool InvariantsHold() const;
  void Hash(StateHasher& hasher) const;

 private:
  LotLevel& LevelOf(const Lot& lot);

  std::vector<Lot> lots_;
  std::vector<LotIndex> free_;
  absl::flat_hash_map<std::uint64_t, LotIndex> by_id_;  // lookup only
  std::array<Levels, 2> levels_;
};

}  // namespace crucible::responsive

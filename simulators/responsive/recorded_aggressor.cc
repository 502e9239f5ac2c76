// Recorded executions become marketable orders, and what the exchange made of them is held against the
// record.

#include <algorithm>
#include <utility>

#include "simulators/responsive/responsive_market.h"

namespace crucible::responsive {

// The record's side of it at once, the exchange's when the aggressor is complete.
void ResponsiveMarket::HoldExecution(Side aggressor, LotIndex lot, std::int64_t quantity, bool unnamed) {
  const std::int64_t told = std::min(quantity, lots_.at(lot).ahead);
  lots_.ChangeAhead(lot, -told);
  lots_.ChangeRecorded(lot, -quantity);
  const Price price = lots_.at(lot).recorded_price;
  std::int64_t left = quantity - told;
  const std::int64_t spent = SpendAbsorbed(aggressor, left);
  left -= spent;
  if (spent > 0) {
    ++counts_.intruded;
    Outlive(Opposite(aggressor), price);
  } else if (left == 0) {
    ++counts_.ahead;
  }
  if (left == 0) return lots_.DropIfDone(lot);
  lots_.at(lot).held += left;
  Hold(aggressor, {lot, price, left, counts_.executions, cause_, unnamed, lots_.at(lot).open == 0});
}

void ResponsiveMarket::Hold(Side aggressor, const Piece& piece) {
  if (aggressor != aggressor_ || now_ != aggressor_time_) FlushAggressor();
  pieces_.push_back(piece);
  aggressor_ = aggressor;
  aggressor_time_ = now_;
}

Price ResponsiveMarket::LimitOf(const Piece& piece) const {
  if (piece.lot != kNoLot && lots_.at(piece.lot).open > 0) return lots_.at(piece.lot).price;
  return piece.price + anchor_.OffsetAt(now_);
}

void ResponsiveMarket::SubmitAggressor(Side side, Price limit, std::int64_t quantity) {
  trading::OrderTerms terms;
  terms.side = side;
  terms.tif = TimeInForce::kImmediateOrCancel;
  terms.price = limit;
  terms.quantity = {quantity};
  fills_.clear();
  ++counts_.aggressors;
  in_recorded_ = true;
  exchange_->Submit(0, 0, terms, now_);
  in_recorded_ = false;
}

void ResponsiveMarket::FlushAggressor() {
  if (pieces_.empty()) return;
  std::int64_t quantity = 0;
  Price limit = LimitOf(pieces_.front());
  for (const Piece& piece : pieces_) {
    quantity += piece.quantity;
    const Price own = LimitOf(piece);
    if (IsBetter(aggressor_, own, limit)) limit = own;
  }
  for (const Piece& piece : pieces_)
    if (piece.lot != kNoLot) lots_.at(piece.lot).held -= piece.quantity;
  const CauseRef latest = std::exchange(cause_, pieces_.front().cause);
  SubmitAggressor(aggressor_, limit, quantity);
  cause_ = latest;
  by_level_ ? SettleLevels() : SettleOrders();
  pieces_.clear();
  aggressor_time_ = kEndOfTime;
}

void ResponsiveMarket::Outlive(Side resting, Price recorded_price) {
  if (half_life_ == Anchor::kForever) return;
  outlived_.push_back({now_ + half_life_, resting, recorded_price});
}

// Each execution is held against its own order first; what is then missing was matched by others.
void ResponsiveMarket::SettleOrders() {
  const Side resting = Opposite(aggressor_);
  bool hit = true;
  for (std::size_t i = 0; i < pieces_.size(); ++i) {
    Piece& piece = pieces_[i];
    for (Fill& fill : fills_) {
      if (fill.lot != piece.lot) continue;
      const std::int64_t own = std::min(piece.quantity, fill.quantity);
      piece.quantity -= own;
      fill.quantity -= own;
    }
    hit &= piece.quantity == 0;
    if (i + 1 < pieces_.size() && pieces_[i + 1].execution == piece.execution) continue;
    counts_.hit += hit ? 1 : 0;
    counts_.hit_unnamed += hit && piece.unnamed ? 1 : 0;
    counts_.gone += piece.gone ? 1 : 0;
    hit = true;
  }
  auto fill = fills_.begin();
  for (const Piece& piece : pieces_) {
    std::int64_t missing = piece.quantity;
    bool stood_in = false, intruded = false, returned = piece.gone;
    for (; missing > 0 && fill != fills_.end(); fill += fill->quantity == 0 ? 1 : 0) {
      const std::int64_t others = std::min(missing, fill->quantity);
      missing -= others;
      fill->quantity -= others;
      if (others == 0) continue;
      (fill->lot == kNoLot ? intruded : stood_in) = true;
      returned &= fill->lot != kNoLot && lots_.at(fill->lot).recorded == 0;
    }
    counts_.stood_in += stood_in ? 1 : 0;
    counts_.returned += stood_in && returned && missing == 0 ? 1 : 0;
    counts_.intruded += intruded ? 1 : 0;
    counts_.dropped += missing > 0 ? 1 : 0;
    counts_.dropped_quantity += missing;
    if (piece.quantity > 0) Outlive(resting, piece.price);
  }
  for (const Piece& piece : pieces_) lots_.DropIfDone(piece.lot);
  for (const Fill& each : fills_)
    if (each.lot != kNoLot) lots_.DropIfDone(each.lot);
}

// A trade of an L2 session names no order: what was matched is what the record loses, wherever it stood.
void ResponsiveMarket::SettleLevels() {
  const Side resting = Opposite(aggressor_);
  std::int64_t own = 0, stood_in = 0, intruded = 0, wanted = 0;
  for (const Piece& piece : pieces_) wanted += piece.quantity;
  for (const Fill& fill : fills_) {
    if (fill.lot == kNoLot) {
      intruded += fill.quantity;
      continue;
    }
    const Lot& lot = lots_.at(fill.lot);
    const bool at_print =
        std::ranges::any_of(pieces_, [&](const Piece& piece) { return piece.price == lot.recorded_price; });
    (at_print ? own : stood_in) += fill.quantity;
    lots_.ChangeRecorded(fill.lot, -std::min(fill.quantity, lot.recorded));
    lots_.DropIfDone(fill.lot);
  }
  const std::int64_t dropped = wanted - own - stood_in - intruded;
  counts_.hit += own == wanted ? 1 : 0;
  counts_.stood_in += stood_in > 0 ? 1 : 0;
  counts_.intruded += intruded > 0 ? 1 : 0;
  counts_.dropped += dropped > 0 ? 1 : 0;
  counts_.dropped_quantity += dropped;
  for (const Piece& piece : pieces_) {
    LotLevel* level = intruded > 0 ? lots_.LevelAt(resting, piece.price) : nullptr;
    if (level == nullptr) continue;
    Outlive(resting, piece.price);
    lots_.ForEachLot(*level, [&](LotIndex index) {
      const std::int64_t by = std::min(intruded, lots_.at(index).recorded);
      intruded -= by;
      lots_.ChangeRecorded(index, -by);
      lots_.DropIfDone(index);
      return intruded > 0;
    });
  }
}

}  // namespace crucible::responsive

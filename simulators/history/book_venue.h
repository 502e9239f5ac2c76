// What the fill models with a recorded book share: taking displayed liquidity, and being crossed by it.
//
// Taker: a marketable order walks the opposite side of the recorded book, one fill per level, up to its
// limit. What it took is remembered (taken_liquidity.h) and not there again until the feed refreshes that
// level.
//
// Crossing: when the opposite best price of the recorded book reaches a resting order of ours after a group,
// the newcomer would have met us. It fills us at our price, up to the quantity displayed at or beyond it.
//
// Stops are triggered by trade prices: a buy stop when a trade prints at or above it, a sell stop at or
// below, after the whole group; at once on arrival if the last trade already stands there. A trailing stop follows
// the group's lowest trade (a buy) or its highest (a sell) before that.
//
// Unrealistic: the market does not answer to what we take, hidden liquidity is not met, and a book that the
// feed shows crossed for a moment fills us.
#pragma once

#include <algorithm>
#include <cstdint>
#include <limits>

#include "framework/book/book_types.h"
#include "simulators/history/history_venue.h"
#include "simulators/history/taken_liquidity.h"

namespace crucible::history {

template <class Book>
class BookVenue : public HistoryVenue {
 public:
  void Hash(StateHasher& hasher) const override {
    HistoryVenue::Hash(hasher);
    book_.Hash(hasher);
    taken_.Hash(hasher);
    hasher.Add(last_trade_.units);
    hasher.Add(std::uint64_t{has_traded_});
  }
  const Book& book() const { return book_; }
  trading::Mid mid() const override {
    const book::Touch& touch = book_.touch();
    return touch.HasBoth() ? trading::Mid::Of(touch.bid_price, touch.ask_price) : trading::Mid{};
  }

 protected:
  // With `sizes_unknown` a displayed level is good for any quantity.
  BookVenue(const VenueSetup& setup, Book book, FillRule crossing_rule, bool sizes_unknown = false)
      : HistoryVenue(setup),
        book_(std::move(book)),
        crossing_rule_(crossing_rule),
        sizes_unknown_(sizes_unknown) {}

  bool KnowsMarket() const override { return !book_.stale() && !book_.empty(); }
  bool StopReached(const OwnOrder& order) const override {
    return has_traded_ && !IsBetter(order.side, order.stop_price, last_trade_);
  }

  Reason TrailFrom(Side, Price& start) const override {
    start = last_trade_;
    return has_traded_ ? Reason::kNone : Reason::kBadPrice;
  }

  std::int64_t Takeable(const OwnOrder& order, std::int64_t enough) const override {
    if (!Reaches(order, Opposite(order.side))) return 0;
    std::int64_t found = 0;
    book_.ForEachLevel(Opposite(order.side), [&](const book::LevelView& level) {
      if (!Accepts(order, level.price)) return false;
      found += Untaken(Opposite(order.side), level);
      return found < enough;
    });
    return found;
  }

  void Take(Slot slot) override {
    const Side side = orders_[slot].side;
    const OrderId id = orders_[slot].id;
    const Side opposite = Opposite(side);
    book_.ForEachLevel(opposite, [&](const book::LevelView& level) {
      const OwnOrder& order = orders_[slot];
      if (!Accepts(order, level.price)) return false;
      const std::int64_t quantity = std::min(order.open, Untaken(opposite, level));
      if (quantity == 0) return true;
      const std::int64_t filled =
          Fill(slot, {level.price, quantity, FillRule::kTookBook, false, last_cause()});
      taken_.Add(opposite, RankOf(opposite, level.price), filled, clock());
      return filled == quantity && orders_.Find(id) == slot;
    });
  }

  // Stamps what we take, in the unit of OwnOrder::arrival.
  virtual std::uint64_t clock() const { return 0; }

  // ---- for the market data of fill models ----

  // Prices of a side among which we have orders or took liquidity.
  book::PriceRange Watched(Side side) const {
    const OwnOrders::Range resting = orders_.range(side), taken = taken_.range(side);
    const std::int64_t best = std::min(resting.low, taken.low), worst = std::max(resting.high, taken.high);
    if (best > worst) return {};
    return {side == Side::kBid ? -worst : best,
            static_cast<std::uint64_t>(worst) - static_cast<std::uint64_t>(best)};
  }
  bool Watches(Side side, Price price) const {
    const std::int64_t rank = RankOf(side, price);
    return orders_.range(side).Contains(rank) || taken_.range(side).Contains(rank);
  }
  void NoteTrade(Price price) {
    last_trade_ = price;
    has_traded_ = true;
    trade_low_ = std::min(trade_low_, price);
    trade_high_ = std::max(trade_high_, price);
  }
  // Call after the last record of a group: crossings, then stops. REQUIRES: orders_.AnyListed().
  void Settle() {
    CrossOwnOrders();
    TriggerStops();
    EnforceReduceOnly();
  }
  void CrossOwnOrders() {
    CrossOwnOrders(Side::kBid);
    CrossOwnOrders(Side::kAsk);
  }
  // Forgets the group's trade prices. Call after each group in which NoteTrade() was called.
  void EndTrades() {
    trade_low_ = kNoLow;
    trade_high_ = kNoHigh;
  }

  Book book_;
  TakenLiquidity taken_;

 private:
  static constexpr Price kNoLow{INT64_MAX};
  static constexpr Price kNoHigh{INT64_MIN};

  static bool Accepts(const OwnOrder& order, Price price) {
    return !order.IsPriced() || !IsBetter(order.side, price, order.price);
  }
  bool Reaches(const OwnOrder& order, Side opposite) const {
    const book::Touch& touch = book_.touch();
    return touch.quantity(opposite).units > 0 && Accepts(order, touch.price(opposite));
  }
  std::int64_t Untaken(Side side, const book::LevelView& level) const {
    if (sizes_unknown_) return WholeLots(INT64_MAX);
    const std::int64_t taken = taken_.At(side, RankOf(side, level.price));
    return WholeLots(std::max<std::int64_t>(0, level.quantity.units - taken));
  }

  void CrossOwnOrders(Side side) {
    const Side opposite = Opposite(side);
    const book::Touch& touch = book_.touch();
    if (orders_.resting(side).empty() || touch.quantity(opposite).units == 0) return;
    if (RankOf(side, touch.price(opposite)) < orders_.resting(side).front().rank) return;
    book_.ForEachLevel(opposite, [&](const book::LevelView& level) {
      return CrossWithLevel(side, RankOf(side, level.price), level);
    });
  }
  // True when a further level may cross too.
  bool CrossWithLevel(Side side, std::int64_t rank, const book::LevelView& level) {
    std::int64_t left = Untaken(Opposite(side), level);
    while (!orders_.resting(side).empty() && rank >= orders_.resting(side).front().rank) {
      if (left == 0) return true;
      const Slot slot = orders_.resting(side).front().slot;
      const OwnOrder& order = orders_[slot];
      const std::int64_t quantity = std::min(left, order.open);
      const std::int64_t filled = Fill(slot, {order.price, quantity, crossing_rule_, true, last_cause()});
      if (filled < quantity) Cancel(slot, Reason::kReduceOnly);
      if (filled == 0) continue;
      taken_.Add(Opposite(side), RankOf(Opposite(side), level.price), filled, clock());
      left -= filled;
    }
    return false;
  }

  void TriggerStops() {
    if (trade_low_ != kNoLow) {
      Follow(Side::kBid, trade_low_);
      Follow(Side::kAsk, trade_high_);
    }
    TriggerStops(Side::kBid, trade_high_);
    TriggerStops(Side::kAsk, trade_low_);
  }
  void TriggerStops(Side side, Price reached) {
    if (reached == (side == Side::kBid ? kNoHigh : kNoLow)) return;
    while (!orders_.stops(side).empty()) {
      const Slot slot = orders_.stops(side).front().slot;
      if (IsBetter(side, orders_[slot].stop_price, reached)) return;
      orders_.Unlist(slot);
      Trigger(slot);
    }
  }

  FillRule crossing_rule_;
  bool sizes_unknown_;
  Price last_trade_;
  bool has_traded_ = false;
  Price trade_low_ = kNoLow;
  Price trade_high_ = kNoHigh;
};

}  // namespace crucible::history

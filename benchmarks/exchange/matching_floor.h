// The floor of matching: what one could write by hand for one known stream. Orders live in an array indexed
// by their number, levels in a flat window of ticks, best prices in a two-level bitmap. No ids, no errors, no
// owners, no prices outside the window, no memory bound.
#pragma once

#include <cstdint>
#include <vector>

#include "benchmarks/book/floor_book.h"
#include "benchmarks/book/market_stream.h"

namespace crucible::bench {

// Who hears of every trade and of the touch after every message.
class MatchListener {
 public:
  virtual ~MatchListener() = default;
  virtual void OnTrade(std::uint32_t symbol, std::int64_t price, std::int64_t quantity) = 0;
  virtual void OnTouch(std::uint32_t symbol, std::int64_t bid, std::int64_t bid_quantity, std::int64_t ask,
                       std::int64_t ask_quantity) = 0;
};

// Two engines that sum alike have seen the same trades and touches.
class SummingMatchListener final : public MatchListener {
 public:
  void OnTrade(std::uint32_t symbol, std::int64_t price, std::int64_t quantity) override {
    sum_ = sum_ * 5 + static_cast<std::uint64_t>(17 * price + 19 * quantity) + symbol;
    ++trades_;
  }
  void OnTouch(std::uint32_t symbol, std::int64_t bid, std::int64_t bid_quantity, std::int64_t ask,
               std::int64_t ask_quantity) override {
    sum_ =
        sum_ * 3 + static_cast<std::uint64_t>(bid + 7 * ask + 11 * bid_quantity + 13 * ask_quantity) + symbol;
  }
  std::uint64_t sum() const { return sum_; }
  std::uint64_t trades() const { return trades_; }

 private:
  std::uint64_t sum_ = 0;
  std::uint64_t trades_ = 0;
};

class MatchingFloor {
 public:
  explicit MatchingFloor(const MarketStream& stream)
      : orders_(stream.orders),
        levels_(std::size_t{2} * kWindowTicks * stream.shape.symbols),
        bits_(std::size_t{2} * stream.shape.symbols) {}

  void Apply(const Message& message, MatchListener& listener) {
    switch (message.kind) {
      case MessageKind::kAdd:
        Submit(message.order, message.symbol, message.side, message.tick, message.quantity, listener);
        break;
      case MessageKind::kReplace:
        if (Remove(message.order, message.symbol))
          Submit(message.new_order, message.symbol, message.side, message.new_tick, message.quantity,
                 listener);
        break;
      case MessageKind::kDelete:
        Remove(message.order, message.symbol);
        break;
      case MessageKind::kExecute:
      case MessageKind::kReduce:
        Reduce(message.order, message.symbol, message.quantity);
        break;
    }
    Tell(message.symbol, listener);
  }

 private:
  static constexpr std::uint32_t kNone = UINT32_MAX;
  struct Order {
    std::uint32_t quantity = 0, previous, next;  // quantity 0: not resting
    std::uint16_t tick;
    std::uint8_t side;
  };
  struct Level {
    std::uint32_t first = kNone, last = kNone;
    std::uint64_t quantity = 0;
  };

  Level& LevelAt(std::uint32_t symbol, std::uint32_t side, std::uint32_t tick) {
    return levels_[(std::size_t{2} * symbol + side) * kWindowTicks + tick];
  }
  void Submit(std::uint32_t index, std::uint32_t symbol, Side book_side, std::uint32_t tick,
              std::uint32_t quantity, MatchListener& listener) {
    const std::uint32_t side = book_side == Side::kBid ? 0 : 1;
    const TickBitmap& other = bits_[2 * symbol + (1 - side)];
    while (quantity > 0 && !other.Empty()) {
      const std::uint32_t best = side == 0 ? other.Lowest() : other.Highest();
      if (side == 0 ? best > tick : best < tick) break;
      const std::uint32_t maker = LevelAt(symbol, 1 - side, best).first;
      const std::uint32_t traded = std::min(quantity, orders_[maker].quantity);
      quantity -= traded;
      listener.OnTrade(symbol, best, traded);
      Reduce(maker, symbol, traded);
    }
    if (quantity > 0) Rest(index, symbol, side, tick, quantity);
  }
  void Rest(std::uint32_t index, std::uint32_t symbol, std::uint32_t side, std::uint32_t tick,
            std::uint32_t quantity) {
    Level& level = LevelAt(symbol, side, tick);
    orders_[index] = {quantity, level.last, kNone, static_cast<std::uint16_t>(tick),
                      static_cast<std::uint8_t>(side)};
    if (level.last == kNone) {
      level.first = index;
      bits_[2 * symbol + side].Set(tick);
    } else {
      orders_[level.last].next = index;
    }
    level.last = index;
    level.quantity += quantity;
  }
  bool Remove(std::uint32_t index, std::uint32_t symbol) {
    Order& order = orders_[index];
    if (order.quantity == 0) return false;
    Level& level = LevelAt(symbol, order.side, order.tick);
    level.quantity -= order.quantity;
    order.quantity = 0;
    (order.previous == kNone ? level.first : orders_[order.previous].next) = order.next;
    (order.next == kNone ? level.last : orders_[order.next].previous) = order.previous;
    if (level.first == kNone) bits_[2 * symbol + order.side].Reset(order.tick);
    return true;
  }
  void Reduce(std::uint32_t index, std::uint32_t symbol, std::uint32_t quantity) {
    Order& order = orders_[index];
    if (quantity >= order.quantity) {
      Remove(index, symbol);
      return;
    }
    order.quantity -= quantity;
    LevelAt(symbol, order.side, order.tick).quantity -= quantity;
  }
  void Tell(std::uint32_t symbol, MatchListener& listener) {
    const TickBitmap& bids = bits_[2 * symbol];
    const TickBitmap& asks = bits_[2 * symbol + 1];
    const std::uint32_t bid = bids.Empty() ? 0 : bids.Highest();
    const std::uint32_t ask = asks.Empty() ? 0 : asks.Lowest();
    listener.OnTouch(symbol, bid, static_cast<std::int64_t>(LevelAt(symbol, 0, bid).quantity), ask,
                     static_cast<std::int64_t>(LevelAt(symbol, 1, ask).quantity));
  }

  std::vector<Order> orders_;
  std::vector<Level> levels_;
  std::vector<TickBitmap> bits_;
};

}  // namespace crucible::bench

// What one could write by hand to keep the orders of one known stream: orders in an array indexed by their
// number, levels in a flat window of ticks, best prices in a two-level bitmap, queues as first-in first-out
// lists. No ids, no errors, no prices outside the window, no memory bound. A general book cannot be faster
// for long; how close it comes is what the races say.
#pragma once

#include <array>
#include <bit>
#include <cstdint>
#include <vector>

#include "benchmarks/book/market_stream.h"

namespace crucible::bench {

// Which of 4,096 ticks hold a level.
class TickBitmap {
 public:
  void Set(std::uint32_t tick) {
    words_[tick >> 6] |= std::uint64_t{1} << (tick & 63);
    summary_ |= std::uint64_t{1} << (tick >> 6);
  }
  void Reset(std::uint32_t tick) {
    words_[tick >> 6] &= ~(std::uint64_t{1} << (tick & 63));
    if (words_[tick >> 6] == 0) summary_ &= ~(std::uint64_t{1} << (tick >> 6));
  }
  bool Empty() const { return summary_ == 0; }
  std::uint32_t Lowest() const {
    const auto word = static_cast<std::uint32_t>(std::countr_zero(summary_));
    return (word << 6) | static_cast<std::uint32_t>(std::countr_zero(words_[word]));
  }
  std::uint32_t Highest() const {
    const auto word = static_cast<std::uint32_t>(std::bit_width(summary_) - 1);
    return (word << 6) | static_cast<std::uint32_t>(std::bit_width(words_[word]) - 1);
  }

 private:
  std::uint64_t summary_ = 0;
  std::array<std::uint64_t, 64> words_{};
};

class FloorLevels {
 public:
  static constexpr std::uint32_t kNone = UINT32_MAX;
  struct Order {
    std::uint32_t quantity = 0, previous, next;
    std::uint16_t tick;
    std::uint8_t side;  // 0 bid, 1 ask
  };
  struct Level {
    std::uint32_t first = kNone, last = kNone;
    std::uint64_t quantity = 0;
  };
  static_assert(sizeof(Order) == 16 && sizeof(Level) == 16);

  explicit FloorLevels(const MarketStream& stream)
      : orders_(stream.orders),
        levels_(std::size_t{2} * kWindowTicks * stream.shape.symbols),
        bits_(std::size_t{2} * stream.shape.symbols) {}

  Order& OrderAt(std::uint32_t index) { return orders_[index]; }
  Level& LevelAt(std::uint32_t symbol, std::uint32_t side, std::uint32_t tick) {
    return levels_[(std::size_t{2} * symbol + side) * kWindowTicks + tick];
  }
  const TickBitmap& Occupied(std::uint32_t symbol, std::uint32_t side) const {
    return bits_[2 * symbol + side];
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
  void Remove(std::uint32_t index, std::uint32_t symbol) {
    const Order& order = orders_[index];
    Level& level = LevelAt(symbol, order.side, order.tick);
    level.quantity -= order.quantity;
    (order.previous == kNone ? level.first : orders_[order.previous].next) = order.next;
    (order.next == kNone ? level.last : orders_[order.next].previous) = order.previous;
    if (level.first == kNone) bits_[2 * symbol + order.side].Reset(order.tick);
  }
  // REQUIRES: quantity < what the order has.
  void Lower(std::uint32_t index, std::uint32_t symbol, std::uint32_t quantity) {
    Order& order = orders_[index];
    order.quantity -= quantity;
    LevelAt(symbol, order.side, order.tick).quantity -= quantity;
  }
  void Tell(std::uint32_t symbol, MarketListener& listener) {
    const TickBitmap& bids = bits_[2 * symbol];
    const TickBitmap& asks = bits_[2 * symbol + 1];
    const std::uint32_t bid = bids.Empty() ? 0 : bids.Highest();
    const std::uint32_t ask = asks.Empty() ? 0 : asks.Lowest();
    listener.OnTouch(symbol, bid, static_cast<std::int64_t>(LevelAt(symbol, 0, bid).quantity), ask,
                     static_cast<std::int64_t>(LevelAt(symbol, 1, ask).quantity));
  }

 private:
  std::vector<Order> orders_;
  std::vector<Level> levels_;
  std::vector<TickBitmap> bits_;
};

}  // namespace crucible::bench

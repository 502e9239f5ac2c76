// A synthetic order-level stream in three shapes, for books to race on.
//
//   S1     1 symbol,     10,000 live orders   (fits the cache)
//   S100   100 symbols,  200,000 live orders
//   S8000  8000 symbols, 1,200,000 live orders (cache-hostile)
//
// After a fill phase of adds up to the live orders, about 46 % add, 44 % delete, 5 % replace, 2 % execute
// and 1.5 % reduce (the rest are deletes or adds that hold the number of live orders). Symbols are drawn
// uniformly; a deleted order is any live one of its symbol. Adds fall geometrically (mean 16 ticks) behind a
// mid that drifts by a tick; 1 % fall anywhere within 1,400 ticks. Prices stay inside a window of 4,096
// ticks, so that a flat array can hold them.
#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <cstdint>
#include <cstdlib>
#include <string_view>
#include <vector>

#include "framework/base/units.h"

namespace crucible::bench {

inline constexpr std::int32_t kWindowTicks = 4096;

struct StreamShape {
  std::string_view name;
  std::uint32_t symbols;
  std::uint32_t live_orders;
  std::size_t messages;
};

// True for the run of every benchmark in the test suite.
inline bool Smoke() { return std::getenv("CRUCIBLE_BENCH_SMOKE") != nullptr; }

inline std::array<StreamShape, 3> StandardShapes() {
  if (Smoke())
    return {{{"S1", 1, 1'000, 20'000}, {"S100", 100, 2'000, 20'000}, {"S8000", 800, 12'000, 20'000}}};
  return {{{"S1", 1, 10'000, 10'000'000},
           {"S100", 100, 200'000, 10'000'000},
           {"S8000", 8'000, 1'200'000, 10'000'000}}};
}

enum class MessageKind : std::uint8_t { kAdd, kDelete, kReplace, kExecute, kReduce };

struct Message {
  MessageKind kind;
  Side side;
  std::uint16_t symbol;
  std::uint32_t quantity;   // of the new order; or taken; or left
  std::uint32_t order;      // 0, 1, 2, ... over all symbols
  std::uint32_t own_order;  // 0, 1, 2, ... within the symbol
  std::uint32_t new_order;  // kReplace: the order that takes its place
  std::uint32_t new_own_order;
  std::uint16_t tick;  // of the order, within the window
  std::uint16_t new_tick;
  bool removes;  // the order is gone afterwards
};
static_assert(sizeof(Message) == 32);

struct MarketStream {
  StreamShape shape;
  std::vector<Message> fill;      // adds up to the live orders
  std::vector<Message> messages;  // what is measured
  std::uint32_t orders = 0;
};

namespace stream_internal {

class Random {  // SplitMix64
 public:
  explicit Random(std::uint64_t seed) : state_(seed) {}
  std::uint64_t Next() {
    std::uint64_t z = state_ += 0x9E3779B97F4A7C15;
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
    return z ^ (z >> 31);
  }
  std::uint32_t Below(std::uint64_t bound) {
    return static_cast<std::uint32_t>(((Next() >> 32) * bound) >> 32);
  }
  // Trials of chance 1/16 before the first success.
  std::int32_t Geometric() {
    std::int32_t failures = 0;
    while (Below(16) != 0) ++failures;
    return failures;
  }

 private:
  std::uint64_t state_;
};

struct LiveOrder {
  std::uint32_t order, own_order, quantity;
  std::uint16_t tick;
  Side side;
};

struct Symbol {
  std::int32_t mid = kWindowTicks / 2;
  std::uint32_t next_own = 0;
  std::vector<LiveOrder> live;
};

class Generator {
 public:
  Generator(const StreamShape& shape, std::uint64_t seed) : random_(seed), symbols_(shape.symbols) {}

  Message Add(std::uint16_t symbol) {
    const LiveOrder made = Make(symbol);
    symbols_[symbol].live.push_back(made);
    return {MessageKind::kAdd, made.side, symbol, made.quantity, made.order, made.own_order, 0, 0,
            made.tick,         0,         false};
  }
  Message Next(std::uint32_t target) {
    const auto symbol = static_cast<std::uint16_t>(random_.Below(symbols_.size()));
    Symbol& at = symbols_[symbol];
    const std::uint32_t roll = random_.Below(1000);
    const std::uint32_t lean = live() < target ? 20 : 0;  // holds the number of live orders
    if (at.live.empty() || roll < 453 + lean) return Add(symbol);
    if (roll < 915) return Delete(symbol, Pick(at));
    if (roll < 965) return Replace(symbol, Pick(at));
    return Take(symbol, roll < 985 ? MessageKind::kExecute : MessageKind::kReduce);
  }
  std::uint32_t live() const { return made_ - gone_; }
  std::uint32_t orders() const { return made_; }

 private:
  LiveOrder Make(std::uint16_t symbol) {
    Symbol& at = symbols_[symbol];
    if (random_.Below(64) == 0) {
      at.mid += random_.Below(2) == 0 ? -1 : 1;
      at.mid = std::clamp(at.mid, kWindowTicks / 2 - 512, kWindowTicks / 2 + 512);
    }
    const Side side = random_.Below(2) == 0 ? Side::kBid : Side::kAsk;
    const bool far = random_.Below(100) == 0;
    const std::int32_t distance =
        1 + (far ? static_cast<std::int32_t>(random_.Below(1'400)) : std::min(random_.Geometric(), 1'400));
    const std::int32_t tick = side == Side::kBid ? at.mid - distance : at.mid + distance;
    return {made_++, at.next_own++, 100 * (1 + random_.Below(10)), static_cast<std::uint16_t>(tick), side};
  }
  std::size_t Pick(const Symbol& at) { return random_.Below(at.live.size()); }
  // Executions fall near the touch: the closest to the mid of a few.
  std::size_t PickNear(const Symbol& at) {
    std::size_t best = Pick(at);
    for (int i = 0; i < 7; ++i) {
      const std::size_t other = Pick(at);
      if (std::abs(at.live[other].tick - at.mid) < std::abs(at.live[best].tick - at.mid)) best = other;
    }
    return best;
  }
  void Forget(Symbol& at, std::size_t position) {
    at.live[position] = at.live.back();
    at.live.pop_back();
    ++gone_;
  }
  Message Delete(std::uint16_t symbol, std::size_t position) {
    const LiveOrder order = symbols_[symbol].live[position];
    Forget(symbols_[symbol], position);
    return {MessageKind::kDelete, order.side, symbol, order.quantity, order.order, order.own_order, 0, 0,
            order.tick,           0,          true};
  }
  Message Replace(std::uint16_t symbol, std::size_t position) {
    const LiveOrder old = symbols_[symbol].live[position];
    LiveOrder made = Make(symbol);
    if (made.side != old.side) made.tick = old.tick;
    made.side = old.side;
    symbols_[symbol].live[position] = made;
    ++gone_;
    return {MessageKind::kReplace, old.side, symbol,    made.quantity, old.order, old.own_order, made.order,
            made.own_order,        old.tick, made.tick, true};
  }
  Message Take(std::uint16_t symbol, MessageKind kind) {
    Symbol& at = symbols_[symbol];
    const std::size_t position = kind == MessageKind::kExecute ? PickNear(at) : Pick(at);
    LiveOrder& order = at.live[position];
    const bool all = kind == MessageKind::kExecute && random_.Below(2) == 0;
    const std::uint32_t taken = all ? order.quantity : std::max(order.quantity / 2, 1U);
    Message message{kind, order.side, symbol,     taken, order.order, order.own_order,
                    0,    0,          order.tick, 0,     false};
    order.quantity -= taken;
    message.removes = order.quantity == 0;
    if (message.removes) Forget(at, position);
    return message;
  }

  Random random_;
  std::vector<Symbol> symbols_;
  std::uint32_t made_ = 0;
  std::uint32_t gone_ = 0;
};

}  // namespace stream_internal

inline MarketStream MakeStream(const StreamShape& shape, std::uint64_t seed = 42) {
  stream_internal::Generator generator(shape, seed);
  MarketStream stream{shape, {}, {}, 0};
  stream.fill.reserve(shape.live_orders);
  for (std::uint32_t i = 0; i < shape.live_orders; ++i)
    stream.fill.push_back(generator.Add(static_cast<std::uint16_t>(i % shape.symbols)));
  stream.messages.reserve(shape.messages);
  while (stream.messages.size() < shape.messages)
    stream.messages.push_back(generator.Next(shape.live_orders));
  stream.orders = generator.orders();
  return stream;
}

// Who hears of every trade, and of the touch after every message.
class MarketListener {
 public:
  virtual ~MarketListener() = default;
  virtual void OnTrade(std::uint32_t symbol, std::int64_t price, std::int64_t quantity) = 0;
  // Best prices in ticks and their quantities; an empty side is 0, 0.
  virtual void OnTouch(std::uint32_t symbol, std::int64_t bid, std::int64_t bid_quantity, std::int64_t ask,
                       std::int64_t ask_quantity) = 0;
};

// Adds everything up: two markets that sum alike have seen the same trades and touches. Called as a listener
// that the market does not know is called, and not inlined into a loop that can see who listens.
class SummingListener final : public MarketListener {
 public:
  [[gnu::noipa]] void OnTrade(std::uint32_t symbol, std::int64_t price, std::int64_t quantity) override {
    sum_ = sum_ * 5 + static_cast<std::uint64_t>(17 * price + 19 * quantity) + symbol;
    ++trades_;
  }
  [[gnu::noipa]] void OnTouch(std::uint32_t symbol, std::int64_t bid, std::int64_t bid_quantity,
                              std::int64_t ask, std::int64_t ask_quantity) override {
    sum_ =
        sum_ * 3 + static_cast<std::uint64_t>(bid + 7 * ask + 11 * bid_quantity + 13 * ask_quantity) + symbol;
  }
  std::uint64_t sum() const { return sum_; }
  std::uint64_t trades() const { return trades_; }

 private:
  std::uint64_t sum_ = 0;
  std::uint64_t trades_ = 0;
};

}  // namespace crucible::bench

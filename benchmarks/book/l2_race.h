// The standard streams as absolute level updates, over a flat floor, std::map and L2Book.
//
// Each order-level message becomes the new total of the level it changed (a replacement becomes two). No
// listener: one update is what is timed. Equal `sum`s mean that every touch was the same.
#pragma once

#include <cstdint>
#include <map>
#include <span>
#include <vector>

#include "benchmarks/book/floor_levels.h"
#include "benchmarks/book/market_stream.h"
#include "benchmarks/book/race.h"
#include "framework/book/l2_book.h"

namespace crucible::bench {

struct Delta {
  std::uint32_t quantity;
  std::uint16_t symbol;
  std::uint16_t tick;
  Side side;
};

// Level totals of a market, to turn order messages into deltas.
class LevelTotals {
 public:
  explicit LevelTotals(const MarketStream& stream)
      : totals_(std::size_t{2} * kWindowTicks * stream.shape.symbols), open_(stream.orders) {}
  void Append(const Message& m, std::vector<Delta>& out) {
    if (m.kind == MessageKind::kAdd) return Change(m, m.tick, m.order, m.quantity, out);
    if (m.kind != MessageKind::kReplace) return Change(m, m.tick, m.order, -std::int64_t{m.quantity}, out);
    Change(m, m.tick, m.order, -std::int64_t{open_[m.order]}, out);
    Change(m, m.new_tick, m.new_order, m.quantity, out);
  }

 private:
  void Change(const Message& m, std::uint16_t tick, std::uint32_t order, std::int64_t by,
              std::vector<Delta>& out) {
    std::uint32_t& total =
        totals_[(std::size_t{2} * m.symbol + (m.side == Side::kBid ? 0 : 1)) * kWindowTicks + tick];
    total = static_cast<std::uint32_t>(total + by);
    open_[order] = static_cast<std::uint32_t>(open_[order] + by);
    out.push_back({total, m.symbol, tick, m.side});
  }

  std::vector<std::uint32_t> totals_;
  std::vector<std::uint32_t> open_;
};

struct DeltaStream {
  std::uint32_t symbols = 0;
  std::vector<Delta> fill, deltas;
};

inline DeltaStream MakeDeltas(const MarketStream& stream) {
  LevelTotals totals(stream);
  DeltaStream out{stream.shape.symbols, {}, {}};
  for (const Message& message : stream.fill) totals.Append(message, out.fill);
  for (const Message& message : stream.messages) totals.Append(message, out.deltas);
  return out;
}

// A quantity per tick and a bitmap per side.
class L2Floor {
 public:
  explicit L2Floor(std::uint32_t symbols)
      : quantities_(std::size_t{2} * kWindowTicks * symbols), bits_(std::size_t{2} * symbols) {}
  void Apply(const Delta& delta) {
    const std::size_t side = SideOf(delta);
    quantities_[side * kWindowTicks + delta.tick] = delta.quantity;
    if (delta.quantity != 0) {
      bits_[side].Set(delta.tick);
    } else {
      bits_[side].Reset(delta.tick);
    }
  }
  std::uint64_t Best(const Delta& delta) const {
    const std::size_t side = SideOf(delta);
    if (bits_[side].Empty()) return 0;
    return delta.side == Side::kBid ? bits_[side].Highest() : bits_[side].Lowest();
  }

 private:
  static std::size_t SideOf(const Delta& delta) {
    return std::size_t{2} * delta.symbol + (delta.side == Side::kBid ? 0 : 1);
  }
  std::vector<std::uint32_t> quantities_;
  std::vector<TickBitmap> bits_;
};

class L2Maps {
 public:
  explicit L2Maps(std::uint32_t symbols) : sides_(std::size_t{2} * symbols) {}
  void Apply(const Delta& delta) {
    auto& levels = sides_[std::size_t{2} * delta.symbol + (delta.side == Side::kBid ? 0 : 1)];
    if (delta.quantity == 0) {
      levels.erase(delta.tick);
    } else {
      levels[delta.tick] = delta.quantity;
    }
  }
  std::uint64_t Best(const Delta& delta) const {
    const bool bid = delta.side == Side::kBid;
    const auto& levels = sides_[std::size_t{2} * delta.symbol + (bid ? 0 : 1)];
    if (levels.empty()) return 0;
    return bid ? levels.rbegin()->first : levels.begin()->first;
  }

 private:
  std::vector<std::map<std::uint32_t, std::uint32_t>> sides_;
};

class L2Books {
 public:
  explicit L2Books(std::uint32_t symbols) {
    for (std::uint32_t i = 0; i < symbols; ++i) books_.emplace_back(PriceDelta{1});
  }
  void Apply(const Delta& delta) {
    static_cast<void>(books_[delta.symbol].Set(delta.side, {delta.tick}, {delta.quantity}, 0));
  }
  std::uint64_t Best(const Delta& delta) const {
    return static_cast<std::uint64_t>(books_[delta.symbol].touch().price(delta.side).units);
  }
  std::size_t bytes() const {
    std::size_t bytes = books_.size() * sizeof(book::L2Book);
    for (const book::L2Book& book : books_) bytes += book.allocated_bytes();
    return bytes;
  }

 private:
  std::vector<book::L2Book> books_;
};

template <class Market>
RaceResult RaceL2(const DeltaStream& stream) {
  Market market(stream.symbols);
  std::uint64_t sum = 0;
  for (const Delta& delta : stream.fill) market.Apply(delta);
  const double start = ThreadCpuNanos();
  for (std::size_t i = 0; i < stream.deltas.size(); ++i) {
    market.Apply(stream.deltas[i]);
    if (i % 16 == 0) sum = sum * 3 + market.Best(stream.deltas[i]);
  }
  const double nanos = ThreadCpuNanos() - start;
  RaceResult result{nanos / static_cast<double>(stream.deltas.size()), sum, 0, 0, 0};
  if constexpr (requires { market.bytes(); }) result.book_bytes = market.bytes();
  return result;
}

}  // namespace crucible::bench

// The floor of matching: what one could write by hand for one known stream (floor_levels.h). No owners.
#pragma once

#include <algorithm>
#include <cstdint>

#include "benchmarks/book/floor_levels.h"
#include "benchmarks/book/market_stream.h"

namespace crucible::bench {

class MatchingFloor {
 public:
  explicit MatchingFloor(const MarketStream& stream) : levels_(stream) {}

  void Apply(const Message& message, MarketListener& listener) {
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
    levels_.Tell(message.symbol, listener);
  }

 private:
  void Submit(std::uint32_t index, std::uint32_t symbol, Side book_side, std::uint32_t tick,
              std::uint32_t quantity, MarketListener& listener) {
    const std::uint32_t side = book_side == Side::kBid ? 0 : 1;
    const TickBitmap& other = levels_.Occupied(symbol, 1 - side);
    while (quantity > 0 && !other.Empty()) {
      const std::uint32_t best = side == 0 ? other.Lowest() : other.Highest();
      if (side == 0 ? best > tick : best < tick) break;
      const std::uint32_t maker = levels_.LevelAt(symbol, 1 - side, best).first;
      const std::uint32_t traded = std::min(quantity, levels_.OrderAt(maker).quantity);
      quantity -= traded;
      listener.OnTrade(symbol, best, traded);
      Reduce(maker, symbol, traded);
    }
    if (quantity > 0) levels_.Rest(index, symbol, side, tick, quantity);
  }
  // An order without quantity does not rest.
  bool Remove(std::uint32_t index, std::uint32_t symbol) {
    if (levels_.OrderAt(index).quantity == 0) return false;
    levels_.Remove(index, symbol);
    levels_.OrderAt(index).quantity = 0;
    return true;
  }
  void Reduce(std::uint32_t index, std::uint32_t symbol, std::uint32_t quantity) {
    if (quantity >= levels_.OrderAt(index).quantity) {
      Remove(index, symbol);
    } else {
      levels_.Lower(index, symbol, quantity);
    }
  }

  FloorLevels levels_;
};

}  // namespace crucible::bench

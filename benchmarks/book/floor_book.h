// The floor of books: what one could write by hand for one known stream (floor_levels.h).
#pragma once

#include <cstdint>

#include "benchmarks/book/floor_levels.h"
#include "benchmarks/book/market_stream.h"

namespace crucible::bench {

class FloorMarket {
 public:
  explicit FloorMarket(const MarketStream& stream) : levels_(stream) {}

  void Apply(const Message& message, MarketListener& listener) {
    switch (message.kind) {
      case MessageKind::kAdd:
        Add(message.order, message.symbol, message.side, message.tick, message.quantity);
        break;
      case MessageKind::kReplace:
        levels_.Remove(message.order, message.symbol);
        Add(message.new_order, message.symbol, message.side, message.new_tick, message.quantity);
        break;
      case MessageKind::kDelete:
        levels_.Remove(message.order, message.symbol);
        break;
      case MessageKind::kExecute:
      case MessageKind::kReduce:
        Take(message.order, message.symbol, message.quantity);
        break;
    }
    levels_.Tell(message.symbol, listener);
  }

 private:
  void Add(std::uint32_t index, std::uint32_t symbol, Side side, std::uint32_t tick, std::uint32_t quantity) {
    levels_.Rest(index, symbol, side == Side::kBid ? 0 : 1, tick, quantity);
  }
  void Take(std::uint32_t index, std::uint32_t symbol, std::uint32_t quantity) {
    if (levels_.OrderAt(index).quantity == quantity) return levels_.Remove(index, symbol);
    levels_.Lower(index, symbol, quantity);
  }

  FloorLevels levels_;
};

}  // namespace crucible::bench

// The matching core as an entrant of the races (benchmarks/book/race.h), callable from the benchmark and the
// scoreboard.
//
// An add is a limit order, which trades where it crosses; a replacement is a cancel and a new order if the
// old one rested; executions and reductions of the stream lower an order in place.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "benchmarks/book/market_stream.h"
#include "benchmarks/book/race.h"
#include "benchmarks/exchange/matching_floor.h"
#include "simulators/exchange/matching_book.h"

namespace crucible::bench {

struct MatchingRequest {
  MessageKind kind;
  Side side;
  std::uint16_t symbol;
  std::uint32_t quantity;
  OrderId id, new_id;
  Price price, new_price;
};

struct MatchingEntrant {
  using Book = exchange::MatchingBook;
  using Input = MatchingRequest;

  static Book Make(Ids ids) { return Book({{1}, ids == Ids::kDense}); }

  static void Append(const Message& m, Ids ids, std::vector<Input>& out) {
    out.push_back({m.kind,
                   m.side,
                   m.symbol,
                   m.quantity,
                   IdOf(ids, m.order, m.own_order),
                   IdOf(ids, m.new_order, m.new_own_order),
                   {m.tick},
                   {m.new_tick}});
  }

  struct TradeTeller : exchange::PlainHandler {
    void OnTrade(exchange::OrderIndex, Price price, std::int64_t quantity, const exchange::Arrival&) {
      listener->OnTrade(symbol, price.units, quantity);
    }
    MarketListener* listener;
    std::uint32_t symbol;
  };
  static void Serve(const Input& request, Book& book, MarketListener& listener) {
    TradeTeller teller;
    teller.listener = &listener;
    teller.symbol = request.symbol;
    switch (request.kind) {
      case MessageKind::kAdd:
        book.Submit({request.id, request.side, request.price, request.quantity, 0}, teller);
        break;
      case MessageKind::kReplace:
        if (book.Cancel(request.id))
          book.Submit({request.new_id, request.side, request.new_price, request.quantity, 0}, teller);
        break;
      case MessageKind::kDelete:
        book.Cancel(request.id);
        break;
      case MessageKind::kExecute:
      case MessageKind::kReduce:
        book.Reduce(request.id, request.quantity);
        break;
    }
    const bool bids = !book.Empty(Side::kBid), asks = !book.Empty(Side::kAsk);
    listener.OnTouch(request.symbol, bids ? book.BestPrice(Side::kBid).units : 0,
                     bids ? book.BestQuantity(Side::kBid) : 0, asks ? book.BestPrice(Side::kAsk).units : 0,
                     asks ? book.BestQuantity(Side::kAsk) : 0);
  }

  template <Ahead kAhead>
  CRUCIBLE_PREFETCH static void Prefetch(const Input* request, const Input* end,
                                         const std::vector<Book>& books) {
    if (end - request <= 20) return;
    const auto prefetch = [&](const Input& later, book::PrefetchStep step) __attribute__((always_inline)) {
      books[later.symbol].Prefetch(later.id, later.side, later.price, step);
    };
    if constexpr (kAhead == Ahead::kAll) {
      books[request[20].symbol].PrefetchSelf();
      prefetch(request[15], book::PrefetchStep::kSlot);
      prefetch(request[15], book::PrefetchStep::kDirectory);
      prefetch(request[10], book::PrefetchStep::kOrder);
      prefetch(request[5], book::PrefetchStep::kQueue);
    } else {
      prefetch(request[12], book::PrefetchStep::kSlot);
      prefetch(request[6], book::PrefetchStep::kOrder);
    }
  }
  template <Ahead kAhead>
  static void Run(std::span<const Input> requests, std::vector<Book>& books, MarketListener& listener) {
    const Input* const end = requests.data() + requests.size();
    for (const Input* request = requests.data(); request != end; ++request) {
      if constexpr (kAhead != Ahead::kNothing) Prefetch<kAhead>(request, end, books);
      Serve(*request, books[request->symbol], listener);
    }
  }
};

inline RaceResult RaceMatchingFloor(const MarketStream& stream) { return RaceFloor<MatchingFloor>(stream); }
inline RaceResult RaceMatching(const MarketStream& stream, Ids ids) {
  return Race<MatchingEntrant>(stream, ids);
}

}  // namespace crucible::bench

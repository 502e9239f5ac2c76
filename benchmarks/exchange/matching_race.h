// Runs of the standard streams over the matching core and over its floor, callable from the benchmark and the
// scoreboard.
//
// An add is a limit order, which trades where it crosses; a replacement is a cancel and a new order if the
// old one rested; executions and reductions of the stream lower an order in place. One virtual listener hears
// every trade and the touch after every message. Equal sums mean that every trade and every touch was the
// same. Requests are prepared in blocks outside the clock, as a gateway would have left them; CPU time of
// this thread.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "benchmarks/book/book_race.h"
#include "benchmarks/exchange/matching_floor.h"
#include "simulators/exchange/matching_book.h"

namespace crucible::bench {

struct MatchResult {
  double ns_per_message = 0;
  std::uint64_t sum = 0;
  std::uint64_t trades = 0;
  std::size_t book_bytes = 0;  // 0 for the floor
  std::size_t orders = 0;      // resting at the end
};

namespace race_internal {

struct Request {
  MessageKind kind;
  Side side;
  std::uint16_t symbol;
  std::uint32_t quantity;
  OrderId id, new_id;
  Price price, new_price;
};

inline Request RequestOf(const Message& m, Ids ids) {
  return {m.kind,
          m.side,
          m.symbol,
          m.quantity,
          IdOf(ids, m.order, m.own_order),
          IdOf(ids, m.new_order, m.new_own_order),
          {m.tick},
          {m.new_tick}};
}

struct TradeTeller : exchange::PlainHandler {
  void OnTrade(exchange::OrderIndex, Price price, std::int64_t quantity, const exchange::Arrival&) {
    listener->OnTrade(symbol, price.units, quantity);
  }
  MatchListener* listener;
  std::uint32_t symbol;
};

inline void Serve(const Request& request, exchange::MatchingBook& book, MatchListener& listener) {
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

CRUCIBLE_PREFETCH void PrefetchRequests(std::span<const Request> requests, std::size_t i,
                                        const std::vector<exchange::MatchingBook>& books) {
  if (i + 20 >= requests.size()) return;
  const auto prefetch = [&](const Request& request, book::PrefetchStep step) __attribute__((always_inline)) {
    books[request.symbol].Prefetch(request.id, request.side, request.price, step);
  };
  books[requests[i + 20].symbol].PrefetchSelf();
  prefetch(requests[i + 15], book::PrefetchStep::kLookup);
  prefetch(requests[i + 10], book::PrefetchStep::kOrder);
  prefetch(requests[i + 5], book::PrefetchStep::kQueue);
}

template <bool kPrefetch>
void ServeAll(std::span<const Request> requests, std::vector<exchange::MatchingBook>& books,
              MatchListener& listener) {
  for (std::size_t i = 0; i < requests.size(); ++i) {
    if constexpr (kPrefetch) PrefetchRequests(requests, i, books);
    Serve(requests[i], books[requests[i].symbol], listener);
  }
}

inline std::size_t BytesOf(const std::vector<exchange::MatchingBook>& books) {
  std::size_t bytes = books.size() * sizeof(exchange::MatchingBook);
  for (const exchange::MatchingBook& book : books) bytes += book.allocated_bytes();
  return bytes;
}

}  // namespace race_internal

inline MatchResult RaceMatchingFloor(const MarketStream& stream) {
  SummingMatchListener listener;
  MatchingFloor market(stream);
  for (const Message& message : stream.fill) market.Apply(message, listener);
  std::vector<Message> block;
  const double nanos = race_internal::TimeBlocks(
      stream.messages.size(),
      [&](std::size_t begin, std::size_t end) {
        block.assign(&stream.messages[begin], &stream.messages[0] + end);
      },
      [&] {
        for (const Message& message : block) market.Apply(message, listener);
      });
  return {nanos, listener.sum(), listener.trades(), 0, 0};
}

inline MatchResult RaceMatching(const MarketStream& stream, Ids ids) {
  using namespace race_internal;
  SummingMatchListener listener;
  std::vector<exchange::MatchingBook> books;
  for (std::uint32_t i = 0; i < stream.shape.symbols; ++i)
    books.emplace_back(exchange::MatchingBook::Options{{1}, ids == Ids::kDense});
  for (const Message& message : stream.fill) Serve(RequestOf(message, ids), books[message.symbol], listener);
  const bool prefetch = BytesOf(books) > kCacheBytes;
  std::vector<Request> requests;
  const double nanos = TimeBlocks(
      stream.messages.size(),
      [&](std::size_t begin, std::size_t end) {
        requests.clear();
        for (std::size_t i = begin; i < end; ++i) requests.push_back(RequestOf(stream.messages[i], ids));
      },
      [&] {
        prefetch ? ServeAll<true>(requests, books, listener) : ServeAll<false>(requests, books, listener);
      });
  std::size_t orders = 0;
  for (const exchange::MatchingBook& book : books) orders += book.order_count();
  return {nanos, listener.sum(), listener.trades(), BytesOf(books), orders};
}

}  // namespace crucible::bench

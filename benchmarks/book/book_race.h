// Runs of the standard streams over the floor and over our books, callable from the benchmark and the
// scoreboard.
//
// Each run fills the books, then measures: inputs are prepared in blocks outside the clock, as a decoder
// would have left them, and only the application is timed, in CPU time of this thread. One virtual listener
// call per message is inside. Equal `sum`s mean that every touch was the same.
#pragma once

#include <cstdint>
#include <ctime>
#include <functional>
#include <map>
#include <span>
#include <vector>

#include "benchmarks/book/floor_book.h"
#include "benchmarks/book/market_stream.h"
#include "framework/book/l3_book.h"
#include "framework/event/event.h"
#include "framework/event/kinds.h"

namespace crucible::bench {

struct RaceResult {
  double ns_per_message = 0;
  std::uint64_t sum = 0;
  std::size_t book_bytes = 0;  // of the books; 0 for the floor
};

enum class Ids { kDense, kArbitrary };

namespace race_internal {

inline constexpr std::size_t kBlock = 4096;
// Books that take more than this are walked with their memory asked for ahead.
inline constexpr std::size_t kCacheBytes = std::size_t{2} << 20;

inline double ThreadCpuNanos() {
  timespec now{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) * 1e9 + static_cast<double>(now.tv_nsec);
}

// Calls prepare(begin, end) outside the clock and run() inside it for each block of [0, count).
template <class Prepare, class Run>
double TimeBlocks(std::size_t count, Prepare prepare, Run run) {
  double nanos = 0;
  for (std::size_t begin = 0; begin < count; begin += kBlock) {
    prepare(begin, std::min(count, begin + kBlock));
    const double start = ThreadCpuNanos();
    run();
    nanos += ThreadCpuNanos() - start;
  }
  return nanos / static_cast<double>(count);
}

inline OrderId IdOf(Ids ids, std::uint32_t order, std::uint32_t own_order) {
  if (ids == Ids::kDense) return {std::uint64_t{own_order} + 1};
  std::uint64_t z = order + 0x9E3779B97F4A7C15;  // one to one, without any pattern left
  z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
  z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
  return {z ^ (z >> 31)};
}

inline Event OrderEvent(Kind kind, const Message& m, std::uint16_t tick, OrderId id) {
  Event event;
  event.kind = kind;
  event.side = m.side;
  event.instrument = m.symbol;
  event.flags = flag::kGroupEnd;
  SetBody(event, L3Body{{tick}, {m.quantity}, id, 0});
  return event;
}

// The records of a message: one, or for a replacement a group of two.
inline void AppendEvents(const Message& m, Ids ids, std::vector<Event>& out) {
  const OrderId id = IdOf(ids, m.order, m.own_order);
  switch (m.kind) {
    case MessageKind::kAdd:
      out.push_back(OrderEvent(Kind::kOrderAdd, m, m.tick, id));
      break;
    case MessageKind::kDelete:
      out.push_back(OrderEvent(Kind::kOrderDelete, m, m.tick, id));
      break;
    case MessageKind::kExecute:
      out.push_back(OrderEvent(Kind::kOrderExecute, m, m.tick, id));
      break;
    case MessageKind::kReduce:
      out.push_back(OrderEvent(Kind::kOrderReduce, m, m.tick, id));
      break;
    case MessageKind::kReplace:
      out.push_back(OrderEvent(Kind::kOrderDelete, m, m.tick, id));
      out.back().flags = 0;
      out.push_back(OrderEvent(Kind::kOrderAdd, m, m.new_tick, IdOf(ids, m.new_order, m.new_own_order)));
      break;
  }
}

// `ahead` has at least 20 records after the last of `events`, or ends the stream.
CRUCIBLE_PREFETCH void PrefetchAhead(std::span<const Event> events, std::size_t i,
                                     const std::vector<book::L3Book>& books) {
  if (i + 20 >= events.size()) return;
  books[events[i + 20].instrument].PrefetchSelf();
  books[events[i + 15].instrument].Prefetch(events[i + 15], book::PrefetchStep::kLookup);
  books[events[i + 10].instrument].Prefetch(events[i + 10], book::PrefetchStep::kOrder);
  books[events[i + 5].instrument].Prefetch(events[i + 5], book::PrefetchStep::kQueue);
}

template <bool kPrefetch>
void ApplyGroups(std::span<const Event> events, std::vector<book::L3Book>& books, TouchListener& listener) {
  for (std::size_t i = 0; i < events.size();) {
    std::size_t end = i + 1;
    while (!events[end - 1].EndsGroup()) ++end;
    if constexpr (kPrefetch) PrefetchAhead(events, i, books);
    book::L3Book& book = books[events[i].instrument];
    book.Apply(events.subspan(i, end - i));
    const book::Touch& touch = book.touch();
    listener.OnTouch(events[i].instrument, touch.bid_price.units, touch.bid_quantity.units,
                     touch.ask_price.units, touch.ask_quantity.units);
    i = end;
  }
}

inline std::size_t BytesOf(const std::vector<book::L3Book>& books) {
  std::size_t bytes = books.size() * sizeof(book::L3Book);
  for (const book::L3Book& book : books) bytes += book.allocated_bytes();
  return bytes;
}

}  // namespace race_internal

inline RaceResult RaceFloor(const MarketStream& stream) {
  SummingListener listener;
  FloorMarket market(stream);
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
  return {nanos, listener.sum(), 0};
}

inline RaceResult RaceBooks(const MarketStream& stream, Ids ids) {
  using namespace race_internal;
  SummingListener listener;
  std::vector<book::L3Book> books;
  for (std::uint32_t i = 0; i < stream.shape.symbols; ++i)
    books.emplace_back(book::L3Options{{1}, 0, ids == Ids::kDense});
  std::vector<Event> events;
  for (const Message& message : stream.fill) {
    events.clear();
    AppendEvents(message, ids, events);
    ApplyGroups<false>(events, books, listener);
  }
  const bool prefetch = BytesOf(books) > kCacheBytes;
  const double nanos = TimeBlocks(
      stream.messages.size(),
      [&](std::size_t begin, std::size_t end) {
        events.clear();
        for (std::size_t i = begin; i < end; ++i) AppendEvents(stream.messages[i], ids, events);
      },
      [&] {
        prefetch ? ApplyGroups<true>(events, books, listener) : ApplyGroups<false>(events, books, listener);
      });
  return {nanos, listener.sum(), BytesOf(books)};
}

}  // namespace crucible::bench

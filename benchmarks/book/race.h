// Runs of the standard streams over floors and over books of ours.
//
// Each run fills the market, then measures: inputs are prepared in blocks outside the clock, as a decoder or
// a gateway would have left them, and only their application is timed, in CPU time of this thread. One
// virtual listener call per message, and per trade, is inside. Equal sums mean that every trade and every
// touch was the same.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <ctime>
#include <span>
#include <vector>

#include "benchmarks/book/market_stream.h"
#include "framework/base/units.h"

namespace crucible::bench {

struct RaceResult {
  double ns_per_message = 0;
  std::uint64_t sum = 0;
  std::uint64_t trades = 0;
  std::size_t book_bytes = 0;  // 0 for a floor
  std::size_t orders = 0;      // resting at the end; 0 for a floor
};

enum class Ids { kDense, kArbitrary };

inline OrderId IdOf(Ids ids, std::uint32_t order, std::uint32_t own_order) {
  if (ids == Ids::kDense) return {std::uint64_t{own_order} + 1};
  std::uint64_t z = order + 0x9E3779B97F4A7C15;  // one to one, without any pattern left
  z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
  z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
  return {z ^ (z >> 31)};
}

inline double ThreadCpuNanos() {
  timespec now{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) * 1e9 + static_cast<double>(now.tv_nsec);
}

// Calls prepare(begin, end) outside the clock and run() inside it for each block of [0, count).
template <class Prepare, class Run>
double TimeBlocks(std::size_t count, Prepare prepare, Run run) {
  constexpr std::size_t kBlock = 4096;
  double nanos = 0;
  for (std::size_t begin = 0; begin < count; begin += kBlock) {
    prepare(begin, std::min(count, begin + kBlock));
    const double start = ThreadCpuNanos();
    run();
    nanos += ThreadCpuNanos() - start;
  }
  return nanos / static_cast<double>(count);
}

template <class Floor>
RaceResult RaceFloor(const MarketStream& stream) {
  SummingListener listener;
  Floor market(stream);
  for (const Message& message : stream.fill) market.Apply(message, listener);
  std::vector<Message> block;
  const auto prepare = [&](std::size_t begin, std::size_t end) {
    block.assign(&stream.messages[begin], &stream.messages[0] + end);
  };
  const double nanos = TimeBlocks(stream.messages.size(), prepare, [&] {
    for (const Message& message : block) market.Apply(message, listener);
  });
  return {nanos, listener.sum(), listener.trades(), 0, 0};
}

// How much of the books' memory is asked for ahead of its use: nothing where they fit into the second level
// of a usual cache, the orders where they fit into the third, and otherwise everything.
enum class Ahead { kNothing, kOrders, kAll };

inline Ahead AheadFor(std::size_t bytes) {
  if (bytes <= std::size_t{2} << 20) return Ahead::kNothing;
  return bytes <= std::size_t{32} << 20 ? Ahead::kOrders : Ahead::kAll;
}

// An entrant is a book with its inputs:
//   Book, Input
//   static Book Make(Ids)
//   static void Append(const Message&, Ids, std::vector<Input>&)
//   template <Ahead> static void Run(std::span<const Input>, std::vector<Book>&, MarketListener&)
template <class Entrant>
RaceResult Race(const MarketStream& stream, Ids ids) {
  std::vector<typename Entrant::Book> books;
  for (std::uint32_t i = 0; i < stream.shape.symbols; ++i) books.push_back(Entrant::Make(ids));
  const auto bytes = [&] {
    std::size_t sum = books.size() * sizeof books[0];
    for (const auto& book : books) sum += book.allocated_bytes();
    return sum;
  };
  SummingListener listener;
  std::vector<typename Entrant::Input> block;
  for (const Message& message : stream.fill) {
    block.clear();
    Entrant::Append(message, ids, block);
    Entrant::template Run<Ahead::kNothing>(block, books, listener);
  }
  const auto prepare = [&](std::size_t begin, std::size_t end) {
    block.clear();
    for (std::size_t i = begin; i < end; ++i) Entrant::Append(stream.messages[i], ids, block);
  };
  RaceResult result;
  switch (AheadFor(bytes())) {
    case Ahead::kNothing:
      result.ns_per_message = TimeBlocks(stream.messages.size(), prepare, [&] {
        Entrant::template Run<Ahead::kNothing>(block, books, listener);
      });
      break;
    case Ahead::kOrders:
      result.ns_per_message = TimeBlocks(stream.messages.size(), prepare, [&] {
        Entrant::template Run<Ahead::kOrders>(block, books, listener);
      });
      break;
    case Ahead::kAll:
      result.ns_per_message = TimeBlocks(stream.messages.size(), prepare,
                                         [&] { Entrant::template Run<Ahead::kAll>(block, books, listener); });
  }
  result.sum = listener.sum();
  result.trades = listener.trades();
  result.book_bytes = bytes();
  for (const auto& book : books) result.orders += book.order_count();
  return result;
}

}  // namespace crucible::bench

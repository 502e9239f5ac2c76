// The book of single orders as an entrant of the races (race.h), callable from the benchmark and the
// scoreboard.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "benchmarks/book/floor_book.h"
#include "benchmarks/book/market_stream.h"
#include "benchmarks/book/race.h"
#include "framework/book/l3_book.h"
#include "framework/event/event.h"
#include "framework/event/kinds.h"

namespace crucible::bench {

struct BookEntrant {
  using Book = book::L3Book;
  using Input = Event;

  static Book Make(Ids ids) { return Book({{1}, 0, ids == Ids::kDense}); }

  static Event RecordOf(Kind kind, const Message& m, std::uint16_t tick, OrderId id) {
    Event event;
    event.kind = kind;
    event.side = m.side;
    event.instrument = m.symbol;
    event.flags = flag::kGroupEnd;
    SetBody(event, L3Body{{tick}, {m.quantity}, id, 0});
    return event;
  }
  static Kind KindOf(MessageKind kind) {
    switch (kind) {
      case MessageKind::kAdd:
        return Kind::kOrderAdd;
      case MessageKind::kExecute:
        return Kind::kOrderExecute;
      case MessageKind::kReduce:
        return Kind::kOrderReduce;
      default:
        return Kind::kOrderDelete;
    }
  }
  // One record, or for a replacement a group of two.
  static void Append(const Message& m, Ids ids, std::vector<Event>& out) {
    out.push_back(RecordOf(KindOf(m.kind), m, m.tick, IdOf(ids, m.order, m.own_order)));
    if (m.kind != MessageKind::kReplace) return;
    out.back().flags = 0;
    out.push_back(RecordOf(Kind::kOrderAdd, m, m.new_tick, IdOf(ids, m.new_order, m.new_own_order)));
  }

  template <Ahead kAhead>
  CRUCIBLE_PREFETCH static void Prefetch(const Event* record, const Event* end,
                                         const std::vector<Book>& books) {
    if (end - record <= 20) return;
    const auto prefetch = [&](const Event& later, book::PrefetchStep step) __attribute__((always_inline)) {
      books[later.instrument].Prefetch(later, step);
    };
    if constexpr (kAhead == Ahead::kAll) {
      books[record[20].instrument].PrefetchSelf();
      prefetch(record[15], book::PrefetchStep::kSlot);
      prefetch(record[15], book::PrefetchStep::kDirectory);
      prefetch(record[10], book::PrefetchStep::kOrder);
      prefetch(record[5], book::PrefetchStep::kQueue);
    } else {
      prefetch(record[12], book::PrefetchStep::kSlot);
      prefetch(record[6], book::PrefetchStep::kOrder);
    }
  }
  template <Ahead kAhead>
  static void Run(std::span<const Event> records, std::vector<Book>& books, MarketListener& listener) {
    const Event* const end = records.data() + records.size();
    for (const Event* record = records.data(); record != end;) {
      if constexpr (kAhead != Ahead::kNothing) Prefetch<kAhead>(record, end, books);
      const Event* const first = record;
      while (!record++->EndsGroup()) {
      }
      Book& book = books[first->instrument];
      book.Apply({first, record});
      const book::Touch& touch = book.touch();
      listener.OnTouch(first->instrument, touch.bid_price.units, touch.bid_quantity.units,
                       touch.ask_price.units, touch.ask_quantity.units);
    }
  }
};

inline RaceResult RaceBookFloor(const MarketStream& stream) { return RaceFloor<FloorMarket>(stream); }
inline RaceResult RaceBooks(const MarketStream& stream, Ids ids) { return Race<BookEntrant>(stream, ids); }

}  // namespace crucible::bench

// The book of one instrument, whatever its feed can carry: one way to apply records and one way to read.
//
//   Book book({.type = BookType::kL2, .tick_size = instrument.tick_size});
//   if (book.Apply(group).touch_changed) Quote(book.touch());
//   book.ForEachLevel(Side::kBid, [&](const LevelView& level) { ...; return true; });
//
// The touch is a plain struct, kept up to date; everything else asks the book behind it. Questions that only
// single orders can answer are on L3Book: see l3().
//
// A feed gap leaves an L2 or L3 book stale until a book_clear starts a new snapshot. The book goes on
// applying records meanwhile, and the reader decides. Quotes are whole each time, so a quote book is never
// stale.
//
// Determinism: the state depends only on the sequence of records. Threads: thread-compatible.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <variant>

#include "framework/base/hash.h"
#include "framework/book/book_types.h"
#include "framework/book/l2_book.h"
#include "framework/book/l3_book.h"
#include "framework/book/quote_book.h"
#include "framework/event/event.h"

namespace crucible::book {

enum class BookType : std::uint8_t { kQuotes = 1, kL2 = 2, kL3 = 3 };

struct BookOptions {
  BookType type = BookType::kL2;
  PriceDelta tick_size{1};          // > 0
  std::uint32_t window_levels = 0;  // L3: best levels per side that the feed shows; 0 = all
  bool dense_ids = false;           // L3: order ids are handed out nearly in sequence
};

class Book {
  template <class F>
  decltype(auto) Visit(F&& f) const {
    switch (book_.index()) {
      case 0:
        return f(*std::get_if<0>(&book_));
      case 1:
        return f(*std::get_if<1>(&book_));
      default:
        return f(*std::get_if<2>(&book_));
    }
  }

 public:
  explicit Book(const BookOptions& options);

  // Applies one group of market records. Records that change no book (trades, bars, status) are passed over;
  // a refusal never stops the rest of the group.
  ApplyResult Apply(std::span<const Event> group);
  void Clear();
  // From now on prices count by this tick. What the book shows stays; only how fast it is found changes.
  void ChangeTick(PriceDelta tick_size);

  BookType type() const { return static_cast<BookType>(book_.index() + 1); }
  // Records were lost and no snapshot has come since.
  bool stale() const {
    return Visit([](const auto& book) { return book.stale(); });
  }

  const Touch& touch() const {
    return Visit([](const auto& book) -> const Touch& { return book.touch(); });
  }
  bool IsCrossed() const { return touch().IsCrossed(); }
  bool empty() const {
    return Visit([](const auto& book) { return book.empty(); });
  }
  std::size_t level_count(Side side) const {
    return Visit([&](const auto& book) { return book.level_count(side); });
  }
  std::optional<LevelView> Best(Side side) const {
    return Visit([&](const auto& book) { return book.Best(side); });
  }
  // Level `n` from the touch, 0 is the best. O(n).
  std::optional<LevelView> LevelAt(Side side, std::size_t n) const {
    return Visit([&](const auto& book) { return book.LevelAt(side, n); });
  }
  // 0 where there is no level.
  Quantity QuantityAt(Side side, Price price) const {
    return Visit([&](const auto& book) { return book.QuantityAt(side, price); });
  }
  // Fills `out` from the best level on; returns how many levels there were to fill.
  std::size_t Depth(Side side, std::span<LevelView> out) const {
    return Visit([&](const auto& book) { return book.Depth(side, out); });
  }
  // Calls visit(LevelView) from best to worst until it returns false.
  template <class V>
  void ForEachLevel(Side side, V&& visit) const {
    Visit([&](const auto& book) { book.ForEachLevel(side, visit); });
  }

  // The book behind this one; nullptr if it is of another type.
  const L3Book* l3() const { return std::get_if<L3Book>(&book_); }
  const L2Book* l2() const { return std::get_if<L2Book>(&book_); }

  const BookCounters& counters() const {
    return Visit([](const auto& book) -> const BookCounters& { return book.counters(); });
  }
  // Canonical: depends on what the book shows (and whether it is stale), not on how it came to be.
  void Hash(StateHasher& hasher) const {
    hasher.Add(std::uint64_t{book_.index()});
    Visit([&](const auto& book) { book.Hash(hasher); });
  }
  bool InvariantsHold() const {
    return Visit([](const auto& book) { return book.InvariantsHold(); });
  }
  std::size_t allocated_bytes() const {
    return Visit([](const auto& book) { return book.allocated_bytes(); });
  }

 private:
  std::variant<QuoteBook, L2Book, L3Book> book_;
};

}  // namespace crucible::book

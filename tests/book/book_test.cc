#include "framework/book/book.h"

#include <gtest/gtest.h>

#include <vector>

namespace crucible::book {
namespace {

Event Record(Kind kind, Side side, std::int64_t price, std::int64_t quantity, std::uint64_t id) {
  Event event;
  event.kind = kind;
  event.side = side;
  SetBody(event, L3Body{{price}, {quantity}, {id}, 0});
  return event;
}
Event Level(Side side, std::int64_t price, std::int64_t quantity, std::int64_t orders = 0) {
  Event event;
  event.kind = Kind::kLevel;
  event.side = side;
  SetBody(event, LevelBody{{price}, {quantity}, 0, orders});
  return event;
}
Event Quote(Side side, std::int64_t price, std::int64_t quantity) {
  Event event;
  event.kind = Kind::kQuote;
  event.side = side;
  SetBody(event, QuoteBody{{price}, {quantity}, 0, 0});
  return event;
}
Event Plain(Kind kind) {
  Event event;
  event.kind = kind;
  return event;
}

Hash128 HashOf(const Book& book) {
  StateHasher hasher;
  book.Hash(hasher);
  return hasher.value();
}

Book Make(BookType type, std::uint32_t window = 0) { return Book({.type = type, .window_levels = window}); }

TEST(BookTest, EveryTypeShowsTheSameTouchForTheSameMarket) {
  Book quotes = Make(BookType::kQuotes);
  Book l2 = Make(BookType::kL2);
  Book l3 = Make(BookType::kL3);
  EXPECT_TRUE(quotes.Apply(std::vector{Quote(Side::kBid, 99, 5), Quote(Side::kAsk, 101, 7)}).touch_changed);
  EXPECT_TRUE(
      l2.Apply(std::vector{Plain(Kind::kDepthHead), Level(Side::kBid, 99, 5), Level(Side::kAsk, 101, 7)})
          .touch_changed);
  EXPECT_TRUE(l3.Apply(std::vector{Record(Kind::kOrderAdd, Side::kBid, 99, 5, 1)}).touch_changed);
  EXPECT_TRUE(l3.Apply(std::vector{Record(Kind::kOrderAdd, Side::kAsk, 101, 7, 2)}).touch_changed);
  const Touch expected{{99}, {5}, {101}, {7}};
  for (const Book* book : {&quotes, &l2, &l3}) {
    EXPECT_EQ(book->touch(), expected);
    EXPECT_EQ(book->touch().mid(), 100.0);
    EXPECT_EQ(book->LevelAt(Side::kBid, 0)->price, Price{99});
    EXPECT_EQ(book->LevelAt(Side::kBid, 1), std::nullopt);
    EXPECT_EQ(book->QuantityAt(Side::kAsk, {101}), Quantity{7});
    EXPECT_EQ(book->level_count(Side::kAsk), 1U);
    EXPECT_FALSE(book->empty());
    EXPECT_FALSE(book->IsCrossed());
    EXPECT_TRUE(book->InvariantsHold());
  }
}

TEST(BookTest, AGroupThatEndsWhereItBeganDidNotChangeTheTouch) {
  for (BookType type : {BookType::kL2, BookType::kL3}) {
    Book book = Make(type);
    book.Apply(std::vector{Level(Side::kBid, 99, 5)});
    EXPECT_FALSE(book.Apply(std::vector{Level(Side::kBid, 100, 1), Level(Side::kBid, 100, 0)}).touch_changed);
    EXPECT_FALSE(book.Apply(std::vector{Level(Side::kBid, 98, 3)}).touch_changed);
    EXPECT_TRUE(book.Apply(std::vector{Level(Side::kBid, 99, 4)}).touch_changed);
    EXPECT_TRUE(book.Apply(std::vector{Level(Side::kBid, 99, 0)}).touch_changed);
  }
}

TEST(BookTest, TradesBarsAndStatusChangeNothing) {
  for (BookType type : {BookType::kQuotes, BookType::kL2, BookType::kL3}) {
    Book book = Make(type);
    const Hash128 before = HashOf(book);
    for (Kind kind : {Kind::kTrade, Kind::kBar, Kind::kBarVolume, Kind::kTradingStatus, Kind::kDefinition})
      EXPECT_FALSE(book.Apply(std::vector{Plain(kind)}).touch_changed);
    EXPECT_EQ(HashOf(book), before);
    EXPECT_EQ(book.counters(), BookCounters{});
  }
}

TEST(BookTest, RecordsForAnotherTypeOfBookAreCounted) {
  Book l2 = Make(BookType::kL2);
  l2.Apply(std::vector{Record(Kind::kOrderAdd, Side::kBid, 99, 5, 1), Quote(Side::kBid, 99, 5)});
  EXPECT_EQ(l2.counters().foreign_records, 2U);
  Book quotes = Make(BookType::kQuotes);
  quotes.Apply(std::vector{Level(Side::kBid, 99, 5)});
  EXPECT_EQ(quotes.counters().foreign_records, 1U);
  EXPECT_TRUE(quotes.empty());
}

TEST(BookTest, ARefusalIsReportedAndTheRestOfTheGroupApplied) {
  Book book = Make(BookType::kL3);
  const ApplyResult result = book.Apply(std::vector{Record(Kind::kOrderDelete, Side::kBid, 99, 5, 77),
                                                    Record(Kind::kOrderAdd, Side::kBid, 99, 5, 1),
                                                    Record(Kind::kOrderAdd, Side::kBid, 99, 5, 1)});
  EXPECT_EQ(result.error, BookError::kUnknownOrder);
  EXPECT_TRUE(result.touch_changed);
  EXPECT_EQ(book.counters().duplicate_orders, 1U);
}

TEST(BookTest, AClearAloneForgetsTheTouch) {
  for (BookType type : {BookType::kL2, BookType::kL3}) {
    Book book = Make(type);
    book.Apply(type == BookType::kL2 ? std::vector{Level(Side::kBid, 99, 5), Level(Side::kAsk, 101, 5)}
                                     : std::vector{Record(Kind::kOrderAdd, Side::kBid, 99, 5, 1),
                                                   Record(Kind::kOrderAdd, Side::kAsk, 101, 5, 2)});
    ASSERT_TRUE(book.touch().HasBid() && book.touch().HasAsk());
    book.Apply(std::vector{Plain(Kind::kBookClear)});
    EXPECT_FALSE(book.touch().HasBid());
    EXPECT_FALSE(book.touch().HasAsk());
  }
}

TEST(BookTest, AGapMakesTheBookStaleUntilASnapshotBegins) {
  for (BookType type : {BookType::kL2, BookType::kL3}) {
    Book book = Make(type);
    book.Apply(std::vector{Level(Side::kBid, 99, 5)});
    book.Apply(std::vector{Plain(Kind::kFeedGap)});
    EXPECT_TRUE(book.stale());
    EXPECT_FALSE(book.empty());
    EXPECT_TRUE(book.Apply(std::vector{Plain(Kind::kBookClear), Level(Side::kBid, 98, 5)}).touch_changed);
    EXPECT_FALSE(book.stale());
    EXPECT_EQ(book.level_count(Side::kBid), 1U);
  }
}

TEST(BookTest, EveryOrderRecordReachesTheL3Book) {
  Book book = Make(BookType::kL3);
  const auto apply = [&](Kind kind, std::int64_t price, std::int64_t quantity, std::uint64_t id) {
    return book.Apply(std::vector{Record(kind, Side::kBid, price, quantity, id)}).error;
  };
  EXPECT_EQ(apply(Kind::kOrderAdd, 99, 5, 1), BookError::kNone);
  EXPECT_EQ(apply(Kind::kOrderAdd, 99, 6, 2), BookError::kNone);
  EXPECT_EQ(apply(Kind::kOrderReduce, 99, 1, 1), BookError::kNone);
  EXPECT_EQ(apply(Kind::kOrderExecute, 99, 2, 1), BookError::kNone);
  EXPECT_EQ(book.l3()->Find({1})->quantity, Quantity{2});
  EXPECT_EQ(apply(Kind::kOrderModify, 98, 9, 2), BookError::kNone);
  EXPECT_EQ(book.QuantityAt(Side::kBid, {98}), Quantity{9});
  EXPECT_EQ(apply(Kind::kOrderDelete, 99, 2, 1), BookError::kNone);
  EXPECT_EQ(book.touch().bid_price, Price{98});
}

TEST(BookTest, TheWindowIsCutOnlyWhenTheGroupEnds) {
  Book book = Make(BookType::kL3, 1);
  book.Apply(std::vector{Record(Kind::kOrderAdd, Side::kBid, 98, 5, 1)});
  // The better level comes and goes within one group: the first one must survive it.
  book.Apply(std::vector{Record(Kind::kOrderAdd, Side::kBid, 99, 5, 2),
                         Record(Kind::kOrderDelete, Side::kBid, 99, 5, 2)});
  EXPECT_TRUE(book.l3()->Find({1}).has_value());
  book.Apply(std::vector{Record(Kind::kOrderAdd, Side::kBid, 99, 5, 3)});
  EXPECT_FALSE(book.l3()->Find({1}).has_value());
}

TEST(BookTest, TheHashTellsBooksApart) {
  Book a = Make(BookType::kL3);
  Book b = Make(BookType::kL3);
  a.Apply(std::vector{Record(Kind::kOrderAdd, Side::kBid, 99, 5, 1),
                      Record(Kind::kOrderAdd, Side::kBid, 99, 5, 2)});
  b.Apply(std::vector{Record(Kind::kOrderAdd, Side::kBid, 99, 5, 2),
                      Record(Kind::kOrderAdd, Side::kBid, 99, 5, 1)});
  EXPECT_EQ(a.touch(), b.touch());
  EXPECT_NE(HashOf(a), HashOf(b));  // the queue is another
}

TEST(BookTest, AQuoteOfNothingEmptiesItsSide) {
  Book book = Make(BookType::kQuotes);
  book.Apply(std::vector{Quote(Side::kBid, 99, 5), Quote(Side::kAsk, 101, 7)});
  EXPECT_TRUE(book.Apply(std::vector{Quote(Side::kBid, 0, 0), Quote(Side::kAsk, 101, 7)}).touch_changed);
  EXPECT_FALSE(book.touch().HasBid());
  EXPECT_EQ(book.Best(Side::kBid), std::nullopt);
  EXPECT_EQ(book.level_count(Side::kAsk), 1U);
}

TEST(BookTest, DepthFillsFromTheBestLevelOn) {
  Book book = Make(BookType::kL2);
  book.Apply(std::vector{Level(Side::kAsk, 103, 3), Level(Side::kAsk, 101, 1), Level(Side::kAsk, 102, 2)});
  std::vector<LevelView> out(2);
  EXPECT_EQ(book.Depth(Side::kAsk, out), 2U);
  EXPECT_EQ(out[0], (LevelView{{101}, {1}, 0}));
  EXPECT_EQ(out[1], (LevelView{{102}, {2}, 0}));
  EXPECT_EQ(book.Depth(Side::kBid, out), 0U);
}

}  // namespace
}  // namespace crucible::book

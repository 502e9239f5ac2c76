#include "framework/book/l3_book.h"

#include <gtest/gtest.h>

#include "framework/base/random.h"
#include "tests/book/naive_books.h"
#include "tests/book/random_flow.h"

namespace crucible::book {
namespace {

Hash128 HashOf(const L3Book& book) {
  StateHasher hasher;
  book.Hash(hasher);
  return hasher.value();
}

std::vector<OrderView> QueueOf(const L3Book& book, Side side, Price price) {
  std::vector<OrderView> out;
  book.ForEachOrder(side, price, [&](const OrderView& order) {
    out.push_back(order);
    return true;
  });
  return out;
}

// ---- stories ----

class L3BookTest : public testing::Test {
 protected:
  OrderId Bid(std::int64_t price, std::int64_t quantity) { return Place(Side::kBid, price, quantity); }
  OrderId Ask(std::int64_t price, std::int64_t quantity) { return Place(Side::kAsk, price, quantity); }
  OrderId Place(Side side, std::int64_t price, std::int64_t quantity) {
    const OrderId id{++last_id_};
    EXPECT_EQ(book_.Add(side, {price}, {quantity}, id), BookError::kNone);
    return id;
  }
  std::int64_t Open(OrderId id) const { return book_.Find(id) ? book_.Find(id)->quantity.units : 0; }
  std::int64_t Ahead(OrderId id) const { return book_.QuantityAhead(id)->units; }
  void Declare(Side side, std::int64_t price, std::int64_t total) {
    EXPECT_EQ(book_.SetLevel(side, {price}, {total}), BookError::kNone);
  }

  L3Book book_{{.tick_size = {1}}};
  std::uint64_t last_id_ = 0;
};

TEST_F(L3BookTest, OrdersAtOnePriceQueueInTheOrderOfArrival) {
  const OrderId first = Bid(100, 5);
  const OrderId second = Bid(100, 3);
  const OrderId third = Bid(100, 2);
  EXPECT_EQ(Ahead(first), 0);
  EXPECT_EQ(Ahead(second), 5);
  EXPECT_EQ(Ahead(third), 8);
  EXPECT_EQ(book_.Front(Side::kBid)->id, first);
  EXPECT_EQ(book_.Best(Side::kBid), (LevelView{{100}, {10}, 3}));
}

TEST_F(L3BookTest, ReducingAnOrderKeepsItsQueuePosition) {
  const OrderId first = Bid(100, 5);
  const OrderId second = Bid(100, 3);
  EXPECT_EQ(book_.Reduce(first, {4}, Side::kBid, {100}), BookError::kNone);
  EXPECT_EQ(Open(first), 1);
  EXPECT_EQ(Ahead(second), 1);
}

TEST_F(L3BookTest, ExecutingAllOfAnOrderRemovesItAndItsEmptyLevel) {
  const OrderId only = Ask(101, 5);
  Ask(102, 1);
  EXPECT_EQ(book_.Execute(only, {5}, Side::kAsk, {101}), BookError::kNone);
  EXPECT_FALSE(book_.Find(only).has_value());
  EXPECT_EQ(book_.touch().ask_price, Price{102});
}

TEST_F(L3BookTest, ModifyKeepsThePlaceOnlyWhenTheOrderShrinksAtItsPrice) {
  const OrderId first = Bid(100, 5);
  const OrderId second = Bid(100, 5);
  EXPECT_EQ(book_.Modify(first, {100}, {4}), BookError::kNone);
  EXPECT_EQ(Ahead(first), 0);
  EXPECT_EQ(book_.Modify(first, {100}, {6}), BookError::kNone);
  EXPECT_EQ(Ahead(first), 5);
  EXPECT_EQ(book_.Modify(second, {99}, {5}), BookError::kNone);
  EXPECT_EQ(book_.Modify(second, {100}, {5}), BookError::kNone);
  EXPECT_EQ(Ahead(second), 6);
}

TEST_F(L3BookTest, AnonymousQuantityStandsBeforeTheKnownOrders) {
  const OrderId known = Bid(100, 5);
  Declare(Side::kBid, 100, 12);
  EXPECT_EQ(book_.AnonymousAt(Side::kBid, {100}), Quantity{7});
  EXPECT_EQ(Ahead(known), 7);
  EXPECT_EQ(book_.Best(Side::kBid), (LevelView{{100}, {12}, 1}));
  EXPECT_TRUE(book_.Front(Side::kBid)->anonymous);
}

TEST_F(L3BookTest, ChangesOfUnknownOrdersTakeFromTheAnonymousQuantity) {
  const OrderId known = Ask(100, 5);
  Declare(Side::kAsk, 100, 12);
  EXPECT_EQ(book_.Execute({999}, {4}, Side::kAsk, {100}), BookError::kUnknownOrder);
  EXPECT_EQ(Ahead(known), 3);
  EXPECT_EQ(book_.Delete({998}, {3}, Side::kAsk, {100}), BookError::kUnknownOrder);
  EXPECT_EQ(Ahead(known), 0);
  EXPECT_EQ(Open(known), 5);
  EXPECT_EQ(book_.counters().unknown_orders, 2U);
  EXPECT_EQ(book_.counters().clamps, 0U);
}

TEST_F(L3BookTest, UnknownOrdersNeverTakeFromKnownOnes) {
  const OrderId known = Ask(100, 5);
  EXPECT_EQ(book_.Delete({999}, {5}, Side::kAsk, {100}), BookError::kUnknownOrder);
  EXPECT_EQ(Open(known), 5);
  EXPECT_EQ(book_.counters().clamps, 1U);
}

TEST_F(L3BookTest, ALevelDeclaredSmallerThanItsKnownOrdersBecomesAnonymous) {
  const OrderId first = Bid(100, 5);
  Bid(100, 5);
  Declare(Side::kBid, 100, 7);
  EXPECT_EQ(book_.AnonymousAt(Side::kBid, {100}), Quantity{7});
  EXPECT_FALSE(book_.Find(first).has_value());
  EXPECT_EQ(book_.counters().reseeded_levels, 1U);
  EXPECT_EQ(book_.counters().evicted_orders, 2U);
}

TEST_F(L3BookTest, DeclaringALevelTwiceChangesNothing) {
  const OrderId known = Bid(100, 5);
  Declare(Side::kBid, 100, 9);
  const Hash128 once = HashOf(book_);
  Declare(Side::kBid, 100, 9);
  EXPECT_EQ(HashOf(book_), once);
  EXPECT_EQ(Ahead(known), 4);
}

TEST_F(L3BookTest, DeclaringNothingRemovesTheLevel) {
  const OrderId known = Bid(100, 5);
  Declare(Side::kBid, 100, 9);
  Declare(Side::kBid, 100, 0);
  EXPECT_TRUE(book_.empty());
  EXPECT_FALSE(book_.Find(known).has_value());
}

TEST_F(L3BookTest, RefusesWhatCannotBeAndStaysAsItWas) {
  const OrderId known = Bid(100, 5);
  const Hash128 before = HashOf(book_);
  EXPECT_EQ(book_.Add(Side::kBid, {101}, {1}, known), BookError::kDuplicateOrder);
  EXPECT_EQ(book_.Add(Side::kBid, {101}, {0}, {77}), BookError::kNonPositiveQuantity);
  EXPECT_EQ(book_.Add(Side::kNone, {101}, {1}, {77}), BookError::kNoSide);
  EXPECT_EQ(book_.Reduce(known, {-1}, Side::kBid, {100}), BookError::kNonPositiveQuantity);
  EXPECT_EQ(book_.Modify({77}, {100}, {1}), BookError::kUnknownOrder);
  EXPECT_EQ(HashOf(book_), before);
  EXPECT_EQ(book_.counters().duplicate_orders, 1U);
  EXPECT_EQ(book_.counters().bad_records, 3U);
}

TEST_F(L3BookTest, TakingMoreThanIsOpenRemovesTheOrderAndIsCounted) {
  const OrderId known = Bid(100, 5);
  EXPECT_EQ(book_.Reduce(known, {6}, Side::kBid, {100}), BookError::kNone);
  EXPECT_TRUE(book_.empty());
  EXPECT_EQ(book_.counters().clamps, 1U);
}

TEST_F(L3BookTest, ADeleteThatDisagreesAboutTheRestIsCounted) {
  const OrderId known = Bid(100, 5);
  EXPECT_EQ(book_.Delete(known, {4}, Side::kBid, {100}), BookError::kNone);
  EXPECT_TRUE(book_.empty());
  EXPECT_EQ(book_.counters().size_mismatches, 1U);
}

TEST(L3WindowTest, LevelsBeyondTheWindowLeaveWithTheirOrders) {
  L3Book book({.tick_size = {1}, .window_levels = 2});
  static_cast<void>(book.Add(Side::kBid, {98}, {1}, {1}));
  static_cast<void>(book.Add(Side::kBid, {99}, {1}, {2}));
  static_cast<void>(book.Add(Side::kBid, {100}, {1}, {3}));
  EXPECT_EQ(book.level_count(Side::kBid), 3U);
  book.EndGroup();
  EXPECT_EQ(book.level_count(Side::kBid), 2U);
  EXPECT_FALSE(book.Find({1}).has_value());
  EXPECT_EQ(book.counters().evicted_levels, 1U);
  EXPECT_EQ(book.counters().evicted_orders, 1U);
  // The level comes back by declaration: nobody knows whose quantity it is.
  static_cast<void>(book.Delete({3}, {1}, Side::kBid, {100}));
  static_cast<void>(book.SetLevel(Side::kBid, {98}, {1}));
  book.EndGroup();
  EXPECT_EQ(book.AnonymousAt(Side::kBid, {98}), Quantity{1});
  EXPECT_TRUE(book.InvariantsHold());
}

// ---- twin ----

struct TwinCase {
  PriceShape shape;
  std::uint32_t window;
  bool levels;  // the feed also declares level totals
  bool dense;
};

class L3BookRandomTest : public testing::TestWithParam<TwinCase> {
 protected:
  void Step();
  void ExpectSameTouch();
  void ExpectSame();

  Dice dice_{0};
  std::optional<PriceWalk> prices_;
  std::optional<L3Book> book_;
  std::optional<NaiveL3> naive_;
  std::vector<OrderView> sent_;  // what the feed has told, gone or not
  std::uint64_t next_id_ = 1;
  std::size_t live_ = 0;
};

void L3BookRandomTest::Step() {
  const Price price = prices_->Next();
  const Quantity quantity{1 + dice_.Below(50)};
  const Side side = dice_.OneIn(2) ? Side::kBid : Side::kAsk;
  if (GetParam().levels && dice_.OneIn(10)) {
    const Quantity total{dice_.OneIn(6) ? 0 : dice_.Below(200)};
    naive_->SetLevel(side, price, total);
    static_cast<void>(book_->SetLevel(side, price, total));
    return;
  }
  if (sent_.empty() ||
      dice_.Below(static_cast<std::int64_t>(2 * live_)) >= static_cast<std::int64_t>(sent_.size())) {
    const OrderId id{GetParam().dense ? next_id_++ : dice_.Next()};
    sent_.push_back({id, side, price, quantity, false});
    naive_->Add(side, price, quantity, id);
    static_cast<void>(book_->Add(side, price, quantity, id));
    return;
  }
  const auto pick = static_cast<std::size_t>(dice_.Below(static_cast<std::int64_t>(sent_.size())));
  const OrderView order = sent_[pick];
  switch (dice_.Below(5)) {
    case 0:
      naive_->Take(order.id, quantity, order.side, order.price);
      static_cast<void>(book_->Execute(order.id, quantity, order.side, order.price));
      break;
    case 1: {
      const Price to = dice_.OneIn(2) ? price : order.price;
      naive_->Modify(order.id, to, quantity);
      static_cast<void>(book_->Modify(order.id, to, quantity));
      sent_[pick].price = to;
      break;
    }
    default:
      naive_->Delete(order.id, order.quantity, order.side, order.price);
      static_cast<void>(book_->Delete(order.id, order.quantity, order.side, order.price));
      sent_[pick] = sent_.back();
      sent_.pop_back();
  }
}

void L3BookRandomTest::ExpectSameTouch() {
  for (Side side : {Side::kBid, Side::kAsk}) {
    const auto expected = naive_->Depth(side);
    ASSERT_EQ(book_->Best(side), expected.empty() ? std::nullopt : std::optional(expected[0]));
  }
}

void L3BookRandomTest::ExpectSame() {
  for (Side side : {Side::kBid, Side::kAsk}) {
    const auto expected = naive_->Depth(side);
    std::vector<LevelView> depth(book_->level_count(side));
    ASSERT_EQ(book_->Depth(side, depth), expected.size());
    ASSERT_EQ(depth, expected);
    for (const LevelView& level : expected)
      ASSERT_EQ(QueueOf(*book_, side, level.price), naive_->Queue(side, level.price));
  }
  for (OrderId id : naive_->Ids()) ASSERT_EQ(book_->QuantityAhead(id), naive_->QuantityAhead(id));
  ASSERT_EQ(book_->order_count(), naive_->Ids().size());
  ASSERT_TRUE(book_->InvariantsHold());
}

TEST_P(L3BookRandomTest, AgreesWithListsInAMapUnderRandomOperations) {
  for (std::uint64_t seed = 1; seed <= 3; ++seed) {
    SCOPED_TRACE(testing::Message() << "seed " << seed);
    dice_ = Dice(seed);
    prices_.emplace(GetParam().shape, dice_);
    book_.emplace(L3Options{{GetParam().shape.tick}, GetParam().window, GetParam().dense});
    naive_.emplace(GetParam().window);
    sent_.clear();
    live_ = std::size_t{8} << (3 * seed);
    for (int step = 0; step < 50'000; ++step) {
      Step();
      naive_->EndGroup();
      book_->EndGroup();
      if (step % 50 == 0) ExpectSameTouch();
      if (step % 2'500 == 0) ExpectSame();
      if (HasFatalFailure()) FAIL() << "step " << step;
    }
    ExpectSame();

    L3Book rebuilt(book_->options());
    for (Side side : {Side::kBid, Side::kAsk}) {
      const auto levels = naive_->Depth(side);
      for (auto level = levels.rbegin(); level != levels.rend(); ++level)
        for (const OrderView& order : naive_->Queue(side, level->price))
          static_cast<void>(order.anonymous ? rebuilt.SetLevel(side, order.price, order.quantity)
                                            : rebuilt.Add(side, order.price, order.quantity, order.id));
    }
    EXPECT_EQ(HashOf(*book_), HashOf(rebuilt));
  }
}

std::vector<TwinCase> TwinCases() {
  std::vector<TwinCase> cases;
  for (const PriceShape& shape : kShapes)
    for (std::uint32_t window : {0U, 10U})
      for (bool levels : {false, true}) cases.push_back({shape, window, levels, cases.size() % 3 == 0});
  return cases;
}

INSTANTIATE_TEST_SUITE_P(Shapes, L3BookRandomTest, testing::ValuesIn(TwinCases()));

TEST(L3BookTickTest, AnotherTickKeepsEveryOrderAndItsPlace) {
  L3Book book({.tick_size = {10}});
  L3Book kept({.tick_size = {10}});
  Random random(6);
  RandomStream draw = random.Stream("tick");
  std::uint64_t last_id = 0;
  const auto flow = [&](std::int64_t step) {
    for (int i = 0; i < 600; ++i) {
      const Side side = draw.UniformBelow(2) == 0 ? Side::kBid : Side::kAsk;
      const Price price{static_cast<std::int64_t>(1 + draw.UniformBelow(200)) * step};
      const OrderId id{1 + draw.UniformBelow(last_id + 1)};
      const Quantity quantity{static_cast<std::int64_t>(1 + draw.UniformBelow(9))};
      const std::uint64_t what = draw.UniformBelow(8);
      for (L3Book* one : {&book, &kept}) {
        if (what < 4) static_cast<void>(one->Add(side, price, quantity, {last_id + 1}));
        if (what == 4) static_cast<void>(one->Reduce(id, quantity, side, price));
        if (what == 5) static_cast<void>(one->Delete(id, quantity, side, price));
        if (what == 6) static_cast<void>(one->Modify(id, price, quantity));
        if (what == 7) static_cast<void>(one->SetLevel(side, price, {quantity.units * 4}));
      }
      last_id += what < 4 ? 1 : 0;
      ASSERT_EQ(book.touch(), kept.touch());
    }
  };
  for (const std::int64_t tick : {10, 1, 25, 4}) {
    book.ChangeTick({tick});
    ASSERT_TRUE(book.InvariantsHold()) << tick;
    ASSERT_EQ(HashOf(book), HashOf(kept)) << tick;
    ASSERT_NO_FATAL_FAILURE(flow(tick));
    ASSERT_TRUE(book.InvariantsHold()) << tick;
    ASSERT_EQ(HashOf(book), HashOf(kept)) << tick;
  }
}

}  // namespace
}  // namespace crucible::book

#include "framework/decode/lobster_window.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <map>

#include "framework/base/random.h"

namespace crucible::decode {
namespace {

// The whole book, of which a window shows the best levels.
class WholeBook {
 public:
  WindowRow Top(std::size_t levels) const {
    WindowRow row;
    for (const auto& [price, quantity] : asks_) {
      if (row.asks.size() < levels) row.asks.push_back({Price{price}, Quantity{quantity}});
    }
    for (const auto& [price, quantity] : bids_) {
      if (row.bids.size() < levels) row.bids.push_back({Price{price}, Quantity{quantity}});
    }
    return row;
  }
  void Add(Side side, std::int64_t price, std::int64_t by) {
    if (side == Side::kBid) {
      if ((bids_[price] += by) == 0) bids_.erase(price);
    } else {
      if ((asks_[price] += by) == 0) asks_.erase(price);
    }
  }

 private:
  std::map<std::int64_t, std::int64_t> asks_;
  std::map<std::int64_t, std::int64_t, std::greater<>> bids_;
};

TEST(LobsterWindowTest, ARowPlusItsMessageEqualsTheNextRowOfTheWholeBook) {
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    RandomStream random(seed, "window");
    WholeBook book;
    const std::size_t levels = 1 + random.UniformBelow(5);
    for (int step = 0; step < 3000; ++step) {
      const Side side = random.UniformBelow(2) == 0 ? Side::kBid : Side::kAsk;
      const WindowRow before = book.Top(levels);
      const WindowLevels& shown = before.of(side);
      LobsterMessage message;
      message.side = side;
      const bool add = shown.empty() || random.UniformBelow(2) == 0;
      message.type = add ? LobsterType::kAdd : LobsterType::kReduce;
      if (add) {
        const auto distance = static_cast<std::int64_t>(random.UniformBelow(12));
        message.price = Price{1000 + (side == Side::kBid ? -1 - distance : 1 + distance)};
        message.size = Quantity{1 + static_cast<std::int64_t>(random.UniformBelow(5))};
      } else {
        const WindowLevel& level = shown[random.UniformBelow(shown.size())];
        message.price = level.price;
        message.size = Quantity{1 + static_cast<std::int64_t>(random.UniformBelow(
                                        static_cast<std::uint64_t>(level.quantity.units)))};
      }
      book.Add(side, message.price.units, add ? message.size.units : -message.size.units);
      const WindowRow after = book.Top(levels);
      WindowRow expected = before;
      ApplyToWindow(message, levels, &expected);
      for (const Side compared : {Side::kBid, Side::kAsk}) {
        WindowDifference difference;
        CompareWindow(compared, expected.of(compared), after.of(compared), &difference);
        ASSERT_TRUE(difference.equal) << "seed " << seed << " step " << step;
        ASSERT_LE(difference.revealed, 1U);
        // Setting the corrections in the expected row gives the actual one.
        WindowLevels corrected = expected.of(compared);
        for (const WindowLevel& level : difference.corrections) corrected.push_back(level);
        ASSERT_EQ(corrected, after.of(compared)) << "seed " << seed << " step " << step;
      }
      // A level that the message emptied may have been beyond the window's bottom; all others come back.
      WindowRow undone = after;
      UndoInWindow(message, &undone);
      for (const WindowLevel& level : undone.of(side)) {
        const bool known = std::count(shown.begin(), shown.end(), level) == 1;
        const bool revealed = !shown.empty() && IsBetter(side, shown.back().price, level.price);
        ASSERT_TRUE(known || revealed) << "seed " << seed << " step " << step;
      }
    }
  }
}

TEST(LobsterWindowTest, EmptySlotsAreLeftOut) {
  WindowRow row;
  EXPECT_EQ(ParseWindowRow("9999999999,0,1000000,5,9999999999,0,-9999999999,0", &row), "");
  EXPECT_TRUE(row.asks.empty());
  EXPECT_EQ(row.bids, (WindowLevels{{Price{1'000'000}, Quantity{5}}}));
}

TEST(LobsterWindowTest, RowsThatNoBookCanShowAreRefused) {
  WindowRow row;
  EXPECT_NE(ParseWindowRow("1000000,5,999900", &row), "");
  EXPECT_NE(ParseWindowRow("1000000,5,999900,abc", &row).find("column 4"), std::string::npos);
  EXPECT_NE(ParseWindowRow("1000000,-5,999900,1", &row), "");
  EXPECT_NE(ParseWindowRow("1000000,99999999999999999999,999900,1", &row), "");
  EXPECT_NE(ParseWindowRow("1000100,5,999900,1,1000000,5,999800,1", &row).find("in order of price"),
            std::string::npos);
}

}  // namespace
}  // namespace crucible::decode

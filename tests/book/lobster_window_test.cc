// The windowed book against recorded sessions: order messages and the book that the publisher rebuilt from
// the whole market. The two files hold only the best N levels, so each group is one message and, where the
// message uncovered a level at the bottom, a level record for it.
#include <gtest/gtest.h>
#include <zstd.h>

#include <charconv>
#include <cstdlib>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include "framework/book/l3_book.h"

namespace crucible::book {
namespace {

std::string Lobster(const std::string& name) {
  const char* shared = std::getenv("CRUCIBLE_SHARED_DIR");
  const std::string root = shared != nullptr ? shared : CRUCIBLE_SOURCE_DIR "/../shared";
  return root + "/data/lobster/" + name + ".csv.zst";
}

// The whole file as text; empty if it is not there.
std::string Text(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::stringstream buffer;
  buffer << file.rdbuf();
  const std::string packed = buffer.str();
  std::string text;
  ZSTD_DCtx* context = ZSTD_createDCtx();
  ZSTD_inBuffer in{packed.data(), packed.size(), 0};
  std::string chunk(1 << 20, '\0');
  while (in.pos < in.size) {
    ZSTD_outBuffer out{chunk.data(), chunk.size(), 0};
    if (ZSTD_isError(ZSTD_decompressStream(context, &out, &in)) != 0) break;
    text.append(chunk.data(), out.pos);
  }
  ZSTD_freeDCtx(context);
  return text;
}

// Integers of one line; the first, a decimal time, loses its fraction.
class Rows {
 public:
  explicit Rows(std::string text) : text_(std::move(text)), at_(text_.data()) {}
  bool Next(std::vector<std::int64_t>& row) {
    row.clear();
    const char* end = text_.data() + text_.size();
    if (at_ == end) return false;
    while (at_ != end && *at_ != '\n') {
      std::int64_t value = 0;
      at_ = std::from_chars(at_, end, value).ptr;
      while (at_ != end && *at_ != ',' && *at_ != '\n') ++at_;
      row.push_back(value);
      if (at_ != end && *at_ == ',') ++at_;
    }
    if (at_ != end) ++at_;
    return true;
  }

 private:
  std::string text_;
  const char* at_;
};

using Levels = std::vector<LevelView>;

Levels SideOf(const std::vector<std::int64_t>& row, Side side) {
  Levels levels;
  for (std::size_t i = side == Side::kAsk ? 0 : 2; i + 1 < row.size(); i += 4)
    if (row[i + 1] > 0) levels.push_back({{row[i]}, {row[i + 1]}, 0});
  return levels;
}

void ApplyMessage(L3Book& book, const std::vector<std::int64_t>& m) {
  const OrderId id{static_cast<std::uint64_t>(m[2])};
  const Side side = m[5] == 1 ? Side::kBid : Side::kAsk;
  switch (m[1]) {
    case 1:
      static_cast<void>(book.Add(side, {m[4]}, {m[3]}, id));
      return;
    case 2:
      static_cast<void>(book.Reduce(id, {m[3]}, side, {m[4]}));
      return;
    case 3:
      static_cast<void>(book.Delete(id, {m[3]}, side, {m[4]}));
      return;
    case 4:
      static_cast<void>(book.Execute(id, {m[3]}, side, {m[4]}));
      return;
    default:
      return;  // a hidden execution changes no displayed quantity
  }
}

// Only a level that the book does not have is told.
std::size_t Reveal(L3Book& book, Side side, const Levels& levels) {
  std::size_t told = 0;
  for (const LevelView& level : levels) {
    if (book.QuantityAt(side, level.price).units != 0) continue;
    static_cast<void>(book.SetLevel(side, level.price, level.quantity));
    ++told;
  }
  return told;
}

bool Shows(const L3Book& book, Side side, const Levels& expected) {
  Levels shown(expected.size() + 1);
  shown.resize(book.Depth(side, shown));
  for (LevelView& level : shown) level.order_count = 0;
  return shown == expected;
}

struct Session {
  const char* name;
  const char* message;
  const char* orderbook;
  std::uint32_t levels;
  std::size_t rows;
  std::size_t unknown_orders;  // at least: ids that no message added
};

class LobsterWindowTest : public testing::TestWithParam<Session> {};

TEST_P(LobsterWindowTest, EveryRowOfThePublishedBookIsReached) {
  Rows messages(Text(Lobster(GetParam().message)));
  Rows books(Text(Lobster(GetParam().orderbook)));
  std::vector<std::int64_t> message, row;
  if (!messages.Next(message) || !books.Next(row)) GTEST_SKIP() << "no recorded session";
  L3Book book({.tick_size = {100}, .window_levels = GetParam().levels});
  for (Side side : {Side::kBid, Side::kAsk}) Reveal(book, side, SideOf(row, side));
  std::size_t rows = 1;
  for (; messages.Next(message) && books.Next(row); ++rows) {
    ApplyMessage(book, message);
    for (Side side : {Side::kBid, Side::kAsk}) {
      const Levels expected = SideOf(row, side);
      ASSERT_LE(Reveal(book, side, expected), 1U) << "row " << rows;
      book.EndGroup();
      ASSERT_TRUE(Shows(book, side, expected)) << "row " << rows;
    }
    if (rows % 10'000 == 0) {
      ASSERT_TRUE(book.InvariantsHold()) << "row " << rows;
    }
  }
  EXPECT_EQ(rows, GetParam().rows);
  const BookCounters& counters = book.counters();
  EXPECT_GE(counters.unknown_orders, GetParam().unknown_orders);
  EXPECT_EQ(counters.duplicate_orders, 0U);
  EXPECT_EQ(counters.clamps, 0U);
  EXPECT_EQ(counters.reseeded_levels, 0U);
  // No ghosts: what is known rests on the levels the window shows.
  EXPECT_LE(book.level_count(Side::kBid) + book.level_count(Side::kAsk), 2U * GetParam().levels);
  RecordProperty("unknown_orders", static_cast<int>(counters.unknown_orders));
  RecordProperty("evicted_orders", static_cast<int>(counters.evicted_orders));
  RecordProperty("size_mismatches", static_cast<int>(counters.size_mismatches));
}

INSTANTIATE_TEST_SUITE_P(
    Recorded, LobsterWindowTest,
    testing::Values(Session{"GOOG", "GOOG_2012-06-21_34200000_57600000_message_10",
                            "GOOG_2012-06-21_34200000_57600000_orderbook_10", 10, 147'916, 3'363},
                    Session{"AAPL", "AAPL_2012-06-21_34200000_57600000_message_1",
                            "AAPL_2012-06-21_34200000_57600000_orderbook_1", 1, 118'497, 14'980}),
    [](const auto& session) { return std::string(session.param.name); });

}  // namespace
}  // namespace crucible::book

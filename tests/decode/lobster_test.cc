#include "framework/decode/lobster.h"

#include "framework/event/order_codes.h"
#include "tests/decode/decode_fixture.h"

namespace crucible::decode {
namespace {

constexpr char kMessages[] = "XYZ_2012-06-21_34200000_57600000_message_2.csv";
constexpr char kRows[] = "XYZ_2012-06-21_34200000_57600000_orderbook_2.csv";
// 2012-06-21 00:00 in New York.
constexpr std::int64_t kMidnight = 1'340'251'200'000'000'000;

Imported ImportMessages(const std::string& text, const ImportOptions& options = {}) {
  return ImportText(kMessages, text, options);
}
Imported ImportPair(const std::string& messages, const std::string& rows, const ImportOptions& options = {}) {
  return ImportAll(InMemory({{kMessages, messages}, {kRows, rows}}), {kMessages}, options);
}

TEST(LobsterTest, EveryMessageTypeBecomesItsRecord) {
  const Imported result = ImportMessages(
      "34200.5,1,11,100,1000000,1\n"
      "34200.6,2,11,40,1000000,1\n"
      "34200.7,4,11,10,1000000,1\n"
      "34200.8,3,11,50,1000000,1\n"
      "34200.9,5,0,7,1000050,-1\n"
      "34201,6,0,900,1000000,-1\n");
  ASSERT_TRUE(result.status.ok()) << result.status;
  ExpectWellFormed(result.records);
  ASSERT_EQ(result.records.size(), 2U + 1U + 6U);
  const std::vector<Kind> kinds = {Kind::kDefinition,  Kind::kDefinitionUnits, Kind::kBookClear,
                                   Kind::kOrderAdd,    Kind::kOrderReduce,     Kind::kOrderExecute,
                                   Kind::kOrderDelete, Kind::kTrade,           Kind::kTrade};
  for (std::size_t i = 0; i < kinds.size(); ++i) EXPECT_EQ(result.records[i].kind, kinds[i]) << i;
  const Event& add = result.records[3];
  EXPECT_EQ(add.at(), Nanos{kMidnight + 34'200'500'000'000});
  EXPECT_EQ(add.venue_time(), add.at());
  EXPECT_EQ(add.side, Side::kBid);
  EXPECT_EQ(As<L3Body>(add).price, Price{1'000'000});
  EXPECT_EQ(As<L3Body>(add).quantity, Quantity{100});
  EXPECT_EQ(As<L3Body>(add).order_id, OrderId{11});
  EXPECT_EQ(As<ExecuteBody>(result.records[5]).quantity, Quantity{10});
  EXPECT_EQ(As<L3Body>(result.records[6]).quantity, Quantity{50});
  EXPECT_EQ(result.Count(FindingCode::kOffGridPrice), 1U);
  EXPECT_EQ(result.Count(FindingCode::kUnknownOrder) + result.Count(FindingCode::kOrderMismatch), 0U);
}

TEST(LobsterTest, AHiddenExecutionIsATradeOfTheOppositeSide) {
  const Imported result = ImportMessages("34200,5,0,7,1000050,-1\n34200,5,0,7,1000050,1\n");
  const auto trades = result.Of(Kind::kTrade);
  ASSERT_EQ(trades.size(), 2U);
  EXPECT_EQ(trades[0].side, kBuy);
  EXPECT_EQ(trades[1].side, kSell);
  EXPECT_EQ(As<TradeBody>(trades[0]).price, Price{1'000'050});
}

TEST(LobsterTest, TheDefinitionComesFromTheFileName) {
  const Imported result = ImportMessages("34200,1,1,100,1000000,1\n");
  ASSERT_EQ(result.report.instruments.size(), 1U);
  const Instrument& instrument = result.report.instruments[0];
  EXPECT_EQ(FullName(instrument), "nasdaq:XYZ");
  EXPECT_EQ(instrument.price_decimals, 4);
  EXPECT_EQ(instrument.tick_size, PriceDelta{100});
  const auto read = InstrumentFromRecords(result.records[0], result.records[1], result.texts.at(0));
  ASSERT_TRUE(read.ok()) << read.status();
  EXPECT_EQ(*read, instrument);
  EXPECT_EQ(result.report.completeness, Completeness::kWindowedL3);
  EXPECT_EQ(result.report.window_levels, 2);
}

TEST(LobsterTest, ZeroWindowLevelsDeclareTheFileComplete) {
  ImportOptions options;
  options.window_levels = 0;
  EXPECT_EQ(ImportMessages("34200,1,1,100,1000000,1\n", options).report.completeness, Completeness::kFullL3);
}

TEST(LobsterTest, WinterTimeIsAnHourLater) {
  const Imported result =
      ImportText("XYZ_2012-01-10_34200000_57600000_message_2.csv", "34200,1,1,100,1000000,1\n");
  EXPECT_EQ(result.report.first_time, Nanos{1'326'205'800'000'000'000});  // 14:30 UTC
}

TEST(LobsterTest, HaltsBecomeTradingStatus) {
  const Imported result = ImportMessages("34200,7,0,0,-1,-1\n34300,7,0,0,0,-1\n34400,7,0,0,1,-1\n");
  const auto status = result.Of(Kind::kTradingStatus);
  ASSERT_EQ(status.size(), 3U) << result.status;
  const auto code = [&](std::size_t i) {
    return static_cast<TradingStatus>(As<StatusBody>(status[i]).status);
  };
  EXPECT_EQ(code(0), TradingStatus::kHalted);
  EXPECT_EQ(code(1), TradingStatus::kQuoting);
  EXPECT_EQ(code(2), TradingStatus::kTrading);
}

TEST(LobsterTest, CarriageReturnsAndAMissingLastLineFeedChangeNothing) {
  const Imported unix_lines = ImportMessages("34200,1,1,100,1000000,1\n34201,3,1,100,1000000,1\n");
  const Imported dos_lines = ImportMessages("34200,1,1,100,1000000,1\r\n34201,3,1,100,1000000,1");
  ASSERT_TRUE(dos_lines.status.ok()) << dos_lines.status;
  EXPECT_EQ(unix_lines.records, dos_lines.records);
}

TEST(LobsterTest, UnknownDuplicateAndMismatchedOrdersAreCountedWithTheirFirstLine) {
  const Imported result = ImportMessages(
      "34200,1,1,100,1000000,1\n"
      "34200,3,99,10,1000000,1\n"   // unknown
      "34200,1,1,100,1000000,1\n"   // duplicate
      "34200,3,1,60,1000000,1\n"    // 100 are left
      "34200,4,1,10,1000000,1\n");  // gone: unknown
  ASSERT_TRUE(result.status.ok()) << result.status;
  EXPECT_EQ(result.Count(FindingCode::kUnknownOrder), 2U);
  EXPECT_EQ(result.FirstPlace(FindingCode::kUnknownOrder), std::string(kMessages) + ":2");
  EXPECT_EQ(result.Count(FindingCode::kDuplicateOrder), 1U);
  EXPECT_EQ(result.Count(FindingCode::kOrderMismatch), 1U);
  EXPECT_EQ(result.FirstPlace(FindingCode::kOrderMismatch), std::string(kMessages) + ":4");
  EXPECT_EQ(result.report.measure("equal_times"), 4);
}

TEST(LobsterTest, TimeThatGoesBackIsReportedAndHeldInTheRecords) {
  const Imported result =
      ImportMessages("34205,1,1,100,1000000,1\n34200,1,2,100,1000000,1\n34206,1,3,100,1000000,1\n");
  ASSERT_TRUE(result.status.ok());
  ExpectWellFormed(result.records);
  EXPECT_EQ(result.Count(FindingCode::kReversedTime), 1U);
  EXPECT_EQ(result.records[4].time, result.records[3].time);
  // The exchange's own time stays what the file says.
  EXPECT_EQ(result.records[4].venue_time(), Nanos{kMidnight + 34'200'000'000'000});
}

TEST(LobsterTest, TheSnapshotIsTheFirstRowWithTheFirstMessageUndone) {
  const Imported result =
      ImportPair("34200,4,7,100,1000000,1\n", "1000200,5,1000000,50,1000300,6,999900,70\n");
  ASSERT_TRUE(result.status.ok()) << result.status;
  const auto levels = result.Of(Kind::kLevel);
  ASSERT_EQ(levels.size(), 4U);
  EXPECT_EQ(As<LevelBody>(levels[0]).price, Price{1'000'000});
  EXPECT_EQ(As<LevelBody>(levels[0]).quantity, Quantity{150});
  for (const Event& level : levels) EXPECT_NE(level.flags & flag::kSnapshot, 0);
  EXPECT_TRUE(levels[3].EndsGroup());
}

TEST(LobsterTest, ARevealedLevelFollowsItsMessageInTheSameGroup) {
  const Imported result = ImportPair(
      "34200,1,1,10,1000000,1\n"
      "34201,3,1,10,1000000,1\n",
      "1000200,5,1000000,10,1000300,6,999900,70\n"
      "1000200,5,999900,70,1000300,6,999800,30\n");
  ASSERT_TRUE(result.status.ok()) << result.status;
  const std::vector<Event>& records = result.records;
  const Event& message = records[records.size() - 2];
  const Event& level = records[records.size() - 1];
  EXPECT_EQ(message.kind, Kind::kOrderDelete);
  EXPECT_FALSE(message.EndsGroup());
  EXPECT_EQ(level.kind, Kind::kLevel);
  EXPECT_EQ(level.flags, flag::kGroupEnd | flag::kSynthetic);
  EXPECT_EQ(As<LevelBody>(level).price, Price{999'800});
  EXPECT_EQ(As<LevelBody>(level).quantity, Quantity{30});
  EXPECT_EQ(result.report.measure("levels_revealed"), 1);
  EXPECT_EQ(result.report.measure("transitions"), 1);
  EXPECT_EQ(result.report.measure("transitions_equal"), 1);
}

TEST(LobsterTest, ARowThatDiffersIsReportedAndReSeeds) {
  const Imported result = ImportPair(
      "34200,1,1,10,1000000,1\n"
      "34201,1,2,10,1000000,1\n",
      "1000200,5,1000000,10,1000300,6,999900,70\n"
      "1000200,5,1000000,25,1000400,6,999900,70\n");  // 20 expected at the bid, 1000300 gone, 1000400 new
  ASSERT_TRUE(result.status.ok()) << result.status;
  EXPECT_EQ(result.report.measure("transitions_equal"), 0);
  EXPECT_EQ(result.Count(FindingCode::kBookMismatch), 1U);
  std::vector<std::pair<std::int64_t, std::int64_t>> corrections;
  for (const Event& level : result.Of(Kind::kLevel)) {
    const auto body = As<LevelBody>(level);
    if (level.flags & flag::kSynthetic) corrections.emplace_back(body.price.units, body.quantity.units);
  }
  using Pairs = std::vector<std::pair<std::int64_t, std::int64_t>>;
  EXPECT_EQ(corrections, (Pairs{{1'000'000, 25}, {1'000'300, 0}, {1'000'400, 6}}));
}

TEST(LobsterTest, AnOrderbookFileOnTheCommandLineBelongsToItsMessageFile) {
  const MemoryFiles files =
      InMemory({{kMessages, "34200,1,1,10,1000000,1\n"}, {kRows, "1000200,5,1000000,10\n"}});
  const Imported alone = ImportAll(files, {kMessages}, {});
  const Imported both = ImportAll(files, {kMessages, kRows}, {});
  ASSERT_TRUE(both.status.ok()) << both.status;
  EXPECT_EQ(alone.records, both.records);
  EXPECT_EQ(alone.report.files.size(), 2U);
  EXPECT_EQ(both.report.files.size(), 2U);
  EXPECT_EQ(ImportAll(files, {kRows}, {}).status.code(), absl::StatusCode::kInvalidArgument);
}

TEST(LobsterTest, TwoDaysAreOneStreamAndTheSecondStartsFromItsOwnBook) {
  const std::string second = "XYZ_2012-06-22_34200000_57600000_message_2.csv";
  const MemoryFiles files =
      InMemory({{kMessages, "34200,1,1,10,1000000,1\n"}, {second, "34200,1,1,10,1000000,1\n"}});
  const Imported result = ImportAll(files, {kMessages, second}, {});
  ASSERT_TRUE(result.status.ok()) << result.status;
  ExpectWellFormed(result.records);
  EXPECT_EQ(result.Of(Kind::kBookClear).size(), 2U);
  EXPECT_EQ(result.Of(Kind::kDefinition).size(), 1U);
  EXPECT_EQ(result.Count(FindingCode::kDuplicateOrder), 0U);
  EXPECT_EQ(result.report.last_time - result.report.first_time, Duration{86'400'000'000'000});
}

TEST(LobsterTest, ADateMustBeKnown) {
  const std::string text = "34200,1,1,100,1000000,1\n";
  const Imported without = ImportText("messages.csv", text);
  EXPECT_EQ(without.status.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_NE(without.status.message().find("--date"), absl::string_view::npos);
  ImportOptions options;
  options.date = "2012-06-21";
  options.symbol = "XYZ";
  const Imported with = ImportText("messages.csv", text, options);
  ASSERT_TRUE(with.status.ok()) << with.status;
  EXPECT_EQ(with.records.back(), ImportMessages(text).records.back());
}

TEST(LobsterTest, ErrorsNameFileLineValueAndWhatWouldBeValid) {
  const struct {
    const char* line;
    const char* words;
  } cases[] = {
      {"34200,1,1,100,1000000", "6 columns"},
      {"34200,1,1,100,1000000,1,9", "6 columns"},
      {"noon,1,1,100,1000000,1", "time is 'noon', expected seconds after midnight"},
      {"34200,8,1,100,1000000,1", "type is '8', expected 1 to 7"},
      {"34200,1,x,100,1000000,1", "order id is 'x'"},
      {"34200,1,1,0,1000000,1", "size is '0', expected a positive number"},
      {"34200,1,1,-5,1000000,1", "size is '-5'"},
      {"34200,1,1,100,0,1", "price is '0'"},
      {"34200,1,1,100,99999999999999999999,1", "price is '99999999999999999999'"},
      {"34200,1,1,100,1000000,2", "direction is '2', expected 1 (buy) or -1 (sell)"},
      {"34200,7,0,0,5,-1", "-1, 0 or 1"},
  };
  for (const auto& test : cases) {
    const Imported result = ImportMessages("34200,1,1,100,1000000,1\n" + std::string(test.line) + "\n");
    EXPECT_EQ(result.status.code(), absl::StatusCode::kInvalidArgument) << test.line;
    const std::string message(result.status.message());
    EXPECT_NE(message.find(std::string(kMessages) + ":2: "), std::string::npos) << message;
    EXPECT_NE(message.find(test.words), std::string::npos) << message;
  }
}

TEST(LobsterTest, ABadOrShortOrderbookFileIsAnErrorWithItsPlace) {
  const std::string messages = "34200,1,1,10,1000000,1\n34200,1,2,10,1000000,1\n";
  for (const char* rows : {"1000200,5,1000000,10\n", "1000200,5,1000000,10\n1000200,5,x,10\n",
                           "1000200,5,1000000,10\n1000200,5,1000000\n",
                           "1000200,5,1000000,10\n1000200,5,1000000,10,1000100,5,999900,1\n"}) {
    const Imported result = ImportPair(messages, rows);
    EXPECT_EQ(result.status.code(), absl::StatusCode::kInvalidArgument) << rows;
    EXPECT_NE(result.status.message().find(":2: "), absl::string_view::npos) << result.status;
  }
}

}  // namespace
}  // namespace crucible::decode

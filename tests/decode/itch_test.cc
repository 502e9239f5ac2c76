// ITCH 5.0: framing, directory, and what each order message becomes.

#include "framework/decode/itch.h"

#include "framework/book/book.h"
#include "framework/event/order_codes.h"
#include "tests/decode/decode_fixture.h"
#include "tests/decode/itch_builder.h"

namespace crucible::decode {
namespace {

const std::string kStocks = ItchDirectory(1, "XYZ") + ItchDirectory(7, "ABC");

Imported ImportItch(const std::string& messages, const ImportOptions& options = {}) {
  const Imported result = ImportText("S030819-v50.txt", kStocks + messages, options);
  EXPECT_TRUE(result.status.ok()) << result.status;
  ExpectWellFormed(result.records);
  return result;
}

// The records of XYZ's orders behind the two definitions.
std::vector<Event> Changes(const Imported& result) {
  return {result.records.begin() + 4, result.records.end()};
}

TEST(ItchTest, TheDirectoryDefinesInstrumentsAndTheNameTellsTheDay) {
  const Imported result = ImportItch("");
  ASSERT_EQ(result.report.instruments.size(), 2U);
  EXPECT_EQ(result.report.instruments[0].symbol, "XYZ");
  EXPECT_EQ(result.report.instruments[1].symbol, "ABC");
  EXPECT_EQ(result.report.completeness, Completeness::kFullL3);
  EXPECT_EQ(result.report.first_time.since_epoch / 1'000'000'000,
            1'552'055'400);  // 2019-03-08 09:30 in New York
  EXPECT_EQ(ItchDate("01302020.NASDAQ_ITCH50.gz"), (CivilDate{2020, 1, 30}));
  EXPECT_EQ(ItchDate("20190130.itch"), (CivilDate{2019, 1, 30}));
  EXPECT_EQ(ItchDate("sample_50"), std::nullopt);
}

TEST(ItchTest, EachOrderMessageHasItsRecord) {
  const std::vector<Event> changes = Changes(
      ImportItch(ItchAdd(10, 'B', 100, "XYZ", 1'000'000) + ItchAttributed(11, 'S', 50, "XYZ", 1'000'100) +
                 ItchExecuted(10, 30) + ItchExecutedAt(10, 20, 'Y', 999'900) + ItchCancel(10, 15) +
                 ItchReplace(10, 12, 60, 1'000'000) + ItchDelete(11) + ItchTrade(5, 1'000'050)));
  const std::vector<Kind> expected = {Kind::kOrderAdd,     Kind::kOrderAdd,    Kind::kOrderExecute,
                                      Kind::kOrderExecute, Kind::kOrderReduce, Kind::kOrderDelete,
                                      Kind::kOrderAdd,     Kind::kOrderDelete, Kind::kTrade};
  ASSERT_EQ(changes.size(), expected.size());
  for (std::size_t i = 0; i < expected.size(); ++i) EXPECT_EQ(changes[i].kind, expected[i]) << i;
  EXPECT_EQ(As<ExecuteBody>(changes[2]).price.units, 1'000'000);
  EXPECT_EQ(As<ExecuteBody>(changes[3]).price.units, 999'900);  // C names its price
  EXPECT_EQ(As<ExecuteBody>(changes[3]).trade_id, 901U);
  EXPECT_EQ(As<L3Body>(changes[5]).quantity.units, 35);  // what was left
  EXPECT_FALSE(changes[5].EndsGroup());                  // a replacement is one group
  EXPECT_EQ(As<L3Body>(changes[6]).order_id.value, 12U);
  EXPECT_EQ(changes[6].side, Side::kBid);
  EXPECT_EQ(changes[8].side, Side::kNone);
}

TEST(ItchTest, AnExecutionThatIsNotPrintableIsPrintedByItsCross) {
  const Imported result =
      ImportItch(ItchAdd(10, 'B', 100, "XYZ", 1'000'000) + ItchExecutedAt(10, 40, 'N', 1'000'000) +
                 ItchExecutedAt(10, 60, 'N', 1'000'000) + ItchCross(200, 1'000'000));
  EXPECT_TRUE(result.Of(Kind::kOrderExecute).empty());
  EXPECT_EQ(result.Of(Kind::kOrderReduce).size(), 1U);
  EXPECT_EQ(result.Of(Kind::kOrderDelete).size(), 1U);
  EXPECT_EQ(As<TradeBody>(result.Of(Kind::kTrade).at(0)).quantity.units, 200);
}

TEST(ItchTest, TradingStatesAreRecorded) {
  const Imported result = ImportItch(ItchState('H') + ItchState('Q') + ItchState('T'));
  const std::vector<Event> states = result.Of(Kind::kTradingStatus);
  ASSERT_EQ(states.size(), 3U);
  EXPECT_EQ(As<StatusBody>(states[0]).status, static_cast<std::int64_t>(TradingStatus::kHalted));
  EXPECT_EQ(As<StatusBody>(states[2]).status, static_cast<std::int64_t>(TradingStatus::kTrading));
}

TEST(ItchTest, OneStockCanBeAskedFor) {
  ImportOptions options;
  options.symbol = "ABC";
  const Imported result = ImportItch(ItchAdd(10, 'B', 100, "XYZ", 1'000'000) + ItchExecuted(10, 3) +
                                         ItchAdd(20, 'S', 5, "ABC", 20'000, 9, 7),
                                     options);
  ASSERT_EQ(result.report.instruments.size(), 1U);
  EXPECT_EQ(result.Of(Kind::kOrderAdd).size(), 1U);
  EXPECT_EQ(result.Count(FindingCode::kUnknownOrder), 0U);
}

TEST(ItchTest, TheNextDayStartsWithEmptyBooks) {
  const auto files =
      InMemory({{"S030819-v50", kStocks + ItchAdd(10, 'B', 100, "XYZ", 1'000'000)},
                {"S031119-v50", ItchDirectory(3, "XYZ") + ItchAdd(10, 'B', 7, "XYZ", 900'000, 1, 3)}});
  const Imported result = ImportAll(files, {"S030819-v50", "S031119-v50"}, {});
  ASSERT_TRUE(result.status.ok()) << result.status;
  EXPECT_EQ(result.report.instruments.size(), 2U);
  EXPECT_EQ(result.Of(Kind::kBookClear).size(), 1U);
  EXPECT_EQ(result.Of(Kind::kOrderAdd).size(), 2U);
  EXPECT_EQ(result.Count(FindingCode::kDuplicateOrder), 0U);
}

TEST(ItchTest, TheDoctorCountsWhatCannotBe) {
  const Imported result =
      ImportItch(ItchAdd(10, 'B', 100, "XYZ", 1'000'050) + ItchAdd(10, 'B', 100, "XYZ", 1'000'000) +
                 ItchExecuted(99, 3) + ItchExecuted(10, 300) + ItchAdd(11, 'S', 1, "XYZ", 5, 0));
  EXPECT_EQ(result.Count(FindingCode::kOffGridPrice), 2U);
  EXPECT_EQ(result.Count(FindingCode::kDuplicateOrder), 1U);
  EXPECT_EQ(result.Count(FindingCode::kUnknownOrder), 1U);
  EXPECT_EQ(result.Count(FindingCode::kOrderMismatch), 1U);
  EXPECT_EQ(result.Count(FindingCode::kReversedTime), 1U);
}

TEST(ItchTest, DamageNamesTheOffset) {
  ImportOptions options;
  options.format = "itch";
  const auto message = [&](const std::string& path, const std::string& bytes) {
    return std::string(ImportText(path, bytes, options).status.message());
  };
  const std::string unknown = message("S030819-v50", kStocks + std::string("\0\x0cZabcdefghijk", 14));
  EXPECT_NE(unknown.find("S030819-v50 at byte 82: a message of type 90 ('Z') and 12 bytes"),
            std::string::npos)
      << unknown;
  const std::string cut = message("S030819-v50", kStocks.substr(0, 60));
  EXPECT_NE(cut.find("offset 43: the input ends after 17 bytes of 39"), std::string::npos) << cut;
  EXPECT_NE(message("noname", kStocks).find("give --date"), std::string::npos);
}

}  // namespace
}  // namespace crucible::decode

// DBN: what its messages become, and what it says of damaged files.

#include "framework/book/book.h"
#include "tests/decode/dbn_builder.h"
#include "tests/decode/decode_fixture.h"

namespace crucible::decode {
namespace {

constexpr std::uint8_t kLast = dbn_flag::kLast;
constexpr std::uint8_t kSnapshot = dbn_flag::kSnapshot;

Imported ImportMbo(const std::string& records, const ImportOptions& options = {}) {
  const Imported result = ImportText("x.dbn", DbnMetadataBytes(2, 0) + records, options);
  EXPECT_TRUE(result.status.ok()) << result.status;
  ExpectWellFormed(result.records);
  return result;
}

book::Book BookOf(const Imported& result) {
  book::Book book({.type = book::BookType::kL3, .tick_size = PriceDelta{10'000'000}});
  std::vector<Event> group;
  for (const Event& event : result.records) {
    group.push_back(event);
    if (!event.EndsGroup()) continue;
    EXPECT_EQ(book.Apply(group).error, book::BookError::kNone);
    group.clear();
  }
  return book;
}

const std::string kResting = Mbo('A', 'B', 1, 100, 10, kLast, 1) + Mbo('A', 'A', 2, 101, 7, kLast, 2) +
                             Mbo('A', 'A', 3, 101, 4, kLast, 3);

TEST(DbnTest, EveryVersionGivesTheSameRecords) {
  std::vector<Event> first;
  for (const int version : {1, 2, 3}) {
    const Imported result = ImportText("x.dbn", DbnMetadataBytes(version, 0) + kResting);
    ASSERT_TRUE(result.status.ok()) << result.status;
    if (version == 1) first = result.records;
    EXPECT_EQ(result.records, first);
  }
  EXPECT_EQ(first.size(), 5U);
}

TEST(DbnTest, TheInstrumentIsNamedByTheMappingAndItsDecimalsAreDeclared) {
  const Imported result = ImportMbo(kResting);
  ASSERT_EQ(result.report.instruments.size(), 1U);
  EXPECT_EQ(result.report.instruments[0].symbol, "XYZ");
  EXPECT_EQ(result.report.instruments[0].venue, "test.mdp");
  EXPECT_EQ(result.report.instruments[0].price_decimals, 9);
  EXPECT_EQ(result.report.completeness, Completeness::kFullL3);
  EXPECT_EQ(result.Count(FindingCode::kAssumedTick), 1U);
}

TEST(DbnTest, TimesAreReceiveTimeAndVenueTime) {
  const Imported result = ImportMbo(kResting);
  EXPECT_EQ(result.records.back().time, static_cast<std::int64_t>(kDbnStart) + 103);
  EXPECT_EQ(result.records.back().origin, kDbnStart + 3);
  EXPECT_EQ(result.report.min_feed_latency.nanos, 100);
}

TEST(DbnTest, AnEventIsOneGroupAtTheTimeOfItsLastMessage) {
  const Imported result = ImportMbo(Mbo('A', 'B', 1, 100, 10, 0, 1) + Mbo('A', 'A', 2, 101, 7, kLast, 9));
  ASSERT_EQ(result.records.size(), 4U);
  EXPECT_FALSE(result.records[2].EndsGroup());
  EXPECT_EQ(result.records[2].time, static_cast<std::int64_t>(kDbnStart) + 109);
}

TEST(DbnTest, InterleavedInstrumentsEachKeepTheirEvents) {
  const Imported result = ImportMbo(Mbo('A', 'B', 1, 100, 10, 0, 1) + Mbo('A', 'B', 2, 50, 5, kLast, 2, 43) +
                                    Mbo('A', 'A', 3, 101, 7, kLast, 3));
  ASSERT_EQ(result.report.instruments.size(), 2U);
  EXPECT_EQ(result.report.instruments[1].symbol, "43");  // no mapping
  EXPECT_EQ(result.Of(Kind::kOrderAdd).size(), 3U);
}

TEST(DbnTest, AFillExecutesTheRestingOrderOnceAndIsNoPrintOfItsOwn) {
  const Imported result = ImportMbo(kResting + Mbo('T', 'B', 9, 101, 5, 0, 10) +
                                    Mbo('F', 'A', 2, 101, 5, 0, 10) + Mbo('M', 'A', 2, 101, 2, kLast, 10));
  const std::vector<Event> executed = result.Of(Kind::kOrderExecute);
  ASSERT_EQ(executed.size(), 1U);
  EXPECT_EQ(executed[0].side, Side::kAsk);
  EXPECT_EQ(As<ExecuteBody>(executed[0]).quantity.units, 5);
  EXPECT_TRUE(result.Of(Kind::kTrade).empty());
  EXPECT_TRUE(result.Of(Kind::kOrderModify).empty());  // the modify says what the execution did
  EXPECT_EQ(BookOf(result).touch().ask_quantity.units, 6);
}

TEST(DbnTest, ACompleteFillLeavesNothingForItsCancel) {
  const Imported result = ImportMbo(kResting + Mbo('T', 'B', 9, 101, 7, 0, 10) +
                                    Mbo('F', 'A', 2, 101, 7, 0, 10) + Mbo('C', 'A', 2, 101, 7, kLast, 10));
  EXPECT_EQ(result.Of(Kind::kOrderExecute).size(), 1U);
  EXPECT_TRUE(result.Of(Kind::kOrderDelete).empty());
  EXPECT_EQ(BookOf(result).touch().ask_quantity.units, 4);
}

TEST(DbnTest, TheUnexplainedPartOfATradeIsAPrint) {
  const Imported result = ImportMbo(kResting + Mbo('T', 'B', 9, 101, 12, 0, 10) +
                                    Mbo('F', 'A', 2, 101, 7, 0, 10) + Mbo('C', 'A', 2, 101, 7, kLast, 10));
  const std::vector<Event> trades = result.Of(Kind::kTrade);
  ASSERT_EQ(trades.size(), 1U);
  EXPECT_EQ(As<TradeBody>(trades[0]).quantity.units, 5);
  EXPECT_EQ(trades[0].side, kBuy);
}

TEST(DbnTest, AFillThatTheEventDoesNotConfirmIsTakenBack) {
  const Imported result =
      ImportMbo(kResting + Mbo('T', 'B', 9, 101, 5, 0, 10) + Mbo('F', 'A', 2, 101, 5, kLast, 10));
  EXPECT_EQ(BookOf(result).touch().ask_quantity.units, 11);
  EXPECT_EQ(result.report.measure("fills_taken_back"), 1);
}

TEST(DbnTest, ACancelForPartOfAnOrderReducesIt) {
  const Imported result = ImportMbo(kResting + Mbo('C', 'B', 1, 100, 4, kLast, 10));
  EXPECT_EQ(result.Of(Kind::kOrderReduce).size(), 1U);
  EXPECT_EQ(BookOf(result).touch().bid_quantity.units, 6);
}

TEST(DbnTest, UnknownAndDuplicateOrdersAreCountedAndTheBookStaysRight) {
  const Imported result =
      ImportMbo(kResting + Mbo('C', 'B', 77, 100, 4, kLast, 10) + Mbo('M', 'B', 78, 99, 4, kLast, 11) +
                Mbo('A', 'B', 1, 100, 3, kLast, 12) + Mbo('F', 'B', 79, 100, 1, kLast, 13));
  EXPECT_EQ(result.Count(FindingCode::kUnknownOrder), 2U);
  EXPECT_EQ(result.Count(FindingCode::kDuplicateOrder), 1U);
  EXPECT_EQ(result.report.measure("fills_of_unknown_orders"), 1);
  const book::Book book = BookOf(result);
  EXPECT_EQ(book.touch().bid_quantity.units, 3);
  EXPECT_EQ(book.level_count(Side::kBid), 2U);
}

TEST(DbnTest, ASnapshotReplacesTheBookWhetherOrNotItClearsFirst) {
  const std::string snapshot =
      Mbo('A', 'B', 5, 90, 1, kSnapshot, 20) + Mbo('A', 'A', 6, 95, 2, kSnapshot, 20);
  for (const std::string& clear : {std::string(), Mbo('R', 'N', 0, 0, 0, kSnapshot, 20)}) {
    const Imported result = ImportMbo(kResting + clear + snapshot + Mbo('A', 'B', 7, 91, 3, kLast, 30));
    const book::Book book = BookOf(result);
    EXPECT_EQ(result.Of(Kind::kBookClear).size(), 1U);
    EXPECT_EQ(book.touch().bid_price.units, 91 * kDbnOne);
    EXPECT_EQ(book.touch().ask_price.units, 95 * kDbnOne);
    EXPECT_EQ(result.Count(FindingCode::kDuplicateOrder), 0U);
  }
}

TEST(DbnTest, CrossedEventEndsAreCounted) {
  const Imported result =
      ImportMbo(kResting + Mbo('A', 'B', 9, 102, 1, kLast, 10) + Mbo('A', 'B', 10, 90, 1, kLast, 11) +
                Mbo('C', 'B', 9, 102, 1, kLast, 12));
  EXPECT_EQ(result.report.measure("crossed_event_ends"), 2);
}

TEST(DbnTest, TenLevelsKeepABookOfExactlyTheLevelsShown) {
  const std::string records =
      Levels(dbn_type::kMbp10, 'A', 100, 1, Ten({Level(100, 5, 101, 6), Level(99, 7, 102, 8)}), 1) +
      Levels(dbn_type::kMbp10, 'C', 99, 7, Ten({Level(100, 5, 101, 9)}), 2) +
      Levels(dbn_type::kMbp10, 'T', 101, 4, Ten({Level(100, 5, 101, 9)}), 3);
  const Imported result = ImportText("x.dbn", DbnMetadataBytes(3, 2) + records);
  ASSERT_TRUE(result.status.ok()) << result.status;
  EXPECT_EQ(result.report.completeness, Completeness::kL2);
  const std::vector<Event> levels = result.Of(Kind::kLevel);
  ASSERT_EQ(levels.size(), 7U);
  EXPECT_EQ(As<LevelBody>(levels[4]).quantity.units, 0);  // 99 left
  EXPECT_EQ(levels[4].flags & flag::kSynthetic, 0);
  ASSERT_EQ(result.Of(Kind::kTrade).size(), 1U);
  EXPECT_EQ(result.Of(Kind::kTrade)[0].side, kSell);
}

TEST(DbnTest, QuotesTradesAndEmptySides) {
  const std::string records = Levels(dbn_type::kMbp1, 'A', 100, 1, {Level(100, 5, 101, 6)}, 1) +
                              Levels(dbn_type::kMbp1, 'T', 101, 2, {kNoLevel}, 2) +
                              Levels(dbn_type::kBbo1s, '\0', 101, 2, {Level(99, 1, 101, 2)}, 3);
  const Imported result = ImportText("x.dbn", DbnMetadataBytes(2, 1) + records);
  ASSERT_TRUE(result.status.ok()) << result.status;
  EXPECT_EQ(result.report.completeness, Completeness::kQuotes);
  const std::vector<Event> quotes = result.Of(Kind::kQuote);
  ASSERT_EQ(quotes.size(), 6U);
  EXPECT_EQ(As<QuoteBody>(quotes[0]).order_count, 2);
  EXPECT_EQ(quotes[2].body, Event{}.body);              // no bid
  EXPECT_EQ(quotes[4].origin, static_cast<std::uint64_t>(quotes[4].time));  // sampled: as it stood
  EXPECT_EQ(result.Of(Kind::kTrade).size(), 1U);  // a sampled quote's last trade is none
}

TEST(DbnTest, BarsAreKnownAtTheirEnd) {
  const DbnBar bar{
      DbnHead(dbn_type::kBar1m, sizeof(DbnBar), 0), kDbnOne, 3 * kDbnOne, kDbnOne, 2 * kDbnOne, 55};
  const Imported result = ImportText("x.dbn", DbnMetadataBytes(2, 6) + DbnBytes(bar));
  ASSERT_TRUE(result.status.ok()) << result.status;
  const std::vector<Event> bars = result.Of(Kind::kBar);
  ASSERT_EQ(bars.size(), 1U);
  EXPECT_EQ(bars[0].time, static_cast<std::int64_t>(kDbnStart) + 60'000'000'000);
  EXPECT_EQ(As<BarVolumeBody>(result.Of(Kind::kBarVolume)[0]).volume.units, 55);
  EXPECT_EQ(result.report.completeness, Completeness::kBars);
}

TEST(DbnTest, ADefinitionGivesTickMultiplierAndCurrency) {
  for (const DbnDefinitionLayout& layout : kDbnDefinitions) {
    const std::string definition = Definition(layout, "XYZ", kDbnOne / 4, kDbnOne * 25 / 2);
    const Imported result = ImportMbo(definition + kResting);
    ASSERT_EQ(result.report.instruments.size(), 1U);
    const Instrument& instrument = result.report.instruments[0];
    EXPECT_EQ(instrument.tick_size.units, kDbnOne / 4) << layout.bytes;
    EXPECT_EQ(instrument.multiplier, 50);
    EXPECT_EQ(instrument.currency, "EUR");
    EXPECT_EQ(result.Count(FindingCode::kAssumedTick), 0U);
    const Imported alone = ImportMbo(definition);
    ASSERT_EQ(alone.report.instruments.size(), 1U);
    EXPECT_EQ(alone.report.instruments[0], instrument);
  }
}

TEST(DbnTest, ADefinitionThatChangesTheTickStandsInTheStreamAtItsTime) {
  const DbnDefinitionLayout& layout = kDbnDefinitions[0];
  const auto definition = [&](std::int64_t tick, std::uint64_t after_ns) {
    return Definition(layout, "XYZ", tick, 50 * tick, after_ns);
  };
  const std::string later = Mbo('A', 'A', 4, 102, 5, kLast, 1'000);
  const Imported result = ImportMbo(definition(kDbnOne / 4, 0) + kResting + definition(kDbnOne / 4, 400) +
                                    definition(kDbnOne / 2, 500) + definition(kDbnOne / 2, 600) + later);
  const std::vector<Event> found = result.Of(Kind::kDefinition);
  ASSERT_EQ(found.size(), 2U);  // what says nothing new is not repeated
  EXPECT_EQ(As<DefinitionBody>(found[0]).tick_size.units, kDbnOne / 4);
  EXPECT_EQ(As<DefinitionBody>(found[1]).tick_size.units, kDbnOne / 2);
  EXPECT_EQ(found[1].time, static_cast<std::int64_t>(kDbnStart) + 500);
  EXPECT_EQ(found[1].instrument, found[0].instrument);
  EXPECT_EQ(result.records.back().time, static_cast<std::int64_t>(kDbnStart) + 1'100);
  // Prices are checked against the grid of their time.
  const std::string off_grid =
      DbnBytes(DbnMbo{DbnHead(dbn_type::kMbo, sizeof(DbnMbo), 1'000), 5, 102 * kDbnOne + kDbnOne / 4, 1,
                      kLast, 0, 'A', 'A', kDbnStart + 1'100, 10, 1});
  EXPECT_EQ(ImportMbo(definition(kDbnOne / 4, 0) + kResting + off_grid).Count(FindingCode::kOffGridPrice),
            0U);
  EXPECT_EQ(ImportMbo(definition(kDbnOne / 4, 0) + kResting + definition(kDbnOne / 2, 500) + off_grid)
                .Count(FindingCode::kOffGridPrice),
            1U);
  // A tick that the user declares holds throughout.
  ImportOptions declared;
  declared.tick_size = "0.25";
  EXPECT_EQ(ImportMbo(definition(kDbnOne / 4, 0) + kResting + definition(kDbnOne / 2, 500) + later, declared)
                .Of(Kind::kDefinition)
                .size(),
            1U);
}

TEST(DbnTest, ADefinitionDoesNotHoldBackAnEventUnderWay) {
  const DbnDefinitionLayout& layout = kDbnDefinitions[0];
  const Imported result = ImportMbo(
      Definition(layout, "XYZ", kDbnOne / 4, kDbnOne, 0) + kResting + Mbo('A', 'A', 4, 102, 5, 0, 1'000) +
      Definition(layout, "XYZ", kDbnOne / 2, kDbnOne * 2, 5'000) + Mbo('A', 'A', 5, 103, 5, kLast, 6'000));
  const std::vector<Event> adds = result.Of(Kind::kOrderAdd);
  ASSERT_EQ(adds.size(), 5U);
  EXPECT_EQ(adds[3].time, static_cast<std::int64_t>(kDbnStart) + 1'100);
  EXPECT_EQ(result.Of(Kind::kDefinition)[1].time, static_cast<std::int64_t>(kDbnStart) + 5'000);
}

TEST(DbnTest, SendTimesAreLeftAside) {
  std::string record = Mbo('A', 'B', 1, 100, 10, kLast, 1);
  record[0] = 16;  // 4-byte words
  record += std::string(8, 'x');
  const Imported result = ImportText("x.dbn", DbnMetadataBytes(3, 0, true) + record + record);
  ASSERT_TRUE(result.status.ok()) << result.status;
  EXPECT_EQ(result.Count(FindingCode::kDuplicateOrder), 1U);
}

TEST(DbnTest, AnotherSymbolIsLeftOut) {
  ImportOptions options;
  options.symbol = "43";
  const Imported result = ImportMbo(kResting + Mbo('A', 'B', 2, 50, 5, kLast, 9, 43), options);
  ASSERT_EQ(result.report.instruments.size(), 1U);
  EXPECT_EQ(result.Of(Kind::kOrderAdd).size(), 1U);
}

TEST(DbnTest, DeclaredDecimalsConvertThePricesOrRefuseThem) {
  ImportOptions options;
  options.price_decimals = 2;
  const Imported result = ImportMbo(kResting, options);
  EXPECT_EQ(As<L3Body>(result.Of(Kind::kOrderAdd)[0]).price.units, 10'000);
  DbnMbo odd{
      DbnHead(dbn_type::kMbo, sizeof(DbnMbo), 1), 1, kDbnOne / 1000, 1, kLast, 0, 'A', 'B', kDbnStart, 0, 0};
  const Imported refused = ImportText("x.dbn", DbnMetadataBytes(2, 0) + DbnBytes(odd), options);
  EXPECT_TRUE(absl::IsInvalidArgument(refused.status));
  EXPECT_NE(refused.status.message().find("0.001"), std::string::npos) << refused.status;
}

TEST(DbnTest, DamageNamesTheOffset) {
  const std::string head = DbnMetadataBytes(2, 0);
  const auto message = [&](const std::string& bytes) {
    ImportOptions options;
    options.format = "dbn";
    return std::string(ImportText("x.dbn", bytes, options).status.message());
  };
  EXPECT_EQ(message(""), "x.dbn at byte 0: the file is empty, expected DBN");
  EXPECT_NE(message("DBN\x04" + std::string(200, '\0')).find("version 4, expected 1 to 3"),
            std::string::npos);
  EXPECT_NE(message(head.substr(0, 60)).find("the input ends after"), std::string::npos);
  const std::string cut = message(head + kResting.substr(0, 70));
  EXPECT_NE(cut.find("offset " + std::to_string(head.size() + 56)), std::string::npos) << cut;
  const std::string tiny = message(head + kResting.substr(0, 56) + std::string(60, '\1'));
  EXPECT_NE(tiny.find("at byte " + std::to_string(head.size() + 56) + ": a record of 4 bytes"),
            std::string::npos)
      << tiny;
}

TEST(DbnTest, RecordsOfOtherTypesAreCounted) {
  const Imported result = ImportMbo(kResting + DbnBytes(DbnHead(24, 16, 5)));
  EXPECT_EQ(result.Count(FindingCode::kUnknownMessage), 1U);
}

}  // namespace
}  // namespace crucible::decode

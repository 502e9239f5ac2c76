#include "framework/decode/bars.h"

#include "tests/decode/decode_fixture.h"

namespace crucible::decode {
namespace {

constexpr char kBitfinex[] = "bitfinex_BTCUSD_1m_2015.csv";
constexpr std::int64_t kStart = 1'420'070'400'000;  // ms, 2015-01-01 00:00
constexpr std::int64_t kMinuteMs = 60'000;

std::string Row(std::int64_t minute, const std::string& rest) {
  return std::to_string(kStart + minute * kMinuteMs) + "," + rest;
}

ImportOptions Columns(const std::string& columns) {
  ImportOptions options;
  options.columns = columns;
  options.symbol = "XYZ";
  return options;
}

TEST(BarsTest, BitfinexRowsAreOpenCloseHighLow) {
  const Imported result = ImportText(kBitfinex, Row(0, "322.31,322.09,322.35,322.01,62.874248\r\n"));
  ASSERT_TRUE(result.status.ok()) << result.status;
  ExpectWellFormed(result.records);
  const auto bar = As<BarBody>(result.Of(Kind::kBar).at(0));
  EXPECT_EQ(bar.open, Price{32'231'000'000});
  EXPECT_EQ(bar.close, Price{32'209'000'000});
  EXPECT_EQ(bar.high, Price{32'235'000'000});
  EXPECT_EQ(bar.low, Price{32'201'000'000});
  const auto volume = As<BarVolumeBody>(result.Of(Kind::kBarVolume).at(0));
  EXPECT_EQ(volume.volume, Quantity{6'287'424'800});
  EXPECT_EQ(volume.length, Duration{60'000'000'000});
  EXPECT_EQ(FullName(result.report.instruments.at(0)), "bitfinex:BTCUSD");
  EXPECT_EQ(result.report.instruments[0].currency, "USD");
  EXPECT_EQ(result.report.completeness, Completeness::kBars);
}

TEST(BarsTest, ABarIsKnownAtItsEnd) {
  const Imported result = ImportText(kBitfinex, Row(0, "1,1,1,1,1\n"));
  const Event bar = result.Of(Kind::kBar).at(0);
  EXPECT_EQ(bar.at(), Nanos{(kStart + kMinuteMs) * 1'000'000});
  EXPECT_EQ(bar.venue_time(), bar.at());
  ImportOptions options;
  options.bar_length = Duration{3'600'000'000'000};
  const Event hour = ImportText(kBitfinex, Row(0, "1,1,1,1,1\n"), options).Of(Kind::kBar).at(0);
  EXPECT_EQ(hour.at(), Nanos{kStart * 1'000'000 + 3'600'000'000'000});
}

TEST(BarsTest, NumbersWithExponentAreRead) {
  const Imported result = ImportText(kBitfinex, Row(0, "1,1,1,1,1e-05\n"));
  EXPECT_EQ(As<BarVolumeBody>(result.Of(Kind::kBarVolume).at(0)).volume, Quantity{1'000});
}

TEST(BarsTest, MissingMinutesAreCountedAndNotInvented) {
  const Imported result =
      ImportText(kBitfinex, Row(0, "1,1,1,1,1\n") + Row(1, "1,1,1,1,1\n") + Row(5, "1,1,1,1,1\n") +
                                Row(100, "1,1,1,1,1\n") + Row(2000, "1,1,1,1,1\n"));
  ASSERT_TRUE(result.status.ok()) << result.status;
  EXPECT_EQ(result.Of(Kind::kBar).size(), 5U);
  EXPECT_EQ(result.Count(FindingCode::kMissingBars), 3U + 94U + 1899U);
  EXPECT_EQ(result.FirstPlace(FindingCode::kMissingBars), std::string(kBitfinex) + ":3");
  EXPECT_EQ(result.report.measure("gaps"), 3);
  EXPECT_EQ(result.report.measure("gaps_over_an_hour"), 2);
  EXPECT_EQ(result.report.measure("gaps_over_a_day"), 1);
}

TEST(BarsTest, DuplicateReversedAndOverlappingTimesAreReported) {
  const Imported result = ImportText(kBitfinex, Row(5, "1,1,1,1,1\n") + Row(5, "1,1,1,1,1\n") +
                                                    Row(3, "1,1,1,1,1\n") + "1420070610000,1,1,1,1,1\n");
  ASSERT_TRUE(result.status.ok()) << result.status;
  ExpectWellFormed(result.records);
  EXPECT_EQ(result.Count(FindingCode::kDuplicateTime), 1U);
  EXPECT_EQ(result.Count(FindingCode::kReversedTime), 1U);
  EXPECT_EQ(result.Count(FindingCode::kOverlappingBars), 1U);
}

TEST(BarsTest, PricesOutsideHighAndLowAreReported) {
  const Imported result = ImportText(kBitfinex, Row(0, "10,11,10.5,9,1\n") + Row(1, "0,1,1,0,1\n"));
  EXPECT_EQ(result.Count(FindingCode::kBarBounds), 1U);
  EXPECT_EQ(result.Count(FindingCode::kNonPositivePrice), 1U);
}

TEST(BarsTest, SeveralFilesAreOneStream) {
  const MemoryFiles files = InMemory({{"a", Row(0, "1,1,1,1,1\n")}, {"b", Row(3, "1,1,1,1,1\n")}});
  ImportOptions options;
  options.format = "bitfinex";
  options.symbol = "BTCUSD";
  const Imported result = ImportAll(files, {"a", "b"}, options);
  ASSERT_TRUE(result.status.ok()) << result.status;
  EXPECT_EQ(result.Of(Kind::kDefinition).size(), 1U);
  EXPECT_EQ(result.FirstPlace(FindingCode::kMissingBars), "b:1");
}

TEST(BarsTest, ColumnsMayStandInAnyOrderAndBeSkipped) {
  const Imported result = ImportText("file.csv", "7;x,5,2015-01-01 00:00:00,12,9,10,11,33\n",
                                     Columns("-,volume,time,high,low,open,close,trades"));
  ASSERT_TRUE(result.status.ok()) << result.status;
  const auto bar = As<BarBody>(result.Of(Kind::kBar).at(0));
  EXPECT_EQ(bar.open, Price{1'000'000'000});
  EXPECT_EQ(bar.high, Price{1'200'000'000});
  EXPECT_EQ(bar.low, Price{900'000'000});
  EXPECT_EQ(bar.close, Price{1'100'000'000});
  EXPECT_EQ(As<BarVolumeBody>(result.Of(Kind::kBarVolume).at(0)).trades, 33);
}

TEST(BarsTest, AHeaderLineNamesTheColumns) {
  ImportOptions options;
  options.symbol = "6EH4";
  const std::string text =
      "timestamp_utc,open,high,low,close,volume\n2024-01-01 23:01:00,1.1076,1.10785,1.1076,1.1078,205\n";
  const Imported result = ImportText("x.csv", text, options);
  ASSERT_TRUE(result.status.ok()) << result.status;
  EXPECT_EQ(result.report.format, "bars");
  EXPECT_EQ(result.Of(Kind::kBar).at(0).at(), Nanos{1'704'150'120'000'000'000});
  options.columns = "time,open,high,low,close,volume";
  EXPECT_EQ(ImportText("x.csv", text, options).records, result.records);
}

TEST(BarsTest, LocalTimesAreMovedToUtc) {
  ImportOptions options = Columns("time,open,high,low,close");
  options.utc_offset = Duration{-5 * 3'600'000'000'000};
  const Imported result = ImportText("x.csv", "2015-01-01 00:00:00,1,1,1,1\n", options);
  EXPECT_EQ(result.Of(Kind::kBar).at(0).at(),
            Nanos{(kStart + kMinuteMs) * 1'000'000 + 5 * 3'600'000'000'000});
}

TEST(BarsTest, RoundedValuesAreCountedAndCoarseOnesRefused) {
  ImportOptions options = Columns("time,open,high,low,close,volume");
  const Imported rounded = ImportText("x.csv", "1420070400,100,100,100,100.0000000001,1\n", options);
  ASSERT_TRUE(rounded.status.ok()) << rounded.status;
  EXPECT_EQ(rounded.Count(FindingCode::kInexactDecimal), 1U);
  EXPECT_EQ(As<BarBody>(rounded.Of(Kind::kBar).at(0)).close, Price{10'000'000'000});
  options.price_decimals = 2;
  const Imported coarse = ImportText("x.csv", "1420070400,100,100,100,100.001,1\n", options);
  EXPECT_EQ(coarse.status.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_NE(coarse.status.message().find("x.csv:1: price '100.001' does not fit the 2 decimals"),
            absl::string_view::npos);
}

TEST(BarsTest, ErrorsNameLineValueAndWhatWouldBeValid) {
  const auto error = [](const std::string& text, const ImportOptions& options) {
    return std::string(ImportText("x.csv", text, options).status.message());
  };
  const ImportOptions columns = Columns("time,open,high,low,close,volume");
  EXPECT_NE(error("1420070400,1,1,1,1\n", columns).find("x.csv:1: the line has 5 columns, expected 6"),
            std::string::npos);
  EXPECT_NE(error("1420070400,1,1,1,1,1\nsoon,1,1,1,1,1\n", columns)
                .find("x.csv:2: time is 'soon', expected 10, 13"),
            std::string::npos);
  EXPECT_NE(error("1420070400,1,one,1,1,1\n", columns).find("x.csv:1: price 'one' is not a decimal"),
            std::string::npos);
  EXPECT_NE(error("", Columns("time,open,high,low,last")).find("column 'last' is not one of time, open"),
            std::string::npos);
  EXPECT_NE(error("", Columns("time,open,high,low")).find("column close is missing"), std::string::npos);
  EXPECT_NE(error("", Columns("time,open,open,high,low,close")).find("column open is named twice"),
            std::string::npos);
  ImportOptions nameless = columns;
  nameless.symbol = "";
  EXPECT_NE(error("1420070400,1,1,1,1,1\n", nameless).find("give --symbol"), std::string::npos);
  ImportOptions headless;
  headless.format = "bars";
  EXPECT_NE(error("1420070400,1,1,1,1,1\n", headless).find("give --columns"), std::string::npos);
  ImportOptions length = columns;
  length.bar_length = Duration{0};
  EXPECT_NE(error("1420070400,1,1,1,1,1\n", length).find("--bar-length is 0s"), std::string::npos);
}

}  // namespace
}  // namespace crucible::decode

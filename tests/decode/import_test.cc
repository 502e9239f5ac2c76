#include "framework/decode/import.h"

#include "tests/decode/decode_fixture.h"

namespace crucible::decode {
namespace {

constexpr char kLobster[] = "XYZ_2012-06-21_34200000_57600000_message_2.csv";

// A session of 10,000 orders that come and go.
std::string LobsterSession() {
  std::string text;
  for (int i = 0; i < 10'000; ++i) {
    const std::string time = std::to_string(34'200 + i / 10) + "." + std::to_string(i % 10);
    const std::string tail =
        std::to_string(i / 2) + ",100," + std::to_string(1'000'000 + i / 2 % 50 * 100) + ",1\n";
    text += time + (i % 2 == 0 ? ",1," : ",3,") + tail;
  }
  return text;
}

TEST(ImportTest, RecordsDoNotDependOnCompressionOrChunks) {
  const std::string text = LobsterSession();
  const Imported plain = ImportText(kLobster, text);
  ASSERT_TRUE(plain.status.ok()) << plain.status;
  ASSERT_GT(plain.records.size(), kBatchRecords);
  ExpectWellFormed(plain.records);
  for (const std::string& stored : {text, Gzip(text), Zstd(text)}) {
    for (const std::size_t chunk : {std::size_t{13}, std::size_t{5000}}) {
      const MemoryFiles files = InMemory({{kLobster, stored}}, chunk);
      EXPECT_EQ(ImportAll(files, {kLobster}, {}).records, plain.records);
    }
  }
}

TEST(ImportTest, CopiesFollowEachOtherInTimeAndAreOtherwiseEqual) {
  const std::string text = LobsterSession();
  ImportOptions options;
  const Imported once = ImportText(kLobster, text);
  options.repeat = 3;
  const Imported thrice = ImportText(kLobster, text, options);
  ASSERT_TRUE(thrice.status.ok()) << thrice.status;
  ExpectWellFormed(thrice.records);
  const std::size_t copy = once.records.size() - 2;  // without the definition
  ASSERT_EQ(thrice.records.size(), 3 * copy + 2);
  const std::int64_t shift = thrice.records[2 + copy].time - thrice.records[2].time;
  EXPECT_EQ(shift % 60'000'000'000, 0);
  for (std::size_t i = 0; i < copy; ++i) {
    Event expected = once.records[2 + i];
    const Event& later = thrice.records[2 + 2 * copy + i];
    expected.seq = later.seq;
    expected.time += 2 * shift;
    expected.origin += static_cast<std::uint64_t>(2 * shift);
    ASSERT_EQ(later, expected) << i;
  }
}

// A minute a row, from minute `first` on.
std::string Bars(int first, int count) {
  std::string text = "time,open,high,low,close,volume\n";
  for (int i = first; i < first + count; ++i) text += std::to_string(1'400'000'000 + 60 * i) + ",5,6,4,5,1\n";
  return text;
}

TEST(ImportTest, FilesThatFollowInTimeMayBeGivenInAnyOrder) {
  const MemoryFiles files =
      InMemory({{"a.csv", Bars(0, 9000)}, {"b.csv", Bars(9000, 30)}, {"c.csv", Gzip(Bars(9030, 3))}});
  ImportOptions options;
  options.symbol = "XYZ";
  const Imported ordered = ImportAll(files, {"a.csv", "b.csv", "c.csv"}, options);
  ASSERT_TRUE(ordered.status.ok()) << ordered.status;
  EXPECT_EQ(ordered.Count(FindingCode::kFilesReordered), 0);
  const Imported shuffled = ImportAll(files, {"c.csv", "a.csv", "b.csv"}, options);
  EXPECT_EQ(shuffled.records, ordered.records);
  EXPECT_EQ(shuffled.Count(FindingCode::kFilesReordered), 1);
  EXPECT_EQ(shuffled.report.files.front().path, "a.csv");
}

TEST(ImportTest, FilesOfWhichOneBeginsWithoutARecordAreTakenAsGiven) {
  const MemoryFiles files = InMemory({{"a.csv", Bars(0, 3)}, {"b.csv", Bars(3, 0)}, {"c.csv", Bars(3, 3)}});
  ImportOptions options;
  options.symbol = "XYZ";
  const Imported imported = ImportAll(files, {"c.csv", "b.csv", "a.csv"}, options);
  ASSERT_TRUE(imported.status.ok()) << imported.status;
  EXPECT_EQ(imported.report.files.front().path, "c.csv");
  EXPECT_GT(imported.Count(FindingCode::kReversedTime), 0);
}

TEST(ImportTest, InspectingFindsWhatImportingFinds) {
  const std::string folder = testing::TempDir();
  const std::string path = folder + kLobster;
  FILE* file = std::fopen(path.c_str(), "wb");
  ASSERT_NE(file, nullptr);
  const std::string text = Gzip(LobsterSession());
  std::fwrite(text.data(), 1, text.size(), file);
  std::fclose(file);
  const std::vector<std::string> files = {path};
  KeepingSink sink;
  const auto imported = Import(files, {}, sink);
  const auto inspected = Inspect(files, {});
  ASSERT_TRUE(imported.ok() && inspected.ok()) << imported.status() << inspected.status();
  EXPECT_EQ(imported->records, inspected->records);
  EXPECT_EQ(imported->records, sink.records.size());
  EXPECT_EQ(imported->findings.size(), inspected->findings.size());
  EXPECT_EQ(DetectFormat(path).value(), "lobster");
  std::remove(path.c_str());
}

TEST(ImportTest, ProgressGrowsToItsTotalAndIsNotReportedOften) {
  const MemoryFiles files = InMemory({{kLobster, LobsterSession()}}, 100);
  std::vector<ProgressUpdate> updates;
  KeepingSink sink;
  const std::vector<std::string> paths = {kLobster};
  ASSERT_TRUE(ImportFrom(files, paths, {}, sink, [&](const ProgressUpdate& update) {
                updates.push_back(update);
              }).ok());
  ASSERT_GT(updates.size(), 2U);
  EXPECT_LE(updates.size(), 210U);
  for (std::size_t i = 1; i < updates.size(); ++i)
    EXPECT_GE(updates[i].bytes_done, updates[i - 1].bytes_done);
  EXPECT_EQ(updates.back().bytes_done, updates.back().bytes_total);
  EXPECT_EQ(updates.back().records, sink.records.size());
}

TEST(ImportTest, FormatsAreRecognisedByContent) {
  const std::pair<const char*, const char*> cases[] = {
      {"34200.1,1,1,100,1000000,1\n34200.2,3,1,100,1000000,1\n", "lobster"},
      {"1723161256000000000 {\"stream\":\"x@trade\",\"data\":{\"e\":\"trade\"}}\n", "binance"},
      {"1420070400000,10,12,13,9,5\n1420070460000,12,10,13,9,5\n", "bitfinex"},
      {"Date,Open,High,Low,Close,Volume\n2015-01-01,1,1,1,1,1\n", "bars"},
  };
  for (const auto& [text, format] : cases) {
    const auto detected = DetectFormatFrom(InMemory({{"file", text}}), "file");
    ASSERT_TRUE(detected.ok()) << text;
    EXPECT_EQ(*detected, format);
  }
  EXPECT_EQ(DetectFormatFrom(InMemory({{"file", ""}}), "file").status(),
            absl::InvalidArgumentError("file is empty"));
  for (const char* text : {"hello\n", "1420070400000,10,13,9,12,5\n", "{\"a\":1}\n"}) {
    const auto detected = DetectFormatFrom(InMemory({{"file", text}}), "file");
    EXPECT_EQ(detected.status().code(), absl::StatusCode::kUnimplemented) << text;
    EXPECT_NE(detected.status().message().find("cme, bitfinex, bars"), absl::string_view::npos);
  }
}

TEST(ImportTest, WrongOptionsAreNamed) {
  const auto error = [](const ImportOptions& options) {
    return std::string(ImportText(kLobster, "34200,1,1,100,1000000,1\n", options).status.message());
  };
  ImportOptions options;
  options.format = "csv";
  EXPECT_NE(error(options).find("format is 'csv', expected one of dbn, itch, lobster"), std::string::npos);
  options = {};
  options.price_decimals = 19;
  EXPECT_NE(error(options).find("price decimals is 19, expected 0 to 18"), std::string::npos);
  options = {};
  options.tick_size = "zero";
  EXPECT_NE(error(options).find("tick size is 'zero', expected a positive number with at most 4 decimals"),
            std::string::npos);
  options = {};
  options.multiplier = 0;
  EXPECT_NE(error(options).find("multiplier is 0"), std::string::npos);
  options = {};
  options.date = "yesterday";
  EXPECT_NE(error(options).find("date is 'yesterday', expected YYYY-MM-DD"), std::string::npos);
  EXPECT_EQ(ImportAll(InMemory({}), {}, {}).status.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(ImportAll(InMemory({}), {"nowhere"}, {}).status.code(), absl::StatusCode::kNotFound);
}

TEST(ImportTest, WhatTheSinkRefusesEndsTheImport) {
  class RefusingSink final : public RecordSink {
   public:
    absl::Status Append(std::span<const Event>) override { return absl::ResourceExhaustedError("disk full"); }
    absl::StatusOr<std::uint64_t> AppendText(std::string_view) override { return 1; }
    Hash128 log_hash() const override { return {}; }
  };
  RefusingSink sink;
  const std::vector<std::string> paths = {kLobster};
  const auto report = ImportFrom(InMemory({{kLobster, LobsterSession()}}), paths, {}, sink, {});
  EXPECT_EQ(report.status().code(), absl::StatusCode::kResourceExhausted);
}

TEST(ImportTest, AnEmptyFileHasNoRecords) {
  ImportOptions options;
  for (const char* format : {"lobster", "binance", "bitfinex"}) {
    options.format = format;
    const Imported result = ImportText(kLobster, "", options);
    EXPECT_TRUE(result.status.ok()) << result.status;
    EXPECT_TRUE(result.records.empty());
  }
}

}  // namespace
}  // namespace crucible::decode

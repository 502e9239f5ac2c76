// Importers over generated text in memory, beside the floor of cutting the same text into lines.
// items are records (for the floor: lines); bytes are bytes of text.

#include <benchmark/benchmark.h>

#include <cstdint>
#include <memory>
#include <string>

#include "absl/strings/str_format.h"
#include "framework/base/random.h"
#include "framework/decode/importer.h"

namespace crucible::decode {
namespace {

constexpr int kLines = 20'000;

class OneFile final : public FileAccess {
 public:
  OneFile(std::string path, std::string text) : path_(std::move(path)), text_(std::move(text)) {}
  absl::StatusOr<std::unique_ptr<ByteSource>> Open(const std::string& path) const override {
    if (path != path_) return absl::NotFoundError(path);
    return ByteSource::FromBytes(text_, path, 1 << 17);
  }
  absl::StatusOr<std::uint64_t> Bytes(const std::string& path) const override {
    if (path != path_) return absl::NotFoundError(path);
    return text_.size();
  }
  const std::string& path() const { return path_; }
  const std::string& text() const { return text_; }

 private:
  std::string path_;
  std::string text_;
};

class Discard final : public RecordSink {
 public:
  absl::Status Append(std::span<const Event> records) override {
    benchmark::DoNotOptimize(records.data());
    return absl::OkStatus();
  }
  absl::StatusOr<std::uint64_t> AppendText(std::string_view) override { return 1; }
  Hash128 log_hash() const override { return {}; }
};

OneFile Lobster() {
  std::string text;
  for (int i = 0; i < kLines; ++i) {
    absl::StrAppendFormat(&text, "%d.%09d,%d,%d,100,%d,1\n", 34'200 + i / 10, i % 10 * 100'000'007,
                          i % 2 == 0 ? 1 : 3, i / 2, 5'800'000 + i / 2 % 50 * 100);
  }
  return {"XYZ_2012-06-21_34200000_57600000_message_50.csv", text};
}

// One snapshot, then depth messages of 50 levels with ten quotes and three trades between them.
OneFile Binance() {
  constexpr std::int64_t kStart = 1'723'161'256'000;
  RandomStream random(1, "bench");
  const auto level = [&](int touch, int sign) {
    return absl::StrFormat(R"(["%d.%d0","%d.%03d"])",
                           touch + sign * static_cast<int>(random.UniformBelow(200)), random.UniformBelow(10),
                           random.UniformBelow(20), random.UniformBelow(1000));
  };
  const auto levels = [&](int touch, int sign) {
    std::string list = level(touch, sign);
    for (int i = 1; i < 25; ++i) list += "," + level(touch, sign);
    return list;
  };
  std::string text;
  for (int i = 0; i < kLines; ++i) {
    const std::int64_t sent = kStart + i;
    absl::StrAppendFormat(&text, "%d000000 ", sent + 3);
    if (i == 0) {
      absl::StrAppendFormat(&text, R"({"lastUpdateId":%d,"E":%d,"T":%d,"bids":[%s],"asks":[%s]})", i, sent,
                            sent, levels(61'000, -1), levels(61'300, 1));
    } else if (i % 14 == 0) {
      absl::StrAppendFormat(
          &text,
          R"({"stream":"b@depth","data":{"e":"depthUpdate","E":%d,"T":%d,"s":"BTCUSDT","U":%d,"u":%d,"pu":%d,"b":[%s],"a":[%s]}})",
          sent, sent, i - 13, i, i - 14, levels(61'000, -1), levels(61'300, 1));
    } else if (i % 14 > 10) {
      absl::StrAppendFormat(
          &text,
          R"({"stream":"b@trade","data":{"e":"trade","E":%d,"T":%d,"s":"BTCUSDT","t":%d,"p":"61100.30","q":"0.006","X":"MARKET","m":false}})",
          sent, sent, i);
    } else {
      absl::StrAppendFormat(
          &text,
          R"({"stream":"b@bookTicker","data":{"e":"bookTicker","u":%d,"s":"BTCUSDT","b":"61000.00","B":"2.507","a":"61300.00","A":"2.510","T":%d,"E":%d}})",
          i, sent, sent);
    }
    text += "\n";
  }
  return {"capture", text};
}

OneFile Bars() {
  std::string text;
  for (int i = 0; i < kLines; ++i) {
    absl::StrAppendFormat(&text, "%d,322.%02d,322.09,323.31,321.09,62.%06d\r\n",
                          1'420'070'400'000 + i * 60'000LL, i % 100, i);
  }
  return {"bitfinex_BTCUSD_1m_2015.csv", text};
}

OneFile Make(const std::string& format) {
  if (format == "lobster") return Lobster();
  return format == "binance" ? Binance() : Bars();
}

void BM_LineReader_Next(benchmark::State& state, const std::string& format) {
  const OneFile file = Make(format);
  for (auto _ : state) {
    LineReader reader(*file.Open(file.path()), file.path());
    std::string_view line;
    while (reader.Next(&line)) benchmark::DoNotOptimize(line.data());
  }
  state.SetItemsProcessed(state.iterations() * kLines);
  state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(file.text().size()));
}

void BM_Importer_Run(benchmark::State& state, const std::string& format) {
  const OneFile file = Make(format);
  const std::string paths[] = {file.path()};
  std::uint64_t records = 0;
  for (auto _ : state) {
    Discard sink;
    const auto report = ImportFrom(file, paths, {}, sink, {});
    if (!report.ok()) return state.SkipWithError(std::string(report.status().message()).c_str());
    records += report->records;
  }
  state.SetItemsProcessed(static_cast<std::int64_t>(records));
  state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(file.text().size()));
}

// clang-format off
BENCHMARK_CAPTURE(BM_LineReader_Next, format:lobster, "lobster");
BENCHMARK_CAPTURE(BM_Importer_Run, format:lobster, "lobster");
BENCHMARK_CAPTURE(BM_LineReader_Next, format:binance, "binance");
BENCHMARK_CAPTURE(BM_Importer_Run, format:binance, "binance");
BENCHMARK_CAPTURE(BM_LineReader_Next, format:bitfinex, "bitfinex");
BENCHMARK_CAPTURE(BM_Importer_Run, format:bitfinex, "bitfinex");
// clang-format on

}  // namespace
}  // namespace crucible::decode

BENCHMARK_MAIN();

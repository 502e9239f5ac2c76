// The journal against floors of the same run: figures of crucible_journal_bench, put side by side.

#include <array>
#include <cstdio>
#include <map>
#include <memory>
#include <nlohmann/json.hpp>

#include "absl/strings/str_format.h"
#include "benchmarks/score/score.h"
#include "framework/base/check.h"

namespace crucible::score {
namespace {

// Nanoseconds of CPU per item and benchmark, the smallest of the repetitions.
std::map<std::string, double> RunBenchmarks(const Options& options) {
  const std::string command = absl::StrFormat(
      "%s %s --benchmark_format=json "
      "--benchmark_filter='Floor|Rows|Blocks_Append|Blocks_Scan|Columns|Diff|Ring' "
      "--benchmark_repetitions=%d --benchmark_min_time=%s 2>/dev/null",
      options.smoke ? "CRUCIBLE_BENCH_SMOKE=1" : "", CRUCIBLE_JOURNAL_BENCH, options.smoke ? 1 : 3,
      options.smoke ? "0.01" : "0.4");
  std::unique_ptr<std::FILE, int (*)(std::FILE*)> pipe(popen(command.c_str(), "r"), pclose);
  CRUCIBLE_CHECK(pipe != nullptr);
  std::string text;
  std::array<char, 4096> chunk{};
  while (const std::size_t size = std::fread(chunk.data(), 1, chunk.size(), pipe.get()))
    text.append(chunk.data(), size);
  std::map<std::string, double> nanos;
  const nlohmann::json json = nlohmann::json::parse(text);
  for (const auto& benchmark : json["benchmarks"]) {
    if (benchmark["run_type"] != "iteration") continue;
    const double each = 1e9 / benchmark["items_per_second"].get<double>();
    const auto [at, fresh] = nanos.try_emplace(benchmark["run_name"].get<std::string>(), each);
    if (!fresh) at->second = std::min(at->second, each);
  }
  return nanos;
}

struct Stream {
  std::string name, benchmark, what;
};
const std::array<Stream, 3> kStreams = {{
    {"", "", "synthetic flow of 24 instruments, fixed seed; CPU time"},
    {"/one-instrument", "/stream:one_instrument", "synthetic flow of one instrument"},
    {"/depth", "/stream:depth", "synthetic depth messages and trades"},
}};

}  // namespace

Rows JournalRows(Options& options) {
  Rows rows;
  if (!Wanted(options, "journal/")) return rows;
  const std::map<std::string, double> nanos = RunBenchmarks(options);
  const double copy = nanos.at("BM_Floor_CopyConsume"), mapped = nanos.at("BM_Floor_MmapScan");
  const std::string note = "synthetic flow of 24 instruments, fixed seed; CPU time";
  for (const auto& [name, stream, what] : kStreams) {
    const double scan = nanos.at("BM_Blocks_Scan" + stream), columns = nanos.at("BM_Columns_Scan" + stream);
    rows.push_back(
        RatioAtMost("journal/scan/copy-floor" + name, scan, "ns/record", "copy and consume", copy, 2, what));
    rows.push_back(RatioAtMost("journal/columns/mmap-scan" + name, columns, "ns/record",
                               "mapped 64-byte records", mapped, 1, "2 of 8 columns; " + what));
  }
  rows.push_back(RatioAtLeast("journal/scan/rows", nanos.at("BM_Blocks_Scan"), "ns/record",
                              "row per event, scan", nanos.at("BM_Rows_Scan"), 20, note));
  rows.push_back(RatioAtLeast("journal/append/rows", nanos.at("BM_Blocks_Append"), "ns/record",
                              "row per event, append", nanos.at("BM_Rows_Append"), 8, note));
  rows.push_back(AtMost("journal/ring-push", nanos.at("BM_Ring_Push"), "ns/record", 15,
                        "bursts of 8192, producer's CPU"));
  rows.push_back(AtMost("journal/diff", nanos.at("BM_Diff") / 1e6, "ms", 10,
                        "two files of 1 M records that part at two thirds: open both, find the record"));
  return rows;
}

}  // namespace crucible::score

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
      "%s %s --benchmark_format=json --benchmark_repetitions=%d --benchmark_min_time=%s 2>/dev/null",
      options.smoke ? "CRUCIBLE_BENCH_SMOKE=1" : "", CRUCIBLE_JOURNAL_BENCH, options.smoke ? 1 : 5,
      options.smoke ? "0.01" : "0.5");
  std::unique_ptr<std::FILE, int (*)(std::FILE*)> pipe(popen(command.c_str(), "r"), pclose);
  CRUCIBLE_CHECK(pipe != nullptr);
  std::string text;
  std::array<char, 4096> chunk{};
  while (const std::size_t size = std::fread(chunk.data(), 1, chunk.size(), pipe.get())) text.append(chunk.data(), size);
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

}  // namespace

Rows JournalRows(Options& options) {
  Rows rows;
  if (!Wanted(options, "journal/")) return rows;
  const std::map<std::string, double> nanos = RunBenchmarks(options);
  const std::string note = "synthetic flow of 24 instruments, fixed seed; CPU time";
  const double scan = nanos.at("BM_Blocks_Scan"), append = nanos.at("BM_Blocks_Append");
  rows.push_back(RatioAtMost("journal/scan/copy-floor", scan, "ns/record", "copy and consume",
                             nanos.at("BM_Floor_CopyConsume"), 2, note));
  rows.push_back(RatioAtLeast("journal/scan/rows", scan, "ns/record", "row per event, scan", nanos.at("BM_Rows_Scan"), 20, note));
  rows.push_back(RatioAtLeast("journal/append/rows", append, "ns/record", "row per event, append",
                              nanos.at("BM_Rows_Append"), 8, note));
  rows.push_back(AtMost("journal/ring-push", nanos.at("BM_Ring_Push"), "ns/record", 15, "bursts of 8192, producer's CPU"));
  rows.push_back(RatioAtMost("journal/columns/mmap-scan", nanos.at("BM_Columns_Scan"), "ns/record",
                             "mapped 64-byte records", nanos.at("BM_Floor_MmapScan"), 1, "2 of 8 columns"));
  return rows;
}

}  // namespace crucible::score

#include <benchmark/benchmark.h>

#include <map>

#include "benchmarks/exchange/matching_race.h"

namespace crucible::bench {
namespace {

const MarketStream& Stream(std::int64_t shape) {
  static std::map<std::int64_t, MarketStream> streams;
  auto it = streams.find(shape);
  if (it == streams.end()) {
    streams.clear();  // one at a time: a stream is 320 MB
    it = streams.emplace(shape, MakeStream(StandardShapes()[static_cast<std::size_t>(shape)])).first;
  }
  return it->second;
}

void Report(benchmark::State& state, const MarketStream& stream, const RaceResult& result) {
  state.SetIterationTime(result.ns_per_message * 1e-9 * static_cast<double>(stream.messages.size()));
  state.SetItemsProcessed(state.items_processed() + static_cast<std::int64_t>(stream.messages.size()));
  state.counters["ns_per_message"] = result.ns_per_message;
  state.counters["trades"] = static_cast<double>(result.trades);
  state.counters["book_mb"] = static_cast<double>(result.book_bytes) / 1e6;
}

void BM_MatchingFloor_Serve(benchmark::State& state) {
  const MarketStream& stream = Stream(state.range(0));
  for (auto _ : state) Report(state, stream, RaceMatchingFloor(stream));
}

void BM_MatchingBook_Serve(benchmark::State& state) {
  const MarketStream& stream = Stream(state.range(0));
  const std::uint64_t expected = RaceMatchingFloor(stream).sum;
  for (auto _ : state) {
    const RaceResult result = RaceMatching(stream, state.range(1) == 0 ? Ids::kArbitrary : Ids::kDense);
    if (result.sum != expected) state.SkipWithError("trades or touches differ from the floor's");
    Report(state, stream, result);
  }
}

// Shape by shape, so that a stream is made once.
const int kRegistered = [] {
  for (std::int64_t shape : {0, 1, 2}) {
    const auto add = [&](const char* name, void (*run)(benchmark::State&)) {
      return benchmark::RegisterBenchmark(name, run)->UseManualTime()->Iterations(1);
    };
    add("BM_MatchingFloor_Serve", BM_MatchingFloor_Serve)->ArgName("shape")->Arg(shape);
    add("BM_MatchingBook_Serve", BM_MatchingBook_Serve)
        ->ArgNames({"shape", "dense"})
        ->Args({shape, 1})
        ->Args({shape, 0});
  }
  return 0;
}();

}  // namespace
}  // namespace crucible::bench

BENCHMARK_MAIN();

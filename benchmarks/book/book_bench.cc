#include <benchmark/benchmark.h>

#include <map>

#include "benchmarks/book/book_race.h"

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
  state.counters["book_mb"] = static_cast<double>(result.book_bytes) / 1e6;
}

void BM_FloorMarket_Apply(benchmark::State& state) {
  const MarketStream& stream = Stream(state.range(0));
  for (auto _ : state) Report(state, stream, RaceFloor(stream));
}

void BM_L3Book_Apply(benchmark::State& state) {
  const MarketStream& stream = Stream(state.range(0));
  const std::uint64_t expected = RaceFloor(stream).sum;
  for (auto _ : state) {
    const RaceResult result = RaceBooks(stream, state.range(1) == 0 ? Ids::kArbitrary : Ids::kDense);
    if (result.sum != expected) state.SkipWithError("the book's touches differ from the floor's");
    Report(state, stream, result);
  }
}

BENCHMARK(BM_FloorMarket_Apply)->ArgName("shape")->Arg(0)->UseManualTime()->Iterations(1);
BENCHMARK(BM_L3Book_Apply)
    ->ArgNames({"shape", "dense"})
    ->ArgsProduct({{0}, {1, 0}})
    ->UseManualTime()
    ->Iterations(1);
BENCHMARK(BM_FloorMarket_Apply)->ArgName("shape")->Arg(1)->UseManualTime()->Iterations(1);
BENCHMARK(BM_L3Book_Apply)
    ->ArgNames({"shape", "dense"})
    ->ArgsProduct({{1}, {1, 0}})
    ->UseManualTime()
    ->Iterations(1);
BENCHMARK(BM_FloorMarket_Apply)->ArgName("shape")->Arg(2)->UseManualTime()->Iterations(1);
BENCHMARK(BM_L3Book_Apply)
    ->ArgNames({"shape", "dense"})
    ->ArgsProduct({{2}, {1, 0}})
    ->UseManualTime()
    ->Iterations(1);

}  // namespace
}  // namespace crucible::bench

BENCHMARK_MAIN();

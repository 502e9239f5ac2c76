#include <benchmark/benchmark.h>

#include <map>

#include "benchmarks/book/book_race.h"
#include "benchmarks/book/l2_race.h"

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
  for (auto _ : state) Report(state, stream, RaceBookFloor(stream));
}

void BM_L3Book_Apply(benchmark::State& state) {
  const MarketStream& stream = Stream(state.range(0));
  const std::uint64_t expected = RaceBookFloor(stream).sum;
  for (auto _ : state) {
    const RaceResult result = RaceBooks(stream, state.range(1) == 0 ? Ids::kArbitrary : Ids::kDense);
    if (result.sum != expected) state.SkipWithError("the book's touches differ from the floor's");
    Report(state, stream, result);
  }
}

template <class Market>
void BM_L2_Set(benchmark::State& state) {
  const DeltaStream deltas = MakeDeltas(Stream(state.range(0)));
  const std::uint64_t expected = RaceL2<L2Floor>(deltas).sum;
  for (auto _ : state) {
    const RaceResult result = RaceL2<Market>(deltas);
    if (result.sum != expected) state.SkipWithError("the touches differ from the floor's");
    state.SetIterationTime(result.ns_per_message * 1e-9 * static_cast<double>(deltas.deltas.size()));
    state.counters["ns_per_delta"] = result.ns_per_message;
    state.counters["book_mb"] = static_cast<double>(result.book_bytes) / 1e6;
  }
}
void BM_L2Floor_Set(benchmark::State& state) { BM_L2_Set<L2Floor>(state); }
void BM_L2Map_Set(benchmark::State& state) { BM_L2_Set<L2Maps>(state); }
void BM_L2Book_Set(benchmark::State& state) { BM_L2_Set<L2Books>(state); }

// Shape by shape, so that a stream is made once.
const int kRegistered = [] {
  for (std::int64_t shape : {0, 1, 2}) {
    const auto add = [&](const char* name, void (*run)(benchmark::State&)) {
      return benchmark::RegisterBenchmark(name, run)->UseManualTime()->Iterations(1);
    };
    add("BM_FloorMarket_Apply", BM_FloorMarket_Apply)->ArgName("shape")->Arg(shape);
    add("BM_L3Book_Apply", BM_L3Book_Apply)->ArgNames({"shape", "dense"})->Args({shape, 1})->Args({shape, 0});
    add("BM_L2Floor_Set", BM_L2Floor_Set)->ArgName("shape")->Arg(shape);
    add("BM_L2Map_Set", BM_L2Map_Set)->ArgName("shape")->Arg(shape);
    add("BM_L2Book_Set", BM_L2Book_Set)->ArgName("shape")->Arg(shape);
  }
  return 0;
}();

}  // namespace
}  // namespace crucible::bench

BENCHMARK_MAIN();

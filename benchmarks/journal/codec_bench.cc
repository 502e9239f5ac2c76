// The block codec alone, in memory.
#include <benchmark/benchmark.h>

#include <cstring>

#include "benchmarks/journal/generator.h"
#include "framework/event/log_hash.h"
#include "framework/journal/block_codec.h"

namespace crucible::journal {
namespace {

constexpr std::size_t kBlock = 8192;
constexpr std::size_t kRecords = 64 * kBlock;

using Maker = std::vector<Event> (*)(std::size_t);

struct StoredBlock {
  std::uint32_t codec;
  std::vector<std::uint8_t> payload;
};

std::vector<StoredBlock> EncodeAll(std::span<const Event> records) {
  BlockEncoder encoder;
  std::vector<StoredBlock> blocks;
  for (std::size_t at = 0; at < records.size(); at += kBlock) {
    const EncodedBlock block = encoder.Encode(records.subspan(at, kBlock));
    blocks.push_back({static_cast<std::uint32_t>(block.codec), {block.payload.begin(), block.payload.end()}});
  }
  return blocks;
}

void Report(benchmark::State& state, std::span<const StoredBlock> blocks) {
  std::size_t bytes = 0;
  for (const StoredBlock& block : blocks) bytes += block.payload.size();
  state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(kRecords));
  state.counters["bytes_per_record"] = static_cast<double>(bytes) / kRecords;
  state.counters["ns_per_record"] = benchmark::Counter(
      kRecords * 1e-9, benchmark::Counter::kIsIterationInvariantRate | benchmark::Counter::kInvert);
}

void BM_BlockEncoder_Encode(benchmark::State& state, Maker make) {
  const std::vector<Event> records = make(kRecords);
  const std::vector<StoredBlock> blocks = EncodeAll(records);
  BlockEncoder encoder;
  for (auto _ : state) {
    for (std::size_t at = 0; at < kRecords; at += kBlock) {
      benchmark::DoNotOptimize(encoder.Encode(std::span(records).subspan(at, kBlock)).payload.data());
    }
  }
  Report(state, blocks);
}

void BM_BlockDecoder_Decode(benchmark::State& state, Maker make) {
  const std::vector<StoredBlock> blocks = EncodeAll(make(kRecords));
  BlockDecoder decoder;
  std::vector<Event> out(kBlock);
  for (auto _ : state) {
    std::uint64_t seq = 1;
    for (const StoredBlock& block : blocks) {
      if (!decoder.Decode(block.codec, block.payload, seq, out).ok()) state.SkipWithError("decode");
      seq += kBlock;
      benchmark::DoNotOptimize(out.data());
      benchmark::ClobberMemory();
    }
  }
  Report(state, blocks);
}

void BM_LogHash_Add(benchmark::State& state, Maker make) {
  const std::vector<Event> records = make(kRecords);
  for (auto _ : state) {
    LogHash hash;
    hash.Add(records);
    benchmark::DoNotOptimize(hash.value());
  }
  Report(state, {});
}

BENCHMARK_CAPTURE(BM_BlockEncoder_Encode, stream : many_instruments, ManyInstruments)
    ->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(BM_BlockEncoder_Encode, stream : one_instrument, OneInstrument)
    ->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(BM_BlockEncoder_Encode, stream : depth, DepthMessages)->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(BM_BlockEncoder_Encode, stream : decisions, Decisions)->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(BM_BlockDecoder_Decode, stream : many_instruments, ManyInstruments)
    ->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(BM_BlockDecoder_Decode, stream : one_instrument, OneInstrument)
    ->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(BM_BlockDecoder_Decode, stream : depth, DepthMessages)->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(BM_BlockDecoder_Decode, stream : decisions, Decisions)->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(BM_LogHash_Add, stream : depth, DepthMessages)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace crucible::journal

BENCHMARK_MAIN();

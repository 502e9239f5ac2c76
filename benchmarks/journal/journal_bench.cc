// The journal on disk, beside the floors and the row-per-event table that its targets are ratios to
// (docs/formats/journal.md). One million records of order flow on 24 instruments by default;
// CRUCIBLE_BENCH_RECORDS says otherwise.
#include <benchmark/benchmark.h>
#include <fcntl.h>
#include <sqlite3.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <string>

#include "benchmarks/journal/generator.h"
#include "framework/base/check.h"
#include "framework/journal/async_appender.h"
#include "framework/journal/diff.h"
#include "framework/journal/journal.h"

namespace crucible::journal {
namespace {

std::size_t RecordCount() {
  if (std::getenv("CRUCIBLE_BENCH_SMOKE") != nullptr) return 20'000;
  const char* records = std::getenv("CRUCIBLE_BENCH_RECORDS");
  return records == nullptr ? 1'000'000 : std::strtoull(records, nullptr, 10);
}

// The records, and a directory of files that goes when the program ends.
class Workshop {
 public:
  static Workshop& Get() {
    static Workshop workshop;
    return workshop;
  }
  const std::vector<Event>& records() const { return records_; }
  std::string NewPath() { return (directory_ / std::to_string(++files_)).string(); }

 private:
  Workshop() : records_(ManyInstruments(RecordCount())) {
    std::string pattern = (std::filesystem::temp_directory_path() / "crucible-bench-XXXXXX").string();
    directory_ = mkdtemp(pattern.data());
  }
  ~Workshop() { std::filesystem::remove_all(directory_); }

  std::vector<Event> records_;
  std::filesystem::path directory_;
  int files_ = 0;
};

void Report(benchmark::State& state) {
  const auto count = static_cast<std::int64_t>(Workshop::Get().records().size());
  state.SetItemsProcessed(state.iterations() * count);
}

// What every scan does with a record: touch each field.
inline std::uint64_t Consume(const Event& e) {
  return e.seq + static_cast<std::uint64_t>(e.time) + e.origin + e.instrument +
         static_cast<std::uint64_t>(e.kind) + static_cast<std::uint64_t>(e.side) + e.flags +
         static_cast<std::uint64_t>(e.body[0] ^ e.body[1]) +
         static_cast<std::uint64_t>(e.body[2] ^ e.body[3]);
}
inline std::uint64_t Consume(std::span<const Event> events) {
  std::uint64_t sum = 0;
  for (const Event& event : events) sum += Consume(event);
  return sum;
}

// ---- floors ----

class MappedRecords {
 public:
  MappedRecords() : path_(Workshop::Get().NewPath()) {
    const auto& records = Workshop::Get().records();
    bytes_ = records.size() * sizeof(Event);
    const int file = open(path_.c_str(), O_RDWR | O_CREAT, 0600);
    CRUCIBLE_CHECK(file >= 0 && write(file, records.data(), bytes_) == static_cast<ssize_t>(bytes_));
    memory_ = mmap(nullptr, bytes_, PROT_READ, MAP_SHARED | MAP_POPULATE, file, 0);
    CRUCIBLE_CHECK(memory_ != MAP_FAILED);
    close(file);
  }
  ~MappedRecords() {
    munmap(memory_, bytes_);
    std::filesystem::remove(path_);
  }
  std::span<const Event> records() const {
    return {static_cast<const Event*>(memory_), bytes_ / sizeof(Event)};
  }

 private:
  std::string path_;
  std::size_t bytes_ = 0;
  void* memory_ = nullptr;
};

void BM_Floor_MmapScan(benchmark::State& state) {
  const MappedRecords mapped;
  for (auto _ : state) benchmark::DoNotOptimize(Consume(mapped.records()));
  Report(state);
}
BENCHMARK(BM_Floor_MmapScan)->Unit(benchmark::kMillisecond);

void BM_Floor_CopyConsume(benchmark::State& state) {
  const MappedRecords mapped;
  std::vector<Event> scratch(4096);
  for (auto _ : state) {
    std::uint64_t sum = 0;
    for (std::size_t at = 0; at < mapped.records().size(); at += scratch.size()) {
      const auto part = mapped.records().subspan(at, std::min(scratch.size(), mapped.records().size() - at));
      std::memcpy(static_cast<void*>(scratch.data()), part.data(), part.size_bytes());
      benchmark::ClobberMemory();
      sum += Consume(std::span<const Event>(scratch).first(part.size()));
    }
    benchmark::DoNotOptimize(sum);
  }
  Report(state);
}
BENCHMARK(BM_Floor_CopyConsume)->Unit(benchmark::kMillisecond);

// ---- a row per event ----

class RowTable {
 public:
  RowTable() : path_(Workshop::Get().NewPath()) {
    CRUCIBLE_CHECK(sqlite3_open(path_.c_str(), &database_) == SQLITE_OK);
    Run("PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA mmap_size=2147418112; PRAGMA "
        "cache_size=-16384;"
        "CREATE TABLE event(seq INTEGER PRIMARY KEY, time INTEGER, origin INTEGER, instrument INTEGER, kind "
        "INTEGER, "
        "side INTEGER, flags INTEGER, body0 INTEGER, body1 INTEGER, body2 INTEGER, body3 INTEGER)");
  }
  ~RowTable() {
    sqlite3_close(database_);
    for (const char* suffix : {"", "-wal", "-shm"}) std::filesystem::remove(path_ + suffix);
  }
  void Append(std::span<const Event> records) {
    sqlite3_stmt* insert = Prepare("INSERT INTO event VALUES(?,?,?,?,?,?,?,?,?,?,?)");
    for (std::size_t i = 0; i < records.size(); ++i) {
      if (i % 10'000 == 0) Run(i == 0 ? "BEGIN" : "COMMIT; BEGIN");
      const Event& e = records[i];
      const std::int64_t fields[] = {static_cast<std::int64_t>(e.seq),
                                     e.time,
                                     static_cast<std::int64_t>(e.origin),
                                     e.instrument,
                                     static_cast<std::int64_t>(e.kind),
                                     static_cast<std::int64_t>(e.side),
                                     e.flags,
                                     e.body[0],
                                     e.body[1],
                                     e.body[2],
                                     e.body[3]};
      for (int f = 0; f < 11; ++f) sqlite3_bind_int64(insert, f + 1, fields[f]);
      CRUCIBLE_CHECK(sqlite3_step(insert) == SQLITE_DONE);
      sqlite3_reset(insert);
    }
    Run("COMMIT");
    sqlite3_finalize(insert);
  }
  std::uint64_t Scan() {
    sqlite3_stmt* select = Prepare("SELECT * FROM event ORDER BY seq");
    std::uint64_t sum = 0;
    while (sqlite3_step(select) == SQLITE_ROW) {
      for (int f = 0; f < 11; ++f) sum += static_cast<std::uint64_t>(sqlite3_column_int64(select, f));
    }
    sqlite3_finalize(select);
    return sum;
  }

 private:
  void Run(const char* sql) {
    CRUCIBLE_CHECK(sqlite3_exec(database_, sql, nullptr, nullptr, nullptr) == SQLITE_OK);
  }
  sqlite3_stmt* Prepare(const char* sql) {
    sqlite3_stmt* statement = nullptr;
    CRUCIBLE_CHECK(sqlite3_prepare_v2(database_, sql, -1, &statement, nullptr) == SQLITE_OK);
    return statement;
  }
  std::string path_;
  sqlite3* database_ = nullptr;
};

void BM_Rows_Append(benchmark::State& state) {
  for (auto _ : state) RowTable().Append(Workshop::Get().records());
  Report(state);
}
BENCHMARK(BM_Rows_Append)->Unit(benchmark::kMillisecond);

void BM_Rows_Scan(benchmark::State& state) {
  RowTable table;
  table.Append(Workshop::Get().records());
  for (auto _ : state) benchmark::DoNotOptimize(table.Scan());
  Report(state);
}
BENCHMARK(BM_Rows_Scan)->Unit(benchmark::kMillisecond);

// ---- the journal ----

Journal CreateJournal(const std::string& path) {
  return std::move(
             Journal::Create(
                 path,
                 {.kind = "benchmark", .status = "running", .seed = 0, .configuration = "", .build = "{}"}))
      .value();
}

std::string WriteJournal(std::span<const Event> records) {
  const std::string path = Workshop::Get().NewPath();
  Journal journal = CreateJournal(path);
  auto appender = std::move(journal.OpenAppender("market", AppendMode::kContinue)).value();
  CRUCIBLE_CHECK(appender->Append(records).ok() && appender->Close().ok());
  return path;
}

void BM_Blocks_Append(benchmark::State& state) {
  std::uintmax_t bytes = 0;
  for (auto _ : state) {
    const std::string path = WriteJournal(Workshop::Get().records());
    bytes = std::filesystem::file_size(path);
    std::filesystem::remove(path);
  }
  Report(state);
  state.counters["file_bytes_per_record"] =
      static_cast<double>(bytes) / static_cast<double>(Workshop::Get().records().size());
}
BENCHMARK(BM_Blocks_Append)->Unit(benchmark::kMillisecond);

using Maker = std::vector<Event> (*)(std::size_t);

template <Maker kMake>
const Journal& WrittenJournal() {
  static const Journal journal = std::move(Journal::Open(WriteJournal(kMake(RecordCount())))).value();
  return journal;
}

template <Maker kMake>
void BM_Blocks_Scan(benchmark::State& state) {
  const Journal& journal = WrittenJournal<kMake>();
  for (auto _ : state) {
    auto cursor = std::move(journal.Read("market")).value();
    std::uint64_t sum = 0;
    while (true) {
      const std::span<const Event> records = cursor->Next().value();
      if (records.empty()) break;
      sum += Consume(records);
    }
    benchmark::DoNotOptimize(sum);
  }
  Report(state);
}
BENCHMARK(BM_Blocks_Scan<ManyInstruments>)->Name("BM_Blocks_Scan")->Unit(benchmark::kMillisecond);
BENCHMARK(BM_Blocks_Scan<OneInstrument>)
    ->Name("BM_Blocks_Scan/stream:one_instrument")
    ->Unit(benchmark::kMillisecond);
BENCHMARK(BM_Blocks_Scan<DepthMessages>)->Name("BM_Blocks_Scan/stream:depth")->Unit(benchmark::kMillisecond);

void BM_Blocks_Verify(benchmark::State& state) {
  const Journal& journal = WrittenJournal<ManyInstruments>();
  const auto level = static_cast<VerifyLevel>(state.range(0));
  for (auto _ : state) CRUCIBLE_CHECK(journal.Verify(level)->ok());
  Report(state);
}
BENCHMARK(BM_Blocks_Verify)->ArgName("level")->DenseRange(0, 2)->Unit(benchmark::kMillisecond);

// Price and quantity of every record.
template <Maker kMake>
void BM_Columns_Scan(benchmark::State& state) {
  const Journal& journal = WrittenJournal<kMake>();
  for (auto _ : state) {
    auto cursor = std::move(journal.ReadColumns("market", column::kBody0 | column::kBody1)).value();
    std::uint64_t sum = 0;
    while (true) {
      const ColumnBlock block = cursor->Next().value();
      if (block.count == 0) break;
      for (std::size_t i = 0; i < block.count; ++i)
        sum += static_cast<std::uint64_t>(block.body[0][i] * block.body[1][i]);
    }
    benchmark::DoNotOptimize(sum);
  }
  Report(state);
}
BENCHMARK(BM_Columns_Scan<ManyInstruments>)->Name("BM_Columns_Scan")->Unit(benchmark::kMillisecond);
BENCHMARK(BM_Columns_Scan<OneInstrument>)
    ->Name("BM_Columns_Scan/stream:one_instrument")
    ->Unit(benchmark::kMillisecond);
BENCHMARK(BM_Columns_Scan<DepthMessages>)
    ->Name("BM_Columns_Scan/stream:depth")
    ->Unit(benchmark::kMillisecond);

// Two journals that part at two thirds, opened anew each time. An item is a whole comparison.
void BM_Diff(benchmark::State& state) {
  std::vector<Event> records = Workshop::Get().records();
  const std::string a = WriteJournal(records);
  for (std::size_t i = records.size() * 2 / 3; i < records.size(); ++i) records[i].body[1] += 1;
  const std::string b = WriteJournal(records);
  for (auto _ : state) {
    const Journal first = Journal::Open(a).value(), second = Journal::Open(b).value();
    const auto found = FindDifference(first, "market", second, "market");
    CRUCIBLE_CHECK(found.ok() && (*found)->seq == records.size() * 2 / 3 + 1);
  }
  state.SetItemsProcessed(state.iterations());
}
BENCHMARK(BM_Diff)->Unit(benchmark::kMillisecond);

// Bursts that the ring holds; between them, untimed, the writer catches up.
void BM_Ring_Push(benchmark::State& state) {
  constexpr std::size_t kBurst = 8192;
  const auto& records = Workshop::Get().records();
  const std::string path = Workshop::Get().NewPath();
  Journal journal = CreateJournal(path);
  AsyncAppender recorder(std::move(journal.OpenAppender("market", AppendMode::kContinue)).value());
  std::uint64_t seq = 0;
  std::vector<Event> burst(records.begin(), records.begin() + kBurst);
  for (auto _ : state) {
    state.PauseTiming();
    for (Event& event : burst) event.seq = ++seq;
    while (recorder.durable_seq() + 2 * kBurst < seq) usleep(100);
    state.ResumeTiming();
    for (const Event& event : burst) CRUCIBLE_CHECK(recorder.TryPush(event));
  }
  state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(kBurst));
  CRUCIBLE_CHECK(recorder.Stop().ok());
}
BENCHMARK(BM_Ring_Push);

}  // namespace
}  // namespace crucible::journal

BENCHMARK_MAIN();

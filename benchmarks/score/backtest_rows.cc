// Whole backtests: decode from the journal, both books, latency, queue model, fees, risk gate, journaled
// decisions. CPU time of all threads, setup of the run included.

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <memory>

#include "absl/strings/str_format.h"
#include "benchmarks/score/score.h"
#include "framework/base/check.h"
#include "framework/runs/run_file.h"
#include "framework/runs/session_file.h"

namespace crucible::score {
namespace {

namespace fs = std::filesystem;

struct Market {
  std::string name;
  std::vector<std::string> files;
  decode::ImportOptions options;
  double events_per_copy = 0;  // what the peers count as market events, or messages, or bars
  std::string session;         // filled by Prepare
  std::uint64_t records = 0;
  double payload_bytes = 0;
};

// Imports the market once per scratch directory; false when its files are absent.
bool Prepare(Options& options, Market& market) {
  if (!market.session.empty()) return true;
  std::vector<std::string> files;
  for (const std::string& name : market.files) {
    files.push_back(options.shared + "/data/" + name);
    if (fs::exists(files.back())) continue;
    options.skipped.insert(files.back());
    return false;
  }
  if (options.smoke) market.options.repeat = 1;
  market.session = absl::StrFormat("%s/%s_%d.session", options.scratch, market.name, market.options.repeat);
  CRUCIBLE_CHECK(ImportFresh(files, market.options, market.session).ok());
  const auto session = runs::OpenSession(market.session);
  CRUCIBLE_CHECK(session.ok());
  market.records = session->head.last_seq;
  const auto size = session->journal->Size(runs::kMarketStream);
  CRUCIBLE_CHECK(size.ok());
  market.payload_bytes = static_cast<double>(size->payload_bytes);
  return true;
}

struct Workload {
  std::string name;
  double target = 0;
  std::string strategy;  // of bench_strategies; "" for none
  std::map<std::string, std::string> parameters;
  std::string feed = "recorded";
};

struct Measured {
  double cpu_seconds = 0;
  engine::EngineResult result;
};

runs::RunConfig ConfigOf(const Workload& workload) {
  runs::RunConfig config;
  config.latency = {workload.feed, "1ms", "1ms"};
  config.fee_tiers = {{"0", 2, 5}};
  config.cash = "1000000";
  if (!workload.strategy.empty()) {
    config.strategies.push_back({CRUCIBLE_BENCH_PLUGIN, workload.strategy, workload.parameters, {}});
  }
  return config;
}

Measured Run(const Options& options, const Market& market, const Workload& workload) {
  const std::string output = options.scratch + "/backtest.run";
  for (const char* suffix : {"", "-wal", "-shm"}) fs::remove(output + suffix);
  const double start = CpuSeconds();
  auto setup = runs::RunSetup::Create(ConfigOf(workload), {market.session});
  CRUCIBLE_CHECK(setup.ok());
  auto outcome = runs::RunJournaled(*setup, output, {});
  CRUCIBLE_CHECK(outcome.ok());
  CRUCIBLE_CHECK(outcome->result.strategy_error.empty());
  return {CpuSeconds() - start, std::move(outcome->result)};
}

Row Race(const Options& options, const Market& market, const Workload& workload, const char* unit) {
  const double events = market.events_per_copy * static_cast<double>(market.options.repeat);
  Measured best;
  const double nanos = Best(options.smoke ? 1 : 3, [&] {
    best = Run(options, market, workload);
    return best.cpu_seconds * 1e9 / events;
  });
  const auto& orders = best.result.metrics.orders;
  return AtMost(
      absl::StrFormat("backtest/%s/%s", market.name, workload.name), nanos, unit, workload.target,
      absl::StrFormat("%.2f M events (%d records), %d orders, %d cancels, %d fills, %d journaled records",
                      events * 1e-6, market.records, orders.submitted, orders.cancel_requests,
                      best.result.metrics.fills, best.result.records));
}

// What one more order costs from decision to last reply: the slope between two quoting intervals.
Row OrderLife(const std::string& name, const Options& options, const Market& market) {
  const auto run = [&](const char* interval) {
    Measured best;
    double seconds = 1e9;
    for (int i = 0; i < (options.smoke ? 1 : 3); ++i) {
      Measured measured = Run(options, market, {"", 0, "quoter", {{"interval", interval}}});
      if (measured.cpu_seconds < seconds) {
        seconds = measured.cpu_seconds;
        best = std::move(measured);
      }
    }
    return best;
  };
  const Measured slow = run("100ms"), fast = run("10ms");
  const double orders =
      static_cast<double>(fast.result.metrics.orders.submitted - slow.result.metrics.orders.submitted);
  return AtMost(
      name, (fast.cpu_seconds - slow.cpu_seconds) * 1e9 / orders, "ns/order", 200,
      absl::StrFormat("submit, ack, cancel, ack, their journal records and half a timer; %.2f M orders",
                      orders * 1e-6));
}

Row StartUp(const std::string& name, const Market& market) {
  const double seconds = Best(5, [&] {
    const double start = CpuSeconds();
    auto setup = runs::RunSetup::Create(ConfigOf({"", 0, "follower", {}}), {market.session});
    CRUCIBLE_CHECK(setup.ok());
    HashSink sink;
    CRUCIBLE_CHECK(setup->MakeEngine(sink).ok());
    return CpuSeconds() - start;
  });
  return AtMost(name, seconds * 1e3, "ms CPU", 50, "open session, load plugin, make venue and engine");
}

// Memory of one backtest in a process of its own: what the process itself holds, without pages of files,
// which the system takes back when it needs them.
double PeakMegabytes(const std::string& session, const std::string& scratch) {
  const std::string command = absl::StrFormat("%s --peak-of '%s' --scratch '%s'",
                                              fs::read_symlink("/proc/self/exe").string(), session, scratch);
  std::unique_ptr<std::FILE, int (*)(std::FILE*)> pipe(popen(command.c_str(), "r"), pclose);
  double kilobytes = 0;
  CRUCIBLE_CHECK(pipe != nullptr && std::fscanf(pipe.get(), "%lf", &kilobytes) == 1);
  return kilobytes / 1024;
}

// What a session that is many times as long takes beyond one copy: at most the page cache of the run's file
// (16 MiB, framework/journal/connection.cc), which the longer run's file of 33 MB fills.
Row Memory(const std::string& name, Options& options, const Market& market) {
  Market once = market;
  once.session.clear();
  once.options.repeat = 1;
  CRUCIBLE_CHECK(Prepare(options, once));
  const double small = PeakMegabytes(once.session, options.scratch);
  const double large = PeakMegabytes(market.session, options.scratch);
  return AtMost(name, large - small, "MB beyond one copy", 17,
                absl::StrFormat("%.3g MB for %d records, %.3g MB for %d; quotes every 10 ms, journaled",
                                large, market.records, small, once.records));
}

Row Payload(const std::string& name, const Market& market) {
  return AtMost(name, market.payload_bytes / static_cast<double>(market.records), "bytes/record", 12,
                absl::StrFormat("%d records", market.records));
}

Market L2Market() {
  Market market{"l2", {"binance/usdm_btcusdt_20240808.gz"}, {}, 443'521 + 21'313 + 2'000 + 3, "", 0, 0};
  market.options.channels = {"depth", "trade"};
  market.options.repeat = 43;
  return market;
}
Market L3Market() {
  Market market{"l3", {"lobster/GOOG_2012-06-21_34200000_57600000_message_10.csv.zst"}, {}, 147'916, "", 0,
                0};
  market.options.repeat = 136;
  return market;
}
Market BarMarket() {
  Market market{"bars", {"bitfinex_1m/bitfinex_BTCUSD_1m_2015.csv.gz"}, {}, 366'710, "", 0, 0};
  market.options.repeat = 30;
  return market;
}

}  // namespace

long PeakKilobytesOf(const std::string& session, const std::string& scratch) {
  long peak = 0;
  const auto sample = [&](std::uint64_t, std::uint64_t) {
    std::ifstream status("/proc/self/status");
    long kilobytes = 0;
    for (std::string line; std::getline(status, line);) {
      if (std::sscanf(line.c_str(), "RssAnon: %ld", &kilobytes) == 1) peak = std::max(peak, kilobytes);
    }
    return true;
  };
  const std::string output = scratch + "/memory.run";
  for (const char* suffix : {"", "-wal", "-shm"}) fs::remove(output + suffix);
  auto setup = runs::RunSetup::Create(ConfigOf({"", 0, "quoter", {{"interval", "10ms"}}}), {session});
  CRUCIBLE_CHECK(setup.ok());
  CRUCIBLE_CHECK(runs::RunJournaled(*setup, output, sample).ok());
  return peak;
}

Rows BacktestRows(Options& options) {
  Rows rows;
  const auto add = [&](Market& market, const std::string& name, auto make) {
    if (Wanted(options, name) && Prepare(options, market)) rows.push_back(make(name));
  };
  const auto race = [&](Market& market, const Workload& workload, const char* unit) {
    add(market, absl::StrFormat("backtest/%s/%s", market.name, workload.name),
        [&](const std::string&) { return Race(options, market, workload, unit); });
  };
  const auto payload = [&](Market& market) {
    add(market, "journal/payload/" + market.name,
        [&](const std::string& name) { return Payload(name, market); });
  };
  Market l2 = L2Market(), l3 = L3Market(), bars = BarMarket();
  race(l2, {"run-to-end", 25, "", {}}, "ns/event");
  race(l2, {"quote-100ms", 40, "quoter", {{"interval", "100ms"}}}, "ns/event");
  race(l2, {"requote-touch", 40, "follower", {}}, "ns/event");
  add(l2, "backtest/l2/order-life", [&](const std::string& name) { return OrderLife(name, options, l2); });
  add(l2, "backtest/l2/memory", [&](const std::string& name) { return Memory(name, options, l2); });
  add(l2, "backtest/start-up", [&](const std::string& name) { return StartUp(name, l2); });
  payload(l2);
  race(l3, {"run-to-end", 150, "", {}, "1ms"}, "ns/message");
  race(l3, {"requote-touch", 150, "follower", {{"quantity", "100"}}, "1ms"}, "ns/message");
  payload(l3);
  race(bars, {"bar-reader", 100, "bar_reader", {}}, "ns/bar");
  payload(bars);
  return rows;
}

}  // namespace crucible::score

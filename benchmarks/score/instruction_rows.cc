// Instructions per market event of whole backtests, of all threads: what a change costs, without the noise of
// a machine that others use too.
//
// Counted by the processor where it counts (perf), else by valgrind, which executes the same program
// instruction by instruction but knows no AVX-512: there, decoding and encoding take their AVX2 form. The
// figure is the difference between a session twice over and the same session once, so that start-up is not in
// it.

#include <array>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <memory>
#include <optional>
#include <sstream>
#include <system_error>

#include "absl/strings/numbers.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_split.h"
#include "benchmarks/score/score.h"
#include "framework/base/check.h"
#include "framework/runs/session_file.h"

namespace crucible::score {
namespace {

namespace fs = std::filesystem;

std::string OutputOf(const std::string& command) {
  std::unique_ptr<std::FILE, int (*)(std::FILE*)> pipe(
      popen(absl::StrFormat("%s 2>&1", command).c_str(), "r"), pclose);
  CRUCIBLE_CHECK(pipe != nullptr);
  std::string text;
  std::array<char, 4096> chunk{};
  while (const std::size_t size = std::fread(chunk.data(), 1, chunk.size(), pipe.get()))
    text.append(chunk.data(), size);
  return text;
}

// One way to count, and how its output says the number.
struct Counter {
  std::string name;
  std::string prefix;  // of the command
  std::optional<double> (*parse)(const std::string& output);
};

// "123456,,instructions:u,..."
std::optional<double> ParsePerf(const std::string& output) {
  for (const auto line : absl::StrSplit(output, '\n')) {
    const std::string text(line);
    double count = 0;
    if (text.find("instructions") != std::string::npos &&
        absl::SimpleAtod(text.substr(0, text.find(',')), &count))
      return count;
  }
  return std::nullopt;
}

// "==123== Collected : 123456"
std::optional<double> ParseCallgrind(const std::string& output) {
  constexpr std::string_view kLabel = "Collected : ";
  const std::size_t at = output.find(kLabel);
  double count = 0;
  if (at == std::string::npos) return std::nullopt;
  std::istringstream(output.substr(at + kLabel.size())) >> count;
  return count;
}

std::optional<Counter> FindCounter() {
  for (const Counter& counter :
       {Counter{"processor", "perf stat -x, -e instructions:u ", &ParsePerf},
        Counter{"valgrind", "valgrind --tool=callgrind --callgrind-out-file=/dev/null ", &ParseCallgrind}}) {
    if (counter.parse(OutputOf(absl::StrFormat("%strue", counter.prefix)))) return counter;
  }
  return std::nullopt;
}

struct Case {
  std::string name;
  std::string file;
  std::vector<std::string> channels;
  double events = 0;     // of one copy
  std::string strategy;  // of bench_strategies; "" for none
  std::string feed;
  int quantity = 1;
  double ceiling = 0;  // instructions per event under valgrind, three hundredths above what was measured last
};

// A directory of this process alone: other figures, and other scoreboards, write beside it.
class OwnScratch {
 public:
  explicit OwnScratch(const std::string& parent) : path_(parent + "/instructions-XXXXXX") {
    CRUCIBLE_CHECK(mkdtemp(path_.data()) != nullptr);
  }
  ~OwnScratch() {
    std::error_code ignored;
    fs::remove_all(path_, ignored);
  }
  OwnScratch(const OwnScratch&) = delete;
  OwnScratch& operator=(const OwnScratch&) = delete;
  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

std::string SessionOf(const Options& options, const std::string& scratch, const Case& one, std::uint32_t copies) {
  decode::ImportOptions import;
  import.channels = one.channels;
  import.repeat = copies;
  const std::string session =
      absl::StrFormat("%s/%s_%d.session", scratch, fs::path(one.file).stem().string(), copies);
  if (fs::exists(session)) return session;
  const std::vector<std::string> files = {absl::StrFormat("%s/data/%s", options.shared, one.file)};
  CRUCIBLE_CHECK(runs::ImportSession(files, import, session, {}).ok());
  return session;
}

double Count(const Options& options, const std::string& scratch, const Counter& counter, const Case& one,
             std::uint32_t copies) {
  const std::string config = absl::StrFormat("%s/instructions.toml", scratch);
  const std::string run = absl::StrFormat("%s/instructions.run", scratch);
  std::ofstream out(config);
  out << "[[session]]\npath = \"" << SessionOf(options, scratch, one, copies) << "\"\n[venue.latency]\nfeed = \""
      << one.feed << "\"\nentry = \"1ms\"\nreply = \"1ms\"\n[fees]\nmaker_bps = 2\ntaker_bps = 5\n";
  if (!one.strategy.empty()) {
    out << "[[strategy]]\nplugin = \"" << CRUCIBLE_BENCH_PLUGIN << "\"\nstrategy = \"" << one.strategy
        << "\"\n[strategy.parameters]\nquantity = " << one.quantity << "\n";
  }
  out.close();
  for (const char* suffix : {"", "-wal", "-shm"}) fs::remove(absl::StrFormat("%s%s", run, suffix));
  const std::string output =
      OutputOf(absl::StrFormat("%s%s run %s -o %s", counter.prefix, CRUCIBLE_PROGRAM, config, run));
  const std::optional<double> count = counter.parse(output);
  CRUCIBLE_CHECK(count.has_value());
  return *count;
}

}  // namespace

Rows InstructionRows(Options& options) {
  const std::string goog = "lobster/GOOG_2012-06-21_34200000_57600000_message_10.csv.zst";
  const std::string btc = "binance/usdm_btcusdt_20240808.gz";
  const std::vector<std::string> channels = {"depth", "trade"};
  const std::array cases = {Case{"l2/run-to-end", btc, channels, 466'837, "", "recorded", 1, 404},
                            Case{"l2/requote-touch", btc, channels, 466'837, "follower", "recorded", 1, 431},
                            Case{"l3/requote-touch", goog, {}, 147'916, "follower", "1ms", 100, 2'590}};
  Rows rows;
  std::optional<Counter> counter;
  std::optional<OwnScratch> scratch;
  for (const Case& one : cases) {
    const std::string name = "instructions/" + one.name;
    if (!Wanted(options, name)) continue;
    const std::string file = absl::StrFormat("%s/data/%s", options.shared, one.file);
    if (!fs::exists(file)) {
      options.skipped.insert(file);
      continue;
    }
    if (!counter) counter = FindCounter();
    if (!counter) {
      options.skipped.insert("a counter of instructions (hardware counters with perf, or valgrind)");
      break;
    }
    if (!scratch) scratch.emplace(options.scratch);
    const double once = Count(options, scratch->path(), *counter, one, 1);
    const double twice = options.smoke ? 2 * once : Count(options, scratch->path(), *counter, one, 2);
    rows.push_back(AtMost(name, (twice - once) / one.events, "instructions/event", one.ceiling,
                          absl::StrFormat("journaled backtest, one more pass of %.2f M events; counted by %s",
                                          one.events * 1e-6, counter->name)));
  }
  return rows;
}

}  // namespace crucible::score

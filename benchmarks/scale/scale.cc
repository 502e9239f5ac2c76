// crucible_scale [EVENTS [DIRECTORY]]: imports, verifies and replays a session of at least EVENTS records
// (500 million: past the 2 GiB that SQLite maps at most) and a small one of the same kind, and prints what
// each record costs in CPU time and the anonymous memory that was held. Takes several minutes on one core and
// about 8 bytes of disk per record; its files are removed. Ends with 1 where the large session costs more
// than 1.25 times the small one per record (20 % fewer records per second), or holds more than 64 MB beyond
// it.

#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <filesystem>
#include <fstream>
#include <functional>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/str_format.h"
#include "framework/base/check.h"
#include "framework/runs/run_file.h"
#include "framework/runs/session_file.h"

namespace crucible::scale {
namespace {

constexpr std::uint64_t kSmallRepeat = 8;

// Orders that come, are reduced, traded and leave around a price that wanders: LOBSTER messages of a seeded
// walk, with times, sizes and lives as uneven as real ones.
void WriteMessages(const std::string& path) {
  std::ofstream out(path);
  std::uint64_t state = 7;
  const auto draw = [&](std::uint64_t below) {
    state = state * 6'364'136'223'846'793'005U + 1'442'695'040'888'963'407U;
    return (state >> 33) % below;
  };
  std::uint64_t nanos = 34'200'000'000'000;
  struct Resting {
    std::uint64_t size = 0;
    std::int64_t price = 0;
    int side = 1;
  };
  std::vector<Resting> orders(100'000);
  std::int64_t mid = 5'800'000;
  const auto line = [&](int type, std::size_t order, std::uint64_t size) {
    nanos += 1 + draw(2'000'000) * (draw(4) + 1) / 3;
    const Resting& at = orders[order];
    out << absl::StrFormat("%d.%09d,%d,%d,%d,%d,%d\n", nanos / 1'000'000'000, nanos % 1'000'000'000, type,
                           order + 1, size, at.price, at.side);
  };
  for (std::size_t order = 0; order < orders.size(); ++order) {
    mid += 100 * (static_cast<std::int64_t>(draw(3)) - 1);
    const int side = draw(2) == 0 ? 1 : -1;
    orders[order] = {200 + draw(5'000), mid - side * 100 * static_cast<std::int64_t>(1 + draw(40)), side};
    line(1, order, orders[order].size);
    // Something happens to an order that came a while ago.
    for (int i = 0; i < 3; ++i) {
      const std::size_t old = order - std::min<std::size_t>(order, draw(2'000));
      Resting& at = orders[old];
      if (at.size == 0) continue;
      const std::uint64_t part = draw(4) == 0 ? at.size : 1 + draw(at.size);
      at.size -= part;
      line(at.size == 0 ? (draw(4) == 0 ? 4 : 3) : draw(3) == 0 ? 4 : 2, old, part);
    }
  }
  for (std::size_t order = 0; order < orders.size(); ++order) {
    if (orders[order].size > 0) line(3, order, orders[order].size);
  }
}

long AnonymousKilobytes() {
  std::ifstream status("/proc/self/status");
  for (std::string line; std::getline(status, line);) {
    if (line.starts_with("RssAnon:")) return std::atol(line.c_str() + 8);
  }
  return 0;
}

struct Cost {
  double cpu_seconds = 0;
  long peak_kilobytes = 0;
};

// In a process of its own, so that its memory is its own too.
Cost Measure(const std::function<void()>& work) {
  int ends[2];
  CRUCIBLE_CHECK(pipe(ends) == 0);
  if (fork() == 0) {
    std::atomic<bool> done = false;
    Cost cost;
    std::thread watcher([&] {
      while (!done) {
        cost.peak_kilobytes = std::max(cost.peak_kilobytes, AnonymousKilobytes());
        usleep(50'000);
      }
    });
    work();
    done = true;
    watcher.join();
    timespec used{};
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &used);
    cost.cpu_seconds = static_cast<double>(used.tv_sec) + 1e-9 * static_cast<double>(used.tv_nsec);
    CRUCIBLE_CHECK(write(ends[1], &cost, sizeof cost) == sizeof cost);
    _exit(0);
  }
  Cost cost;
  close(ends[1]);
  CRUCIBLE_CHECK(read(ends[0], &cost, sizeof cost) == sizeof cost);
  close(ends[0]);
  wait(nullptr);
  return cost;
}

void Import(const std::string& file, const std::string& session, std::uint64_t repeat) {
  decode::ImportOptions options;
  options.repeat = repeat;
  const std::vector<std::string> files = {file};
  const auto outcome = runs::ImportSession(files, options, session, {});
  CRUCIBLE_CHECK(outcome.ok());
}

void Verify(const std::string& session) {
  const auto journal = journal::Journal::Open(session);
  CRUCIBLE_CHECK(journal.ok());
  const auto report = journal->Verify(journal::VerifyLevel::kDecode);
  CRUCIBLE_CHECK(report.ok() && report->ok());
}

// Both books and the venue, no strategy: what every run over the session pays.
void Replay(const std::string& session) {
  auto setup = runs::RunSetup::Create({}, {session});
  CRUCIBLE_CHECK(setup.ok());
  const auto outcome = runs::RunUnjournaled(*setup, {});
  CRUCIBLE_CHECK(outcome.ok());
}

std::uint64_t RecordsOf(const std::string& session) { return runs::OpenSession(session)->head.last_seq; }

int Main(std::uint64_t events, const std::string& parent) {
  std::string pattern = parent + "/crucible-scale-XXXXXX";
  CRUCIBLE_CHECK(mkdtemp(pattern.data()) != nullptr);
  const std::string file = pattern + "/XYZ_2012-06-21_34200000_57600000_message_0.csv";
  const std::string small = pattern + "/small.session";
  const std::string large = pattern + "/large.session";
  WriteMessages(file);
  bool holds = true;
  std::printf("%-8s %14s %14s %8s %12s %12s\n", "", "small ns/rec", "large ns/rec", "ratio", "small MB",
              "large MB");
  Import(file, pattern + "/probe.session", 1);
  const std::uint64_t repeat = events / RecordsOf(pattern + "/probe.session") + 1;
  const auto row = [&](const char* name, const std::function<void(const std::string&, std::uint64_t)>& work) {
    const Cost a = Measure([&] { work(small, kSmallRepeat); });
    const Cost b = Measure([&] { work(large, repeat); });
    const double cost_a = 1e9 * a.cpu_seconds / static_cast<double>(RecordsOf(small));
    const double cost_b = 1e9 * b.cpu_seconds / static_cast<double>(RecordsOf(large));
    holds = holds && cost_b <= 1.25 * cost_a && b.peak_kilobytes <= a.peak_kilobytes + 65'536;
    std::printf("%-8s %14.1f %14.1f %8.2f %12.1f %12.1f\n", name, cost_a, cost_b, cost_b / cost_a,
                static_cast<double>(a.peak_kilobytes) / 1e3, static_cast<double>(b.peak_kilobytes) / 1e3);
    std::fflush(stdout);
  };
  row("import", [&](const std::string& session, std::uint64_t times) { Import(file, session, times); });
  row("verify", [](const std::string& session, std::uint64_t) { Verify(session); });
  row("replay", [](const std::string& session, std::uint64_t) { Replay(session); });
  std::printf("%lu records in %.2f GiB beside %lu in %.2f GiB: %s\n", RecordsOf(large),
              static_cast<double>(std::filesystem::file_size(large)) / (1 << 30), RecordsOf(small),
              static_cast<double>(std::filesystem::file_size(small)) / (1 << 30),
              holds ? "holds" : "does NOT hold");
  std::filesystem::remove_all(pattern);
  return holds ? 0 : 1;
}

}  // namespace
}  // namespace crucible::scale

int main(int argc, char** argv) {
  const std::uint64_t events = argc > 1 ? std::strtoull(argv[1], nullptr, 10) : 500'000'000;
  return crucible::scale::Main(events, argc > 2 ? argv[2] : std::filesystem::temp_directory_path().string());
}

// A sweep over a grid whose runs do nothing but compute: what a second worker brings. Wall time, because that
// is what workers are for; on a machine that does other work beside, the figure says less than it should.

#include <chrono>
#include <filesystem>
#include <fstream>
#include <thread>

#include "absl/strings/str_format.h"
#include "benchmarks/score/score.h"
#include "framework/base/check.h"
#include "framework/cli/sweep.h"
#include "framework/runs/demo_session.h"

namespace crucible::score {
namespace {

constexpr char kRun[] = R"([[session]]
path = "sweep.session"
[[strategy]]
plugin = "%s"
[strategy.parameters]
refresh = "20ms"
)";

double WallSeconds(const cli::SweepOptions& options, const std::vector<cli::Point>& points) {
  const auto start = std::chrono::steady_clock::now();
  const auto results = cli::Sweep(options, points, [](std::size_t, std::size_t) { return true; });
  CRUCIBLE_CHECK(results.ok());
  for (const cli::SweepResult& result : *results) CRUCIBLE_CHECK(result.error.empty());
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

}  // namespace

Rows SweepRows(Options& options) {
  const char* name = "sweep/two-workers";
  if (!Wanted(options, name) || std::thread::hardware_concurrency() < 2) return {};
  const std::string directory = options.scratch + "/sweep";
  std::filesystem::create_directories(directory);
  const std::int64_t minutes = options.smoke ? 2 : 120;
  CRUCIBLE_CHECK(runs::WriteDemoSession(directory + "/sweep.session", {minutes * 60'000'000'000}).ok());
  std::ofstream(directory + "/sweep.toml")
      << absl::StrFormat(kRun, CRUCIBLE_STRATEGIES "/avellaneda_stoikov.so");
  const auto points =
      cli::Grid({{"strategy.parameters.gamma", {"0.001", "0.003", "0.01", "0.03", "0.1", "0.3", "1", "3"}}});
  cli::SweepOptions sweep{CRUCIBLE_PROGRAM, directory + "/sweep.toml", "", {}, 1};
  const auto best = [&](int workers) {
    sweep.workers = workers;
    return Best(options.smoke ? 1 : 2, [&] { return WallSeconds(sweep, points); });
  };
  const double one = best(1);
  const double two = best(2);
  std::filesystem::remove_all(directory);
  return {RatioAtLeast(name, two, "s", "one worker", one, 1.8,
                       absl::StrFormat("%d runs of a market maker over %d generated minutes, wall time",
                                       points.size(), minutes))};
}

}  // namespace crucible::score

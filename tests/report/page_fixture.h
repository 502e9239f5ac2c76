// Pages that `crucible report` writes, looked at in a browser.
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "tests/cli/cli_fixture.h"
#include "tests/report/browser.h"

namespace crucible::report {

// What every chart of the page shows: rows, and pixels that differ from each other.
inline constexpr const char* kLookAtCharts = R"(
  const painted = (canvas) => {
    const pixels = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data;
    let count = 0;
    for (let i = 3; i < pixels.length; i += 4) count += pixels[i] > 0;
    return count;
  };
  await sleep(200);
  const charts = Report.state.timeline.charts.map((chart) => ({ title: chart.title, rows: chart.data.length,
    painted: painted(chart.graph.hidden_), known: chart.data.filter((row) => Number.isFinite(row[1])).length }));
  for (const chart of Report.bars.all()) {
    charts.push({ title: chart.canvas.getAttribute('aria-label'), painted: painted(chart.canvas),
      rows: Math.max(...chart.data.datasets.map((set) => set.data.filter((value) => value !== null).length)), known: chart.data.datasets.length });
  }
)";

class ReportPageTest : public cli::CliFixture {
 protected:
  void Run(const std::vector<std::string>& arguments) const {
    const cli::ProgramResult result = Crucible(arguments);
    ASSERT_EQ(result.exit_code, 0) << result.err;
  }
  void MakeRun(Duration length = {180'000'000'000}) const {
    ASSERT_TRUE(runs::WriteDemoSession(Path("small.session"), {length.nanos}).ok());
    Write("small.toml", cli::kSmallRun);
    Run({"run", "small.toml", "-o", "a.run"});
  }
  // The value that `script` returns, with no error on the way.
  nlohmann::json Look(const std::string& page, const std::string& script, int width = 1280) const {
    const nlohmann::json found = RunInPage(directory_.string(), Path(page), script, width);
    EXPECT_FALSE(found.is_discarded()) << "no answer from chromium: is it installed (.ci/packages)?";
    if (found.is_discarded()) return nlohmann::json::object();
    EXPECT_THAT(found["errors"], testing::IsEmpty()) << found["errors"].dump();
    return found.value("value", nlohmann::json::object());
  }
};

}  // namespace crucible::report

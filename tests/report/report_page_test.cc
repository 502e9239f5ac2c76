// The page as people meet it: in a browser.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/cli/cli_fixture.h"
#include "tests/report/browser.h"

namespace crucible::report {
namespace {

using nlohmann::json;
using testing::Contains;
using testing::Ge;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

// What every chart of the page shows: rows, and pixels that differ from each other.
constexpr const char* kLookAtCharts = R"(
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
  json Look(const std::string& page, const std::string& script, int width = 1280) const {
    const json found = RunInPage(directory_.string(), Path(page), script, width);
    EXPECT_FALSE(found.is_discarded()) << "no answer from chromium: is it installed (.ci/packages)?";
    if (found.is_discarded()) return json::object();
    EXPECT_THAT(found["errors"], IsEmpty()) << found["errors"].dump();
    return found.value("value", json::object());
  }
};

TEST_F(ReportPageTest, EveryChartShowsDataInBothThemesWithoutAnError) {
  MakeRun();
  Run({"report", "a.run", "-o", "a.html"});
  const json found = Look("a.html", std::string(kLookAtCharts) + R"(
    const before = Report.theme.current();
    document.querySelector('#top button').click();
    await sleep(200);
    return { charts, toggled: before !== Report.theme.current(), theme: document.documentElement.dataset.theme,
      after: Report.state.timeline.charts.map((chart) => painted(chart.graph.hidden_)) };)");
  std::vector<std::string> titles;
  for (const json& chart : found["charts"]) {
    titles.push_back(chart["title"]);
    EXPECT_GT(chart["rows"], 1) << chart;
    EXPECT_GT(chart["known"], 0) << chart;
    EXPECT_GT(chart["painted"], 100) << chart;
  }
  for (const char* title :
       {"Price of demo:ZI", "Position, demo:ZI", "Net profit, USD", "Drawdown, USD", "Fees, USD",
        "Feature reservation_price", "Feature sigma", "Markouts by horizon", "Slippage of maker fills",
        "Share of orders filled by queue ahead", "How orders ended", "Fills by rule"}) {
    EXPECT_THAT(titles, Contains(title));
  }
  EXPECT_EQ(found["toggled"], true);
  for (const json& painted : found["after"]) EXPECT_GT(painted, 100);
}

TEST_F(ReportPageTest, ClickingAFillShowsItsCauses) {
  MakeRun();
  Run({"report", "a.run", "-o", "a.html"});
  const json found = Look("a.html", R"(
    const run = Report.data.runs[0];
    const fill = Report.fillsOf(run)[5];
    const { timeline } = Report.state;
    timeline.setWindow([fill.x - 1000, fill.x + 1000]);
    await sleep(300);
    const graph = timeline.charts[0].graph;
    const box = graph.graphDiv.getBoundingClientRect();
    const where = { bubbles: true, clientX: box.left + graph.toDomXCoord(fill.x), clientY: box.top + graph.toDomYCoord(fill.price), button: 0 };
    const hidden = document.getElementById('causes').hidden;
    for (const kind of ['mousemove', 'mousedown', 'mouseup']) graph.mouseEventElement_.dispatchEvent(new MouseEvent(kind, where));
    await sleep(50);
    const panel = document.getElementById('causes');
    const size = Math.round(timeline.window[1] - timeline.window[0]);
    const shown = { size, hidden, now: panel.hidden, order: fill.order, text: panel.innerText, here: panel.querySelectorAll('.here').length };
    panel.dispatchEvent(new KeyboardEvent('keydown', { key: 'Escape', bubbles: true }));
    const row = document.querySelector('[data-fill="3"]');
    row.focus();
    row.dispatchEvent(new KeyboardEvent('keydown', { key: 'Enter', bubbles: true }));
    return { ...shown, closed: true, byKey: panel.innerText, third: Report.fillsOf(run)[3].order };)");
  EXPECT_EQ(found["hidden"], true);
  EXPECT_EQ(found["now"], false);
  EXPECT_EQ(found["size"], 2000) << "the window stays when the panel takes its room";
  EXPECT_EQ(found["here"], 1) << "the line of the fill that was clicked";
  const std::string order = std::to_string(found["order"].get<int>());
  const std::string text = found["text"];
  EXPECT_THAT(text, HasSubstr("Causes of order " + order));
  for (const char* part : {"cause", "touch then", "decided", "read", "risk gate", "accepted", "fill"})
    EXPECT_THAT(text, HasSubstr(part));
  EXPECT_THAT(found["byKey"].get<std::string>(),
              HasSubstr("Causes of order " + std::to_string(found["third"].get<int>())));
}

TEST_F(ReportPageTest, KeysZoomAndMoveAndEveryChartFollows) {
  MakeRun();
  Run({"report", "a.run", "-o", "a.html"});
  const json found = Look("a.html", R"(
    const { timeline } = Report.state;
    const press = async (key) => { document.querySelector('.plot').dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true })); await sleep(100); };
    const size = () => timeline.window[1] - timeline.window[0];
    const all = size();
    await press('+');
    const half = size(), begin = timeline.window[0];
    await press('ArrowRight');
    const moved = timeline.window[0] - begin;
    const ranges = timeline.charts.map((chart) => chart.graph.xAxisRange());
    await press('0');
    return { all, half, moved, together: ranges.every((range) => range[0] === ranges[0][0] && range[1] === ranges[0][1]), again: size(),
      wide: document.documentElement.scrollWidth - document.documentElement.clientWidth };)",
                          390);
  EXPECT_NEAR(found["half"].get<double>(), found["all"].get<double>() / 2, 1e-3);
  EXPECT_GT(found["moved"], 0);
  EXPECT_EQ(found["together"], true);
  EXPECT_EQ(found["again"], found["all"]);
  EXPECT_LE(found["wide"], 0) << "a phone's page does not scroll sideways";
}

TEST_F(ReportPageTest, NoZoomLosesAnExtreme) {
  MakeRun({1'800'000'000'000});
  Run({"report", "a.run", "-o", "a.html"});
  const json found = Look("a.html", R"(
    const run = Report.data.runs[0];
    const { timeline } = Report.state;
    const levels = Report.levels(run, run.instruments[0].touch, 0.01);
    const exact = levels[levels.length - 1];
    const lost = [];
    let tried = 0;
    for (let share = 1; share > 0.001; share /= 3) {
      for (let at = 0; at + share <= 1.0001; at += Math.max(share, 0.2)) {
        const from = timeline.start + at * (timeline.end - timeline.start), to = from + share * (timeline.end - timeline.start);
        const rows = Report.Timeline.rowsFor(levels, [from, to]);
        const inside = rows.filter((row) => row[0] >= from && row[0] <= to);
        for (const column of [0, 1]) {
          const all = exact.columns[column].filter((value, i) => exact.x[i] >= from && exact.x[i] <= to);
          const seen = inside.map((row) => row[column + 1]);
          if (all.length > 0 && (Math.max(...all) !== Math.max(...seen) || Math.min(...all) !== Math.min(...seen))) lost.push([at, share, column]);
        }
        if (rows.some((row, i) => i > 0 && row[0] < rows[i - 1][0])) lost.push(['order', at, share]);
        if (inside.length > 0) ++tried;
      }
    }
    return { lost, tried, levels: levels.length, exact: exact.exact };)");
  EXPECT_THAT(found["lost"], IsEmpty()) << found["lost"].dump();
  EXPECT_GT(found["tried"], 10);
  EXPECT_EQ(found["exact"], true);
  EXPECT_GT(found["levels"], 1);
}

TEST_F(ReportPageTest, AttacksAreSpansWithTheirKindAndCanBeChosen) {
  Write("hunted.toml", cli::kHuntedRun);
  Run({"run", "hunted.toml", "-o", "hunted.run"});
  Run({"report", "hunted.run", "-o", "hunted.html"});
  const json found = Look("hunted.html", R"(
    const run = Report.data.runs[0];
    const { timeline } = Report.state;
    const attack = Report.attacksOf(run)[0];
    timeline.setWindow([attack.from - 500, attack.until + 500]);
    await sleep(200);
    const chart = timeline.charts[0];
    const column = (ms) => Array.from(chart.graph.hidden_.getContext('2d').getImageData(Math.round(chart.graph.toDomXCoord(ms)), 2, 1, 1).data).join();
    const inside = column((attack.from + attack.until) / 2), before = column(attack.from - 250);
    timeline.point((attack.from + attack.until) / 2, chart);
    const readout = chart.readout.innerText;
    timeline.showAll();
    document.querySelector('[data-attack="1"]').dispatchEvent(new KeyboardEvent('keydown', { key: 'Enter', bubbles: true }));
    await sleep(100);
    const third = Report.attacksOf(run)[1];
    return { inside, before, readout, shows: timeline.window[0] < third.from && timeline.window[1] > third.until && timeline.window[1] - timeline.window[0] < 60000,
      text: document.getElementById('participants').innerText, titles: timeline.charts.map((each) => each.title),
      fees: timeline.charts.find((each) => each.title.startsWith('Fees')).labels };)");
  EXPECT_NE(found["inside"], found["before"]) << "a span is painted";
  EXPECT_THAT(found["readout"].get<std::string>(), HasSubstr("spoofing by participant"));
  EXPECT_EQ(found["shows"], true);
  for (const char* part : {"noise traders", "our share of it", "spoofing"})
    EXPECT_THAT(found["text"].get<std::string>(), HasSubstr(part));
  EXPECT_THAT(found["titles"], Contains("Traded per 200 ms, simulated:SIM"));
  EXPECT_EQ(found["fees"], json({"all", "fixed", "rebates"}));
}

TEST_F(ReportPageTest, ANameThatIsMarkupIsShownAndNotRun) {
  Write("bars.csv", cli::SomeBars(2000));
  const std::string name = "<script>window.hacked=1</script><img src=x onerror=window.hacked=1>";
  Run({"import", "bars.csv", "-o", "bars.session", "--symbol", name, "--decimals", "2,8"});
  Write("bars.toml",
        "[[session]]\npath = \"bars.session\"\n[[strategy]]\nplugin = \"moving_average_cross\"\n");
  Run({"run", "bars.toml", "-o", "bars.run"});
  Run({"report", "bars.run", "-o", "bars.html"});
  const json found = Look("bars.html", R"(
    await sleep(200);
    return { hacked: window.hacked === 1, text: document.getElementById('main').innerText, images: document.querySelectorAll('img[src=x]').length,
      charts: Report.state.timeline.charts.length, tick: Report.data.runs[0].instruments[0].bars };)");
  EXPECT_EQ(found["hacked"], false);
  EXPECT_EQ(found["images"], 0);
  EXPECT_EQ(found["tick"], true);
  EXPECT_THAT(found["charts"].get<int>(), Ge(4));
  EXPECT_THAT(found["text"].get<std::string>(), HasSubstr(name));
}

TEST_F(ReportPageTest, ARunWithoutItsSessionShowsWhatItHasAndSaysWhatIsMissing) {
  MakeRun();
  std::filesystem::remove(Path("small.session"));
  Run({"report", "a.run", "-o", "a.html"});
  const json found = Look("a.html", R"(
    await sleep(100);
    const first = document.querySelector('[data-fill]');
    first.click();
    return { text: document.getElementById('main').innerText, charts: Report.state.timeline.charts.map((chart) => chart.title),
      causes: document.getElementById('causes').innerText };)");
  EXPECT_THAT(found["text"].get<std::string>(), HasSubstr("sessions that this run traded were not found"));
  EXPECT_THAT(found["charts"], testing::Not(Contains("Price of demo:ZI")));
  EXPECT_THAT(found["causes"].get<std::string>(), HasSubstr("decided"));
}

TEST_F(ReportPageTest, AStressTestShowsItsHarmAndLeadsToTheWorstAttacks) {
  std::string config = cli::kHuntedRun;
  config.replace(config.find("length = \"2m\""), 13, "length = \"70s\"");
  Write("hunted.toml", config);
  Run({"stress", "hunted.toml", "--seeds", "2", "-o", "worst.run", "--save", "stress.json"});
  Write("bounds.json", R"({"bounds": {"net_profit": ["-3.5", "7.25"]}, "runs": [
    {"assumption": "optimistic fills", "set": {"venue.queue_model": "optimistic"}, "summary": {"net_profit": "7.25"}},
    {"assumption": "pessimistic fills", "set": {}, "summary": {"net_profit": "-3.5"}}]})");
  Run({"report", "worst.run", "--results", "stress.json", "--results", "bounds.json", "-o", "worst.html"});
  const json found = Look("worst.html", std::string(kLookAtCharts) + R"(
    const text = document.getElementById('stress').innerText;
    const { worst } = Report.data.results[0].content;
    document.querySelector('#stress button:not(.about)')?.click();
    await sleep(200);
    return { charts, text, bounds: document.getElementById('bounds').innerText, attacks: worst.attacks.length,
      begin: worst.attacks[0]?.begin / 1e6, window: Report.state.timeline.window };)");
  const std::string text = found["text"];
  for (const char* part : {"quiet", "spoofing", "The worst of it", "predators earned"})
    EXPECT_THAT(text, HasSubstr(part));
  ASSERT_GT(found["attacks"], 0);
  EXPECT_LT(found["window"][0].get<double>(), found["begin"].get<double>());
  EXPECT_LT(found["window"][1].get<double>() - found["window"][0].get<double>(), 60'000);
  for (const char* part : {"pessimistic fills", "7.25", "venue.queue_model=optimistic"})
    EXPECT_THAT(found["bounds"].get<std::string>(), HasSubstr(part));
  for (const json& chart : found["charts"]) EXPECT_GT(chart["painted"], 100) << chart;
}

TEST_F(ReportPageTest, SeveralRunsStandSideBySide) {
  MakeRun();
  std::string other = cli::kSmallRun;
  other.replace(other.find("gamma = 0.01"), 12, "gamma = 0.05");
  Write("other.toml", other);
  Run({"run", "other.toml", "-o", "b.run"});
  // The same two on another seed: two experiments over two seeds.
  for (const auto& [text, name] : {std::pair{std::string(cli::kSmallRun), "c"}, {other, "d"}}) {
    std::string seeded = text;
    Write(std::string(name) + ".toml", seeded.replace(seeded.find("seed = 3"), 8, "seed = 4"));
    Run({"run", std::string(name) + ".toml", "-o", std::string(name) + ".run"});
  }
  Run({"report", "a.run", "b.run", "c.run", "d.run", "-o", "ab.html"});
  const json found = Look("ab.html", R"(
    await sleep(200);
    const text = document.getElementById('compare').innerText;
    const extra = Report.state.extra.map((timeline) => timeline.charts[0].data.length);
    document.querySelectorAll('.tabs button')[1].click();
    await sleep(200);
    return { text, extra, second: document.querySelector('h1').textContent };)");
  const std::string text = found["text"];
  for (const char* part :
       {"a.run", "b.run", "Net profit", "strategy.1.parameters.gamma", "0.05", "First divergence",
        "Over seeds", "gamma 0.05 (n = 2)", "Net profit on the same seeds"}) {
    EXPECT_THAT(text, HasSubstr(part));
  }
  EXPECT_THAT(found["extra"], SizeIs(1));
  EXPECT_GT(found["extra"][0], 10);
  EXPECT_EQ(found["second"], "b.run");
}

}  // namespace
}  // namespace crucible::report

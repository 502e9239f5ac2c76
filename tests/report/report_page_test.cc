// The page as people meet it: in a browser.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/report/page_fixture.h"

namespace crucible::report {
namespace {

using nlohmann::json;
using testing::Contains;
using testing::Ge;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

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
  for (const char* part : {"cause", "book then", "decided", "read", "risk gate", "accepted", "fill"})
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

TEST_F(ReportPageTest, RegimesAreSpansAndASwapTellsItsCauses) {
  Write("bitfinex_BTCUSD_1m_2015.csv", runs::CalmAndWildBars(1000));
  Run({"import", "bitfinex_BTCUSD_1m_2015.csv", "--format", "bitfinex", "-o", "bars.session"});
  Run({"regimes", "fit", "bars.session", "--share", "0.5", "-o", "model.json"});
  // Names of routes come from a file of the user's, and are texts.
  Write("bars.toml", R"([[session]]
path = "bars.session"
[regimes]
model = "model.json"
[regimes.routes]
"<b onclick=1>rest</b>" = "0 1"
trade = "1 0"
[[strategy]]
plugin = "moving_average_cross"
[strategy.parameters]
fast = 5
slow = 20
)");
  Run({"run", "bars.toml", "-o", "bars.run"});
  Run({"report", "bars.run", "-o", "bars.html"});
  const json found = Look("bars.html", std::string(kLookAtCharts) + R"(
    const run = Report.data.runs[0];
    const { timeline } = Report.state;
    const swaps = Report.swapsOf(run), spans = Report.regimeSpans(run);
    const panel = document.getElementById('causes');
    const row = document.querySelector('[data-swap="1"]');
    row.dispatchEvent(new KeyboardEvent('keydown', { key: 'Enter', bubbles: true }));
    await sleep(200);
    const byKey = panel.innerText;
    const lane = timeline.charts.find((chart) => chart.title === 'Regimes');
    timeline.setWindow([swaps[2].x - 600000, swaps[2].x + 600000]);
    await sleep(300);
    const box = lane.graph.graphDiv.getBoundingClientRect();
    const where = { bubbles: true, clientX: box.left + lane.graph.toDomXCoord(swaps[2].x) + 3, clientY: box.top + 20, button: 0 };
    for (const kind of ['mousemove', 'mousedown', 'mouseup']) lane.graph.mouseEventElement_.dispatchEvent(new MouseEvent(kind, where));
    await sleep(100);
    const price = timeline.charts[0];
    const pixel = (ms) => Array.from(price.graph.hidden_.getContext('2d').getImageData(Math.round(price.graph.toDomXCoord(ms)), 1, 1, 1).data).join();
    timeline.showAll();
    await sleep(300);
    const kinds = new Set(spans.filter((span) => span.until - span.from > 1200000).map((span) => `${span.regime} ${pixel((span.from + span.until) / 2)}`));
    return { charts, kinds: [...kinds], swaps: swaps.length, spans: spans.length, byKey, byClick: panel.innerText, marks: document.querySelectorAll('b[onclick]').length,
      text: document.getElementById('regimes').innerText, bars: run.regimes.stays.reduce((sum, stay) => sum + stay.bars, 0) };)");
  const std::string swaps = Crucible({"sql", "bars.run", "SELECT count(*) FROM model_swap_events"}).out;
  EXPECT_THAT(swaps, HasSubstr("\n" + std::to_string(found["swaps"].get<int>()) + "\n"));
  EXPECT_GT(found["swaps"], 3);
  const std::string bars = Crucible({"sql", "bars.run", "SELECT count(*) FROM regime_forecast_events WHERE regime = 0"}).out;
  EXPECT_THAT(bars, HasSubstr("\n" + std::to_string(found["bars"].get<int>()) + "\n"));
  EXPECT_THAT(found["kinds"], SizeIs(2)) << "one colour per regime: " << found["kinds"].dump();
  for (const char* part : {"Causes of the swap", "model_swap", "regime_forecast", "bar_volume", "(input 1, record "}) {
    EXPECT_THAT(found["byKey"].get<std::string>(), HasSubstr(part));
    EXPECT_THAT(found["byClick"].get<std::string>(), HasSubstr(part));
  }
  EXPECT_NE(found["byKey"], found["byClick"]);
  EXPECT_EQ(found["marks"], 0);
  EXPECT_THAT(found["text"].get<std::string>(), HasSubstr("<b onclick=1>rest</b>"));
  std::vector<std::string> titles;
  for (const json& chart : found["charts"]) {
    titles.push_back(chart["title"]);
    EXPECT_GT(chart["painted"], 100) << chart;
  }
  EXPECT_THAT(titles, Contains("Regimes"));
}

TEST_F(ReportPageTest, StylisedFactsStandBesideTheirBands) {
  MakeRun();
  Write("facts.json", R"([
    {"fact": "spread_ticks", "description": "mean spread", "band": [1, 3], "markets": [
      {"file": "day.session", "recorded": true, "value": 2, "inside": true},
      {"file": "<i>made</i>.run", "recorded": false, "value": 9, "inside": false}]},
    {"fact": "tail_index", "description": "Hill", "band": [2.5, 4], "markets": [
      {"file": "day.session", "recorded": true, "value": 3, "inside": true},
      {"file": "<i>made</i>.run", "recorded": false, "value": 3.25, "inside": true}]},
    {"fact": "untold", "description": "no recorded session tells", "band": null, "markets": [
      {"file": "day.session", "recorded": true, "value": null, "inside": null},
      {"file": "<i>made</i>.run", "recorded": false, "value": 1, "inside": null}]}])");
  Run({"report", "a.run", "--results", "facts.json", "-o", "a.html"});
  const json found = Look("a.html", std::string(kLookAtCharts) + R"(
    const chart = Report.bars.all().find((each) => each.canvas.getAttribute('aria-label').startsWith('Stylised facts'));
    const section = document.getElementById('facts');
    return { charts, text: section.innerText, italics: section.querySelectorAll('i').length, outside: section.querySelectorAll('.outside').length,
      marks: chart.data.datasets.filter((set) => set.mark).map((set) => [set.label, set.data.length, set.data[0].x]) };)");
  for (const char* part : {"spread ticks", "1 to 3", "9 outside", "<i>made</i>.run", "1 of 2 values", "untold"})
    EXPECT_THAT(found["text"].get<std::string>(), HasSubstr(part));
  EXPECT_EQ(found["italics"], 0);
  EXPECT_EQ(found["outside"], 1);
  EXPECT_EQ(found["marks"], json::parse(R"([["recorded session", 2, 0.5], ["generated, inside", 1, 0.5], ["generated, outside", 1, 1.75]])"));
  for (const json& chart : found["charts"]) EXPECT_GT(chart["painted"], 100) << chart;
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
  config.replace(config.find("length = \"2m\""), 13, "length = \"90s\"");
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

// What a backtest and the paper run of the same strategy differ in: the market is one, the way to it is another.
TEST_F(ReportPageTest, RunsOfOneStrategyAreComparedInFillsSlippageAndLatency) {
  MakeRun();
  std::string slower = cli::kSmallRun;
  slower.replace(slower.find("entry = \"2ms\""), 13, "entry = \"40ms\"");
  Write("slower.toml", slower);
  Run({"run", "slower.toml", "-o", "slower.run"});
  Run({"report", "a.run", "slower.run", "-o", "two.html"});
  const json found = Look("two.html", std::string(kLookAtCharts) + R"(
    const slippage = Report.bars.all().find((each) => each.canvas.getAttribute('aria-label') === 'Slippage of the runs');
    return { charts, text: document.getElementById('compare').innerText, runs: slippage.data.datasets.filter((set) => set.mark).map((set) => set.label),
      values: slippage.data.datasets.filter((set) => set.mark).map((set) => set.data[0].y), own: Report.data.runs.map((run) => run.slippage.maker.total.mean) };)");
  for (const char* part : {"Fills", "Fill rate", "Latency legs", "Entry", "2 ms, 2 ms", "40 ms, 40 ms", "orders that ended",
                           "venue.latency.entry", "Markouts"}) {
    EXPECT_THAT(found["text"].get<std::string>(), HasSubstr(part));
  }
  EXPECT_EQ(found["runs"], json({"a.run", "slower.run"}));
  EXPECT_EQ(found["values"], found["own"]);
  for (const json& chart : found["charts"]) EXPECT_GT(chart["painted"], 100) << chart;
}

}  // namespace
}  // namespace crucible::report

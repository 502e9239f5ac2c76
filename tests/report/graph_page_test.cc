// Causal graphs on the page, in a browser.

#include <algorithm>
#include <map>

#include "framework/base/random.h"
#include "tests/report/page_fixture.h"

namespace crucible::report {
namespace {

using nlohmann::json;
using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

// A picture's lines as the reader sees them, and what hovering over the first one tells.
constexpr const char* kLookAtGraph = R"(
  await sleep(100);
  const linesOf = (place) => Array.from(place.querySelectorAll('.timegraph-box .link'), (line) => {
    const { x, y, width, height } = line.getBoundingClientRect();
    return { kinds: line.getAttribute('class').split(' ').slice(1), heads: line.querySelectorAll('.head').length, ends: line.querySelectorAll('.end').length,
      width: Number(line.querySelector('.line').getAttribute('stroke-width')), text: line.getAttribute('aria-label'),
      dash: getComputedStyle(line.querySelector('.line')).strokeDasharray !== 'none', color: getComputedStyle(line.querySelector('.line')).stroke,
      inside: x >= 0 && x + width <= document.documentElement.clientWidth && width + height > 5 };
  });
  const tipOf = (line) => {
    line.dispatchEvent(new MouseEvent('mouseenter', { clientX: 100, clientY: 100 }));
    const told = { tip: document.querySelector('.tip')?.textContent, chosen: line.classList.contains('chosen'), rows: document.querySelectorAll('tr[data-chosen]').length };
    line.dispatchEvent(new MouseEvent('mouseleave'));
    return { ...told, gone: document.querySelector('.tip') === null };
  };
  const wide = () => document.documentElement.scrollWidth - document.documentElement.clientWidth;
)";

class GraphPageTest : public ReportPageTest {
 protected:
  // a drives b at lag 1, and itself; c goes against b at lag 3 and with a at once; the rest is noise.
  void Table(const std::string& name, const std::vector<std::string>& heads, std::size_t rows = 500) const {
    RandomStream random(9, "table");
    std::vector<std::vector<double>> lines(rows, std::vector<double>(heads.size()));
    std::string text;
    for (std::size_t v = 0; v < heads.size(); ++v) text += (v == 0 ? "" : ",") + heads[v];
    for (std::size_t t = 0; t < rows; ++t) {
      std::vector<double>& line = lines[t];
      for (double& value : line) value = random.Normal();
      line[0] += 0.6 * line[2] + (t > 0 ? 0.5 * lines[t - 1][0] : 0);
      line[1] += (t > 0 ? 0.6 * lines[t - 1][0] : 0) - (t > 2 ? 0.5 * lines[t - 3][2] : 0);
      text += "\n";
      for (std::size_t v = 0; v < heads.size(); ++v) text += (v == 0 ? "" : ",") + std::to_string(line[v]);
    }
    Write(name, text + "\n");
  }
  void Discover(const std::string& table, const std::string& output,
                std::vector<std::string> more = {}) const {
    std::vector<std::string> arguments = {"discover",     table, "--samples", "10",
                                          "--surrogates", "2",   "-o",        output};
    arguments.insert(arguments.end(), more.begin(), more.end());
    Run(arguments);
  }
};

TEST_F(GraphPageTest, EveryLinkIsALineThatTellsItsFiguresAndNamesAreTexts) {
  const std::string name = "<img src=x onerror=window.hacked=1>";
  Table("table.csv", {name, "b", "c"});
  Discover("table.csv", "g.journal", {"--contemporaneous"});
  Run({"report", "g.journal"});
  const json found = Look("g.html", std::string(kLookAtGraph) + R"(
    const section = document.getElementById('graph');
    const first = section.querySelector('.link[data-link="0"]');
    const light = linesOf(section);
    document.querySelector('#top button').click();
    await sleep(50);
    return { lines: light, tip: tipOf(document.querySelector('.link[data-link="0"]')), dark: linesOf(document), text: document.getElementById('main').innerText,
      hacked: window.hacked === 1, images: document.querySelectorAll('img').length, links: Report.data.graphs[0].links, title: document.title,
      nodes: section.querySelectorAll('.node').length, wide: wide() };)");
  EXPECT_EQ(found["hacked"], false);
  EXPECT_EQ(found["images"], 0);
  EXPECT_EQ(found["title"], "g.journal - Crucible");
  ASSERT_EQ(found["lines"].size(), found["links"].size());
  std::map<std::string, json> lines;
  for (const json& line : found["lines"]) {
    const std::string text = line["text"];
    lines[text.substr(0, text.find("(t): ") + 3)] = line;
    EXPECT_EQ(line["inside"], true) << line;
    EXPECT_THAT(text, AllOf(HasSubstr("value "), HasSubstr(", p "), HasSubstr(", q "),
                            HasSubstr(" % of the samples")));
  }
  const json drives = lines[name + "(t−1) → b(t)"], against = lines["c(t−3) → b(t)"];
  ASSERT_TRUE(drives.is_object() && against.is_object()) << found["links"].dump();
  EXPECT_EQ(drives["kinds"], json({"together", "directed"}));
  EXPECT_EQ(drives["heads"], 1);
  EXPECT_EQ(against["kinds"], json({"against", "directed"}));
  EXPECT_EQ(against["dash"], true);
  EXPECT_EQ(drives["dash"], false);
  EXPECT_NE(drives["color"], against["color"]);
  EXPECT_GT(drives["width"], against["width"]);
  EXPECT_EQ(found["tip"]["tip"], found["lines"][found["lines"].size() - 1]["text"])
      << "the strongest link is drawn over the others, and has the smallest q";
  EXPECT_EQ(found["tip"]["chosen"], true);
  EXPECT_EQ(found["tip"]["rows"], 1);
  EXPECT_EQ(found["tip"]["gone"], true);
  EXPECT_NE(found["dark"][0]["color"], found["lines"][0]["color"]);
  EXPECT_LE(found["wide"], 0);
  for (const char* part :
       {"PCMCI+", "partial correlation of normal scores, errors robust to changing variance", "rows",
        "0.01 on p", "10 redrawn", "2 series without any",
        "It is not what would happen if somebody moved the cause", name.c_str(), "frequency"})
    EXPECT_THAT(found["text"].get<std::string>(), HasSubstr(part));
  EXPECT_THAT(found["text"].get<std::string>(), AllOf(Not(HasSubstr("NaN")), Not(HasSubstr("undefined"))));
}

TEST_F(GraphPageTest, LinksWithoutADirectionLookUnlikeArrows) {
  MakeRun();
  Run({"report", "a.run", "-o", "a.html"});
  const json found = Look("a.html", std::string(kLookAtGraph) + R"(
    const link = (reason, value, lag = 0) => ({ cause: 0, effect: 1, lag, reason, value, p: 0.01, q: null, frequency: null, t: 0, place: 0 });
    const graph = { name: 'made', variables: ['x', 'y'], links: [link('directed', 0.5, 1), link('undirected', 0.2), link('conflict', null), link('directed', 0.1, 40)], changes: [], changes_in_all: 0, method: {}, live: false };
    Report.data.graphs = [graph, { ...graph, name: 'nats', method: { test: 'CMIknn' }, links: [link('directed', 0.25, 2), { ...link('directed', 0.125), cause: 1, effect: 0 }] }];
    Report.render();
    const compared = document.getElementById('graphs').innerText, stands = Report.standsOf(graph, 3, 9).map((stand) => stand.spans);
    const lines = linesOf(document.getElementById('graph'));
    const text = document.getElementById('graph').innerText, columns = document.querySelectorAll('#graph .timegraph-box .node').length;
    Report.state.graph = 1;
    Report.render();
    // Lines that would run straight through the variable between them, and along its own row.
    const through = { ...graph, variables: ['x', 'y', 'z'], links: [{ ...link('directed', 0.5, 2), effect: 2 }, { ...link('directed', 0.5, 3), effect: 0 }] };
    Report.data.graphs.push(through);
    Report.state.graph = 2;
    Report.render();
    const picture = document.querySelector('#graph .timegraph-box');
    const nodes = Array.from(picture.querySelectorAll('.node'), (node) => ({ x: Number(node.getAttribute('cx')), y: Number(node.getAttribute('cy')) }));
    const nearest = Array.from(picture.querySelectorAll('.line'), (line) => {
      const points = Array.from({ length: 101 }, (_, i) => line.getPointAtLength(line.getTotalLength() * i / 100));
      const far = (node, point) => Math.hypot(node.x - point.x, node.y - point.y);
      const between = nodes.filter((node) => far(node, points[0]) > 25 && far(node, points[100]) > 25);
      return Math.min(...between.flatMap((node) => points.map((point) => far(node, point))));
    });
    Report.state.graph = 1;
    Report.render();
    return { lines, text, columns, nearest, compared, stands, nats: linesOf(document.getElementById('graph')), natsText: document.getElementById('graph').innerText };)");
  const auto ends = [&](const char* kind) {
    for (const json& line : found["lines"]) {
      if (line["kinds"][1] == kind && line["text"].get<std::string>().find("(t) ") != std::string::npos)
        return json({line["kinds"][0], line["heads"], line["ends"], line["text"]});
    }
    return json();
  };
  EXPECT_EQ(ends("undirected"), json({"together", 0, 2, "x(t) o–o y(t): value +0.2000, p 0.01, q –"}));
  EXPECT_EQ(ends("conflict"), json({"unsigned", 0, 2, "x(t) x–x y(t): value –, p 0.01, q –"}));
  for (const char* part : {"direction not told by the data", "rules disagree on the direction", "t−40"})
    EXPECT_THAT(found["text"].get<std::string>(), HasSubstr(part));
  EXPECT_EQ(found["columns"], 2 * 3) << "lags 40, 1 and 0 of two variables: no room for all between";
  for (const json& pixels : found["nearest"])
    EXPECT_GT(pixels, 14) << "a line keeps away from nodes that it does not link";
  ASSERT_EQ(found["nearest"].size(), 2U);
  EXPECT_THAT(found["compared"].get<std::string>(),
              AllOf(HasSubstr("x(t), y(t)"), HasSubstr("x–x –"), HasSubstr("← 0.125")))
      << "a link within one moment is one row, with each graph's own direction";
  ASSERT_EQ(found["stands"].size(), 3U) << "of links whose additions the page does not hold";
  EXPECT_EQ(found["stands"][0], json::parse(R"([{"from": 3, "until": 9, "value": 0.5}])"));
  EXPECT_EQ(found["nats"][0]["kinds"][0], "unsigned") << "information has no sign";
  EXPECT_THAT(found["natsText"].get<std::string>(),
              AllOf(HasSubstr("0.25 nats"), HasSubstr("nearest neighbours")));
  EXPECT_THAT(found["text"].get<std::string>(), AllOf(Not(HasSubstr("NaN")), Not(HasSubstr("undefined"))));
}

TEST_F(GraphPageTest, FiftyVariablesFitAPhoneAndAGraphWithoutALinkSaysSo) {
  std::vector<std::string> heads = {"a", std::string(90, 'b'), "c"};
  for (int i = 0; i < 47; ++i) heads.push_back("noise_with_a_long_name_" + std::to_string(i));
  Table("wide.csv", heads, 400);
  Run({"discover", "wide.csv", "--samples", "0", "--surrogates", "0", "-o", "wide.journal"});
  Run({"report", "wide.journal"});
  const json found = Look(
      "wide.html",
      std::string(kLookAtGraph) +
          R"(return { lines: linesOf(document), wide: wide(), text: document.getElementById('main').innerText,
    names: document.querySelectorAll('.timegraph .name').length, cut: Array.from(document.querySelectorAll('.timegraph .name'), (name) => name.firstChild.data).filter((name) => name.endsWith('…')) };)",
      390);
  EXPECT_LE(found["wide"], 0);
  EXPECT_GE(found["lines"].size(), 3U);
  for (const json& line : found["lines"]) EXPECT_EQ(line["inside"], true) << line;
  EXPECT_LT(found["names"], 20);
  ASSERT_GT(found["cut"].size(), 0U);
  EXPECT_LT(found["cut"][0].get<std::string>().size(), 40U) << "a name takes a third of the width at most";
  EXPECT_THAT(
      found["text"].get<std::string>(),
      AllOf(HasSubstr("Without a link, and not drawn: noise_with_a_long_name_"), Not(HasSubstr("NaN"))));

  RandomStream random(2, "noise");
  std::string noise = "x,y\n";
  for (int i = 0; i < 300; ++i)
    noise += std::to_string(random.Normal()) + "," + std::to_string(random.Normal()) + "\n";
  Write("noise.csv", noise);
  Discover("noise.csv", "noise.journal", {"--alpha", "0.0001"});
  Run({"report", "noise.journal"});
  const json none =
      Look("noise.html",
           std::string(kLookAtGraph) +
               R"(return { lines: linesOf(document), text: document.getElementById('main').innerText };)");
  EXPECT_EQ(none["lines"].size(), 0U);
  EXPECT_THAT(none["text"].get<std::string>(), HasSubstr("No link passes the level of 1.0e-4"));
}

TEST_F(GraphPageTest, GraphsStandSideBySideOnOneScale) {
  Table("one.csv", {"a", "b", "c"});
  Table("two.csv", {"a", "b", "d"}, 300);
  Discover("one.csv", "one.journal");
  Discover("two.csv", "two.journal");
  Run({"report", "one.journal", "two.journal", "-o", "both.html"});
  const json found = Look("both.html", std::string(kLookAtGraph) + R"(
    const compare = document.getElementById('graphs');
    const pictures = Array.from(compare.querySelectorAll('.card'), (card) => linesOf(card).map((line) => line.width)).slice(0, 2);
    const heads = document.querySelector('h1').textContent;
    document.querySelectorAll('.tabs button')[1].click();
    await sleep(50);
    return { text: compare.innerText, pictures, heads, second: document.querySelector('h1').textContent,
      largest: Math.max(...Report.graphs().flatMap((graph) => graph.links.map((link) => Math.abs(link.value)))) , values: Report.graphs().map((graph) => Math.max(...graph.links.map((link) => Math.abs(link.value)))) };)");
  for (const char* part : {"2 graphs", "one.journal", "two.journal", "a(t−1) → b(t)", "no such variable"})
    EXPECT_THAT(found["text"].get<std::string>(), HasSubstr(part));
  for (std::size_t i = 0; i < 2; ++i) {
    const auto widths = found["pictures"][i].get<std::vector<double>>();
    EXPECT_NEAR(std::ranges::max(widths),
                1.3 + 4.7 * found["values"][i].get<double>() / found["largest"].get<double>(), 1e-6);
  }
  EXPECT_EQ(found["heads"], "one.journal");
  EXPECT_EQ(found["second"], "two.journal");
}

TEST_F(GraphPageTest, ARunShowsItsGraphAndAChangeTellsTheBarThatCausedIt) {
  Write("bars.csv", cli::SomeBars(500));
  Run({"import", "bars.csv", "--format", "bars", "--columns", "time,open,close,high,low,volume", "--symbol",
       "X", "--decimals", "2,1", "-o", "bars.session"});
  const std::string config =
      "[[session]]\npath = \"bars.session\"\n[causes]\nwindow = 100\nalpha = 0.3\nwithdraw_alpha = 0.4\n"
      "establish = 1\nwithdraw = 2\n[[strategy]]\nplugin = \"moving_average_cross\"\n";
  Write("run.toml", config);
  Write("idle.toml", config + "[strategy.parameters]\nfast = 599\nslow = 600\n");
  Run({"run", "idle.toml", "-o", "idle.run"});
  Run({"run", "run.toml", "-o", "a.run"});
  Run({"report", "a.run", "-o", "a.html"});
  const char* look = R"(
    const section = document.getElementById('causal-graph');
    const { graph } = Report.data.runs[0];
    const row = document.querySelector('[data-change="3"]');
    const panel = document.getElementById('causes');
    const hidden = panel.hidden;
    row.dispatchEvent(new KeyboardEvent('keydown', { key: 'Enter', bubbles: true }));
    await sleep(200);
    const stands = Report.bars.all().find((chart) => chart.canvas.getAttribute('aria-label') === 'When each link of a.run stood');
    const window = Report.state.timeline.window, run = Report.data.runs[0];
    const spans = Report.standsOf(graph, 0, (run.start_us + run.length_us) / 1000).flatMap((stand) => stand.spans);
    return { lines: linesOf(section).length, links: graph.links.length, text: section.innerText, hidden, panel: panel.innerText, shows: window[0] <= graph.changes[3].t / 1000 && window[1] >= graph.changes[3].t / 1000,
      stood: stands.data.datasets.reduce((sum, set) => sum + set.data.length, 0), spans: spans.length, standing: spans.filter((span) => span.until === (run.start_us + run.length_us) / 1000).length,
      added: graph.changes.filter((change) => change.added).length, record: graph.changes[3].place, rows: section.querySelectorAll('[data-change]').length, changes: graph.changes.length };)";
  const json found = Look("a.html", std::string(kLookAtGraph) + look);
  EXPECT_EQ(found["lines"], found["links"]);
  EXPECT_GT(found["links"], 0);
  EXPECT_EQ(found["hidden"], true);
  EXPECT_THAT(found["panel"].get<std::string>(),
              AllOf(HasSubstr("Causes of the change "), HasSubstr("link_change"),
                    HasSubstr("(input 1, record " + std::to_string(found["record"].get<int>()) + ")")));
  EXPECT_EQ(found["shows"], true);
  EXPECT_EQ(found["spans"], found["added"]) << "a stretch per addition";
  EXPECT_EQ(found["standing"], found["links"]);
  EXPECT_GT(found["stood"], 10);
  EXPECT_EQ(found["rows"].get<int>(), std::min(found["changes"].get<int>(), 200));
  for (const char* part : {"The graph at the end", "100 rows, tested every row",
                           "q at most 0.3 in 1 test in a row", "not significant", "+ added"})
    EXPECT_THAT(found["text"].get<std::string>(), HasSubstr(part));

  // A run that traded nothing and lost its session still tells its graph.
  std::filesystem::remove(Path("bars.session"));
  Run({"report", "idle.run", "-o", "alone.html"});
  const json alone = Look("alone.html", R"(
    document.querySelector('[data-change="3"]').click();
    await sleep(100);
    return { lines: document.querySelectorAll('#causal-graph .link[data-link]').length, panel: document.getElementById('causes').innerText };)");
  EXPECT_EQ(alone["lines"], found["lines"]);
  EXPECT_THAT(alone["panel"].get<std::string>(), HasSubstr("link_change"));
}

}  // namespace
}  // namespace crucible::report

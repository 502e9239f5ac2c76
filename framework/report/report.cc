#include "framework/report/report.h"

#include <utility>

#include "framework/report/causal_graph.h"
#include "framework/report/compare.h"
#include "framework/report/html.h"
#include "framework/report/sections/sections.h"
#include "framework/report/text.h"

namespace crucible::report {
namespace {

// Share of a run's progress that its own stream takes; the market's records are the rest.
constexpr double kOwnShare = 0.2;

struct RunJson {
  Json shown, causes;
};

absl::StatusOr<RunJson> ReadAndDescribe(const RunInput& input, const Progress& progress) {
  const auto part = [&](double from, double size) -> Progress {
    if (!progress) return {};
    return [&progress, from, size](double share, std::uint64_t records) {
      progress(from + share * size, records);
    };
  };
  CRUCIBLE_ASSIGN_OR_RETURN(const RunFacts run, ReadRun(input, part(0, kOwnShare)));
  CRUCIBLE_ASSIGN_OR_RETURN(const MarketFacts market, ReadMarket(input, run, part(kOwnShare, 1 - kOwnShare)));
  const RunView view{input, run, market, Parameters(input.journal->manifest().configuration)};
  CRUCIBLE_ASSIGN_OR_RETURN(Json regimes, RegimesSection(view));
  CRUCIBLE_ASSIGN_OR_RETURN(Json graph, GraphSection(view));
  RunJson json;
  json.shown = {{"name", input.name},
                {"start_us", run.start.since_epoch / 1000},
                {"length_us", Micros(run.end, run.start)},
                {"identity", IdentitySection(view)},
                {"headline", HeadlineSection(view)},
                {"instruments", PriceSection(view)},
                {"attacks", AttacksSection(view)},
                {"account", AccountSection(view)},
                {"regimes", std::move(regimes)},
                {"graph", std::move(graph)},
                {"features", FeaturesSection(view)},
                {"fills", FillsSection(view)},
                {"markouts", MarkoutsSection(view)},
                {"slippage", SlippageSection(view)},
                {"queue", QueueSection(view)},
                {"latency", LatencySection(view)}};
  CRUCIBLE_ASSIGN_OR_RETURN(json.causes, CausesSection(view));
  return json;
}

// Names of the codes that stand in columns.
Json Codes() {
  Json rules = Json::array(), ends = Json::array();
  for (int rule = 0; Name(static_cast<FillRule>(rule)) != "?"; ++rule) {
    rules.push_back(std::string(Name(static_cast<FillRule>(rule))));
  }
  for (int end = 0; end <= static_cast<int>(OrderEnd::kDenied); ++end) {
    ends.push_back(std::string(Name(static_cast<OrderEnd>(end))));
  }
  return {{"rules", std::move(rules)}, {"ends", std::move(ends)}};
}

Json ResultJson(const ResultInput& result) {
  return {{"kind", std::string(Name(result.kind))},
          {"name", result.name},
          {"content", Json::parse(result.json, nullptr, false)}};
}

std::string Title(const ReportInput& input) {
  std::string title = input.runs.empty() ? input.graphs.front().name : input.runs.front().name;
  const std::size_t files = input.runs.size() + input.graphs.size();
  if (files > 1) title += " and " + std::to_string(files - 1) + " more";
  return title + " - Crucible";
}

}  // namespace

absl::StatusOr<std::string> WriteReport(const ReportInput& input, const Progress& progress) {
  const std::vector<RunInput>& runs = input.runs;
  Json data = {{"codes", Codes()}, {"runs", Json::array()}};
  Json causes = Json::array();
  for (std::size_t i = 0; i < runs.size(); ++i) {
    const double each = 1.0 / static_cast<double>(runs.size());
    Progress of_run;
    if (progress) {
      of_run = [&](double share, std::uint64_t records) {
        progress((static_cast<double>(i) + share) * each, records);
      };
    }
    CRUCIBLE_ASSIGN_OR_RETURN(RunJson run, ReadAndDescribe(runs[i], of_run));
    data["runs"].push_back(std::move(run.shown));
    causes.push_back(std::move(run.causes));
  }
  constexpr auto kReplace = Json::error_handler_t::replace;  // bytes that are not UTF-8
  CRUCIBLE_ASSIGN_OR_RETURN(data["divergences"], DivergencesJson(runs));
  data["graphs"] = Json::array();
  for (const GraphInput& graph : input.graphs) {
    CRUCIBLE_ASSIGN_OR_RETURN(Json json, GraphJson(graph));
    data["graphs"].push_back(std::move(json));
  }
  data["results"] = Json::array();
  for (const ResultInput& result : input.results) data["results"].push_back(ResultJson(result));
  return Page(Title(input), data.dump(-1, ' ', false, kReplace), causes.dump(-1, ' ', false, kReplace));
}

}  // namespace crucible::report

#include "framework/cli/discover_output.h"

#include <algorithm>
#include <cmath>
#include <cstdio>

#include "absl/strings/str_format.h"
#include "absl/strings/str_replace.h"
#include "framework/cli/progress.h"
#include "framework/runs/config_table.h"

namespace crucible::cli {
namespace {

using causal::Mark;

std::string Method(const Discovery& discovery) {
  const DiscoverOptions& options = discovery.options;
  std::string text = absl::StrFormat("%s, %s", options.contemporaneous ? "PCMCI+" : "PCMCI",
                                     std::string(ToText(options.test)));
  if (options.test != DiscoverTest::kCmiKnn) {
    text +=
        options.errors == causal::Errors::kStudent ? ", Student's t" : ", errors robust to changing variance";
  }
  return text;
}

std::string_view NameOf(causal::FalseDiscovery correction) {
  return correction == causal::FalseDiscovery::kNone     ? "none"
         : correction == causal::FalseDiscovery::kLagged ? "lagged"
                                                         : "all";
}

}  // namespace

std::vector<FoundLink> LinksOf(const Discovery& discovery, std::optional<std::size_t> target) {
  const causal::CausalGraph& graph = discovery.graph;
  std::vector<FoundLink> links;
  for (std::size_t i = 0; i < graph.variables(); ++i) {
    for (std::size_t j = 0; j < graph.variables(); ++j) {
      for (std::size_t lag = 0; lag <= graph.max_lag(); ++lag) {
        const Mark mark = graph.marks.at(i, j, lag);
        const bool mirrored = mark != Mark::kForward && i > j && !(target && *target == j);
        if (mark == Mark::kNone || mark == Mark::kBackward || mirrored) continue;
        if (target && *target != j) continue;
        FoundLink link{i, j, lag, mark, graph.values.at(i, j, lag), graph.p.at(i, j, lag), graph.q.at(i, j, lag),
                  {}};
        if (discovery.bagged) link.frequency = discovery.bagged->Frequency(i, j, lag);
        links.push_back(link);
      }
    }
  }
  std::ranges::stable_sort(links, [](const FoundLink& a, const FoundLink& b) {
    return a.q < b.q || (a.q == b.q && std::fabs(a.value) > std::fabs(b.value));
  });
  return links;
}

void RecordDiscovery(const Discovery& discovery, const features::LinkPlace& place, const features::AppendText& text,
                     const features::AppendRecord& append) {
  features::RecordVariables(discovery.names, place, text, append);
  for (const FoundLink& found : LinksOf(discovery, {})) {
    features::LinkRecord link{{static_cast<std::uint32_t>(found.i), static_cast<std::uint32_t>(found.lag)},
                              static_cast<std::uint32_t>(found.j),
                              features::ReasonOf(found.mark),
                              found.value,
                              found.p,
                              found.q};
    if (found.frequency) link.frequency = *found.frequency;
    features::RecordLink(link, place, append);
  }
}

void PrintDiscovery(const Discovery& discovery, std::optional<std::size_t> target) {
  const DiscoverOptions& options = discovery.options;
  std::printf("causal graph of %zu variables, %s rows, lags %zu to %zu\n", discovery.names.size(),
              WithThousands(discovery.rows).c_str(), options.min_lag, options.max_lag);
  std::printf("  %s; %s tests\n", Method(discovery).c_str(), WithThousands(discovery.graph.tests).c_str());
  const std::vector<FoundLink> links = LinksOf(discovery, target);
  std::size_t width = 5;
  for (const std::string& name : discovery.names) width = std::max(width, name.size());
  const int columns = static_cast<int>(width);
  if (links.empty()) {
    std::printf("\nno link%s%s passes the level of %g\n", target ? " into " : "",
                target ? discovery.names[*target].c_str() : "", options.alpha);
  } else {
    std::printf("\n  %-*s lag        %-*s     value          p          q%s\n", columns, "cause", columns,
                "effect", discovery.bagged ? "  frequency" : "");
  }
  for (const FoundLink& link : links) {
    std::printf("  %-*s %3zu  %s   %-*s  %+8.4f  %9.3g  %9.3g", columns, discovery.names[link.i].c_str(),
                link.lag, std::string(causal::ToText(link.mark)).c_str(), columns,
                discovery.names[link.j].c_str(), link.value, link.p, link.q);
    if (link.frequency) std::printf("  %9.2f", *link.frequency);
    std::printf("\n");
  }
  if (discovery.false_positives) {
    const causal::FalsePositives& found = *discovery.false_positives;
    std::printf(
        "\n  false positives   %.2f %% of %s links on %zu surrogates, level %.2f %% (95 %% interval %.2f to "
        "%.2f)\n",
        100 * found.rate(), WithThousands(found.tests).c_str(), options.surrogates, 100 * options.alpha,
        100 * found.interval().low, 100 * found.interval().high);
  }
  for (const std::string& warning : discovery.warnings)
    std::printf("  warning           %s\n", warning.c_str());
}

nlohmann::ordered_json DiscoveryJson(const Discovery& discovery) {
  const DiscoverOptions& options = discovery.options;
  nlohmann::ordered_json json;
  json["method"] = options.contemporaneous ? "pcmci-plus" : "pcmci";
  json["test"] = ToText(options.test);
  json["errors"] = options.errors == causal::Errors::kStudent ? "student" : "robust";
  json["variables"] = discovery.names;
  json["rows"] = discovery.rows;
  json["data_sets"] = discovery.data_sets;
  json["min_lag"] = options.min_lag;
  json["max_lag"] = options.max_lag;
  if (options.pc_alpha && !options.contemporaneous) json["pc_alpha"] = *options.pc_alpha;
  json["alpha"] = options.alpha;
  json["fdr"] = NameOf(options.false_discovery);
  json["seed"] = options.seed;
  json["tests"] = discovery.graph.tests;
  json["links"] = nlohmann::ordered_json::array();
  for (const FoundLink& link : LinksOf(discovery, {})) {
    nlohmann::ordered_json one = {{"cause", discovery.names[link.i]},
                                  {"effect", discovery.names[link.j]},
                                  {"lag", link.lag},
                                  {"mark", causal::ToText(link.mark)},
                                  {"value", link.value},
                                  {"p", link.p},
                                  {"q", link.q}};
    if (link.frequency) one["frequency"] = *link.frequency;
    json["links"].push_back(one);
  }
  if (discovery.bagged) json["samples"] = discovery.bagged->samples;
  if (discovery.false_positives) {
    const causal::FalsePositives& found = *discovery.false_positives;
    json["false_positives"] = {{"rate", found.rate()},
                               {"tests", found.tests},
                               {"low", found.interval().low},
                               {"high", found.interval().high},
                               {"surrogates", options.surrogates}};
  }
  json["warnings"] = discovery.warnings;
  return json;
}

std::string DiscoveryDot(const Discovery& discovery) {
  const auto quoted = [](const std::string& name) {
    return "\"" + absl::StrReplaceAll(name, {{"\\", "\\\\"}, {"\"", "\\\""}}) + "\"";
  };
  std::string dot = "digraph causes {\n  rankdir=LR;\n  node [shape=box, fontname=\"sans-serif\"];\n";
  for (const std::string& name : discovery.names) dot += "  " + quoted(name) + ";\n";
  for (const FoundLink& link : LinksOf(discovery, {})) {
    const char* direction = link.mark == Mark::kForward ? "forward" : "none";
    const int grey = link.frequency ? static_cast<int>(70 * (1 - *link.frequency)) : 0;
    dot += absl::StrFormat("  %s -> %s [label=\"%d\", dir=%s, penwidth=%.2f, color=\"gray%d\"%s];\n",
                           quoted(discovery.names[link.i]), quoted(discovery.names[link.j]), link.lag,
                           direction, 1 + 4 * std::min(1.0, std::fabs(link.value)), grey,
                           link.mark == Mark::kConflict ? ", style=dashed" : "");
  }
  return dot + "}\n";
}

ModelJournal::Head DiscoverHead(const std::string& file, const Table& table, std::uint64_t seed, std::string document,
                                Nanos first_time) {
  ModelJournal::Head head{"discover",
                          std::string(kCausalStream),
                          seed,
                          "input = " + runs::QuotedText(file) + "\n",
                          std::move(document),
                          {},
                          first_time};
  if (table.from_bars()) head.input = table.input;
  return head;
}

}  // namespace crucible::cli

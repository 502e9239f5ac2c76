#include "framework/runs/market_choice.h"

#include <algorithm>
#include <filesystem>
#include <sstream>

#include "absl/strings/str_format.h"
#include "framework/base/time_text.h"
#include "framework/runs/config_table.h"
#include "framework/runs/flow_artefact.h"
#include "simulators/agents/predator_genome.h"

namespace crucible::runs {

namespace {

// Few value traders and noise traders who act often, thin makers, stops everywhere, and trend followers.
void MakeFragile(MarketChoice& market) {
  market.length = {600'000'000'000};
  market.market_makers = 4;
  market.market_maker_lots = 20;
  market.value_traders = 60;
  market.momentum_traders = 15;
  market.noise_traders = 100;
  market.stop_carriers = 150;
  market.bars = {10'000'000'000};
}

// Nobody but the fitted flow.
void MakeEmpty(MarketChoice& market) {
  market.market_makers = market.value_traders = market.momentum_traders = market.noise_traders = 0;
}

}  // namespace

std::array<std::string_view, MarketChoice::kPredatorKinds> PredatorKeys() {
  return {"stop_hunt", "liquidity_vacuum", "spoofing", "momentum_ignition", "quote_stuffing"};
}

bool MarketChoice::has_predators() const {
  return !genomes.empty() || std::ranges::any_of(predators, [](std::int64_t count) { return count > 0; });
}

absl::Status SetGenomes(std::vector<std::string> genomes, MarketChoice& market) {
  for (std::string& genome : genomes) {
    CRUCIBLE_ASSIGN_OR_RETURN(const agents::PredatorGenome parsed, agents::ParseGenome(genome));
    genome = agents::ToText(parsed);
  }
  std::ranges::sort(genomes);
  market.genomes = std::move(genomes);
  return absl::OkStatus();
}

void ReadMarket(ConfigTable& table, MarketChoice& market) {
  market.simulated = true;
  table.Choice("preset", {"rmsc04", "fragile", "hawkes"}, market.preset);
  if (market.preset == "fragile") MakeFragile(market);
  if (market.preset == "hawkes") MakeEmpty(market);
  table.Text("flow", market.flow);
  table.Text("flow_text", market.flow_text);
  if (market.preset == "hawkes" && market.flow.empty() && market.flow_text.empty())
    table.Fail("", "flow is missing: the file that crucible calibrate -o wrote");
  table.Duration("length", market.length);
  table.Number("activity", 0.001, 1'000, market.activity);
  table.Integer("market_makers", 0, 10'000, market.market_makers);
  table.Integer("market_maker_lots", 1, 1'000'000, market.market_maker_lots);
  table.Integer("value_traders", 0, 10'000, market.value_traders);
  table.Integer("momentum_traders", 0, 10'000, market.momentum_traders);
  table.Integer("noise_traders", 0, 10'000, market.noise_traders);
  table.Integer("stop_carriers", 0, 10'000, market.stop_carriers);
  table.Integer("zero_intelligence_traders", 0, 10'000, market.zero_intelligence_traders);
  table.Duration("bars", market.bars);
  std::vector<std::string> genomes;
  table.Tables("predator", [&](ConfigTable& predator) { predator.Text("genome", genomes.emplace_back()); });
  if (const absl::Status status = SetGenomes(std::move(genomes), market); !status.ok())
    table.Fail("predator", std::string(status.message()));
  table.Table("predators", [&](ConfigTable& predators) {
    for (std::size_t i = 0; i < market.predators.size(); ++i) {
      predators.Integer(PredatorKeys()[i], 0, 20, market.predators[i]);
    }
  });
}

absl::Status LoadFlow(const std::string& directory, MarketChoice& market) {
  if (market.flow.empty()) return absl::OkStatus();
  const std::filesystem::path path = std::filesystem::path(directory) / market.flow;  // an absolute one wins
  CRUCIBLE_ASSIGN_OR_RETURN(const flow::FlowModel model, ReadFlowArtefact(path.string()));
  market.flow_text = ToText(model);
  return absl::OkStatus();
}

std::string CanonicalText(const MarketChoice& market) {
  if (!market.simulated) return "";
  std::ostringstream out;
  out << "[market]\n"
      << "preset = \"" << market.preset << "\"\n"
      << (market.flow_text.empty() ? "" : "flow_text = " + QuotedText(market.flow_text) + "\n")
      << "length = \"" << FormatDuration(market.length) << "\"\n"
      << "activity = " << absl::StrFormat("%.17g", market.activity) << "\n"
      << "market_makers = " << market.market_makers << "\n"
      << "market_maker_lots = " << market.market_maker_lots << "\n"
      << "value_traders = " << market.value_traders << "\n"
      << "momentum_traders = " << market.momentum_traders << "\n"
      << "noise_traders = " << market.noise_traders << "\n"
      << "stop_carriers = " << market.stop_carriers << "\n"
      << "zero_intelligence_traders = " << market.zero_intelligence_traders << "\n"
      << "bars = \"" << FormatDuration(market.bars) << "\"\n"
      << "[market.predators]\n";
  for (std::size_t i = 0; i < market.predators.size(); ++i) {
    out << PredatorKeys()[i] << " = " << market.predators[i] << "\n";
  }
  for (const std::string& genome : market.genomes)
    out << "[[market.predator]]\ngenome = \"" << genome << "\"\n";
  return out.str();
}

}  // namespace crucible::runs

#include "simulators/agents/predator_genome.h"

#include <algorithm>
#include <charconv>
#include <vector>

#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "framework/base/check.h"
#include "framework/features/variation.h"
#include "simulators/agents/predator_view.h"

namespace crucible::agents {
namespace {

using features::Expression;

constexpr std::array<GeneInfo, kGenes> kGeneTable = {{
    {"size", 10, 2'000},
    {"blows", 1, 40},
    {"layers", 0, 20},
    {"layer_lots", 1, 2'000},
    {"offset_ticks", 0, 60},
    {"reach_ticks", 1, 120},
    {"round_ticks", 5, 100},
    {"stop_ticks", 1, 120},
    {"unwind_lots", 10, 2'000},
    {"passive", 0, 1},
    {"patience_ms", 100, 120'000},
    {"pause_ms", 1'000, 600'000},
    {"look_ms", 100, 5'000},
}};

// What someone would write down who knows of the attack: by kind, in the order of Gene, then when and side.
struct Recipe {
  std::array<std::int64_t, kGenes> genes;
  std::string_view when, side;
};
constexpr std::array<Recipe, kPredatorKinds> kRecipes = {{
    {{150, 12, 4, 100, 2, 25, 50, 30, 100, 1, 4'000, 30'000, 250},
     "lt(min(below, above), 20)",
     "sub(below, above)"},
    {{200, 4, 5, 200, 1, 20, 50, 30, 100, 0, 3'000, 30'000, 250},
     "lt(volatility, 2)",
     "sub(bid_depth, ask_depth)"},
    {{100, 2, 5, 500, 1, 20, 50, 30, 100, 1, 3'000, 20'000, 250}, "lt(spread, 5)", "imbalance"},
    {{200, 6, 0, 1, 0, 20, 50, 30, 100, 1, 3'000, 30'000, 500}, "gt(abs(momentum), 1)", "momentum"},
    {{10, 5, 0, 1, 20, 20, 50, 30, 100, 0, 1'000, 20'000, 500}, "gt(activity, 1)", "imbalance"},
}};

std::int64_t Clamped(Gene gene, std::int64_t value) {
  return std::clamp(value, Describe(gene).least, Describe(gene).most);
}

// Uniform in the logarithm would need one; squares of uniforms crowd the small values well enough.
std::int64_t RandomGene(Gene gene, RandomStream& random) {
  const double u = random.Uniform01();
  const auto width = static_cast<double>(Describe(gene).most - Describe(gene).least + 1);
  return Clamped(gene, Describe(gene).least + static_cast<std::int64_t>(u * u * width));
}

Gene AnyGene(RandomStream& random) { return static_cast<Gene>(random.UniformBelow(kGenes)); }

Expression RandomWhen(RandomStream& random) {
  return features::RandomExpression(features::Type::kTruth, 3, PredatorFeatures().size(), random);
}
Expression RandomSide(RandomStream& random) {
  return features::RandomExpression(features::Type::kNumber, 2, PredatorFeatures().size(), random);
}

absl::Status SetGene(std::string_view name, std::string_view value, PredatorGenome& genome) {
  const auto at = std::ranges::find(kGeneTable, name, &GeneInfo::name);
  if (at == kGeneTable.end()) {
    std::vector<std::string> names;
    for (const GeneInfo& info : kGeneTable) names.emplace_back(info.name);
    return absl::InvalidArgumentError(
        absl::StrFormat("a genome has no gene \"%s\"; there are: %s, when, side", std::string(name),
                        absl::StrJoin(names, ", ")));
  }
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), number);
  if (error != std::errc() || end != value.data() + value.size() || number < at->least || number > at->most) {
    return absl::InvalidArgumentError(absl::StrFormat(
        "gene %s is \"%s\", expected %d to %d", std::string(name), std::string(value), at->least, at->most));
  }
  genome.genes[static_cast<std::size_t>(at - kGeneTable.begin())] = number;
  return absl::OkStatus();
}

absl::Status SetExpression(std::string_view name, std::string_view text, PredatorGenome& genome) {
  CRUCIBLE_ASSIGN_OR_RETURN(const Expression expression, Expression::Parse(text, PredatorFeatures()));
  const bool truth = expression.type() == features::Type::kTruth;
  if (truth != (name == "when")) {
    return absl::InvalidArgumentError(
        absl::StrFormat("%s is \"%s\", expected a %s", std::string(name), std::string(text),
                        name == "when" ? "truth, such as lt(below, 10)" : "number"));
  }
  (name == "when" ? genome.when : genome.side) = expression;
  return absl::OkStatus();
}

}  // namespace

std::optional<PredatorKind> PredatorFromName(std::string_view name) {
  const auto at = std::ranges::find(kAttackNames, name);
  if (at == kAttackNames.end()) return std::nullopt;
  return static_cast<PredatorKind>(1 + (at - kAttackNames.begin()));
}

const GeneInfo& Describe(Gene gene) { return kGeneTable[static_cast<std::size_t>(gene)]; }

PredatorGenome HandWritten(PredatorKind kind) {
  const Recipe& recipe = kRecipes[static_cast<std::size_t>(kind) - 1];
  const auto when = Expression::Parse(recipe.when, PredatorFeatures());
  const auto side = Expression::Parse(recipe.side, PredatorFeatures());
  CRUCIBLE_CHECK(when.ok() && side.ok());
  return {kind, recipe.genes, *when, *side};
}

std::string ToText(const PredatorGenome& genome) {
  std::string text(Name(genome.kind));
  for (std::size_t i = 0; i < kGeneTable.size(); ++i)
    text += absl::StrFormat("; %s=%d", std::string(kGeneTable[i].name), genome.genes[i]);
  return text + "; when=" + genome.when.Text(PredatorFeatures()) +
         "; side=" + genome.side.Text(PredatorFeatures());
}

absl::StatusOr<PredatorGenome> ParseGenome(std::string_view text) {
  const std::vector<std::string> parts = absl::StrSplit(absl::string_view(text.data(), text.size()), "; ");
  const std::optional<PredatorKind> kind = PredatorFromName(parts.front());
  if (!kind) {
    return absl::InvalidArgumentError(
        absl::StrFormat("a genome begins with \"%s\", expected one of %s", parts.front(),
                        absl::StrJoin(kAttackNames, ", ",
                                      [](std::string* out, std::string_view name) { out->append(name); })));
  }
  PredatorGenome genome = HandWritten(*kind);
  for (std::size_t i = 1; i < parts.size(); ++i) {
    const std::size_t equals = std::min(parts[i].find('='), parts[i].size());
    const std::string_view name = std::string_view(parts[i]).substr(0, equals);
    const std::string_view value = std::string_view(parts[i]).substr(std::min(equals + 1, parts[i].size()));
    CRUCIBLE_RETURN_IF_ERROR(name == "when" || name == "side" ? SetExpression(name, value, genome)
                                                              : SetGene(name, value, genome));
  }
  return genome;
}

PredatorGenome RandomGenome(RandomStream& random) {
  PredatorGenome genome;
  genome.kind = static_cast<PredatorKind>(1 + random.UniformBelow(kPredatorKinds));
  for (int i = 0; i < kGenes; ++i) genome[static_cast<Gene>(i)] = RandomGene(static_cast<Gene>(i), random);
  genome.when = RandomWhen(random);
  genome.side = RandomSide(random);
  return genome;
}

PredatorGenome Mutate(const PredatorGenome& parent, RandomStream& random) {
  PredatorGenome child = parent;
  const std::uint64_t changes = 1 + random.UniformBelow(3);
  for (std::uint64_t i = 0; i < changes; ++i) {
    switch (random.UniformBelow(8)) {
      case 0:
      case 1:
        child.when = features::Mutate(child.when, PredatorFeatures().size(), random);
        break;
      case 2:
        child.side = features::Mutate(child.side, PredatorFeatures().size(), random);
        break;
      case 3: {
        const Gene gene = AnyGene(random);
        child[gene] = RandomGene(gene, random);
        break;
      }
      default: {
        const Gene gene = AnyGene(random);
        const double factor = 0.5 + 1.5 * random.Uniform01();
        const auto moved = static_cast<std::int64_t>(factor * static_cast<double>(child[gene]) + 0.5);
        child[gene] = Clamped(gene, moved);
      }
    }
  }
  if (random.UniformBelow(20) == 0)
    child.kind = static_cast<PredatorKind>(1 + random.UniformBelow(kPredatorKinds));
  return child;
}

PredatorGenome Cross(const PredatorGenome& mother, const PredatorGenome& father, RandomStream& random) {
  PredatorGenome child = mother;
  for (std::size_t i = 0; i < child.genes.size(); ++i) {
    if (random.UniformBelow(2) == 0) child.genes[i] = father.genes[i];
  }
  child.when = random.UniformBelow(2) == 0 ? features::Cross(mother.when, father.when, random) : mother.when;
  child.side = random.UniformBelow(2) == 0 ? father.side : mother.side;
  return child;
}

}  // namespace crucible::agents

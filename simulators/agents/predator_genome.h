// What a predator is: its kind, when it strikes and in which direction (expressions over public features),
// and how (whole numbers). A genome is a value with a textual form that is printed and parsed:
//
//   stop-hunt; size=150; blows=8; ...; when=and(lt(below, 12), gt(stops_below, bid_depth)); side=sub(...)
//
// Genes that the text leaves out have the kind's hand-written values.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "framework/base/random.h"
#include "framework/base/status.h"
#include "framework/event/attack.h"
#include "framework/features/expression.h"

namespace crucible::agents {

using PredatorKind = AttackKind;
inline constexpr int kPredatorKinds = kAttackKinds;
// Of Name(kind): "stop-hunt", ...
std::optional<PredatorKind> PredatorFromName(std::string_view name);

// Names of what a predator sees, in the order of PredatorView::values(); docs/guides/stress.md says what each
// is.
std::span<const std::string_view> PredatorFeatures();

// What expressions do not say: whole numbers within bounds.
enum class Gene : std::uint8_t {
  kSize,          // of one blow (a market order), lots
  kBlows,         // per attack at most; quote stuffing: bursts of 20 orders
  kLayers,        // resting orders per attack
  kLayerLots,     // of each
  kOffset,        // ticks from the target (stop hunt) or the touch to the first layer
  kReach,         // ticks: how far away a target may be, and how deep it looks into the book
  kRound,         // ticks: stops are expected at multiples of it
  kStopDistance,  // ticks: how far from their entry stops are expected
  kUnwind,        // lots per look on the way out
  kPassive,       // 1: on the way out it rests at the touch for a patience before it takes
  kPatience,      // ms from the last blow to the way out
  kPause,         // ms between attacks
  kLook,          // ms between looks at the market
};
inline constexpr int kGenes = 13;
struct GeneInfo {
  std::string_view name;
  std::int64_t least, most;
};
const GeneInfo& Describe(Gene gene);

struct PredatorGenome {
  PredatorKind kind = PredatorKind::kStopHunt;
  std::array<std::int64_t, kGenes> genes{};
  features::Expression when;  // a truth
  features::Expression side;  // a number: buys at or above 0, else sells

  std::int64_t operator[](Gene gene) const { return genes[static_cast<std::size_t>(gene)]; }
  std::int64_t& operator[](Gene gene) { return genes[static_cast<std::size_t>(gene)]; }
  friend bool operator==(const PredatorGenome&, const PredatorGenome&) = default;
};

// How someone who has read about the attack would set it up.
PredatorGenome HandWritten(PredatorKind kind);

std::string ToText(const PredatorGenome& genome);
// kInvalidArgument names what was found and what would be valid.
absl::StatusOr<PredatorGenome> ParseGenome(std::string_view text);

// ---- breeding; what is drawn depends on the stream alone ----

PredatorGenome RandomGenome(RandomStream& random);
// One to three changes, of genes or expressions; now and then of the kind.
PredatorGenome Mutate(const PredatorGenome& parent, RandomStream& random);
// Kind of `mother`; each gene and expression from either, or a cross of both.
PredatorGenome Cross(const PredatorGenome& mother, const PredatorGenome& father, RandomStream& random);

}  // namespace crucible::agents

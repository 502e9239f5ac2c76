// How agent_action records tell of attacks: what their `action` means, and the bodies of the two kinds that keep a
// search for predators. docs/guides/stress.md describes how to read an attack from a run.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

#include "framework/event/kinds.h"

namespace crucible {

enum class AttackKind : std::uint8_t {
  kStopHunt = 1,
  kLiquidityVacuum = 2,
  kSpoofing = 3,
  kMomentumIgnition = 4,
  kQuoteStuffing = 5,
};
inline constexpr int kAttackKinds = 5;
inline constexpr std::array<std::string_view, kAttackKinds> kAttackNames = {
    "stop-hunt", "liquidity-vacuum", "spoofing", "momentum-ignition", "quote-stuffing"};
constexpr std::string_view Name(AttackKind kind) { return kAttackNames[static_cast<std::size_t>(kind) - 1]; }

// What `side` and `detail` of the record are:
enum class AttackStep : std::uint8_t {
  kStrike = 1,    // an attack begins: its direction, and the price aimed at (0: none)
  kUnwind = 2,    // the way out begins: the side that brought the position, and its size
  kWithdraw = 3,  // resting orders are taken away at once: none, and how many
  kDone = 4,      // the attack is over: none, and what it earned in money units, fees left out
  kRuined = 5,    // the capital is lost: the position's side, and its size; it attacks no more
  kTrade = 6,     // it traded: its side, and the id of the trade, which the public record carries
};

// agent_action: action = kind + 256 x step.
constexpr std::int64_t ActionOf(AttackKind kind, AttackStep step) {
  return static_cast<std::int64_t>(kind) + 256 * static_cast<std::int64_t>(step);
}
struct AttackAction {
  AttackKind kind{};
  AttackStep step{};
};
// Nothing for an action that is no attack's.
constexpr std::optional<AttackAction> ParseAction(std::int64_t action) {
  const std::int64_t kind = action % 256, step = action / 256;
  if (kind < 1 || kind > kAttackKinds || step < 1 || step > 6) return std::nullopt;
  return AttackAction{static_cast<AttackKind>(kind), static_cast<AttackStep>(step)};
}

// text: the genome, in the file's text stream; the rest are bits of doubles, in the account's currency.
struct PredatorTrialBody { std::uint64_t text; std::int64_t fitness_bits, harm_bits, profit_bits; };
// cell: of the archive; the rest are means per run.
struct PredatorBehaviourBody { std::uint64_t batch, cell; std::int64_t attacks_bits, taken_bits; };

}  // namespace crucible

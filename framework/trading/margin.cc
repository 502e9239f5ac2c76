#include "framework/trading/margin.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_format.h"
#include "framework/trading/rounding.h"

namespace crucible::trading {
namespace {

constexpr std::int64_t kWhole = 100'000'000;
constexpr std::int64_t kFundingUnit = 1'000'000'000'000;

Money Scaled(Money amount, std::int64_t by_e8) {
  return {Saturate(DivideHalfEven(Int128{amount.units} * by_e8, kWhole))};
}

absl::Status CheckRate(std::size_t tier, const char* name, std::int64_t rate_e8, std::int64_t least_e8) {
  if (rate_e8 >= least_e8 && rate_e8 <= kWhole) return absl::OkStatus();
  return absl::InvalidArgumentError(absl::StrFormat("margin.tier %d: %s is %g bps, expected %g to 10000",
                                                    tier + 1, name, static_cast<double>(rate_e8) / 1e4,
                                                    static_cast<double>(least_e8) / 1e4));
}

absl::Status CheckTiers(const std::vector<MarginTier>& tiers) {
  if (tiers.empty()) return absl::InvalidArgumentError("margin has no tier: it needs a maintenance rate");
  if (tiers.front().from_notional != Money{})
    return absl::InvalidArgumentError("the first margin.tier begins at from_notional 0");
  for (std::size_t i = 0; i < tiers.size(); ++i) {
    if (i > 0 && tiers[i].from_notional <= tiers[i - 1].from_notional)
      return absl::InvalidArgumentError(
          absl::StrFormat("margin.tier %d: from_notional must be more than that of the tier before", i + 1));
    // A rate that fell would let a larger position need less.
    CRUCIBLE_RETURN_IF_ERROR(
        CheckRate(i, "maintenance_bps", tiers[i].maintenance_e8, i == 0 ? 0 : tiers[i - 1].maintenance_e8));
    CRUCIBLE_RETURN_IF_ERROR(CheckRate(i, "initial_bps", tiers[i].initial_e8, 0));
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<MarginRules> MarginRules::Create(MarginConfig config) {
  CRUCIBLE_RETURN_IF_ERROR(CheckTiers(config.tiers));
  MarginRules rules(std::move(config));
  const std::vector<MarginTier>& tiers = rules.config_.tiers;
  rules.deductions_e8_.push_back(0);
  for (std::size_t i = 1; i < tiers.size(); ++i) {
    const Int128 step = tiers[i].maintenance_e8 - tiers[i - 1].maintenance_e8;
    rules.deductions_e8_.push_back(rules.deductions_e8_.back() + tiers[i].from_notional.units * step);
  }
  return rules;
}

std::size_t MarginRules::TierOf(Money notional) const {
  std::size_t tier = config_.tiers.size() - 1;
  while (tier > 0 && notional < config_.tiers[tier].from_notional) --tier;
  return tier;
}

Money MarginRules::Initial(Money notional) const {
  return Scaled(notional, std::max(config_.initial_e8, config_.tiers[TierOf(notional)].initial_e8));
}

Money MarginRules::Maintenance(Money notional) const {
  const std::size_t tier = TierOf(notional);
  const Int128 scaled = Int128{notional.units} * config_.tiers[tier].maintenance_e8 - deductions_e8_[tier];
  return {Saturate(DivideHalfEven(scaled, kWhole))};
}

Money MarginRules::LiquidationFee(Money notional) const {
  return Scaled(notional, config_.liquidation_fee_e8);
}

Money FundingPayment(Money notional, std::int64_t rate_e12) {
  return {Saturate(DivideHalfEven(Int128{notional.units} * rate_e12, kFundingUnit))};
}

std::optional<Price> BankruptcyPrice(const ContractMath& math, Position position, Mid mark, Money equity) {
  const std::int64_t direction = position.units < 0 ? -1 : 1;
  const std::int64_t sign = direction * math.sign();  // of the holding's value
  const Quantity size{direction * position.units};
  const Int128 worth = Int128{math.Value(mark, size).units} - sign * Int128{equity.units};
  if (worth <= 0 || !FitsInt64(worth)) return std::nullopt;
  const Money target{static_cast<std::int64_t>(worth)};
  const Price nearest = math.PriceOf(target, size);
  if (nearest.units <= 0) return std::nullopt;
  const Int128 value = sign * Int128{math.Value(nearest, size).units};
  const Price price = value < sign * worth ? Price{nearest.units + direction} : nearest;
  if (price.units <= 0) return std::nullopt;
  return price;
}

}  // namespace crucible::trading

#include "framework/trading/fees.h"

#include "absl/strings/str_format.h"
#include "framework/trading/rounding.h"

namespace crucible::trading {
namespace {

constexpr std::int64_t kRateUnit = 100'000'000;

absl::Status CheckRate(std::size_t tier, const char* name, FeeRate rate) {
  if (rate.e8 >= -kRateUnit && rate.e8 <= kRateUnit) return absl::OkStatus();
  return absl::InvalidArgumentError(
      absl::StrFormat("fees.tiers[%d].%s is %d (10^-8 of the notional), expected %d to %d", tier, name,
                      rate.e8, -kRateUnit, kRateUnit));
}

absl::Status CheckTier(const std::vector<FeeTier>& tiers, std::size_t i) {
  const Money from = tiers[i].from_turnover;
  const bool valid = i == 0 ? from == Money{} : from > tiers[i - 1].from_turnover;
  if (!valid) {
    return absl::InvalidArgumentError(absl::StrFormat(
        "fees.tiers[%d].from_turnover is %d, expected %s", i, from.units,
        i == 0 ? std::string("0") : absl::StrFormat("more than %d", tiers[i - 1].from_turnover.units)));
  }
  CRUCIBLE_RETURN_IF_ERROR(CheckRate(i, "maker", tiers[i].maker));
  return CheckRate(i, "taker", tiers[i].taker);
}

Int128 ScaledHalfEven(Money amount, std::int64_t by, std::int64_t unit) {
  return DivideHalfEven(Int128{amount.units} * by, unit);
}

}  // namespace

absl::Status FeeConfig::Validate() const {
  for (std::size_t i = 0; i < tiers.size(); ++i) CRUCIBLE_RETURN_IF_ERROR(CheckTier(tiers, i));
  return absl::OkStatus();
}

FeeConfig FeeConfig::MakerTaker(double maker_bps, double taker_bps) {
  FeeConfig config;
  config.tiers.push_back({{}, FeeRate::FromBps(maker_bps), FeeRate::FromBps(taker_bps)});
  return config;
}

absl::StatusOr<FeeSchedule> FeeSchedule::Create(const FeeConfig& config, const Instrument& instrument) {
  CRUCIBLE_RETURN_IF_ERROR(config.Validate());
  CRUCIBLE_ASSIGN_OR_RETURN(const ContractMath math, ContractMath::Create(instrument));
  return FeeSchedule(config, math);
}

FeeSchedule::FeeSchedule(const FeeConfig& config, const ContractMath& math)
    : math_(math),
      tiers_(config.tiers),
      per_trade_(config.per_trade),
      per_unit_(config.per_unit),
      quantity_unit_(PowerOfTen(math.quantity_decimals())) {
  if (tiers_.empty()) tiers_.push_back({});
}

Fee FeeSchedule::Charge(Price price, Quantity quantity, bool maker) {
  const Money notional = math_.Value(price, quantity);
  const Fee fee{RateFee(notional, maker), Fixed(quantity)};
  AdvanceTier(notional);
  return fee;
}

Fee FeeSchedule::Quote(Price price, Quantity quantity, bool maker) const {
  return {RateFee(math_.Value(price, quantity), maker), Fixed(quantity)};
}

Money FeeSchedule::Fixed(Quantity quantity) const {
  if (per_unit_ == Money{}) return per_trade_;
  return {Saturate(per_trade_.units + ScaledHalfEven(per_unit_, quantity.units, quantity_unit_))};
}

Money FeeSchedule::RateFee(Money notional, bool maker) const {
  const FeeRate rate = maker ? tiers_[tier_].maker : tiers_[tier_].taker;
  const Money size{notional.units < 0 ? -notional.units : notional.units};
  return {Saturate(ScaledHalfEven(size, rate.e8, kRateUnit))};
}

void FeeSchedule::AdvanceTier(Money notional) {
  turnover_ += notional.units < 0 ? -notional.units : notional.units;
  while (tier_ + 1 < tiers_.size() && turnover_ >= tiers_[tier_ + 1].from_turnover.units) ++tier_;
}

void FeeSchedule::Hash(StateHasher& hasher) const {
  hasher.Add(static_cast<std::uint64_t>(turnover_));
  hasher.Add(static_cast<std::uint64_t>(static_cast<Uint128>(turnover_) >> 64));
}

}  // namespace crucible::trading

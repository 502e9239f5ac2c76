// What a venue charges for a fill.
//
//   fee = rate x notional  +  per_trade  +  per_unit x quantity        (settle currency)
//
// Each term is rounded half-even to Money once per fill. The rate is the maker's or the taker's of the tier
// that the turnover *before* this fill has reached: turnover of this schedule over the run, not a calendar
// window, so that a fee depends on the run's own events only. Positive is paid, negative is a rebate.
#pragma once

#include <vector>

#include "framework/base/hash.h"
#include "framework/base/status.h"
#include "framework/base/units.h"
#include "framework/event/instrument.h"
#include "framework/trading/contract_math.h"

namespace crucible::trading {

// Fraction of the notional in units of 10^-8, which is 10^-4 of a basis point.
struct FeeRate {
  std::int64_t e8 = 0;
  // Rounded to the nearest unit: 1.75 is 17,500.
  static constexpr FeeRate FromBps(double fee_bps) {
    return {static_cast<std::int64_t>(fee_bps * 1e4 + (fee_bps < 0 ? -0.5 : 0.5))};
  }
  friend constexpr auto operator<=>(FeeRate, FeeRate) = default;
};

struct FeeTier {
  Money from_turnover;  // applies from this turnover on
  FeeRate maker;
  FeeRate taker;
};

struct FeeConfig {
  std::vector<FeeTier> tiers;  // ascending from_turnover, the first from 0; empty: no rate
  Money per_trade;             // per fill
  Money per_unit;              // per 1.0 of quantity, for example 0.003 USD a share

  // kInvalidArgument names the key and its valid range.
  absl::Status Validate() const;
  static FeeConfig MakerTaker(double maker_bps, double taker_bps);
};

struct Fee {
  Money rate;   // maker or taker fee; negative: rebate
  Money fixed;  // per trade and per unit
  Money total() const { return rate + fixed; }
};

class FeeSchedule {
 public:
  // kInvalidArgument when the configuration or the instrument's decimals are not valid.
  static absl::StatusOr<FeeSchedule> Create(const FeeConfig& config, const Instrument& instrument);

  // The fee of a fill, whose notional then counts towards the next tier.
  Fee Charge(Price price, Quantity quantity, bool maker);
  // The fee such a fill would pay now.
  Fee Quote(Price price, Quantity quantity, bool maker) const;
  // The part that does not depend on the price. REQUIRES: quantity >= 0.
  Money Fixed(Quantity quantity) const;
  // In money units; 128 bits because a long run's turnover may not fit Money.
  Int128 turnover() const { return turnover_; }
  void Hash(StateHasher& hasher) const;

 private:
  FeeSchedule(const FeeConfig& config, const ContractMath& math);
  Money RateFee(Money notional, bool maker) const;
  void AdvanceTier(Money notional);

  ContractMath math_;
  std::vector<FeeTier> tiers_;
  Money per_trade_;
  Money per_unit_;
  std::int64_t quantity_unit_;
  std::size_t tier_ = 0;
  Int128 turnover_ = 0;
};

}  // namespace crucible::trading

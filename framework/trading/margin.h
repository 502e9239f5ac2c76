// Margin of leveraged positions: what an account must hold for them, and where it is bankrupt.
//
//   initial(N)     = N x max(1 / leverage, initial rate of the tier)      needed to open
//   maintenance(N) = N x maintenance rate of the tier - deduction(tier)   below it the venue liquidates
//
// N is a position's notional at the mark price. Its tier is the last one whose `from_notional` it reaches;
// the deduction makes maintenance continuous: deduction(0) = 0, deduction(k) = deduction(k - 1) + from(k) x
// (rate(k) - rate(k - 1)). This is the bracket rule of Binance
// ("Leverage and Margin of USDS-M Futures": maintenance margin = notional x rate - maintenance amount);
// venues with risk limits that grow by steps (BitMEX, Bybit) are tables of the same form.
//
// Each amount is rounded half-even once. Immutable; any thread may read.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "framework/base/status.h"
#include "framework/base/units.h"
#include "framework/trading/contract_math.h"
#include "framework/trading/mid.h"

namespace crucible::trading {

// Rates are fractions of the notional in units of 10^-8.
struct MarginTier {
  Money from_notional;
  std::int64_t maintenance_e8 = 0;
  std::int64_t initial_e8 = 0;  // at least this, whatever the leverage
};

struct MarginConfig {
  std::int64_t initial_e8 = 100'000'000;  // 1 / leverage
  std::int64_t liquidation_fee_e8 = 0;
  std::vector<MarginTier> tiers;  // ascending from_notional, the first from 0
};

class MarginRules {
 public:
  // kInvalidArgument names the key, the value and what would be valid.
  static absl::StatusOr<MarginRules> Create(MarginConfig config);

  // REQUIRES: notional >= 0, for these three.
  Money Initial(Money notional) const;
  Money Maintenance(Money notional) const;
  Money LiquidationFee(Money notional) const;

 private:
  explicit MarginRules(MarginConfig config) : config_(std::move(config)) {}
  std::size_t TierOf(Money notional) const;

  MarginConfig config_;
  std::vector<Int128> deductions_e8_;  // by tier, x 10^8
};

// Paid by a long position of this notional when funding is settled at `rate_e12` (units of 10^-12); negative
// is received. A short one pays the opposite.
Money FundingPayment(Money notional, std::int64_t rate_e12);

// The price at which closing `position` leaves an account nothing of `equity`, which counts the position at
// `mark`; rounded in the account's favour. Nothing: there is no positive price at which it does. REQUIRES:
// position != 0.
std::optional<Price> BankruptcyPrice(const ContractMath& math, Position position, Mid mark, Money equity);

}  // namespace crucible::trading

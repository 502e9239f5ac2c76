// What a simulated venue may be told about its market.
#pragma once

#include <cstdint>

#include "framework/base/status.h"
#include "framework/base/units.h"
#include "framework/event/instrument.h"
#include "framework/trading/fees.h"

namespace crucible::exchange {

// What happens when two orders of one participant would trade with each other.
enum class SelfTrade : std::uint8_t {
  kAllow = 0,
  kCancelNewest = 1,  // the order that arrived later loses what is left of it
  kCancelOldest = 2,  // the order that arrived earlier goes, and matching continues
  kDecrement = 3,     // both lose the smaller of the two quantities, without a trade
};

struct MarketRules {
  Instrument instrument;    // tick and lot size, contract
  trading::FeeConfig fees;  // for every participant; turnover tiers count each one's own
  SelfTrade self_trade = SelfTrade::kCancelNewest;  // of participants who choose nothing else

  // No trade outside reference +- band: an order that would trade beyond it halts the market. The reference
  // is the price of the last auction, before that `reference`; without one, and with band 0, there is no
  // band.
  PriceDelta band{0};
  Price reference{0};
  Duration halt_length{0};     // from the breach of a band to the re-opening auction
  Duration auction_length{0};  // of the re-opening auction's call

  // Submissions and amendments of one participant within one interval (aligned to the epoch); further ones
  // are rejected. Cancels count and always pass. 0: no limit.
  std::uint32_t max_messages = 0;
  Duration message_interval{1'000'000'000};

  Duration bar_length{0};  // the venue publishes bars of its trades, too; 0: none

  // kInvalidArgument names the rule, the value found and what would be valid.
  absl::Status Validate() const;
};

}  // namespace crucible::exchange

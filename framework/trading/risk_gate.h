// The gate that every command passes before it may leave for a venue, in backtests and live alike.
//
//   RiskGate gate(config);
//   gate.SetLimits(instrument, limits);
//   if (const auto denial = gate.Check(command, {now, &account, &orders, mid, mid_at})) { ... kRiskDenial ...
//   }
//
// Check() looks at what would be if everything open were filled on the order's own side: pending, working,
// UNKNOWN and pending-cancel orders all count (OrderTable::open). Rules are checked in the order of RiskRule;
// the first that refuses is the one reported. A command that passes has used its rate token: check each once,
// before OrderTable::Submit, Cancel or Amend. Cancels are subject to the rate only.
//
// Not checked here: price and lot grids (the venue's answer), margin.
// Threads: one writer, or external synchronisation. Allocation: only in SetLimits.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "framework/base/hash.h"
#include "framework/base/status.h"
#include "framework/trading/account.h"
#include "framework/trading/command.h"
#include "framework/trading/order_table.h"

namespace crucible::trading {

// Stands in RiskDenialBody::rule: append, never renumber. Beside each: Denial::value against Denial::limit.
enum class RiskRule : std::uint8_t {
  kKilled = 1,             // reason given to Kill; 0
  kUnknownInstrument = 2,  // instrument id; 0
  kUnknownOrder = 3,       // order id of an amend; 0
  kOrderQuantity = 4,      // quantity
  kOpenOrders = 5,         // open orders, this one included
  kPosition = 6,           // holding in the order's direction, if all open orders on its side filled
  kNoReference = 7,        // age of the last mid in ns, -1: none; limit in ns, 0: any
  kPriceCollar = 8,        // price; worst price allowed
  kOrderNotional = 9,      // money
  kGrossExposure = 10,     // money, if all orders filled on each instrument's worse side
  kDuplicateOrder = 11,    // equal submits within the window, this one included
  kMessageRate = 12,       // whole tokens left; tokens needed
};
std::string_view Name(RiskRule rule);

struct Denial {
  RiskRule rule{};
  std::int64_t value = 0;
  std::int64_t limit = 0;
};

// Limits of one instrument; 0 turns a limit off. The collar guards the aggressive direction: an order far
// from the market on its own side harms nobody. A stop's limit is held against its stop price, market orders
// against nothing but the age of the mid, trailing stops against nothing.
struct InstrumentLimits {
  Quantity max_order_quantity;
  Money max_order_notional;     // at the limit or stop price; market orders and trailing stops at the mid
  Quantity max_position;        // absolute
  std::int64_t collar_bps = 0;  // a buy may not be priced above mid + collar, a sell below mid - collar
  Duration max_reference_age;   // of the mid, where a rule needs one; 0: any age
  absl::Status Validate(std::string_view key) const;
};

// Limits of the whole account; 0 turns a limit off.
struct RiskConfig {
  Money max_gross_exposure;
  std::uint32_t max_open_orders = 0;
  std::uint32_t max_commands = 0;  // per rate_interval: a bucket that refills evenly
  Duration rate_interval{1'000'000'000};
  std::uint32_t reserved_cancels = 0;  // tokens of the bucket that only cancels may use
  std::uint32_t max_duplicates = 0;    // equal submits in a row, per instrument and side, within the window
  Duration duplicate_window{1'000'000'000};
  InstrumentLimits defaults;  // of an instrument that SetLimits does not name
  // kInvalidArgument names the key and its valid range.
  absl::Status Validate() const;
};

struct RiskContext {
  Nanos now;
  const Account* account = nullptr;
  const OrderTable* orders = nullptr;
  Mid reference;  // last good mid of the command's instrument
  Nanos reference_at;
};

class RiskGate {
 public:
  // REQUIRES: config.Validate().ok(); so must be what SetLimits is given.
  explicit RiskGate(const RiskConfig& config);
  void SetLimits(InstrumentId instrument, const InstrumentLimits& limits);
  // Other limits from now on; SetLimits again for each instrument. What was counted stays, but a changed rate begins
  // with a full bucket.
  void Change(const RiskConfig& config);

  // False: every command passes, and need not be shown.
  bool active() const { return any_limit_ || killed_; }
  // Gross exposure costs O(instruments), everything else O(1).
  std::optional<Denial> Check(const Command& command, const RiskContext& context) {
    if (!active()) return std::nullopt;
    return CheckActive(command, context);
  }

  // From now on submits and amends are denied, until Rearm. The first reason stays.
  void Kill(std::int64_t reason);
  void Rearm() { killed_ = false; }
  bool killed() const { return killed_; }
  void Hash(StateHasher& hasher) const;

 private:
  struct LastSubmit {
    OrderTerms terms;
    Nanos first;  // of the run of equal orders
    std::uint32_t count = 0;
  };
  struct Entry {
    InstrumentLimits limits;
    LastSubmit last[2];  // buy, sell
  };
  struct Request;

  std::optional<Denial> CheckActive(const Command& command, const RiskContext& context);
  // True: passes. Otherwise denial_ says what refused.
  bool Passes(const Command& command, const RiskContext& context);
  bool Deny(RiskRule rule, std::int64_t value, std::int64_t limit);
  bool CheckTerms(const Request& request);
  bool CheckPosition(const Request& request);
  bool CheckMoney(const Request& request);
  bool CheckReference(const Request& request);
  bool CheckCollar(const Request& request);
  bool CheckGross(const Request& request);
  static Int128 GrossOfOthers(const Request& request);
  bool CheckDuplicate(const Request& request);
  bool CheckRate(bool is_cancel, Nanos now);
  Entry& EntryOf(InstrumentId instrument);

  RiskConfig config_;
  Denial denial_;
  std::vector<Entry> entries_;
  std::int64_t tokens_ = 0;  // in ns of refill: one token is token_cost_
  std::int64_t token_cost_ = 0;
  Nanos refilled_at_;
  bool any_limit_ = false;
  bool killed_ = false;
  std::int64_t kill_reason_ = 0;
};

}  // namespace crucible::trading

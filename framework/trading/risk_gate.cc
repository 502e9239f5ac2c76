#include "framework/trading/risk_gate.h"

#include <algorithm>
#include <cstdlib>

#include "absl/strings/str_format.h"
#include "framework/base/check.h"
#include "framework/trading/rounding.h"

namespace crucible::trading {
namespace {

constexpr std::int64_t kBps = 10'000;

absl::Status CheckKey(std::string_view section, const char* key, std::int64_t value, std::int64_t low,
                      std::int64_t high) {
  if (value >= low && value <= high) return absl::OkStatus();
  return absl::InvalidArgumentError(
      absl::StrFormat("%s.%s is %d, expected %d to %d", section, key, value, low, high));
}

bool HasLimit(const InstrumentLimits& limits) {
  return limits.max_order_quantity.units > 0 || limits.max_order_notional.units > 0 ||
         limits.max_position.units > 0 || limits.collar_bps > 0;
}

// States no price of its own.
bool IsUnpriced(OrderType type) { return type == OrderType::kMarket || type == OrderType::kTrailingStop; }
bool IsStop(OrderType type) { return type >= OrderType::kStop; }

Price StatedPrice(const OrderTerms& terms) {
  return terms.type == OrderType::kStop ? terms.stop_price : terms.price;
}

bool SameOrder(const OrderTerms& a, const OrderTerms& b) {
  return a.price == b.price && a.quantity == b.quantity && a.type == b.type && a.stop_price == b.stop_price;
}

// The larger holding that open orders can lead to.
std::int64_t WorseSide(std::int64_t held, std::int64_t buy, std::int64_t sell) {
  const std::int64_t up = SaturatingAdd(held, buy);
  const std::int64_t down = SaturatingAdd(held, -sell);
  return std::max(std::abs(up), std::abs(down));
}

std::int64_t SizeAt(const ContractMath& math, Mid mid, std::int64_t quantity) {
  const Money value = math.Value(mid, Quantity{quantity});
  return value.units < 0 ? -value.units : value.units;
}

}  // namespace

// A submit or amend with what the rules need to know about it.
struct RiskGate::Request {
  const RiskContext& context;
  Entry& entry;
  InstrumentId instrument;
  const OrderTerms& terms;    // as they would be
  std::int64_t increase = 0;  // of the open quantity
  bool is_submit = true;

  const ContractMath& math() const { return context.account->math(instrument); }
  std::int64_t held() const { return context.account->holding(instrument).position.units; }
  OpenQuantity open() const { return context.orders->open(instrument); }
};

std::string_view Name(RiskRule rule) {
  static constexpr std::string_view kNames[] = {"?",
                                                "killed",
                                                "unknown instrument",
                                                "unknown order",
                                                "order quantity",
                                                "open orders",
                                                "position",
                                                "no reference price",
                                                "price collar",
                                                "order notional",
                                                "gross exposure",
                                                "duplicate order",
                                                "message rate"};
  const auto index = static_cast<std::size_t>(rule);
  return index < std::size(kNames) ? kNames[index] : "?";
}

absl::Status InstrumentLimits::Validate(std::string_view key) const {
  CRUCIBLE_RETURN_IF_ERROR(CheckKey(key, "max_order_quantity", max_order_quantity.units, 0, INT64_MAX));
  CRUCIBLE_RETURN_IF_ERROR(CheckKey(key, "max_order_notional", max_order_notional.units, 0, INT64_MAX));
  CRUCIBLE_RETURN_IF_ERROR(CheckKey(key, "max_position", max_position.units, 0, INT64_MAX));
  CRUCIBLE_RETURN_IF_ERROR(CheckKey(key, "collar_bps", collar_bps, 0, kBps));
  return CheckKey(key, "max_reference_age", max_reference_age.nanos, 0, INT64_MAX);
}

absl::Status RiskConfig::Validate() const {
  constexpr std::int64_t kHour = 3'600'000'000'000;
  CRUCIBLE_RETURN_IF_ERROR(CheckKey("risk", "max_gross_exposure", max_gross_exposure.units, 0, INT64_MAX));
  CRUCIBLE_RETURN_IF_ERROR(CheckKey("risk", "rate_interval", rate_interval.nanos, 1, kHour));
  CRUCIBLE_RETURN_IF_ERROR(CheckKey("risk", "duplicate_window", duplicate_window.nanos, 1, kHour));
  const std::int64_t most_reserved = max_commands == 0 ? 0 : std::int64_t{max_commands} - 1;
  CRUCIBLE_RETURN_IF_ERROR(CheckKey("risk", "reserved_cancels", reserved_cancels, 0, most_reserved));
  return defaults.Validate("risk");
}

RiskGate::RiskGate(const RiskConfig& config) { Change(config); }

void RiskGate::Change(const RiskConfig& config) {
  CRUCIBLE_CHECK(config.Validate().ok());
  const bool same_rate =
      config.max_commands == config_.max_commands && config.rate_interval == config_.rate_interval;
  config_ = config;
  if (!same_rate) {
    token_cost_ = config.max_commands == 0
                      ? 0
                      : (config.rate_interval.nanos + config.max_commands - 1) / config.max_commands;
    tokens_ = token_cost_ * config.max_commands;
  }
  any_limit_ = config.max_gross_exposure.units > 0 || config.max_open_orders > 0 || config.max_commands > 0 ||
               config.max_duplicates > 0 || HasLimit(config.defaults);
}

void RiskGate::SetLimits(InstrumentId instrument, const InstrumentLimits& limits) {
  CRUCIBLE_CHECK(limits.Validate("risk").ok());
  EntryOf(instrument).limits = limits;
  any_limit_ |= HasLimit(limits);
}

void RiskGate::Kill(std::int64_t reason) {
  if (!killed_) kill_reason_ = reason;
  killed_ = true;
}

RiskGate::Entry& RiskGate::EntryOf(InstrumentId instrument) {
  if (instrument.value >= entries_.size()) entries_.resize(instrument.value + 1, Entry{config_.defaults, {}});
  return entries_[instrument.value];
}

bool RiskGate::Deny(RiskRule rule, std::int64_t value, std::int64_t limit) {
  denial_ = {rule, value, limit};
  return false;
}

std::optional<Denial> RiskGate::CheckActive(const Command& command, const RiskContext& context) {
  if (Passes(command, context)) return std::nullopt;
  return denial_;
}

bool RiskGate::Passes(const Command& command, const RiskContext& context) {
  if (command.type == CommandType::kCancel) return CheckRate(true, context.now);
  if (killed_) return Deny(RiskRule::kKilled, kill_reason_, 0);
  if (!context.account->Knows(command.instrument)) {
    return Deny(RiskRule::kUnknownInstrument, command.instrument.value, 0);
  }
  OrderTerms amended;
  std::int64_t increase = command.terms.quantity.units;
  const bool is_submit = command.type == CommandType::kSubmit;
  if (!is_submit) {
    const Order* order = context.orders->Find(command.order_id);
    if (order == nullptr)
      return Deny(RiskRule::kUnknownOrder, static_cast<std::int64_t>(command.order_id.value), 0);
    amended = order->terms;
    amended.price = command.terms.price;
    amended.quantity = command.terms.quantity;
    increase = std::max<std::int64_t>(0, increase - order->filled.units - order->open().units);
  }
  const Request request{context,
                        EntryOf(command.instrument),
                        command.instrument,
                        is_submit ? command.terms : amended,
                        increase,
                        is_submit};
  return CheckTerms(request) && CheckMoney(request) && CheckDuplicate(request) &&
         CheckRate(false, context.now);
}

bool RiskGate::CheckTerms(const Request& request) {
  const std::int64_t largest = request.entry.limits.max_order_quantity.units;
  const std::int64_t quantity = request.terms.quantity.units;
  if (largest > 0 && quantity > largest) return Deny(RiskRule::kOrderQuantity, quantity, largest);
  if (config_.max_open_orders > 0 && request.is_submit) {
    const std::int64_t open_orders = std::int64_t{request.context.orders->live_count()} + 1;
    if (open_orders > config_.max_open_orders) {
      return Deny(RiskRule::kOpenOrders, open_orders, config_.max_open_orders);
    }
  }
  return CheckPosition(request);
}

bool RiskGate::CheckPosition(const Request& request) {
  const std::int64_t limit = request.entry.limits.max_position.units;
  if (limit == 0 || request.increase == 0) return true;
  const OpenQuantity open = request.open();
  const bool buys = request.terms.side == kBuy;
  const std::int64_t held = buys ? request.held() : -request.held();
  const std::int64_t ahead = buys ? open.buy.units : open.sell.units;
  const std::int64_t reach = SaturatingAdd(SaturatingAdd(held, ahead), request.increase);
  return reach <= limit || Deny(RiskRule::kPosition, reach, limit);
}

bool RiskGate::CheckMoney(const Request& request) {
  if (!CheckReference(request) || !CheckCollar(request)) return false;
  const std::int64_t limit = request.entry.limits.max_order_notional.units;
  if (limit > 0) {
    const Mid price =
        IsUnpriced(request.terms.type) ? request.context.reference : Mid::At(StatedPrice(request.terms));
    const std::int64_t size = SizeAt(request.math(), price, request.terms.quantity.units);
    if (size > limit) return Deny(RiskRule::kOrderNotional, size, limit);
  }
  return config_.max_gross_exposure.units == 0 || CheckGross(request);
}

bool RiskGate::CheckReference(const Request& request) {
  const InstrumentLimits& limits = request.entry.limits;
  const bool for_collar = limits.collar_bps > 0 && !IsStop(request.terms.type);
  const bool for_value = IsUnpriced(request.terms.type) &&
                         (limits.max_order_notional.units > 0 || config_.max_gross_exposure.units > 0);
  if (!for_collar && !for_value) return true;
  const RiskContext& context = request.context;
  const std::int64_t oldest = limits.max_reference_age.nanos;
  if (!context.reference.known()) return Deny(RiskRule::kNoReference, -1, oldest);
  const std::int64_t age = (context.now - context.reference_at).nanos;
  return oldest == 0 || age <= oldest || Deny(RiskRule::kNoReference, age, oldest);
}

// In units of a doubled price times 10,000, so that the comparison is exact.
bool RiskGate::CheckCollar(const Request& request) {
  const OrderTerms& terms = request.terms;
  const std::int64_t bps = request.entry.limits.collar_bps;
  if (bps == 0 || IsUnpriced(terms.type) || terms.type == OrderType::kStop) return true;
  const Mid from = IsStop(terms.type) ? Mid::At(terms.stop_price) : request.context.reference;
  const std::int64_t size = from.doubled < 0 ? -from.doubled : from.doubled;
  const Int128 worst = Int128{from.doubled} * kBps + Int128{Sign(terms.side) * size} * bps;
  const Int128 price = Int128{terms.price.units} * (2 * kBps);
  if (terms.side == kBuy ? price <= worst : price >= worst) return true;
  return Deny(RiskRule::kPriceCollar, terms.price.units, Saturate(worst / (2 * kBps)));
}

bool RiskGate::CheckGross(const Request& request) {
  const OpenQuantity open = request.open();
  const std::int64_t held = request.held();
  const std::int64_t before = WorseSide(held, open.buy.units, open.sell.units);
  const bool buys = request.terms.side == kBuy;
  const std::int64_t after = WorseSide(held, SaturatingAdd(open.buy.units, buys ? request.increase : 0),
                                       SaturatingAdd(open.sell.units, buys ? 0 : request.increase));
  if (after <= before) return true;  // It cannot raise the exposure.
  const bool has_reference = request.context.reference.known();
  const Mid price = has_reference ? request.context.reference : Mid::At(StatedPrice(request.terms));
  const std::int64_t limit = config_.max_gross_exposure.units;
  const Int128 total = GrossOfOthers(request) + SizeAt(request.math(), price, after);
  return total <= limit || Deny(RiskRule::kGrossExposure, Saturate(total), limit);
}

Int128 RiskGate::GrossOfOthers(const Request& request) {
  const Account& account = *request.context.account;
  Int128 total = 0;
  for (std::uint32_t i = 0; i < account.instrument_limit(); ++i) {
    const InstrumentId id{i};
    if (id == request.instrument || !account.Knows(id)) continue;
    const OpenQuantity open = request.context.orders->open(id);
    const std::int64_t worst = WorseSide(account.holding(id).position.units, open.buy.units, open.sell.units);
    if (worst != 0) total += SizeAt(account.math(id), account.holding(id).mark, worst);
  }
  return total;
}

bool RiskGate::CheckDuplicate(const Request& request) {
  if (config_.max_duplicates == 0 || !request.is_submit) return true;
  const Nanos now = request.context.now;
  LastSubmit& last = request.entry.last[request.terms.side == kBuy ? 0 : 1];
  const bool repeats =
      last.count > 0 && SameOrder(last.terms, request.terms) && (now - last.first) < config_.duplicate_window;
  if (!repeats) {
    last = {request.terms, now, 1};
    return true;
  }
  if (last.count >= config_.max_duplicates) {
    return Deny(RiskRule::kDuplicateOrder, std::int64_t{last.count} + 1, config_.max_duplicates);
  }
  ++last.count;
  return true;
}

bool RiskGate::CheckRate(bool is_cancel, Nanos now) {
  if (token_cost_ == 0) return true;
  const std::int64_t full = token_cost_ * config_.max_commands;
  const std::int64_t elapsed = (now - refilled_at_).nanos;
  // Compared before adding, so that a long silence cannot overflow.
  tokens_ = elapsed >= full - tokens_ ? full : tokens_ + elapsed;
  refilled_at_ = now;
  const std::int64_t needed = is_cancel ? 1 : 1 + std::int64_t{config_.reserved_cancels};
  if (tokens_ < needed * token_cost_) return Deny(RiskRule::kMessageRate, tokens_ / token_cost_, needed);
  tokens_ -= token_cost_;
  return true;
}

void RiskGate::Hash(StateHasher& hasher) const {
  hasher.Add(tokens_);
  hasher.Add(refilled_at_.since_epoch);
  hasher.Add(killed_ ? kill_reason_ : std::int64_t{0});
  hasher.Add(std::uint64_t{killed_});
  for (const Entry& entry : entries_) {
    for (const LastSubmit& last : entry.last) {
      hasher.Add(last.terms.price.units);
      hasher.Add(last.terms.quantity.units);
      hasher.Add(last.first.since_epoch);
      hasher.Add(std::uint64_t{last.count});
    }
  }
}

}  // namespace crucible::trading

#include "framework/trading/account.h"

#include <algorithm>

#include "absl/strings/str_format.h"
#include "framework/base/check.h"
#include "framework/event/kinds.h"
#include "framework/trading/rounding.h"

namespace crucible::trading {
namespace {

template <class Integer>
constexpr Integer Magnitude(Integer value) {
  return value < 0 ? -value : value;
}

// The new state of a holding, in 128 bits so that it can be checked before it is stored.
struct Settlement {
  Quantity closed;
  Int128 paid = 0;  // signed: what the fill's value takes out of cash
  Int128 cost = 0;
  Int128 realised = 0;
  Int128 position = 0;

  bool Fits() const { return HasSign(cost) && HasSign(realised) && HasSign(position); }
  // Both the value and its negative fit.
  static bool HasSign(Int128 value) { return FitsInt64(value) && value > INT64_MIN; }
};

// REQUIRES: 0 < closed <= the holding's quantity.
Int128 ReleasedCost(const Holding& holding, std::int64_t closed) {
  const std::int64_t held = Magnitude(holding.position.units);
  if (closed == held) return holding.cost.units;
  return DivideHalfEven(Int128{holding.cost.units} * closed, held);
}

Settlement Settle(const Holding& holding, const ContractMath& math, const Fill& fill, Money notional) {
  const std::int64_t direction = Sign(fill.side);
  const std::int64_t held = holding.position.units;
  const bool reduces = held != 0 && (held > 0) != (direction > 0);
  Settlement result;
  result.paid = Int128{direction * math.sign()} * notional.units;
  result.position = Int128{held} + direction * fill.quantity.units;
  result.cost = holding.cost.units;
  if (!reduces) {
    result.cost += result.paid;
    return result;
  }
  result.closed = {std::min(Magnitude(held), fill.quantity.units)};
  const bool closes_all = result.closed == fill.quantity;
  const Money closed_value = closes_all ? notional : math.Value(fill.price, result.closed);
  const Int128 paid_closed = Int128{direction * math.sign()} * closed_value.units;
  const Int128 released = ReleasedCost(holding, result.closed.units);
  result.realised = -paid_closed - released;
  result.cost += result.paid - paid_closed - released;
  return result;
}

void HashWide(StateHasher& hasher, Int128 value) {
  hasher.Add(static_cast<std::uint64_t>(value));
  hasher.Add(static_cast<std::uint64_t>(static_cast<Uint128>(value) >> 64));
}

}  // namespace

absl::Status AccountConfig::Validate() const {
  if (currency_decimals >= 0 && currency_decimals <= 18) return absl::OkStatus();
  return absl::InvalidArgumentError(
      absl::StrFormat("account.currency_decimals is %d, expected 0 to 18", currency_decimals));
}

Fill FillFrom(const Event& fill, const Event& detail) {
  const auto body = As<FillBody>(fill);
  const auto terms = As<FillDetailBody>(detail);
  Fill result;
  result.instrument = {fill.instrument};
  result.side = fill.side;
  result.price = body.price;
  result.quantity = body.quantity;
  result.fee = terms.fee;
  result.fee_in_base = terms.fee_currency == 1;
  result.maker = (fill.flags & flag::kMaker) != 0;
  result.liquidation = (fill.flags & flag::kLiquidation) != 0;
  result.at = fill.at();
  return result;
}

Account::Account(AccountConfig config) : config_(std::move(config)), peak_(config_.initial_cash) {}

absl::Status Account::AddInstrument(InstrumentId id, const Instrument& instrument, const FeeConfig& fees) {
  if (config_.currency.empty()) config_.currency = instrument.settle_currency;
  if (instrument.settle_currency != config_.currency ||
      instrument.currency_decimals != config_.currency_decimals) {
    return absl::InvalidArgumentError(
        absl::StrFormat("%s settles in %s with %d decimals; this account holds %s with %d decimals",
                        FullName(instrument), instrument.settle_currency, instrument.currency_decimals,
                        config_.currency, config_.currency_decimals));
  }
  CRUCIBLE_ASSIGN_OR_RETURN(const ContractMath math, ContractMath::Create(instrument));
  CRUCIBLE_ASSIGN_OR_RETURN(FeeSchedule schedule, FeeSchedule::Create(fees, instrument));
  if (id.value >= books_.size()) books_.resize(id.value + 1);
  books_[id.value].emplace(Book{math, std::move(schedule), {}});
  return absl::OkStatus();
}

FillResult Account::ApplyFill(const Fill& fill) {
  CRUCIBLE_DCHECK(Knows(fill.instrument) && fill.quantity.units > 0);
  Book& book = *books_[fill.instrument.value];
  Holding& holding = book.holding;
  FillResult result;
  result.notional = book.math.Value(fill.price, fill.quantity);
  result.fee = fill.fee_in_base ? book.math.FromBase(fill.fee, fill.price) : fill.fee;
  if (result.notional == kNotMoney || result.fee == kNotMoney) return result;
  const Settlement settled = Settle(holding, book.math, fill, result.notional);
  if (!settled.Fits()) return result;

  AdvanceTime(fill.at);
  result.ok = true;
  result.realised = {static_cast<std::int64_t>(settled.realised)};
  result.closed = settled.closed;
  result.before = holding.position;
  result.after = {static_cast<std::int64_t>(settled.position)};
  holdings_ += result.before.units == 0;
  holdings_ -= result.after.units == 0;
  holding.position = result.after;
  holding.cost = {static_cast<std::int64_t>(settled.cost)};
  holding.realised = {Saturate(Int128{holding.realised.units} + settled.realised)};
  realised_ = {Saturate(Int128{realised_.units} + settled.realised)};
  paid_ += settled.paid;
  turnover_ += Magnitude(result.notional.units);
  ++fill_count_;
  if (!holding.mark.known()) holding.mark = Mid::At(fill.price);
  ChargeFee(book, fill, result.fee);
  Revalue(book);
  TrackDrawdown();
  return result;
}

void Account::ChargeFee(const Book& book, const Fill& fill, Money fee) {
  if (fill.liquidation) {
    fees_.liquidation = fees_.liquidation + fee;
    return;
  }
  const Money fixed = book.fees.Fixed(fill.quantity);
  const Money rate = fee - fixed;
  fees_.fixed = fees_.fixed + fixed;
  if (rate.units < 0) {
    fees_.rebates = fees_.rebates - rate;
  } else {
    Money& paid = fill.maker ? fees_.maker : fees_.taker;
    paid = paid + rate;
  }
}

void Account::PayFunding(Money paid) {
  fees_.funding = {SaturatingAdd(fees_.funding.units, paid.units)};
  TrackDrawdown();
}

void Account::Mark(InstrumentId instrument, Mid mid) {
  CRUCIBLE_DCHECK(Knows(instrument));
  Book& book = *books_[instrument.value];
  if (book.holding.mark == mid) return;
  book.holding.mark = mid;
  if (book.holding.position.units != 0) Revalue(book);
}

void Account::Revalue(Book& book) {
  Holding& holding = book.holding;
  const std::int64_t held = holding.position.units;
  const Money size = held == 0 ? Money{} : book.math.Value(holding.mark, Quantity{Magnitude(held)});
  overflowed_ |= size == kNotMoney;
  const std::int64_t value = (held < 0 ? -1 : 1) * book.math.sign() * size.units;
  const Int128 change = Int128{value} - holding.value.units;
  position_value_ += change;
  net_ += book.math.sign() * change;
  gross_ += Int128{Magnitude(value)} - Magnitude(holding.value.units);
  holding.value = {value};
}

void Account::Sample(Nanos at) {
  AdvanceTime(at);
  TrackDrawdown();
}

void Account::AdvanceTime(Nanos at) {
  if (holdings_ > 0) time_in_market_ = time_in_market_ + (at - last_at_);
  last_at_ = at;
}

void Account::TrackDrawdown() {
  const Money now = equity();
  peak_ = std::max(peak_, now);
  max_drawdown_ = std::max(max_drawdown_, Money{Saturate(Int128{peak_.units} - now.units)});
}

Money Account::cash() const {
  return {Saturate(Int128{config_.initial_cash.units} - paid_ - fees_.total().units)};
}

Money Account::balance() const {
  return {Saturate(Int128{config_.initial_cash.units} + realised_.units - fees_.total().units)};
}

Money Account::equity() const {
  return {Saturate(Int128{config_.initial_cash.units} - paid_ - fees_.total().units + position_value_)};
}

Money Account::position_value() const { return {Saturate(position_value_)}; }
Money Account::unrealised() const { return {Saturate(Int128{equity().units} - balance().units)}; }
Money Account::gross_exposure() const { return {Saturate(gross_)}; }
Money Account::net_exposure() const { return {Saturate(net_)}; }

Price Account::AveragePrice(InstrumentId id) const {
  const Book& book = *books_[id.value];
  const std::int64_t held = book.holding.position.units;
  if (held == 0) return {};
  const std::int64_t sign = (held < 0 ? -1 : 1) * book.math.sign();
  return book.math.PriceOf(Money{sign * book.holding.cost.units}, Quantity{Magnitude(held)});
}

Money Account::Unrealised(InstrumentId id) const {
  const Holding& holding = books_[id.value]->holding;
  return {Saturate(Int128{holding.value.units} - holding.cost.units)};
}

void Account::Hash(StateHasher& hasher) const {
  for (std::size_t i = 0; i < books_.size(); ++i) {
    if (!books_[i].has_value()) continue;
    const Holding& holding = books_[i]->holding;
    hasher.Add(std::uint64_t{i});
    for (const std::int64_t word : {holding.position.units, holding.cost.units, holding.value.units,
                                    holding.realised.units, holding.mark.doubled}) {
      hasher.Add(word);
    }
  }
  for (const Money amount : {config_.initial_cash, realised_, fees_.maker, fees_.taker, fees_.fixed,
                             fees_.rebates, peak_, max_drawdown_}) {
    hasher.Add(amount.units);
  }
  if (fees_.liquidation != Money{} || fees_.funding != Money{}) {
    hasher.Add(fees_.liquidation.units);
    hasher.Add(fees_.funding.units);
  }
  HashWide(hasher, paid_);
  HashWide(hasher, turnover_);
  hasher.Add(fill_count_);
  hasher.Add(time_in_market_.nanos);
}

}  // namespace crucible::trading

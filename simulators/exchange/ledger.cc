#include "simulators/exchange/ledger.h"

namespace crucible::exchange {

Ledger::Entry& Ledger::At(Owner owner) {
  while (accounts_.size() <= owner) accounts_.push_back({{}, new_fees_});
  return accounts_[owner];
}

Money Ledger::Book(Owner owner, Side side, Price price, Quantity quantity, bool maker) {
  Entry& entry = At(owner);
  const Money fee = entry.fees.Charge(price, quantity, maker).total();
  const std::int64_t value = math_.Value(price, quantity).units * math_.sign();
  AccountState& state = entry.state;
  state.position += Sign(side) * quantity.units;
  state.cash -= Int128{Sign(side)} * value + fee.units;
  state.fees += fee.units;
  (side == kBuy ? state.bought : state.sold) += quantity.units;
  ++state.fills;
  income_ += fee.units;
  return fee;
}

Ledger::Settlement Ledger::Settle(Owner buyer, Owner seller, Price price, Quantity quantity, Side aggressor) {
  const Money buyer_fee = Book(buyer, kBuy, price, quantity, aggressor != kBuy);
  const Money seller_fee = Book(seller, kSell, price, quantity, aggressor != kSell);
  return {buyer_fee, seller_fee};
}

const AccountState& Ledger::account(Owner owner) const {
  static constexpr AccountState kNothing;
  return owner < accounts_.size() ? accounts_[owner].state : kNothing;
}

bool Ledger::Conserved() const {
  Int128 cash = income_;
  std::int64_t units = 0;
  for (const Entry& entry : accounts_) {
    cash += entry.state.cash;
    units += entry.state.position;
  }
  return cash == 0 && units == 0;
}

void Ledger::Hash(StateHasher& hasher) const {
  hasher.Add(static_cast<std::int64_t>(income_));
  for (const Entry& entry : accounts_) {
    hasher.Add(entry.state.position);
    hasher.Add(static_cast<std::int64_t>(entry.state.cash));
    entry.fees.Hash(hasher);
  }
}

}  // namespace crucible::exchange

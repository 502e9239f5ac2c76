// Who owns what at a simulated venue: an account of cash and units per participant, kept from the trades
// alone and from nothing that a strategy's own accounting says.
//
// Conserved at every moment: the positions of all participants sum to zero, and so does their cash together
// with the venue's income from fees. Cash moves at the full value of each trade (contract_math.h), so equity
// at a price is cash plus the position's value there.
#pragma once

#include <vector>

#include "framework/base/hash.h"
#include "framework/base/units.h"
#include "framework/trading/fees.h"
#include "simulators/exchange/matching_book.h"

namespace crucible::exchange {

struct AccountState {
  std::int64_t position = 0;
  Int128 cash = 0;          // money units; negative is owed
  Int128 fees = 0;          // paid, net of rebates; already taken from cash
  std::int64_t bought = 0;  // quantity
  std::int64_t sold = 0;
  std::uint64_t fills = 0;
};

class Ledger {
 public:
  Ledger(trading::ContractMath math, trading::FeeSchedule fees) : math_(math), new_fees_(std::move(fees)) {}

  struct Settlement {
    Money buyer_fee, seller_fee;
  };
  // Moves `quantity` from the seller to the buyer at `price`. `aggressor` pays the taker's fee, the other
  // side the maker's; kNone (an auction): both the maker's.
  Settlement Settle(Owner buyer, Owner seller, Price price, Quantity quantity, Side aggressor);

  // Of a participant who never traded: all zero.
  const AccountState& account(Owner owner) const;
  std::int64_t position(Owner owner) const {
    return owner < accounts_.size() ? accounts_[owner].state.position : 0;
  }
  // Quantity by which an order of `side` may bring the owner's position towards zero.
  std::int64_t Reducible(Owner owner, Side side) const {
    const std::int64_t against = -Sign(side) * position(owner);
    return against > 0 ? against : 0;
  }
  Int128 venue_income() const { return income_; }
  bool Conserved() const;
  void Hash(StateHasher& hasher) const;

 private:
  struct Entry {
    AccountState state;
    trading::FeeSchedule fees;
  };
  Entry& At(Owner owner);
  Money Book(Owner owner, Side side, Price price, Quantity quantity, bool maker);

  trading::ContractMath math_;
  trading::FeeSchedule new_fees_;
  std::vector<Entry> accounts_;  // by owner
  Int128 income_ = 0;
};

}  // namespace crucible::exchange

// Cash, holdings and fees of one account in one settle currency. Integers throughout: nothing is ever lost to
// rounding, and the same fills give the same account.
//
//   balance   = initial cash + realised - fees          what would be left after closing at cost
//   cash      = initial cash - paid for trades - fees   every trade's value moves through cash
//   equity    = cash + position value = balance + unrealised
//
// Value of a holding: quantity at the mark, signed (long positive, short negative); an inverse contract with
// the opposite sign, because a long one owes quantity x multiplier / price of the coin. So the three
// identities hold for linear and inverse contracts, for spot and for margined ones.
//
// Average cost: a fill that reduces a holding releases its cost in proportion, rounded half-even; what
// rounding withholds stays in the holding's cost and is released with its last unit. A fill through zero
// closes, then opens.
//
// The mark of an instrument is the last Mark(); its first fill's price until then. Peak and drawdown are
// sampled at fills and at Sample(), not at every mark.
//
// Amounts beyond the range of Money: ApplyFill refuses (kOverflow); a value at the mark that does not fit is
// held at the end of the range, and overflowed() says so.
// Threads: one writer, or external synchronisation. Allocation: only in AddInstrument.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "framework/base/hash.h"
#include "framework/base/status.h"
#include "framework/event/event.h"
#include "framework/event/instrument.h"
#include "framework/trading/contract_math.h"
#include "framework/trading/fees.h"
#include "framework/trading/mid.h"

namespace crucible::trading {

struct AccountConfig {
  Money initial_cash;
  std::string currency{};  // settle currency; empty: the first instrument's
  int currency_decimals = 8;
  absl::Status Validate() const;
};

// What the account needs to know of a fill.
struct Fill {
  InstrumentId instrument;
  Side side = Side::kNone;
  Price price;
  Quantity quantity;
  Money fee{};  // positive is paid
  bool fee_in_base = false;
  bool maker = false;
  bool liquidation = false;  // the venue closed the position
  Nanos at{};  // when we learned of it
};
// Reads the group of a fill: kFill and kFillDetail.
Fill FillFrom(const Event& fill, const Event& detail);

struct FeeTotals {
  Money maker, taker, fixed;  // paid
  Money rebates;              // received
  Money liquidation;          // paid for fills of liquidations
  Money funding;              // paid on positions; negative: received
  Money total() const {
    return {maker.units + taker.units + fixed.units + liquidation.units + funding.units - rebates.units};
  }
};

// What a fill did.
struct FillResult {
  bool ok = false;  // false: an amount does not fit Money; nothing changed
  Money notional;   // price x quantity in money, not signed by side
  Money realised;   // by the part that closed
  Money fee;        // in the settle currency
  Quantity closed;  // part of the fill that reduced the holding
  Position before;
  Position after;
};

struct Holding {
  Position position;
  Money cost;   // paid for the open part, signed like its value
  Money value;  // at the mark
  Money realised;
  Mid mark;
};

class Account {
 public:
  explicit Account(AccountConfig config);

  // Ids are those of the run and may come in any order. kInvalidArgument when the instrument settles in
  // another currency, or has decimals that Money cannot carry. `fees` is only used to tell fixed fees from
  // rates.
  absl::Status AddInstrument(InstrumentId id, const Instrument& instrument, const FeeConfig& fees = {});

  // REQUIRES: the instrument was added; quantity > 0.
  FillResult ApplyFill(const Fill& fill);
  // Funding on a position; negative is received.
  void PayFunding(Money paid);
  void Mark(InstrumentId instrument, Mid mid);
  // Takes equity into peak, drawdown and exposure time.
  void Sample(Nanos at);

  Money initial_cash() const { return config_.initial_cash; }
  Money cash() const;
  Money balance() const;
  Money equity() const;
  Money position_value() const;  // signed
  Money unrealised() const;
  Money realised() const { return realised_; }
  const FeeTotals& fees() const { return fees_; }
  Money gross_exposure() const;                  // sum of the holdings' absolute values
  Money net_exposure() const;                    // long minus short, by direction also for inverse contracts
  Int128 turnover() const { return turnover_; }  // sum of notionals, money units
  Money peak() const { return peak_; }           // highest sampled equity
  Money max_drawdown() const { return max_drawdown_; }  // largest fall from a peak, sampled
  std::uint64_t fill_count() const { return fill_count_; }
  Duration time_in_market() const {
    return time_in_market_;
  }  // with any holding, up to the last fill or sample
  bool overflowed() const { return overflowed_; }

  bool Knows(InstrumentId id) const { return id.value < books_.size() && books_[id.value].has_value(); }
  std::size_t instrument_limit() const { return books_.size(); }  // ids are below this
  // REQUIRES: Knows(id), for these four.
  const Holding& holding(InstrumentId id) const { return books_[id.value]->holding; }
  Price AveragePrice(InstrumentId id) const;  // half-even; 0 when flat
  Money Unrealised(InstrumentId id) const;
  const ContractMath& math(InstrumentId id) const { return books_[id.value]->math; }

  // Instruments' states and totals, in the order of ids.
  void Hash(StateHasher& hasher) const;

 private:
  struct Book {
    ContractMath math;
    FeeSchedule fees;
    Holding holding;
  };
  void ChargeFee(const Book& book, const Fill& fill, Money fee);
  void Revalue(Book& book);
  void AdvanceTime(Nanos at);
  void TrackDrawdown();

  AccountConfig config_;
  std::vector<std::optional<Book>> books_;
  Int128 paid_ = 0;  // for trades: sum of signed values
  Int128 position_value_ = 0;
  Int128 gross_ = 0;
  Int128 net_ = 0;
  Money realised_;
  FeeTotals fees_;
  Int128 turnover_ = 0;
  Money peak_;
  Money max_drawdown_;
  std::uint64_t fill_count_ = 0;
  std::uint32_t holdings_ = 0;
  Duration time_in_market_;
  Nanos last_at_{INT64_MIN};
  bool overflowed_ = false;
};

}  // namespace crucible::trading

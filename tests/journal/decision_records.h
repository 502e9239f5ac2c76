// Records of a small run, with a definition, orders, fills, equity and state hashes.
#pragma once

#include <vector>

#include "framework/event/instrument.h"
#include "framework/event/kinds.h"
#include "framework/event/order_codes.h"

namespace crucible::journal {

inline Instrument TestInstrument() {
  Instrument instrument;
  instrument.venue = "test";
  instrument.symbol = "ABC";
  instrument.currency = instrument.settle_currency = "USD";
  instrument.price_decimals = 2;
  return instrument;
}

// Builds a stream record by record.
class DecisionLog {
 public:
  void Define(std::uint64_t text) {
    for (Event event : DefinitionRecords(TestInstrument(), InstrumentId{0}, Nanos{1}, text)) Push(event);
  }
  // Two records: the intent and its terms.
  void Submit(std::int64_t order, Side side, std::int64_t price, std::int64_t quantity) {
    Push(Make(Kind::kIntent, side, 0, CauseRef{1, 100 + static_cast<std::uint64_t>(order)}.bits(),
              {price, quantity, order, 0}));
    const std::int64_t terms = static_cast<std::int64_t>(OrderType::kLimit) |
                               static_cast<std::int64_t>(TimeInForce::kGoodTillCancel) << 8;
    Push(Make(Kind::kIntentTerms, side, flag::kGroupEnd, 0, {0, INT64_MAX, terms, 1}));
  }
  void Reply(Kind kind, std::int64_t order, Side side, std::int64_t price, std::int64_t quantity,
             std::int64_t last = 0) {
    Push(Make(kind, side, flag::kGroupEnd, 5000, {price, quantity, order, last}));
  }
  void Fill(std::int64_t order, Side side, std::int64_t price, std::int64_t quantity, std::int64_t fee) {
    Push(Make(Kind::kFill, side, flag::kMaker, 5000, {price, quantity, order, 900 + order}));
    Push(Make(Kind::kFillDetail, side, flag::kMaker | flag::kGroupEnd, CauseRef{1, 7}.bits(),
              {fee, 0, 12, 2}));
  }
  void Equity(std::int64_t cash) {
    Push(Make(Kind::kEquity, Side::kNone, flag::kGroupEnd, 0, {cash, 10, 20, 30}));
  }
  void StateHash() { Push(Make(Kind::kStateHash, Side::kNone, flag::kGroupEnd, 0, {1, -5, 6, 1000})); }

  const std::vector<Event>& records() const { return records_; }

 private:
  Event Make(Kind kind, Side side, std::uint16_t flags, std::uint64_t origin,
             std::array<std::int64_t, 4> body) {
    return {0, time_ += 1000, origin, 0, kind, side, flags, body};
  }
  void Push(Event event) {
    event.seq = records_.size() + 1;
    records_.push_back(event);
  }

  std::vector<Event> records_;
  std::int64_t time_ = 1'000'000;
};

// One order filled in two parts, one canceled, one rejected, one denied by nobody and still open.
inline DecisionLog SmallRun() {
  DecisionLog log;
  log.Define(1);
  log.Submit(1, kBuy, 100, 10);
  log.Reply(Kind::kAccepted, 1, kBuy, 100, 10);
  log.Submit(2, kSell, 110, 5);
  log.Reply(Kind::kAccepted, 2, kSell, 110, 5);
  log.Fill(1, kBuy, 100, 4, 7);
  log.Equity(500);
  log.Fill(1, kBuy, 100, 6, 9);
  log.Reply(Kind::kCanceled, 2, kSell, 110, 5, static_cast<std::int64_t>(Reason::kRequested));
  log.Submit(3, kSell, 120, 3);
  log.Reply(Kind::kRejected, 3, kSell, 120, 3, static_cast<std::int64_t>(Reason::kWouldTake));
  log.Submit(4, kSell, 130, 2);
  log.Fill(4, kSell, 130, 1, -2);
  log.StateHash();
  return log;
}

}  // namespace crucible::journal

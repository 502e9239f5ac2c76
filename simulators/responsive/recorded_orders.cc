// Records of single orders (L3), and how the flow's own orders come and go at the exchange.

#include <algorithm>
#include <span>

#include "simulators/responsive/responsive_market.h"

namespace crucible::responsive {

using exchange::kNoOrder;
using exchange::MatchingBook;
using exchange::OrderIndex;

void ResponsiveMarket::ApplyOrders(const engine::MarketGroup& group) {
  // Orders that a sweep's own event cancels (self-trade prevention) are gone before the sweep reaches them.
  const bool sweep = group.records.front().kind == Kind::kOrderExecute;
  for (const Event& record : group.records) {
    const bool departs = record.kind == Kind::kOrderDelete || record.kind == Kind::kOrderReduce;
    const bool continues =
        record.kind == Kind::kOrderExecute || record.kind == Kind::kLevel || (sweep && departs);
    if (!continues) FlushAggressor();
    cause_ = {group.input, record.seq};
    ApplyOrder(record);
    if (!absorbed_.empty()) NoteTold();
    recorded_.Apply(std::span(&record, 1));
  }
  if (call_ && !recorded_.IsCrossed() && !recorded_.touch().IsLocked()) EndCall();
  if (!window_told_) return;
  CompareWindow(Side::kBid);
  CompareWindow(Side::kAsk);
}

void ResponsiveMarket::ApplyOrder(const Event& record) {
  if (book::IsBookRecord(record.kind) || record.kind == Kind::kTrade) ++counts_.records;
  switch (record.kind) {
    case Kind::kOrderAdd:
      return OnAdd(record);
    case Kind::kOrderReduce:
    case Kind::kOrderDelete:
      return OnDeparture(record);
    case Kind::kOrderModify:
      return OnModify(record);
    case Kind::kOrderExecute:
      return OnExecution(record);
    case Kind::kTrade: {
      const auto trade = As<TradeBody>(record);
      return OnPrint(record.side, trade.price, trade.quantity.units, trade.trade_id);
    }
    case Kind::kLevel: {
      const auto level = As<LevelBody>(record);
      window_told_ = window_levels_ != 0;
      return SetLevel(record.side, level.price, level.quantity.units, (record.flags & flag::kSnapshot) != 0);
    }
    case Kind::kBookClear:
      return OnClear();
    default:
      return;
  }
}

bool ResponsiveMarket::CrossesRecord(Side side, Price price) const {
  const book::Touch& touch = recorded_.touch();
  const Side other = Opposite(side);
  return touch.quantity(other).units > 0 && !IsBetter(side, touch.price(other), price);
}

// ---- orders come ----

void ResponsiveMarket::OnAdd(const Event& record) {
  const auto body = As<L3Body>(record);
  ++counts_.adds;
  if (body.quantity.units <= 0 || record.side == Side::kNone || lots_.Find(body.order_id.value) != kNoLot) {
    ++counts_.unknown;
    return;
  }
  const LotIndex index = lots_.Add(record.side, body.price, body.order_id.value, body.quantity.units);
  SubmitLot(index, body.quantity.units, CrossesRecord(record.side, body.price));
}

void ResponsiveMarket::SubmitLot(LotIndex index, std::int64_t quantity, bool crosses_record) {
  trading::OrderTerms terms;
  terms.side = lots_.at(index).side;
  terms.quantity = {quantity};
  terms.price = lots_.at(index).recorded_price + anchor_.OffsetAt(now_);
  if (crosses_record && !takers_shown_) BeginCall();
  const MatchingBook& book = exchange_->book();
  if (!call_ && !crosses_record && book.Crosses(terms.side, terms.price)) {
    const Price other = book.BestPrice(Opposite(terms.side));
    terms.price = other - PriceDelta{Sign(terms.side) * tick_.units};
    ++counts_.posted;
  }
  lots_.at(index).price = terms.price;
  lots_.at(index).total = quantity;
  lots_.at(index).id = SendLot(index, terms);
  if (lots_.at(index).id.value == 0) return lots_.ChangeOpen(index, -quantity);
  if (!fills_.empty()) CreditAhead(index);
}

OrderId ResponsiveMarket::SendLot(LotIndex index, const trading::OrderTerms& terms) {
  lots_.ChangeOpen(index, terms.quantity.units);
  fills_.clear();
  in_recorded_ = true;
  const OrderId id = exchange_->Submit(0, index + std::uint64_t{1}, terms, now_);
  in_recorded_ = false;
  return id;
}

// The record will tell of these executions later.
void ResponsiveMarket::CreditAhead(LotIndex taker) {
  ++counts_.aggressors;
  std::int64_t absorbed = 0;
  for (const Fill& fill : fills_) {
    if (taker != kNoLot) lots_.ChangeAhead(taker, fill.quantity);
    if (fill.lot == kNoLot) {
      absorbed += fill.quantity;
      continue;
    }
    const std::int64_t told =
        std::min(fill.quantity, std::max<std::int64_t>(lots_.at(fill.lot).expected(), 0));
    lots_.ChangeAhead(fill.lot, told);
  }
  if (absorbed > 0 && taker != kNoLot)
    absorbed_.push_back({lots_.at(taker).recorded_id, lots_.at(taker).side, absorbed, kEndOfTime});
  for (const Fill& fill : fills_)
    if (fill.lot != kNoLot) lots_.DropIfDone(fill.lot);
}

// The record's two sides of a trade come in either order, and not at one moment: what an order's end leaves untold
// is waited for.
void ResponsiveMarket::NoteTold() {
  constexpr Duration kOtherSideWithin{1'000'000'000};
  std::erase_if(absorbed_, [&](const Absorbed& each) { return each.until < now_; });
  for (Absorbed& each : absorbed_) {
    const LotIndex taker = lots_.Find(each.taker);
    const bool told = taker == kNoLot || lots_.at(taker).ahead == 0;
    if (told && each.until == kEndOfTime) each.until = now_ + kOtherSideWithin;
  }
}

std::int64_t ResponsiveMarket::SpendAbsorbed(Side taker, std::int64_t most) {
  std::int64_t left = most;
  for (Absorbed& each : absorbed_) {
    if (each.side != taker || each.until < now_) continue;
    const std::int64_t by = std::min(left, each.quantity);
    each.quantity -= by;
    left -= by;
  }
  return most - left;
}

// ---- call phases ----

void ResponsiveMarket::BeginCall() {
  if (call_) return;
  call_ = true;
  ++counts_.calls;
  exchange_->StartAuction(kEndOfTime, now_);
}

void ResponsiveMarket::EndCall() {
  if (!call_) return;
  call_ = false;
  fills_.clear();
  in_recorded_ = true;
  exchange_->StartAuction(now_, now_);
  exchange_->Advance(now_);
  in_recorded_ = false;
  if (!fills_.empty()) CreditAhead(kNoLot);
}

// ---- orders go ----

// Takes from an order at the exchange, which keeps its place; returns how much there was to take.
std::int64_t ResponsiveMarket::Cut(LotIndex index, std::int64_t most) {
  Lot& lot = lots_.at(index);
  const std::int64_t by = std::min(most, lot.open);
  if (by <= 0) return 0;
  const std::uint64_t tag = index + std::uint64_t{1};
  if (by == lot.open) {
    exchange_->Cancel(0, lot.id, tag, now_);
  } else {
    exchange_->Amend(0, lot.id, tag, lot.price, lot.total - by, now_);
  }
  lot.total -= by;
  lots_.ChangeOpen(index, -by);
  return by;
}

std::int64_t ResponsiveMarket::CutSpares(Side side, Price recorded_price, std::int64_t most) {
  LotLevel* level = lots_.LevelAt(side, recorded_price);
  if (level == nullptr) return 0;
  std::int64_t left = most;
  lots_.ForEachLot(*level, [&](LotIndex index) {
    left -= Cut(index, std::min(left, lots_.at(index).spare()));
    lots_.DropIfDone(index);
    return left > 0;
  });
  return most - left;
}

// The record takes `quantity` of an order; returns what could not be taken at the exchange.
std::int64_t ResponsiveMarket::Depart(LotIndex index, std::int64_t quantity) {
  const Lot lot = lots_.at(index);
  const std::int64_t told = std::min(quantity, lot.ahead);
  lots_.ChangeAhead(index, -told);
  lots_.ChangeRecorded(index, -quantity);
  std::int64_t left = quantity - told;
  left -= Cut(index, left);
  lots_.DropIfDone(index);
  return left > 0 ? left - CutSpares(lot.side, lot.recorded_price, left) : 0;
}

// The same of an order that the record never named: from those of its level, oldest first. Returns what the
// record itself did not have.
std::int64_t ResponsiveMarket::DepartUnnamed(Side side, Price recorded_price, std::int64_t quantity) {
  LotLevel* level = lots_.LevelAt(side, recorded_price);
  if (level == nullptr) return quantity;
  std::int64_t left = quantity;
  bool gone = false;
  lots_.ForEachLot(*level, [&](LotIndex index) {
    const Lot& lot = lots_.at(index);
    if (!lot.loose || lot.recorded == 0) return true;
    const std::int64_t by = std::min(left, lot.recorded);
    left -= by;
    gone |= Depart(index, by) > 0;
    return left > 0;
  });
  counts_.cancels_gone += gone ? 1 : 0;
  return left;
}

void ResponsiveMarket::OnDeparture(const Event& record) {
  const auto body = As<L3Body>(record);
  ++counts_.cancels;
  const LotIndex index = lots_.Find(body.order_id.value);
  std::int64_t unnamed = body.quantity.units;
  if (index != kNoLot) {
    const Lot lot = lots_.at(index);
    const bool whole = record.kind == Kind::kOrderDelete && !lot.loose;
    const std::int64_t own = whole ? lot.recorded : std::min(body.quantity.units, lot.recorded);
    unnamed = lot.loose ? body.quantity.units - own : 0;
    if (Depart(index, own) > 0) ++counts_.cancels_gone;
  }
  if (unnamed > 0 && DepartUnnamed(record.side, body.price, unnamed) > 0) ++counts_.unknown;
}

void ResponsiveMarket::OnModify(const Event& record) {
  const auto body = As<L3Body>(record);
  const LotIndex index = lots_.Find(body.order_id.value);
  if (index == kNoLot) {
    ++counts_.unknown;
    return;
  }
  const Lot lot = lots_.at(index);
  if (body.price == lot.recorded_price && body.quantity.units <= lot.recorded) {
    ++counts_.cancels;
    if (Depart(index, lot.recorded - body.quantity.units) > 0) ++counts_.cancels_gone;
    return;
  }
  ++counts_.adds;
  const std::int64_t missing = Depart(index, lot.recorded);
  if (missing > 0) ++counts_.cancels_gone;
  const std::int64_t left = body.quantity.units - missing;
  if (left <= 0) return;
  const LotIndex moved = lots_.Add(lot.side, body.price, lot.recorded_id, body.quantity.units);
  SubmitLot(moved, left, CrossesRecord(lot.side, body.price));
}

// ---- executions ----

void ResponsiveMarket::OnExecution(const Event& record) {
  const auto body = As<ExecuteBody>(record);
  ++counts_.executions;
  EndCall();
  const Side aggressor = Opposite(record.side);
  std::int64_t left = body.quantity.units;
  const LotIndex index = lots_.Find(body.order_id.value);
  if (index != kNoLot && lots_.at(index).recorded > 0) {
    const std::int64_t own = std::min(left, lots_.at(index).recorded);
    left -= own;
    if (body.price == lots_.at(index).recorded_price) {
      HoldExecution(aggressor, index, own, false);
    } else {  // it took, after an amendment: those whom it met have executions of their own
      ++counts_.took;
      Depart(index, own);
    }
  }
  LotLevel* level = left > 0 ? lots_.LevelAt(record.side, body.price) : nullptr;
  if (level != nullptr) {
    lots_.ForEachLot(*level, [&](LotIndex each) {
      const Lot& lot = lots_.at(each);
      if (!lot.loose || lot.recorded == 0) return true;
      const std::int64_t by = std::min(left, lot.recorded);
      left -= by;
      HoldExecution(aggressor, each, by, true);
      return left > 0;
    });
  }
  if (left == 0) return;
  ++counts_.unknown;
  ++counts_.unnamed;
  OnPrint(aggressor, body.price, left, body.trade_id);
}

// An execution of what the book never showed.
void ResponsiveMarket::OnPrint(Side aggressor, Price price, std::int64_t quantity, std::uint64_t trade_id) {
  FlushAggressor();
  ++counts_.prints;
  const Price limit = price + anchor_.OffsetAt(now_);
  std::int64_t left = quantity;
  if (aggressor != Side::kNone) {
    const MatchingBook& book = exchange_->book();
    std::int64_t before = 0;
    Price worst;
    book.ForEachOrder(Opposite(aggressor), [&](OrderIndex index) {
      if (book.OwnerOf(index) == 0 || IsBetter(aggressor, book.PriceOf(index), limit)) return false;
      before += book.order(index).quantity;
      worst = book.PriceOf(index);
      return before < quantity;
    });
    if (before > 0) {
      SubmitAggressor(aggressor, worst, std::min(before, quantity));
      for (const Fill& fill : fills_) left -= fill.quantity;
    }
  }
  if (left == 0) return;
  Event& event = outbox_->AddMarket();
  event.origin = static_cast<std::uint64_t>(now_.since_epoch);
  event.instrument = instrument_.value;
  event.kind = Kind::kTrade;
  event.side = aggressor;
  event.flags = flag::kGroupEnd;
  SetBody(event, TradeBody{limit, {left}, trade_id, {}});
}

}  // namespace crucible::responsive

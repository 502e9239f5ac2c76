#include "tests/history/naive_venue.h"

#include <algorithm>

namespace crucible::history {
// ---- an order's life ----

void NaiveVenue::Begin(const engine::MarketGroup& group) {
  now_ = group.exchange_time.since_epoch;
  input_ = group.input;
  cause_ = {group.input, group.records.back().seq};
  group_trades_.clear();
}

void NaiveVenue::Say(Kind kind, Side side, std::int64_t price, std::int64_t quantity, std::uint64_t id,
                     std::int64_t last) {
  Event event{.origin = static_cast<std::uint64_t>(now_),
              .instrument = id_.value,
              .kind = kind,
              .side = side,
              .flags = flag::kGroupEnd};
  SetBody(event, ReplyBody{{price}, {quantity}, {id}, last});
  replies_.push_back(event);
}

NaiveVenue::Own* NaiveVenue::Find(std::uint64_t id) {
  for (Own& own : own_) {
    if (own.id == id) return &own;
  }
  return nullptr;
}

void NaiveVenue::Drop(std::uint64_t id, Reason reason) {
  const Own own = *Find(id);
  if (reason != Reason::kNone) {
    Say(Kind::kCanceled, own.terms.side, own.price(), own.open, id, static_cast<std::int64_t>(reason));
  }
  Leave(own);
  std::erase_if(own_, [&](const Own& other) { return other.id == id; });
}

std::vector<std::uint64_t> NaiveVenue::Sorted(Side side, bool waiting) const {
  std::vector<std::pair<std::int64_t, std::size_t>> found;  // key, place in own_
  for (std::size_t i = 0; i < own_.size(); ++i) {
    const Own& own = own_[i];
    if (!own.listed || own.waiting != waiting || own.terms.side != side) continue;
    // Highest bids and sell stops come first, lowest asks and buy stops.
    const std::int64_t price = waiting ? own.terms.stop_price.units : own.price();
    found.push_back({(side == kBuy) != waiting ? -price : price, i});
  }
  std::ranges::sort(found);
  std::vector<std::uint64_t> ids;
  for (const auto& [key, i] : found) ids.push_back(own_[i].id);
  return ids;
}

std::vector<std::uint64_t> NaiveVenue::Resting(Side side) const { return Sorted(side, false); }
std::vector<std::uint64_t> NaiveVenue::Stops(Side side) const { return Sorted(side, true); }

std::int64_t NaiveVenue::Displayed(Side side, std::int64_t price) const {
  for (const Level& level : Levels(side)) {
    if (level.price == price) return level.quantity;
  }
  return 0;
}

Reason NaiveVenue::Check(const trading::OrderTerms& terms) const {
  const bool limit = terms.type == OrderType::kLimit || terms.type == OrderType::kStopLimit;
  const bool stop = terms.type == OrderType::kStop || terms.type == OrderType::kStopLimit;
  const std::int64_t tick = instrument_.tick_size.units;
  if (terms.side == Side::kNone) return Reason::kUnsupported;
  if (terms.quantity.units <= 0 || terms.quantity.units % lot() != 0) return Reason::kOffLot;
  const bool priced = limit || terms.type == OrderType::kTrailingStop;
  if (priced && terms.price.units <= 0) return Reason::kBadPrice;
  if (priced && terms.price.units % tick != 0) return Reason::kOffTick;
  if (stop && terms.stop_price.units <= 0) return Reason::kBadPrice;
  if (stop && terms.stop_price.units % tick != 0) return Reason::kOffTick;
  if (terms.display.units != 0 && terms.display < terms.quantity) return Reason::kUnsupported;
  if ((terms.options & option::kPostOnly) != 0) {
    if (!limit || terms.tif == TimeInForce::kImmediateOrCancel || terms.tif == TimeInForce::kFillOrKill) {
      return Reason::kUnsupported;
    }
  }
  if (terms.tif == TimeInForce::kGoodTillDate && terms.expiry.since_epoch <= now_) return Reason::kExpired;
  if ((terms.options & option::kReduceOnly) != 0 && terms.quantity.units > Reducible(terms.side)) {
    return Reason::kReduceOnly;
  }
  return Reason::kNone;
}

std::int64_t NaiveVenue::Takeable(const Own& own) const {
  std::int64_t sum = 0;
  const Side opposite = Opposite(own.terms.side);
  for (const Level& level : Levels(opposite)) {
    const auto it = taken_.find({opposite, level.price});
    const std::int64_t taken = it == taken_.end() ? 0 : it->second;
    if (Satisfies(own, level.price)) sum += Lots(std::max<std::int64_t>(0, level.quantity - taken));
  }
  return sum;
}

void NaiveVenue::Take(std::uint64_t id) {
  const Side opposite = Opposite(Find(id)->terms.side);
  for (const Level& level : Levels(opposite)) {
    const Own* own = Find(id);
    if (own == nullptr || !Satisfies(*own, level.price)) return;
    const auto it = taken_.find({opposite, level.price});
    const std::int64_t taken = it == taken_.end() ? 0 : it->second;
    const std::int64_t wanted = std::min(own->open, Lots(std::max<std::int64_t>(0, level.quantity - taken)));
    if (wanted == 0) continue;
    const std::int64_t filled = Fill(id, level.price, wanted, FillRule::kTookBook, false, cause_);
    if (filled > 0) Taken(opposite, level.price, filled);
    if (filled < wanted) return;
  }
}

std::int64_t NaiveVenue::Fill(std::uint64_t id, std::int64_t price, std::int64_t quantity, FillRule rule,
                              bool maker, CauseRef cause) {
  Own& own = *Find(id);
  if (own.has(option::kReduceOnly)) quantity = std::min(quantity, Reducible(own.terms.side));
  if (quantity == 0) return 0;
  const std::uint16_t role = maker ? flag::kMaker : flag::kTaker;
  Event fill{.origin = static_cast<std::uint64_t>(now_),
             .instrument = id_.value,
             .kind = Kind::kFill,
             .side = own.terms.side,
             .flags = role};
  SetBody(fill, FillBody{{price}, {quantity}, {id}, next_trade_++});
  replies_.push_back(fill);
  Event detail = fill;
  detail.origin = cause.bits();
  detail.kind = Kind::kFillDetail;
  detail.flags = static_cast<std::uint16_t>(role | flag::kGroupEnd);
  const Money fee = fees_.Charge({price}, {quantity}, maker).total();
  const std::int64_t ahead = maker ? std::max<std::int64_t>(0, ReportedAhead(own)) : 0;
  SetBody(detail, FillDetailBody{fee, 0, ahead, static_cast<std::int64_t>(rule)});
  replies_.push_back(detail);
  position_ += Sign(own.terms.side) * quantity;
  own.open -= quantity;
  if (own.open == 0) Drop(id, Reason::kNone);
  return quantity;
}

std::int64_t NaiveVenue::FillOrDrop(std::uint64_t id, std::int64_t price, std::int64_t quantity,
                                    FillRule rule, bool maker, CauseRef cause) {
  const std::int64_t filled = Fill(id, price, quantity, rule, maker, cause);
  if (filled < quantity) Drop(id, Reason::kReduceOnly);
  return filled;
}

void NaiveVenue::Enter(std::uint64_t id, bool was_stop) {
  Own& own = *Find(id);
  const bool takes = Takeable(own) > 0;
  if (!own.rests()) {
    if (!was_stop) Say(Kind::kAccepted, own.terms.side, own.price(), own.open, id, -1);
    if (own.terms.tif == TimeInForce::kFillOrKill && Takeable(own) < own.open)
      return Drop(id, Reason::kNotFillable);
    Take(id);
    if (Find(id) != nullptr) Drop(id, Reason::kNothingToMatch);
    return EnforceReduceOnly();
  }
  if (takes && own.has(option::kPostOnly)) {
    if (was_stop) return Drop(id, Reason::kWouldTake);
    Say(Kind::kRejected, own.terms.side, own.price(), own.open, id,
        static_cast<std::int64_t>(Reason::kWouldTake));
    return Drop(id, Reason::kNone);
  }
  Join(own);
  if (!was_stop) Say(Kind::kAccepted, own.terms.side, own.price(), own.open, id, ReportedAhead(own));
  if (takes) Take(id);
  if (Own* left = Find(id); left != nullptr) {
    left->listed = true;
    // At the back of the orders of its price: the last to have arrived.
    std::ranges::rotate(own_.begin() + (left - own_.data()), own_.begin() + (left - own_.data()) + 1,
                        own_.end());
  }
  if (takes) EnforceReduceOnly();
}

void NaiveVenue::Submit(const trading::Command& command) {
  const trading::OrderTerms& terms = command.terms;
  Reason reason = Check(terms);
  if (reason == Reason::kNone && Find(command.order_id.value) != nullptr) reason = Reason::kDuplicateOrder;
  if (reason == Reason::kNone && (halted_ || gap_ || !known_)) reason = Reason::kHalted;
  const bool trails = terms.type == OrderType::kTrailingStop;
  const std::int64_t start = TrailStart(terms.side);
  const std::int64_t trigger = start + Sign(terms.side) * terms.price.units;
  if (reason == Reason::kNone && trails && start < 0) reason = Reason::kUnsupported;
  if (reason == Reason::kNone && trails && (start == 0 || trigger <= 0)) reason = Reason::kBadPrice;
  if (reason != Reason::kNone) {
    return Say(Kind::kRejected, terms.side, terms.price.units, terms.quantity.units, command.order_id.value,
               static_cast<std::int64_t>(reason));
  }
  Own own;
  own.id = command.order_id.value;
  own.terms = terms;
  own.open = terms.quantity.units;
  own.arrival = now_;
  if (trails) own.terms.stop_price = {trigger};
  own.waiting = trails || terms.type == OrderType::kStop || terms.type == OrderType::kStopLimit;
  own_.push_back(own);
  if (!own.waiting) return Enter(own.id, false);
  Say(Kind::kAccepted, terms.side, own.price(), own.open, own.id, -1);
  if (StopReached(own)) return Trigger(own.id);
  own_.back().listed = true;
}

void NaiveVenue::Trigger(std::uint64_t id) {
  Own& own = *Find(id);
  Say(Kind::kTriggered, own.terms.side, own.price(), own.open, id, 0);
  own.waiting = false;
  own.listed = false;
  Enter(id, true);
}

bool NaiveVenue::StopReached(const Own& own) const {
  if (!has_traded_) return false;
  const std::int64_t stop = own.terms.stop_price.units;
  return own.terms.side == kBuy ? last_trade_ >= stop : last_trade_ <= stop;
}

std::int64_t NaiveVenue::TrailStart(Side) const { return has_traded_ ? last_trade_ : 0; }

void NaiveVenue::Amend(const trading::Command& command) {
  const std::uint64_t id = command.order_id.value;
  const std::int64_t total = command.terms.quantity.units;
  const std::int64_t price = command.terms.price.units;
  Own* own = Find(id);
  const auto refuse = [&](Side side, Reason reason) {
    Say(Kind::kAmendRejected, side, price, total, id, static_cast<std::int64_t>(reason));
  };
  if (own == nullptr) return refuse(Side::kNone, Reason::kUnknownOrder);
  const Side side = own->terms.side;
  const std::int64_t filled = own->terms.quantity.units - own->open;
  if (total <= 0 || total % lot() != 0) return refuse(side, Reason::kOffLot);
  if (total <= filled) return refuse(side, Reason::kBelowFilled);
  if (!own->waiting && !own->rests()) return refuse(side, Reason::kUnsupported);
  if (own->priced() && price <= 0) return refuse(side, Reason::kBadPrice);
  if (own->priced() && price % instrument_.tick_size.units != 0) return refuse(side, Reason::kOffTick);
  if (own->priced() && own->has(option::kReduceOnly) && total - filled > Reducible(side)) {
    return refuse(side, Reason::kReduceOnly);
  }
  const bool keeps = own->waiting || (price == own->price() && total <= own->terms.quantity.units);
  Own amended = *own;
  if (own->priced()) amended.terms.price = {price};
  amended.terms.quantity = {total};
  amended.open = total - filled;
  if (keeps) {
    if (own->waiting) amended.arrival = now_;
    *own = amended;
    return Say(Kind::kAmended, side, own->price(), own->open, id, own->waiting ? -1 : ReportedAhead(*own));
  }
  if (halted_ || gap_ || !known_) return refuse(side, Reason::kHalted);
  if (own->has(option::kPostOnly) && Takeable(amended) > 0) return refuse(side, Reason::kWouldTake);
  Leave(*own);
  std::erase_if(own_, [&](const Own& other) { return other.id == id; });
  amended.listed = false;
  own_.push_back(amended);
  Join(own_.back());
  Say(Kind::kAmended, side, amended.price(), amended.open, id, ReportedAhead(own_.back()));
  Take(id);
  if (Own* left = Find(id); left != nullptr) left->listed = true;
  EnforceReduceOnly();
}

void NaiveVenue::Command(const trading::Command& command, std::int64_t at) {
  now_ = at;
  const std::uint64_t id = command.order_id.value;
  if (command.type == trading::CommandType::kSubmit) return Submit(command);
  if (command.type == trading::CommandType::kAmend) return Amend(command);
  if (Find(id) != nullptr) return Drop(id, Reason::kRequested);
  Say(Kind::kCancelRejected, Side::kNone, command.terms.price.units, command.terms.quantity.units, id,
      static_cast<std::int64_t>(Reason::kUnknownOrder));
}

std::int64_t NaiveVenue::NextDue() const {
  std::int64_t due = INT64_MAX;
  for (const Own& own : own_) {
    if (own.terms.tif == TimeInForce::kGoodTillDate) due = std::min(due, own.terms.expiry.since_epoch);
  }
  return due;
}

void NaiveVenue::Advance(std::int64_t to) {
  now_ = to;
  std::vector<std::pair<std::int64_t, std::uint64_t>> expired;
  for (const Own& own : own_) {
    const std::int64_t at = own.terms.expiry.since_epoch;
    if (own.terms.tif == TimeInForce::kGoodTillDate && at <= to) expired.push_back({at, own.id});
  }
  std::ranges::sort(expired);
  for (const auto& [at, id] : expired) Drop(id, Reason::kExpired);
}

void NaiveVenue::EnforceReduceOnly() {
  for (const Side side : {kBuy, kSell}) {
    if (Reducible(side) > 0) continue;
    for (const auto& ids : {Resting(side), Stops(side)}) {
      for (const std::uint64_t id : ids) {
        if (Find(id)->has(option::kReduceOnly)) Drop(id, Reason::kReduceOnly);
      }
    }
  }
}

void NaiveVenue::CrossAll(FillRule crossing) {
  for (const Side side : {kBuy, kSell}) {
    const Side opposite = Opposite(side);
    for (const Level& level : Levels(opposite)) {
      for (const std::uint64_t id : Resting(side)) {
        const Own& own = *Find(id);
        const auto it = taken_.find({opposite, level.price});
        const std::int64_t taken = it == taken_.end() ? 0 : it->second;
        const std::int64_t left = Lots(std::max<std::int64_t>(0, level.quantity - taken));
        if (left == 0 || !Satisfies(own, level.price)) break;
        const std::int64_t wanted = std::min(own.open, left);
        const std::int64_t filled = Fill(id, own.price(), wanted, crossing, true, cause_);
        if (filled > 0) Taken(opposite, level.price, filled);
        if (filled < wanted) Drop(id, Reason::kReduceOnly);
      }
    }
  }
}

// Triggers only come nearer; one that moves comes last among those at its new price.
void NaiveVenue::FollowTrailing(Side side, std::int64_t best) {
  for (const std::uint64_t id : Stops(side)) {
    Own& own = *Find(id);
    if (own.terms.type != OrderType::kTrailingStop) continue;
    const std::int64_t trigger = best + Sign(side) * own.terms.price.units;
    if (side == kBuy ? trigger >= own.terms.stop_price.units : trigger <= own.terms.stop_price.units) continue;
    own.terms.stop_price = {trigger};
    const auto at = own_.begin() + (&own - own_.data());
    std::rotate(at, at + 1, own_.end());
  }
}

void NaiveVenue::TriggerReached(std::int64_t low, std::int64_t high) {
  for (const Side side : {kBuy, kSell}) {
    for (const std::uint64_t id : Stops(side)) {
      const Own* own = Find(id);
      if (own == nullptr) continue;
      const std::int64_t stop = own->terms.stop_price.units;
      if (side == kBuy ? high >= stop : low <= stop) Trigger(id);
    }
  }
}

void NaiveVenue::Settle(FillRule crossing) {
  if (std::ranges::none_of(own_, [](const Own& own) { return own.listed; })) return;
  CrossAll(crossing);
  if (!group_trades_.empty()) {
    FollowTrailing(kBuy, std::ranges::min(group_trades_));
    FollowTrailing(kSell, std::ranges::max(group_trades_));
    TriggerReached(std::ranges::min(group_trades_), std::ranges::max(group_trades_));
  }
  EnforceReduceOnly();
}

}  // namespace crucible::history

#include "tests/history/naive_venue.h"

#include <algorithm>

namespace crucible::history {
namespace {

std::size_t At(Side side) { return side == kBuy ? 0 : 1; }
bool Better(Side side, std::int64_t a, std::int64_t b) { return side == kBuy ? a > b : a < b; }

}  // namespace


// ---- L2 ----

std::vector<NaiveVenue::Level> NaiveL2::Levels(Side side) const {
  std::vector<Level> levels;
  for (const auto& [price, quantity] : levels_[At(side)]) levels.push_back({price, quantity});
  if (side == kBuy) std::ranges::reverse(levels);
  return levels;
}

void NaiveL2::Join(Own& own) {
  own.ahead = Displayed(own.terms.side, own.price());
  own.credit = 0;
  own.traded = 0;
}

void NaiveL2::Market(const engine::MarketGroup& group) {
  Begin(group);
  for (const Event& record : group.records) {
    switch (record.kind) {
      case Kind::kLevel:
        OnLevel(record);
        break;
      case Kind::kTrade:
        OnTrade(record);
        break;
      case Kind::kFeedGap:
        gap_ = true;
        break;
      case Kind::kTradingStatus:
        halted_ = As<StatusBody>(record).status != 1;
        break;
      case Kind::kBookClear:
        levels_[0].clear();
        levels_[1].clear();
        gap_ = false;
        snapshot_ = true;
        break;
      default:
        break;
    }
  }
  known_ = !levels_[0].empty() || !levels_[1].empty();
  if (snapshot_) {
    taken_.clear();
    for (Own& own : own_) {
      if (!own.listed || own.waiting) continue;
      const std::int64_t displayed = Displayed(own.terms.side, own.price());
      if (own.ahead > displayed) {
        own.ahead = displayed;
        own.credit = 0;
      }
      own.traded = 0;
    }
  }
  snapshot_ = false;
  Settle(FillRule::kBookThrough);
}

void NaiveL2::OnLevel(const Event& record) {
  const auto body = As<LevelBody>(record);
  const std::int64_t price = body.price.units;
  const std::int64_t before = Displayed(record.side, price);
  auto& levels = levels_[At(record.side)];
  levels[price] = body.quantity.units;
  if (body.quantity.units == 0) levels.erase(price);
  if (snapshot_) return;
  taken_.erase({record.side, price});
  for (Own& own : own_) {
    const bool here = own.listed && !own.waiting && own.terms.side == record.side && own.price() == price;
    if (here) LevelChanged(own, before, body.quantity.units);
  }
}

void NaiveL2::LevelChanged(Own& own, std::int64_t before, std::int64_t after) const {
  const std::int64_t from = std::max<std::int64_t>(0, before - own.traded);
  own.traded = 0;
  if (from > after && after > 0 && own.ahead > 0 && power3_ != 0) {
    const auto lost = static_cast<double>(from - after);
    const double front = std::max(0.0, static_cast<double>(own.ahead) - own.credit);
    const double behind = std::max(0.0, static_cast<double>(from) - front);
    const double share = front / (front + behind);
    double power = 1;
    for (int i = 0; i < static_cast<int>(power3_); ++i) power *= share;
    const double lost_behind = front + behind <= 0 ? lost : (1 - power) * lost;
    const double lost_ahead = lost - std::min(lost_behind, behind);
    const double credit = own.credit + std::min(lost_ahead, front);
    const auto whole = static_cast<std::int64_t>(credit);
    own.ahead -= whole;
    own.credit = credit - static_cast<double>(whole);
  }
  if (own.ahead > after) {
    own.ahead = after;
    own.credit = 0;
  }
}

void NaiveL2::OnTrade(const Event& record) {
  const auto body = As<TradeBody>(record);
  has_traded_ = true;
  last_trade_ = body.price.units;
  group_trades_.push_back(last_trade_);
  const std::int64_t traded = body.quantity.units;
  std::int64_t left = traded;
  const CauseRef cause{input_, record.seq};
  if (record.side != kBuy) left = Match(kBuy, body.price.units, left, left, cause);
  if (record.side != kSell) Match(kSell, body.price.units, left, left, cause);
}

std::int64_t NaiveL2::Match(Side side, std::int64_t price, std::int64_t traded, std::int64_t left,
                            CauseRef cause) {
  for (const std::uint64_t id : Resting(side)) {
    const Own& own = *Find(id);
    if (!Better(side, own.price(), price)) continue;
    const std::int64_t wanted = std::min(own.open, Lots(left));
    if (wanted == 0) break;
    left -= FillOrDrop(id, own.price(), wanted, FillRule::kTradedThrough, true, cause);
  }
  std::int64_t consumed = 0;
  for (const std::uint64_t id : Resting(side)) {
    Own& own = *Find(id);
    if (own.price() != price) continue;
    const std::int64_t eats = std::min(std::max<std::int64_t>(0, own.ahead - consumed), left);
    left -= eats;
    consumed += eats;
    if (consumed > own.ahead) own.credit = 0;
    own.ahead = std::max<std::int64_t>(0, own.ahead - consumed);
    own.traded += traded;
    const std::int64_t wanted = own.ahead == 0 ? std::min(own.open, Lots(left)) : 0;
    if (wanted == 0) continue;
    left -= FillOrDrop(id, price, wanted, FillRule::kQueueReached, true, cause);
  }
  return left;
}

// ---- L3 ----

std::vector<NaiveVenue::Level> NaiveL3::Levels(Side side) const {
  std::vector<Level> levels;
  for (const auto& [price, queue] : queues_[At(side)]) {
    std::int64_t sum = 0;
    for (const Entry& entry : queue) sum += entry.ours ? 0 : entry.quantity;
    if (sum > 0) levels.push_back({price, sum});
  }
  if (side == kBuy) std::ranges::reverse(levels);
  return levels;
}

void NaiveL3::Join(Own& own) { queues_[At(own.terms.side)][own.price()].push_back({own.id, 0, true}); }

void NaiveL3::Leave(const Own& own) {
  for (auto& [price, queue] : queues_[At(own.terms.side)]) {
    std::erase_if(queue, [&](const Entry& entry) { return entry.ours && entry.id == own.id; });
  }
}

std::int64_t NaiveL3::AheadOf(const Own& own) const {
  std::int64_t sum = 0;
  const auto it = queues_[At(own.terms.side)].find(own.price());
  if (it == queues_[At(own.terms.side)].end()) return 0;
  for (const Entry& entry : it->second) {
    if (entry.ours && entry.id == own.id) break;
    sum += entry.ours ? 0 : entry.quantity;
  }
  return sum;
}

std::int64_t NaiveL3::ReportedAhead(const Own& own) const { return AheadOf(own); }

void NaiveL3::Taken(Side side, std::int64_t price, std::int64_t quantity) {
  NaiveVenue::Taken(side, price, quantity);
  auto& older = older_[{side, price}];
  older.clear();
  for (const Entry& entry : queues_[At(side)][price]) {
    if (!entry.ours) older.insert(entry.id);
  }
}

NaiveL3::Queue* NaiveL3::QueueWith(Side side, std::uint64_t id, std::int64_t* price) {
  for (auto& [at, queue] : queues_[At(side)]) {
    for (const Entry& entry : queue) {
      if (entry.ours || entry.id != id || id == 0) continue;
      *price = at;
      return &queue;
    }
  }
  return nullptr;
}

// Takes from an order, or from the unnamed quantity of the price if there is no such order.
void NaiveL3::Remove(Side side, std::int64_t price, std::uint64_t id, std::int64_t quantity) {
  std::int64_t at = price;
  Queue* queue = QueueWith(side, id, &at);
  const std::uint64_t target = queue == nullptr ? 0 : id;
  if (queue == nullptr) queue = &queues_[At(side)][price];
  std::int64_t removed = 0;
  for (Entry& entry : *queue) {
    if (entry.ours || entry.id != target) continue;
    removed = std::min(entry.quantity, quantity);
    entry.quantity -= removed;
  }
  std::erase_if(*queue, [](const Entry& entry) { return !entry.ours && entry.quantity == 0; });
  const auto taken = taken_.find({side, at});
  if (taken == taken_.end() || !(target == 0 || older_[{side, at}].contains(target))) return;
  taken->second -= removed;
  if (taken->second <= 0) taken_.erase(taken);
}

void NaiveL3::Market(const engine::MarketGroup& group) {
  Begin(group);
  for (const Event& record : group.records) OnRecord(record);
  known_ = !Levels(kBuy).empty() || !Levels(kSell).empty();
  Settle(FillRule::kBookThrough);
}

void NaiveL3::OnRecord(const Event& record) {
  const auto body = As<L3Body>(record);
  const std::int64_t price = body.price.units;
  const std::uint64_t id = body.order_id.value;
  auto& queues = queues_[At(record.side)];
  std::int64_t at = 0;
  switch (record.kind) {
    case Kind::kOrderAdd:
      queues[price].push_back({id, body.quantity.units, false});
      return;
    case Kind::kOrderReduce:
      return Remove(record.side, price, id, body.quantity.units);
    case Kind::kOrderDelete:
      return Remove(record.side, price, id,
                    QueueWith(record.side, id, &at) ? INT64_MAX : body.quantity.units);
    case Kind::kOrderExecute:
      return Execute(record);
    case Kind::kTrade:
      return Hidden(record);
    case Kind::kLevel:
      queues[price] = {{0, body.quantity.units, false}};
      return;
    case Kind::kTradingStatus:
      halted_ = As<StatusBody>(record).status != 1;
      return;
    case Kind::kOrderModify: {
      Queue* queue = QueueWith(record.side, id, &at);
      if (queue == nullptr) return;
      const auto entry = std::ranges::find_if(*queue, [&](const Entry& e) { return !e.ours && e.id == id; });
      if (at == price && body.quantity.units <= entry->quantity) {
        return Remove(record.side, price, id, entry->quantity - body.quantity.units);
      }
      Remove(record.side, at, id, INT64_MAX);
      queues[price].push_back({id, body.quantity.units, false});
      for (auto& [key, older] : older_) older.erase(id);
      return;
    }
    default:
      return;
  }
}

std::int64_t NaiveL3::Through(Side side, std::int64_t price, std::int64_t left, CauseRef cause) {
  for (const std::uint64_t id : Resting(side)) {
    const Own& own = *Find(id);
    if (!Better(side, own.price(), price)) break;
    const std::int64_t wanted = std::min(own.open, Lots(left));
    if (wanted == 0) break;
    left -= FillOrDrop(id, own.price(), wanted, FillRule::kTradedThrough, true, cause);
  }
  return left;
}

void NaiveL3::Execute(const Event& record) {
  const auto body = As<ExecuteBody>(record);
  const Side side = record.side;
  const std::int64_t price = body.price.units;
  has_traded_ = true;
  last_trade_ = price;
  group_trades_.push_back(price);
  const CauseRef cause{input_, record.seq};
  std::int64_t left = Through(side, price, body.quantity.units, cause);
  std::int64_t at = 0;
  const Queue* queue = QueueWith(side, body.order_id.value, &at);
  const Queue before = queue == nullptr ? queues_[At(side)][price] : *queue;
  for (const Entry& entry : before) {
    if (!entry.ours && entry.id == body.order_id.value) break;  // who stands behind it has no claim
    const Own* own = entry.ours ? Find(entry.id) : nullptr;
    if (own == nullptr || !own->listed) continue;
    const std::int64_t beyond = queue == nullptr ? left - AheadOf(*own) : left;
    const std::int64_t wanted = std::min(own->open, Lots(std::max<std::int64_t>(0, beyond)));
    if (wanted == 0) continue;
    left -= FillOrDrop(entry.id, price, wanted,
                       queue == nullptr ? FillRule::kQueueReached : FillRule::kFrontOfQueue, true, cause);
  }
  Remove(side, price, body.order_id.value, body.quantity.units);
}

void NaiveL3::Hidden(const Event& record) {
  const auto body = As<TradeBody>(record);
  has_traded_ = true;
  last_trade_ = body.price.units;
  group_trades_.push_back(last_trade_);
  const Side side = Opposite(record.side);
  const CauseRef cause{input_, record.seq};
  std::int64_t left = Through(side, body.price.units, body.quantity.units, cause);
  for (const std::uint64_t id : Resting(side)) {
    const Own& own = *Find(id);
    const std::int64_t wanted = std::min(own.open, Lots(left));
    if (own.price() != body.price.units || wanted == 0) continue;
    left -= FillOrDrop(id, own.price(), wanted, FillRule::kFrontOfQueue, true, cause);
  }
}

// ---- quotes ----

std::vector<NaiveVenue::Level> NaiveQuotes::Levels(Side side) const {
  const Level& best = best_[At(side)];
  return best.quantity > 0 ? std::vector<Level>{best} : std::vector<Level>{};
}

bool NaiveQuotes::StopReached(const Own& own) const {
  const std::vector<Level> levels = Levels(Opposite(own.terms.side));
  const std::int64_t stop = own.terms.stop_price.units;
  return !levels.empty() && (own.terms.side == kBuy ? levels[0].price >= stop : levels[0].price <= stop);
}

void NaiveQuotes::Market(const engine::MarketGroup& group) {
  Begin(group);
  for (const Event& record : group.records) {
    if (record.kind == Kind::kQuote) {
      const auto body = As<QuoteBody>(record);
      best_[At(record.side)] = {body.price.units, body.quantity.units};
      std::erase_if(taken_, [&](const auto& entry) { return entry.first.first == record.side; });
    } else if (record.kind == Kind::kTrade) {
      const auto body = As<TradeBody>(record);
      std::int64_t left = body.quantity.units;
      const Side side = Opposite(record.side);
      for (const std::uint64_t id : Resting(side)) {
        const Own& own = *Find(id);
        const std::int64_t wanted = std::min(own.open, Lots(left));
        if (!Better(side, own.price(), body.price.units) || wanted == 0) break;
        left -= FillOrDrop(id, own.price(), wanted, FillRule::kTradedThrough, true, {input_, record.seq});
      }
    } else if (record.kind == Kind::kTradingStatus) {
      halted_ = As<StatusBody>(record).status != 1;
    }
  }
  known_ = best_[0].quantity > 0 || best_[1].quantity > 0;
  if (std::ranges::none_of(own_, [](const Own& own) { return own.listed; })) return;
  CrossAll(FillRule::kQuoteCross);
  const std::int64_t high = best_[1].quantity > 0 ? best_[1].price : INT64_MIN;
  const std::int64_t low = best_[0].quantity > 0 ? best_[0].price : INT64_MAX;
  if (best_[1].quantity > 0) FollowTrailing(kBuy, high);
  if (best_[0].quantity > 0) FollowTrailing(kSell, low);
  TriggerReached(low, high);
  EnforceReduceOnly();
}

// ---- bars ----

void NaiveBars::Enter(std::uint64_t id, bool was_stop) {
  Own& own = *Find(id);
  own.arrival = now();
  if (!was_stop) Say(Kind::kAccepted, own.terms.side, own.price(), own.open, id, -1);
  if (!own.rests()) {
    waiting_.push_back(id);
    return;
  }
  own.listed = true;
  const auto at = std::ranges::find_if(own_, [&](const Own& other) { return other.id == id; });
  std::rotate(at, at + 1, own_.end());
}

// True when something was filled.
bool NaiveBars::FillSome(std::uint64_t id, std::int64_t price, FillRule rule, bool maker) {
  const std::int64_t wanted = std::min(Find(id)->open, Lots(left_));
  if (wanted == 0) return false;
  const std::int64_t filled = FillOrDrop(id, price, wanted, rule, maker, cause_);
  left_ -= filled;
  return filled > 0;
}

bool NaiveBars::TriggerAndFill(std::uint64_t id, std::int64_t price, FillRule rule) {
  Trigger(id);
  const Own& own = *Find(id);
  if (!Satisfies(own, price)) return false;
  if (own.has(option::kPostOnly)) {
    Drop(id, Reason::kWouldTake);
    return false;
  }
  return FillSome(id, own.priced() ? price : Slipped(own.terms.side, price), rule, false);
}

bool NaiveBars::InRange(const Own& own) const {
  const bool buys = own.terms.side == kBuy;
  const std::int64_t reached = buys ? bar_.low.units : bar_.high.units;
  if (reached == own.price()) return !options_.limits_need_through;
  return buys ? reached < own.price() : reached > own.price();
}

void NaiveBars::Market(const engine::MarketGroup& group) {
  Begin(group);
  bar_ = As<BarBody>(group.records[0]);
  cause_.seq = group.records[0].seq;
  const auto volume = As<BarVolumeBody>(group.records[1]);
  latest_ = now() - (volume.length.nanos - volume.length.nanos / 60);
  left_ = volume.volume.units == 0 ? INT64_MAX : volume.volume.units * options_.volume_percent / 100;
  const std::int64_t open = bar_.open.units;
  bool stop_filled[2] = {};
  bool limit_filled[2] = {};

  for (const std::uint64_t id : std::exchange(waiting_, {})) {
    const Own* own = Find(id);
    if (own == nullptr) continue;
    const bool fok = own->terms.tif == TimeInForce::kFillOrKill;
    const bool once = fok || own->terms.tif == TimeInForce::kImmediateOrCancel;
    if (Counts(*own)) {
      const std::int64_t price = own->priced() ? open : Slipped(own->terms.side, open);
      if (Satisfies(*own, open) && !(fok && left_ < own->open))
        FillSome(id, price, FillRule::kBarOpen, false);
      if (Find(id) == nullptr) continue;
      if (once) {
        Drop(id, fok ? Reason::kNotFillable : Reason::kNothingToMatch);
        continue;
      }
    }
    waiting_.push_back(id);
  }
  for (const Side side : {kBuy, kSell}) {
    for (const std::uint64_t id : Stops(side)) {
      const Own own = *Find(id);
      const std::int64_t stop = own.terms.stop_price.units;
      if (!Counts(own) || (side == kBuy ? open < stop : open > stop)) continue;
      if (TriggerAndFill(id, open, FillRule::kBarOpen)) stop_filled[At(side)] = true;
      if (Own* left = Find(id); left != nullptr) left->arrival = own.arrival;
    }
  }
  for (const Side side : {kBuy, kSell}) {
    for (const std::uint64_t id : Resting(side)) {
      const Own& own = *Find(id);
      if (!Counts(own) || !Satisfies(own, open)) continue;
      const bool is_new = own.arrival > previous_latest_;
      if (is_new && own.has(option::kPostOnly)) {
        Drop(id, Reason::kWouldTake);
      } else if (FillSome(id, open, FillRule::kBarOpen, !is_new)) {
        limit_filled[At(side)] = true;
      }
    }
  }
  for (const Side side : {kBuy, kSell}) {
    for (const std::uint64_t id : Stops(side)) {
      const Own& own = *Find(id);
      const std::int64_t stop = own.terms.stop_price.units;
      const bool reached = side == kBuy ? bar_.high.units >= stop : bar_.low.units <= stop;
      if (!Counts(own) || !reached || limit_filled[At(side)]) continue;
      bool both = false;
      for (const std::uint64_t other : Resting(side)) both |= Counts(*Find(other)) && InRange(*Find(other));
      if (TriggerAndFill(id, stop, both ? FillRule::kBarPessimistic : FillRule::kBarRange)) {
        stop_filled[At(side)] = true;
      }
    }
  }
  for (const Side side : {kBuy, kSell}) {
    for (const std::uint64_t id : Resting(side)) {
      const Own& own = *Find(id);
      if (stop_filled[At(side)] || !Counts(own) || !InRange(own)) continue;
      FillSome(id, own.price(), FillRule::kBarRange, true);
    }
  }
  EnforceReduceOnly();
  previous_latest_ = latest_;
}

}  // namespace crucible::history

#include "framework/facts/market_facts.h"

#include <array>

#include "framework/base/math.h"
#include "framework/event/kinds.h"

namespace crucible::facts {
namespace {

constexpr std::int64_t kSecond = 1'000'000'000;
constexpr std::int64_t kSilence = 600 * kSecond;
constexpr std::size_t kLevels = 5;

bool TellsOrders(Kind kind) { return kind >= Kind::kOrderAdd && kind <= Kind::kOrderExecute; }

std::optional<double> Ratio(std::optional<double> part, std::optional<double> whole) {
  if (!part || !whole || *whole == 0) return std::nullopt;
  return *part / *whole;
}

}  // namespace

MarketFacts::MarketFacts(const book::BookOptions& options)
    : book_(options), tick_(static_cast<double>(options.tick_size.units)) {}

void MarketFacts::Apply(std::span<const Event> group) {
  const Event& first = group.front();
  if (!IsMarketData(first.kind) || first.kind == Kind::kDefinition) return;
  const Nanos at = first.venue_time();
  if (aggressor_ && aggressor_->at != at) EndAggressor();
  Resolve(at);
  Sample(at);
  const bool snapshot = (group.back().flags & flag::kSnapshot) != 0;
  if (!snapshot) {
    if (last_event_ && at > *last_event_ && (at - *last_event_).nanos < kSilence)
      sums_.gaps.Add(static_cast<double>((at - *last_event_).nanos) / kSecond);
    last_event_ = at;
    book_.type() == book::BookType::kL3 ? CountOrders(group, at) : CountLevels(group);
    for (const Event& record : group) CountTrade(record, at);
  }
  book_.Apply(group);
}

// ---- orders ----

void MarketFacts::CountOrders(std::span<const Event> group, Nanos at) {
  for (const Event& record : group) {
    if (!TellsOrders(record.kind)) continue;
    const auto id = static_cast<std::uint64_t>(record.body[2]);
    if (record.kind == Kind::kOrderAdd) {
      ++sums_.adds;
      born_[id] = at.since_epoch;
    } else if (record.kind == Kind::kOrderDelete) {
      ++sums_.cancels;
      const auto found = born_.find(id);
      if (found == born_.end()) continue;
      sums_.lifetimes.Add(static_cast<double>(at.since_epoch - found->second + 1) / kSecond);
      born_.erase(found);
    } else if (record.kind == Kind::kOrderExecute) {
      const auto order = book_.l3()->Find({id});
      if (order && order->quantity.units <= record.body[1]) born_.erase(id);
    }
  }
}

void MarketFacts::CountLevels(std::span<const Event> group) {
  for (const Event& record : group) {
    if (record.kind != Kind::kLevel) continue;
    const auto level = As<LevelBody>(record);
    const std::int64_t before = book_.QuantityAt(record.side, level.price).units;
    if (level.quantity.units == before) continue;
    ++(level.quantity.units > before ? sums_.adds : sums_.cancels);
  }
}

// ---- trades ----

void MarketFacts::CountTrade(const Event& record, Nanos at) {
  if (record.kind != Kind::kTrade && record.kind != Kind::kOrderExecute) return;
  const Side side = record.kind == Kind::kTrade ? record.side : Opposite(record.side);
  const std::int64_t quantity = record.body[1];
  volume_ += static_cast<double>(quantity);
  if (side == Side::kNone || !book_.touch().HasBoth()) return;
  if (aggressor_ && aggressor_->side == side) {
    aggressor_->quantity += quantity;
    return;
  }
  if (aggressor_) EndAggressor();
  const book::Touch& touch = book_.touch();
  const auto spread = static_cast<double>((touch.ask_price - touch.bid_price).units);
  aggressor_ = Aggressor{at, side, quantity, touch.mid(), spread, 0};
}

void MarketFacts::EndAggressor() {
  aggressor_->spread_after = aggressor_->spread;
  const book::Touch& touch = book_.touch();
  if (touch.HasBoth())
    aggressor_->spread_after = static_cast<double>((touch.ask_price - touch.bid_price).units);
  const double sign = static_cast<double>(Sign(aggressor_->side));
  sums_.signs.Add(sign);
  sums_.sign_lags.Add(sign);
  unresolved_.push_back(*aggressor_);
  aggressor_.reset();
}

// What became of aggressors one second later.
void MarketFacts::Resolve(Nanos at) {
  while (!unresolved_.empty() && (at - unresolved_.front().at).nanos > kSecond) {
    const Aggressor trade = unresolved_.front();
    unresolved_.pop_front();
    const book::Touch& touch = book_.touch();
    if (!touch.HasBoth()) continue;
    const double moved = (touch.mid() - trade.mid) / tick_ * static_cast<double>(Sign(trade.side));
    sums_.impact.Add(static_cast<double>(trade.quantity), moved);
    if (trade.spread_after <= trade.spread) continue;
    ++sums_.openings;
    sums_.opened += trade.spread_after - trade.spread;
    sums_.closed += trade.spread_after - static_cast<double>((touch.ask_price - touch.bid_price).units);
  }
}

// ---- the grid of seconds ----

void MarketFacts::Restart() {
  mid_1s_ = mid_10s_ = mid_60s_ = 0;
  tenth_ = sixtieth_ = 0;
  volume_ = 0;
}

void MarketFacts::Sample(Nanos at) {
  if (!sampled_ || (at - *sampled_).nanos > kSilence) {
    sampled_ = at;
    Restart();
  }
  while ((at - *sampled_).nanos >= kSecond) {
    *sampled_ = *sampled_ + Duration{kSecond};
    const book::Touch& touch = book_.touch();
    if (!touch.HasBoth() || touch.IsCrossed()) {
      Restart();
      continue;
    }
    Return(touch.mid());
    sums_.spread.Add(static_cast<double>((touch.ask_price - touch.bid_price).units) / tick_);
    for (const Side side : {Side::kBid, Side::kAsk}) {
      std::array<book::LevelView, kLevels> levels;
      if (book_.Depth(side, levels) < kLevels) continue;
      double sum = 0;
      for (const book::LevelView& level : levels) sum += static_cast<double>(level.quantity.units);
      sums_.depth_share.Add(static_cast<double>(levels[0].quantity.units) / sum);
    }
  }
}

void MarketFacts::Return(double mid) {
  if (mid_1s_ > 0) {
    const double change = Log(mid / mid_1s_);
    const double size = change < 0 ? -change : change;
    sums_.tail.Add(size);
    sums_.returns_1s.Add(change);
    sums_.returns.Add(change);
    sums_.absolute.Add(size);
  }
  if (mid_10s_ == 0) mid_10s_ = mid;
  if (mid_60s_ == 0) mid_60s_ = mid;
  if (mid_1s_ > 0 && ++tenth_ == 10) {
    const double change = Log(mid / mid_10s_);
    sums_.returns_10s.Add(change);
    sums_.volume_volatility.Add(volume_, change < 0 ? -change : change);
    mid_10s_ = mid;
    volume_ = 0;
    tenth_ = 0;
  }
  if (mid_1s_ > 0 && ++sixtieth_ == 60) {
    sums_.returns_60s.Add(Log(mid / mid_60s_));
    mid_60s_ = mid;
    sixtieth_ = 0;
  }
  mid_1s_ = mid;
}

// ---- the list ----

std::vector<Fact> MarketFacts::Take() {
  const Sums& s = sums_;
  const auto mean = [](const Moments& moments) {
    return moments.count() < 30 ? std::nullopt : std::optional(moments.mean());
  };
  const auto share = [](std::uint64_t part, std::uint64_t whole) {
    return whole < 30 ? std::nullopt : std::optional(static_cast<double>(part) / static_cast<double>(whole));
  };
  std::optional<double> gap_variation;
  if (s.gaps.count() >= 30 && s.gaps.mean() > 0) gap_variation = Sqrt(s.gaps.variance()) / s.gaps.mean();
  const std::optional<double> closed = s.openings < 30 ? std::nullopt : std::optional(s.closed / s.opened);
  std::vector<Fact> facts = {
      {"tail_exponent", "Hill's exponent of absolute 1 s returns", s.tail.Exponent()},
      {"return_autocorrelation", "of 1 s returns, at lag 1", s.returns.At(1)},
      {"volatility_clustering", "autocorrelation of absolute 1 s returns, at lag 10", s.absolute.At(10)},
      {"excess_kurtosis", "of 1 s returns", s.returns_1s.ExcessKurtosis()},
      {"aggregational_gaussianity", "excess kurtosis of 60 s returns as a share of that of 1 s returns",
       Ratio(s.returns_60s.ExcessKurtosis(), s.returns_1s.ExcessKurtosis())},
      {"sign_hurst", "Hurst exponent of aggressors' signs; 0.5: no memory", s.signs.Hurst()},
      {"sign_autocorrelation", "of aggressors' signs, at lag 1", s.sign_lags.At(1)},
      {"spread", "mean, ticks", mean(s.spread)},
      {"depth_at_touch", "best level's share of the best five", mean(s.depth_share)},
      {"lifetime", "median of cancelled orders, s", s.lifetimes.At(0.5)},
      {"cancel_ratio", "cancels per order that came", share(s.cancels, s.adds)},
      {"interarrival_variation", "standard deviation of times between events, in means; 1: Poisson",
       gap_variation},
      {"volume_volatility", "correlation of volume and absolute return, 10 s", s.volume_volatility.Value()},
      {"impact_exponent", "of the move after 1 s by aggressor's size; 0.5: square root", s.impact.Exponent()},
      {"resilience", "share of an opened spread closed after 1 s", closed},
  };
  sums_ = {};
  return facts;
}

}  // namespace crucible::facts

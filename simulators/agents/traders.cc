#include "simulators/agents/traders.h"

#include <algorithm>

#include "framework/base/math.h"

namespace crucible::agents {
namespace {

void WakeAgain(Port& port, const TraderRules& rules, Duration wait) {
  const Nanos next = port.now() + wait;
  if (next < rules.end) port.WakeAt(next);
}

std::int64_t DrawQuantity(const TraderRules& rules, RandomStream& random) {
  const double lots = 1 + static_cast<double>(rules.mean_lots - 1) * random.Exponential();
  return rules.lot * static_cast<std::int64_t>(std::min(lots, 1e6));
}

}  // namespace

Touch TouchOf(const Quote& quote, const TraderRules& rules) {
  const Price middle = quote.last.units > 0 ? quote.last : rules.opening;
  Touch touch{quote.bid, quote.ask};
  if (touch.bid.units == 0) touch.bid = (touch.ask.units > 0 ? touch.ask : middle) - rules.tick;
  if (touch.ask.units == 0) touch.ask = touch.bid + rules.tick;
  return touch;
}

// ---- noise ----

void NoiseTrader::OnWake(Port& port) {
  port.AskForQuote();
  WakeAgain(port, rules_, Wait(mean_wait_));
}

void NoiseTrader::OnQuote(const Quote& quote, Port& port) {
  const Touch market = TouchOf(quote, rules_);
  const bool buys = random_() >> 63 != 0;
  port.Submit(LimitOrder(buys ? kBuy : kSell, buys ? market.ask : market.bid, DrawQuantity(rules_, random_)));
}

// ---- value ----

void ValueTrader::OnWake(Port& port) {
  CancelAll(port);
  port.AskForQuote();
  WakeAgain(port, rules_, Wait(mean_wait_));
}

// A Kalman filter on the noisy observations of the mean-reverting value.
void ValueTrader::OnQuote(const Quote& quote, Port& port) {
  const FundamentalSpec& spec = fundamental_.spec();
  const double observed = fundamental_.At(port.now()) + noise_ * random_.Normal();
  if (looked_.since_epoch != INT64_MIN) {
    const double seconds = static_cast<double>((port.now() - looked_).nanos) * 1e-9;
    const double keep = Exp(-spec.reversion_per_second * seconds);
    estimate_ = spec.mean + (estimate_ - spec.mean) * keep;
    uncertainty_ = keep * keep * uncertainty_ +
                   spec.volatility_per_sqrt_second * spec.volatility_per_sqrt_second * seconds;
  }
  looked_ = port.now();
  const double gain = uncertainty_ / (uncertainty_ + noise_ * noise_);
  estimate_ += gain * (observed - estimate_);
  uncertainty_ *= 1 - gain;

  const Touch market = TouchOf(quote, rules_);
  const bool buys = 2 * estimate_ >= static_cast<double>(market.doubled_mid());
  const std::int64_t spread = (market.ask - market.bid).units / rules_.tick.units;
  const bool aggressive = random_.Uniform01() < 0.1;
  const std::int64_t inside = aggressive ? 0 : UpTo(2 * std::min<std::int64_t>(spread, 4'500) + 1) - 1;
  const PriceDelta away{inside * rules_.tick.units};
  const Price price = buys ? market.ask - away : market.bid + away;
  if (price.units > 0) port.Submit(LimitOrder(buys ? kBuy : kSell, price, DrawQuantity(rules_, random_)));
}

void ValueTrader::HashMemory(StateHasher& hasher) const {
  hasher.Add(estimate_);
  hasher.Add(uncertainty_);
  hasher.Add(looked_.since_epoch);
}

// ---- momentum ----

void MomentumTrader::OnWake(Port& port) {
  port.AskForQuote();
  WakeAgain(port, rules_, Wait(mean_wait_));
}

void MomentumTrader::OnQuote(const Quote& quote, Port& port) {
  if (!quote.HasBoth()) return;
  sums_.push_back(sums_.back() + quote.bid.units + quote.ask.units);
  if (sums_.size() > 2 * spec_.more)
    sums_.erase(sums_.begin(), sums_.end() - static_cast<std::ptrdiff_t>(spec_.more) - 1);
  if (sums_.size() <= spec_.more) return;
  const std::size_t last = sums_.size() - 1;
  const auto few = static_cast<std::int64_t>(spec_.few), more = static_cast<std::int64_t>(spec_.more);
  const std::int64_t recent = (sums_[last] - sums_[last - spec_.few]) * more;
  const std::int64_t before = (sums_[last] - sums_[last - spec_.more]) * few;
  const std::int64_t least = 2 * spec_.threshold_ticks * rules_.tick.units * few * more;
  if (recent == before || std::abs(recent - before) < least) return;
  const bool buys = recent > before;
  port.Submit(LimitOrder(buys ? kBuy : kSell, buys ? quote.ask : quote.bid, rules_.lot * UpTo(spec_.most_lots)));
}

void MomentumTrader::HashMemory(StateHasher& hasher) const {
  for (const std::int64_t sum : sums_) hasher.Add(sum);
}

// ---- market maker ----

void MarketMaker::OnWake(Port& port) {
  CancelAll(port);
  port.AskForQuote();
  WakeAgain(port, rules_, spec_.wait);
}

void MarketMaker::OnQuote(const Quote& quote, Port& port) {
  const double recent = static_cast<double>(quote.volume - volume_before_);
  volume_before_ = quote.volume;
  const double lots = spec_.volume_share * recent / static_cast<double>(rules_.lot);
  const std::int64_t quantity = rules_.lot * std::max(spec_.least_lots, static_cast<std::int64_t>(lots));
  const Touch market = TouchOf(quote, rules_);
  const std::int64_t moved = std::abs(market.doubled_mid() - doubled_mid_before_) / 2 / rules_.tick.units;
  const bool frightened = spec_.withdraw_ticks > 0 && doubled_mid_before_ > 0 && moved >= spec_.withdraw_ticks;
  doubled_mid_before_ = market.doubled_mid();
  if (frightened) away_ = spec_.withdraw_wakes;
  if (away_ > 0) {
    --away_;
    return;
  }
  const std::int64_t lean = -3 * position() / std::max<std::int64_t>(1, spec_.inventory_limit);  // ticks
  const std::int64_t middle = market.doubled_mid() / 2 / rules_.tick.units + lean;
  for (int level = 1; level <= spec_.levels; ++level) {
    const Price bid{(middle - level * spec_.step_ticks) * rules_.tick.units};
    const Price ask{(middle + level * spec_.step_ticks) * rules_.tick.units};
    if (position() < spec_.inventory_limit && bid.units > 0) port.Submit(LimitOrder(kBuy, bid, quantity));
    if (position() > -spec_.inventory_limit) port.Submit(LimitOrder(kSell, ask, quantity));
  }
}

void MarketMaker::HashMemory(StateHasher& hasher) const {
  hasher.Add(volume_before_);
  hasher.Add(doubled_mid_before_);
  hasher.Add(std::int64_t{away_});
}

// ---- stop carriers ----

void StopCarrier::OnWake(Port& port) {
  if (position() == 0 && orders().empty()) port.AskForQuote();
  WakeAgain(port, rules_, Wait(spec_.mean_wait));
}

void StopCarrier::OnQuote(const Quote& quote, Port& port) {
  if (!quote.HasBoth() || position() != 0) return;
  low_ = quote.low;
  high_ = quote.high;
  const bool buys = random_() >> 63 != 0;
  trading::OrderTerms terms = MarketOrder(buys ? kBuy : kSell, DrawQuantity(rules_, random_));
  port.Submit(terms);
}

// `side` is the entry's.
Price StopCarrier::StopFor(Side side, Price entry) {
  const std::int64_t round = spec_.round_ticks * rules_.tick.units;
  const std::int64_t distance = spec_.stop_ticks * rules_.tick.units;
  if (spec_.extreme_share > 0 && random_.Uniform01() < spec_.extreme_share && low_.units > 0) {
    const Price extreme = side == kBuy ? low_ - rules_.tick : high_ + rules_.tick;
    const std::int64_t away = Sign(side) * (entry - extreme).units;
    if (2 * away >= distance && away <= 4 * distance) return extreme;
  }
  const std::int64_t near = entry.units - Sign(side) * distance;
  return {side == kBuy ? near / round * round : (near + round - 1) / round * round};
}

void StopCarrier::OnFill(Side side, Price price, std::int64_t quantity, Port& port) {
  if (Sign(side) * position() <= 0) return;  // the stop itself
  const Price beyond = StopFor(side, price);
  if (beyond.units <= 0) return;
  trading::OrderTerms terms = MarketOrder(Opposite(side), quantity);
  terms.type = OrderType::kStop;
  terms.stop_price = beyond;
  terms.options = option::kReduceOnly;
  port.Submit(terms);
}

void StopCarrier::HashMemory(StateHasher& hasher) const {
  hasher.Add(low_.units);
  hasher.Add(high_.units);
}

// ---- zero intelligence ----

void ZeroIntelligenceTrader::OnWake(Port& port) {
  WakeAgain(port, rules_, Wait(spec_.mean_wait));
  if (random_.Uniform01() >= spec_.cancel_share) return port.AskForQuote();
  if (orders().empty()) return;
  port.Cancel(orders()[random_.UniformBelow(orders().size())]);
}

void ZeroIntelligenceTrader::OnQuote(const Quote& quote, Port& port) {
  const Touch market = TouchOf(quote, rules_);
  const Side side = random_() >> 63 != 0 ? kBuy : kSell;
  const std::int64_t quantity = DrawQuantity(rules_, random_);
  if (random_.Uniform01() * (1 - spec_.cancel_share) < spec_.market_share) {
    port.Submit(MarketOrder(side, quantity));
    return;
  }
  const PriceDelta away{UpTo(spec_.band_ticks) * rules_.tick.units};
  const Price price = side == kBuy ? market.ask - away : market.bid + away;
  if (price.units > 0) port.Submit(LimitOrder(side, price, quantity));
}

}  // namespace crucible::agents

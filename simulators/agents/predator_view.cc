#include "simulators/agents/predator_view.h"

#include <algorithm>

namespace crucible::agents {
namespace {

constexpr std::array<std::string_view, 15> kFeatures = {
    "spread",      "imbalance",   "momentum",  "trend",     "volatility", "activity", "below", "above",
    "stops_below", "stops_above", "bid_depth", "ask_depth", "to_low",     "to_high",  "idle"};
constexpr double kFade = 0.9995;     // of a guess, per look
constexpr double kForgotten = 0.5;   // lots: a guess that is worth no thought
constexpr double kFarTicks = 1'000;  // distance of what is not there

}  // namespace

std::span<const std::string_view> PredatorFeatures() { return kFeatures; }

void VolumeWindow::Add(Nanos now, std::int64_t quantity) {
  const std::int64_t number = now.since_epoch / kPart;
  Part& part = parts_[static_cast<std::size_t>(number % kParts)];
  if (part.number != number) part = {number, 0};
  part.quantity += quantity;
}

std::int64_t VolumeWindow::Sum(Nanos now, std::int64_t parts) const {
  const std::int64_t first = now.since_epoch / kPart - parts + 1;
  std::int64_t sum = 0;
  for (const Part& part : parts_) sum += part.number >= first ? part.quantity : 0;
  return sum;
}

void VolumeWindow::Hash(StateHasher& hasher) const {
  for (const Part& part : parts_) {
    hasher.Add(part.number);
    hasher.Add(part.quantity);
  }
}

PredatorView::PredatorView(const PredatorGenome& genome, PriceDelta tick)
    : tick_(tick.units),
      reach_(genome[Gene::kReach] * tick.units),
      round_(genome[Gene::kRound] * tick.units),
      stop_distance_(genome[Gene::kStopDistance] * tick.units) {}

void PredatorView::AddGuess(std::vector<Guess>& guesses, std::int64_t price, double quantity) {
  const auto at = std::ranges::lower_bound(guesses, price, {}, &Guess::price);
  if (at != guesses.end() && at->price == price) {
    at->quantity += quantity;
  } else {
    guesses.insert(at, {price, quantity});
  }
}

void PredatorView::GuessStops(const Quote& quote, double traded) {
  const std::int64_t bid = quote.bid.units, ask = quote.ask.units;
  for (std::vector<Guess>* guesses : {&longs_, &shorts_}) {
    for (Guess& guess : *guesses) guess.quantity *= kFade;
  }
  std::erase_if(longs_, [&](const Guess& g) { return g.price >= bid || g.quantity < kForgotten; });
  std::erase_if(shorts_, [&](const Guess& g) { return g.price <= ask || g.quantity < kForgotten; });
  if (traded <= 0) return;
  AddGuess(longs_, (bid - stop_distance_) / round_ * round_, traded / 2);
  AddGuess(shorts_, (ask + stop_distance_ + round_ - 1) / round_ * round_, traded / 2);
}

// The most quantity per distance within reach. Returns its quantity.
double PredatorView::Best(const std::vector<Guess>& guesses, std::int64_t touch, Price& best) const {
  best = {};
  double worth = 0, quantity = 0;
  for (const Guess& guess : guesses) {
    const std::int64_t distance = std::abs(guess.price - touch);
    if (distance > reach_) continue;
    const double found = guess.quantity / static_cast<double>(distance + 5 * tick_);
    if (found <= worth) continue;
    worth = found;
    quantity = guess.quantity;
    best = {guess.price};
  }
  return quantity;
}

void PredatorView::Update(const Quote& quote, Nanos now) {
  const std::int64_t volume = quote.volume - volume_before_;
  volume_before_ = quote.volume;
  volume_.Add(now, looks_ == 0 ? 0 : volume);
  const double traded = looks_ == 0 ? 0 : static_cast<double>(volume);
  GuessStops(quote, traded);
  stops_below_ = Best(longs_, quote.bid.units, below_);
  stops_above_ = Best(shorts_, quote.ask.units, above_);
  Measure(quote, traded, now);
  ++looks_;
}

void PredatorView::Measure(const Quote& quote, double traded, Nanos now) {
  const auto tick = static_cast<double>(tick_);
  const auto ticks = [&](Price from, Price to) { return static_cast<double>((to - from).units) / tick; };
  const double mid = static_cast<double>(quote.bid.units + quote.ask.units) / 2 / tick;
  if (looks_ == 0) {
    mids_.fill(mid);
    slow_mid_ = mid;
  }
  const double last = mids_[(looks_ + kMoments - 1) % kMoments];
  volatility_ += ((mid > last ? mid - last : last - mid) - volatility_) / 32;
  slow_mid_ += (mid - slow_mid_) / 64;
  usual_volume_ += (traded - usual_volume_) / 64;
  const auto bids = static_cast<double>(quote.bid_quantity), asks = static_cast<double>(quote.ask_quantity);
  const double idle =
      attack_ended_.since_epoch == INT64_MIN ? 1e6 : static_cast<double>((now - attack_ended_).nanos) * 1e-9;
  values_ = {ticks(quote.bid, quote.ask),
             bids + asks > 0 ? (bids - asks) / (bids + asks) : 0,
             mid - mids_[looks_ % kMoments],
             mid - slow_mid_,
             volatility_,
             usual_volume_ > 0 ? traded / usual_volume_ : 0,
             below_.units > 0 ? ticks(below_, quote.bid) : kFarTicks,
             above_.units > 0 ? ticks(quote.ask, above_) : kFarTicks,
             stops_below_,
             stops_above_,
             static_cast<double>(quote.bid_depth),
             static_cast<double>(quote.ask_depth),
             quote.low.units > 0 ? ticks(quote.low, quote.bid) : kFarTicks,
             quote.high.units > 0 ? ticks(quote.ask, quote.high) : kFarTicks,
             idle};
  mids_[looks_ % kMoments] = mid;
}

void PredatorView::Hash(StateHasher& hasher) const {
  for (const std::vector<Guess>* guesses : {&longs_, &shorts_}) {
    hasher.Add(std::uint64_t{guesses->size()});
    for (const Guess& guess : *guesses) {
      hasher.Add(guess.price);
      hasher.Add(guess.quantity);
    }
  }
  volume_.Hash(hasher);
  for (const double value : values_) hasher.Add(value);
  for (const double mid : mids_) hasher.Add(mid);
  hasher.Add(looks_);
  for (const double mean : {slow_mid_, volatility_, usual_volume_}) hasher.Add(mean);
  hasher.Add(volume_before_);
  hasher.Add(attack_ended_.since_epoch);
}

}  // namespace crucible::agents

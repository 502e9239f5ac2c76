#include "simulators/agents/predators.h"

#include <algorithm>

#include "framework/base/check.h"
#include "simulators/agents/predator_view.h"

namespace crucible::agents {
namespace {

constexpr Duration Milliseconds(std::int64_t count) { return {count * 1'000'000}; }

// Looks, waits for its moment, strikes, and gets out. The kinds differ in the strike.
class Predator : public Agent {
 public:
  Predator(const PredatorGenome& genome, const TraderRules& rules, const PredatorLimits& limits,
           std::int64_t money_per_price_unit, RandomStream random)
      : Agent(std::move(random)),
        rules_(rules),
        genome_(genome),
        view_(genome, rules.tick),
        limits_(limits),
        money_(money_per_price_unit) {}

  std::int64_t TradeAction() const override { return ActionOf(genome_.kind, PredatorStep::kTrade); }
  void OnWake(Port& port) override {
    if (ruined_) return Liquidate(port);
    port.AskForDepth({genome_[Gene::kReach] * rules_.tick.units});
    Again(port);
  }
  void OnQuote(const Quote& quote, Port& port) override {
    if (!quote.HasBoth() || ruined_) return;
    view_.Update(quote, port.now());
    if (Equity(quote) < -Int128{limits_.capital.units}) return Ruin(port);
    switch (phase_) {
      case Phase::kHunting:
        return Hunt(quote, port);
      case Phase::kStriking:
        return Strike(quote, port);
      case Phase::kWaiting:
        if (port.now() >= until_) StartUnwinding(port);
        return;
      case Phase::kUnwinding:
        return Unwind(quote, port);
    }
  }
  void OnFill(Side side, Price price, std::int64_t quantity, Port&) override {
    cash_ -= Int128{Sign(side)} * price.units * quantity * money_;
  }

 protected:
  // The attack's beginning; the direction is chosen.
  virtual void Begin(const Quote& quote, Port& port) = 0;
  // At every look until it calls Wait().
  virtual void Strike(const Quote& quote, Port& port) = 0;
  // Chooses the price to aim at, 0 for none; false when there is nothing to attack.
  virtual bool Aim(Price& target) {
    static_cast<void>(target);
    return true;
  }

  void Wait(Port& port) {
    phase_ = Phase::kWaiting;
    until_ = port.now() + Milliseconds(genome_[Gene::kPatience]);
  }
  // One market order within all limits; none when a limit forbids it.
  void Blow(Side side, std::int64_t quantity, Port& port) {
    const std::int64_t minute = view_.volume().LastMinute(port.now());
    const std::int64_t ten = view_.volume().LastTenMinutes(port.now());
    const std::int64_t taken = taken_.LastTenMinutes(port.now());
    const auto share = [](double of, std::int64_t volume) {
      return static_cast<std::int64_t>(of * static_cast<double>(volume));
    };
    const std::int64_t room = limits_.inventory - Sign(side) * (position() + on_the_way_);
    const std::int64_t size =
        std::min({quantity, room, share(limits_.blow_share, minute), share(limits_.share, ten) - taken}) /
        rules_.lot * rules_.lot;
    if (size > 0) Take(side, size, port);
  }
  void Layer(Side side, Price price, std::int64_t quantity, Port& port) {
    if (price.units > 0)
      port.Submit(LimitOrder(side, price, std::max(rules_.lot, quantity / rules_.lot * rules_.lot)));
  }
  // `layers` orders of `side`, the first at `price`, each a tick further from the market.
  void Layers(Side side, Price price, Port& port) {
    for (std::int64_t i = 0; i < genome_[Gene::kLayers]; ++i)
      Layer(side, price - PriceDelta{Sign(side) * i * rules_.tick.units}, genome_[Gene::kLayerLots], port);
  }
  void Withdraw(Port& port) {
    Tell(port, Side::kNone, PredatorStep::kWithdraw, static_cast<std::int64_t>(orders().size()));
    CancelAll(port);
  }
  PriceDelta Ticks(Gene gene) const { return {genome_[gene] * rules_.tick.units}; }
  void Tell(Port& port, Side side, PredatorStep step, std::int64_t detail) const {
    port.Note(side, ActionOf(genome_.kind, step), detail);
  }

  // What the kind remembers of an attack.
  virtual void HashStrike(StateHasher&) const {}

  const TraderRules& rules_;
  const PredatorGenome genome_;
  PredatorView view_;
  Side side_ = kBuy;  // of the attack
  Price target_;
  int blows_ = 0;  // of it, so far

 private:
  enum class Phase : std::uint8_t { kHunting, kStriking, kWaiting, kUnwinding };

  void HashMemory(StateHasher& hasher) const final {
    hasher.Add(std::uint64_t{static_cast<std::uint64_t>(phase_) << 1 | static_cast<std::uint64_t>(ruined_)});
    hasher.Add(static_cast<std::uint64_t>(side_));
    hasher.Add(target_.units);
    hasher.Add(std::int64_t{blows_});
    hasher.Add(until_.since_epoch);
    hasher.Add(on_the_way_);
    for (const Int128 cash : {cash_, cash_before_}) {
      hasher.Add(static_cast<std::uint64_t>(cash));
      hasher.Add(static_cast<std::uint64_t>(cash >> 64));
    }
    taken_.Hash(hasher);
    view_.Hash(hasher);
    HashStrike(hasher);
  }
  void Again(Port& port) const {
    const Nanos next = port.now() + Milliseconds(genome_[Gene::kLook]);
    if (next < rules_.end) port.WakeAt(next);
  }
  void Take(Side side, std::int64_t size, Port& port) {
    taken_.Add(port.now(), size);
    on_the_way_ += Sign(side) * size;
    port.Submit(MarketOrder(side, size));
  }
  void Hunt(const Quote& quote, Port& port) {
    if (port.now() < until_ || !genome_.when.Truth(view_.values())) return;
    side_ = genome_.side.Number(view_.values()) >= 0 ? kBuy : kSell;
    target_ = {};
    if (!Aim(target_)) return;
    phase_ = Phase::kStriking;
    blows_ = 0;
    cash_before_ = cash_;
    on_the_way_ = 0;
    Tell(port, side_, PredatorStep::kStrike, target_.units);
    Begin(quote, port);
  }
  void StartUnwinding(Port& port) {
    CancelAll(port);
    phase_ = Phase::kUnwinding;
    until_ = port.now() + Milliseconds(genome_[Gene::kPatience]);
    Tell(port, SideOfPosition(), PredatorStep::kUnwind, std::abs(position()));
  }
  // Orders of the attack may still be on their way in; the next look sees what they did.
  void Unwind(const Quote& quote, Port& port) {
    on_the_way_ = 0;
    if (position() == 0 && orders().empty()) {
      Tell(port, Side::kNone, PredatorStep::kDone, static_cast<std::int64_t>(cash_ - cash_before_));
      phase_ = Phase::kHunting;
      until_ = port.now() + Milliseconds(genome_[Gene::kPause]);
      return view_.AttackEnded(port.now());
    }
    CancelAll(port);
    if (position() == 0) return;
    const Side side = position() > 0 ? kSell : kBuy;
    const std::int64_t size = std::min(std::abs(position()), genome_[Gene::kUnwind]);
    const bool rests = genome_[Gene::kPassive] != 0 && port.now() < until_;
    if (!rests) return Take(side, size, port);
    Layer(side, side == kSell ? quote.ask : quote.bid, size, port);
  }
  Side SideOfPosition() const { return position() > 0 ? kBuy : position() < 0 ? kSell : Side::kNone; }
  Int128 Equity(const Quote& quote) const {
    return cash_ + Int128{position()} * (quote.bid.units + quote.ask.units) / 2 * money_;
  }
  void Ruin(Port& port) {
    ruined_ = true;
    Tell(port, SideOfPosition(), PredatorStep::kRuined, std::abs(position()));
  }
  // At every look: what was on its way when the capital was lost may still fill.
  void Liquidate(Port& port) {
    CancelAll(port);
    Again(port);
    if (position() == 0) return;
    port.Submit(
        MarketOrder(position() > 0 ? kSell : kBuy, std::min(std::abs(position()), genome_[Gene::kUnwind])));
  }

  PredatorLimits limits_;
  std::int64_t money_;
  Phase phase_ = Phase::kHunting;
  bool ruined_ = false;
  Nanos until_{INT64_MIN};       // of the pause, the patience, or the passive way out
  std::int64_t on_the_way_ = 0;  // signed: taken in this attack and not yet heard of, at most
  Int128 cash_ = 0, cash_before_ = 0;
  VolumeWindow taken_;
};

// A blow at every look, up to the genome's number. Momentum ignition is nothing else.
class Pusher : public Predator {
 public:
  using Predator::Predator;

 protected:
  void Begin(const Quote& quote, Port& port) override { Strike(quote, port); }
  void Strike(const Quote& quote, Port& port) override {
    if (blows_ >= genome_[Gene::kBlows] || Arrived(quote)) return Wait(port);
    ++blows_;
    Blow(side_, genome_[Gene::kSize], port);
  }
  virtual bool Arrived(const Quote&) const { return false; }
};

class StopHunt final : public Pusher {
 public:
  using Pusher::Pusher;

 private:
  bool Aim(Price& target) override {
    target = side_ == kSell ? view_.below() : view_.above();
    return target.units > 0;
  }
  void Begin(const Quote& quote, Port& port) override {
    const Side catching = Opposite(side_);
    Layers(catching, target_ + PriceDelta{Sign(side_) * Ticks(Gene::kOffset).units}, port);
    Pusher::Begin(quote, port);
  }
  bool Arrived(const Quote& quote) const override {
    return side_ == kSell ? quote.bid < target_ : quote.ask > target_;
  }
};

class LiquidityVacuum final : public Predator {
 public:
  using Predator::Predator;

 private:
  void Begin(const Quote& quote, Port& port) override {
    Layers(kBuy, quote.bid - Ticks(Gene::kOffset), port);
    Layers(kSell, quote.ask + Ticks(Gene::kOffset), port);
    withdraw_at_ = port.now() + Milliseconds(genome_[Gene::kPatience]);
  }
  void Strike(const Quote&, Port& port) override {
    if (port.now() < withdraw_at_) return;
    if (blows_ == 0) Withdraw(port);
    if (blows_++ >= genome_[Gene::kBlows]) return Wait(port);
    Blow(side_, genome_[Gene::kSize], port);
  }
  void HashStrike(StateHasher& hasher) const override { hasher.Add(withdraw_at_.since_epoch); }
  Nanos withdraw_at_;
};

class Spoofing final : public Predator {
 public:
  using Predator::Predator;

 private:
  void Begin(const Quote& quote, Port& port) override {
    const Price touch = side_ == kBuy ? quote.bid : quote.ask;
    Layers(side_, touch - PriceDelta{Sign(side_) * Ticks(Gene::kOffset).units}, port);
    withdraw_at_ = port.now() + Milliseconds(genome_[Gene::kPatience]);
  }
  void Strike(const Quote&, Port& port) override {
    if (port.now() < withdraw_at_) return;
    Withdraw(port);
    Blow(Opposite(side_), genome_[Gene::kSize], port);
    Wait(port);
  }
  void HashStrike(StateHasher& hasher) const override { hasher.Add(withdraw_at_.since_epoch); }
  Nanos withdraw_at_;
};

class QuoteStuffing final : public Predator {
 public:
  using Predator::Predator;

 private:
  void Begin(const Quote& quote, Port& port) override { Strike(quote, port); }
  void Strike(const Quote& quote, Port& port) override {
    if (blows_++ >= genome_[Gene::kBlows]) {
      Withdraw(port);
      return Wait(port);
    }
    for (std::int64_t i = 0; i < 20; ++i) {
      const PriceDelta away{(genome_[Gene::kOffset] + 1 + i / 2) * rules_.tick.units};
      Layer(i % 2 == 0 ? kBuy : kSell, i % 2 == 0 ? quote.bid - away : quote.ask + away, rules_.lot, port);
    }
  }
};

}  // namespace

std::unique_ptr<Agent> MakePredator(const PredatorGenome& genome, const TraderRules& rules,
                                    const PredatorLimits& limits, std::int64_t money_per_price_unit,
                                    RandomStream random) {
  const auto make = [&]<class Kind>(std::type_identity<Kind>) -> std::unique_ptr<Agent> {
    return std::make_unique<Kind>(genome, rules, limits, money_per_price_unit, std::move(random));
  };
  switch (genome.kind) {
    case PredatorKind::kStopHunt:
      return make(std::type_identity<StopHunt>{});
    case PredatorKind::kLiquidityVacuum:
      return make(std::type_identity<LiquidityVacuum>{});
    case PredatorKind::kSpoofing:
      return make(std::type_identity<Spoofing>{});
    case PredatorKind::kMomentumIgnition:
      return make(std::type_identity<Pusher>{});
    case PredatorKind::kQuoteStuffing:
      return make(std::type_identity<QuoteStuffing>{});
  }
  CRUCIBLE_CHECK(false);
  return nullptr;
}

}  // namespace crucible::agents

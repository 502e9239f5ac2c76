#include "simulators/agents/predators.h"

#include <algorithm>
#include <array>

#include "framework/base/check.h"

namespace crucible::agents {
namespace {

constexpr std::array<std::string_view, kPredatorKinds> kNames = {"stop-hunt", "liquidity-vacuum", "spoofing",
                                                                 "momentum-ignition", "quote-stuffing"};

// Looks, waits for its moment, strikes, and gets out. The kinds differ in the moment and in the strike.
class Predator : public Agent {
 public:
  Predator(PredatorKind kind, const TraderRules& rules, const PredatorGenome& genome,
           const PredatorLimits& limits, std::int64_t money_per_price_unit, RandomStream random)
      : Agent(std::move(random)),
        rules_(rules),
        genome_(genome),
        kind_(kind),
        limits_(limits),
        money_(money_per_price_unit) {}

  void OnWake(Port& port) override {
    port.AskForQuote();
    const Nanos next = port.now() + genome_.look;
    if (next < rules_.end && !ruined_) port.WakeAt(next);
  }
  void OnQuote(const Quote& quote, Port& port) override {
    if (!quote.HasBoth() || ruined_) return;
    if (Equity(quote) < -Int128{limits_.capital.units}) return Ruin(port);
    if (striking_) {
      if (port.now() >= way_out_) Leave(quote, port);
    } else if (position() != 0) {
      Flatten(quote, port);
    } else if (port.now() >= rest_until_ && Sees(quote) && CanAfford(quote)) {
      striking_ = true;
      way_out_ = port.now() + genome_.patience;
      Tell(port, PredatorStep::kStrike, quote.last.units);
      Strike(quote, port);
    }
  }
  void OnFill(Side side, Price price, std::int64_t quantity, Port&) override {
    cash_ -= Int128{Sign(side)} * price.units * quantity * money_;
  }

 protected:
  // Whether the moment has come.
  virtual bool Sees(const Quote& quote) = 0;
  virtual void Strike(const Quote& quote, Port& port) = 0;
  // After the patience: cancels what rests; what was bought or sold is closed on the next looks.
  virtual void Leave(const Quote& quote, Port& port) {
    CancelAll(port);
    striking_ = false;
    rest_until_ = port.now() + genome_.pause;
    Tell(port, PredatorStep::kUnwind, position());
    Flatten(quote, port);
  }

  void Blow(Side side, std::int64_t quantity, Port& port) {
    const std::int64_t room = limits_.inventory - Sign(side) * position() - pending_;
    const std::int64_t size = std::min(quantity, room) / rules_.lot * rules_.lot;
    if (size <= 0) return;
    pending_ += size;
    sent_ += size;
    port.Submit(MarketOrder(side, size));
  }
  // Another patience until the way out.
  void WaitMore(const Port& port) { way_out_ = port.now() + genome_.patience; }
  void Layer(Side side, Price price, std::int64_t quantity, Port& port) {
    if (price.units > 0)
      port.Submit(LimitOrder(side, price, std::max(rules_.lot, quantity / rules_.lot * rules_.lot)));
  }
  void Tell(Port& port, PredatorStep step, std::int64_t detail) const {
    port.Note(static_cast<std::int64_t>(kind_) + 256 * static_cast<std::int64_t>(step), detail);
  }

  const TraderRules& rules_;
  const PredatorGenome genome_;

 private:
  void Flatten(const Quote&, Port& port) {
    pending_ = 0;
    if (position() == 0) return;
    const Side side = position() > 0 ? kSell : kBuy;
    const std::int64_t size = std::min(std::abs(position()), genome_.size);
    sent_ += size;
    port.Submit(MarketOrder(side, size));
    if (size == std::abs(position())) Tell(port, PredatorStep::kDone, 0);
  }
  Int128 Equity(const Quote& quote) const {
    return cash_ + Int128{position()} * (quote.bid.units + quote.ask.units) / 2 * money_;
  }
  bool CanAfford(const Quote& quote) const {
    if (sent_ == 0) return true;
    const double wanted = static_cast<double>(sent_ + genome_.size * genome_.blows);
    return wanted <= limits_.participation * static_cast<double>(quote.volume);
  }
  void Ruin(Port& port) {
    ruined_ = true;
    CancelAll(port);
    Tell(port, PredatorStep::kRuined, position());
  }

  PredatorKind kind_;
  PredatorLimits limits_;
  std::int64_t money_;
  bool striking_ = false;
  bool ruined_ = false;
  Nanos way_out_{0}, rest_until_{0};
  Int128 cash_ = 0;
  std::int64_t pending_ = 0;
  std::int64_t sent_ = 0;
};

class StopHunt final : public Predator {
 public:
  using Predator::Predator;

 private:
  // The nearest round price below the bid or above the ask, whichever is nearer, within reach.
  bool Sees(const Quote& quote) override {
    const std::int64_t round = genome_.round_ticks * rules_.tick.units;
    const std::int64_t below = quote.bid.units - (quote.bid.units - 1) / round * round;
    const std::int64_t above = (quote.ask.units / round + 1) * round - quote.ask.units;
    side_ = below <= above ? kSell : kBuy;
    return std::min(below, above) <= genome_.reach_ticks * rules_.tick.units;
  }
  void Strike(const Quote&, Port& port) override {
    for (int i = 0; i < genome_.blows; ++i) Blow(side_, genome_.size, port);
  }
  Side side_ = kSell;
};

class LiquidityVacuum final : public Predator {
 public:
  using Predator::Predator;

 private:
  bool Sees(const Quote&) override { return true; }
  // Makes the market look deep.
  void Strike(const Quote& quote, Port& port) override {
    for (int i = 1; i <= genome_.blows; ++i) {
      const PriceDelta away{i * rules_.tick.units};
      Layer(kBuy, quote.bid - away, genome_.size, port);
      Layer(kSell, quote.ask + away, genome_.size, port);
    }
  }
  // And takes that away, together with what the thinner side has left.
  void Leave(const Quote& quote, Port& port) override {
    if (!withdrawn_) {
      withdrawn_ = true;
      CancelAll(port);
      Tell(port, PredatorStep::kWithdraw, static_cast<std::int64_t>(orders().size()));
      Blow(quote.bid_quantity < quote.ask_quantity ? kSell : kBuy, genome_.size * genome_.blows, port);
      return WaitMore(port);
    }
    withdrawn_ = false;
    Predator::Leave(quote, port);
  }
  bool withdrawn_ = false;
};

class Spoofing final : public Predator {
 public:
  using Predator::Predator;

 private:
  bool Sees(const Quote&) override { return true; }
  void Strike(const Quote& quote, Port& port) override {
    const Side honest = random_() >> 63 != 0 ? kBuy : kSell;
    const Price own = honest == kBuy ? quote.bid : quote.ask;
    const Price other = honest == kBuy ? quote.ask : quote.bid;
    Layer(honest, own, genome_.size, port);
    for (int i = 1; i <= genome_.blows; ++i) {
      const PriceDelta away{Sign(honest) * i * rules_.tick.units};
      Layer(Opposite(honest), other + away, 10 * genome_.size, port);
    }
  }
};

class MomentumIgnition final : public Predator {
 public:
  using Predator::Predator;

 private:
  // Pushes where the quote leans already.
  bool Sees(const Quote& quote) override {
    side_ = quote.bid_quantity >= quote.ask_quantity ? kBuy : kSell;
    return true;
  }
  void Strike(const Quote&, Port& port) override {
    left_ = genome_.blows - 1;
    Blow(side_, genome_.size, port);
  }
  // One blow per patience, then out.
  void Leave(const Quote& quote, Port& port) override {
    if (left_ <= 0) return Predator::Leave(quote, port);
    --left_;
    Blow(side_, genome_.size, port);
    WaitMore(port);
  }
  Side side_ = kBuy;
  int left_ = 0;
};

class QuoteStuffing final : public Predator {
 public:
  using Predator::Predator;

 private:
  bool Sees(const Quote&) override { return true; }
  void Strike(const Quote& quote, Port& port) override {
    for (int i = 0; i < 20 * genome_.blows; ++i) {
      const PriceDelta away{(genome_.reach_ticks + i % 50) * rules_.tick.units};
      Layer(i % 2 == 0 ? kBuy : kSell, i % 2 == 0 ? quote.bid - away : quote.ask + away, rules_.lot, port);
    }
  }
};

}  // namespace

std::string_view Name(PredatorKind kind) { return kNames[static_cast<std::size_t>(kind) - 1]; }

std::optional<PredatorKind> PredatorFromName(std::string_view name) {
  const auto at = std::ranges::find(kNames, name);
  if (at == kNames.end()) return std::nullopt;
  return static_cast<PredatorKind>(1 + (at - kNames.begin()));
}

std::unique_ptr<Agent> MakePredator(PredatorKind kind, const TraderRules& rules, const PredatorGenome& genome,
                                    const PredatorLimits& limits, std::int64_t money_per_price_unit,
                                    RandomStream random) {
  const auto make = [&]<class Kind>(std::type_identity<Kind>) -> std::unique_ptr<Agent> {
    return std::make_unique<Kind>(kind, rules, genome, limits, money_per_price_unit, std::move(random));
  };
  switch (kind) {
    case PredatorKind::kStopHunt:
      return make(std::type_identity<StopHunt>{});
    case PredatorKind::kLiquidityVacuum:
      return make(std::type_identity<LiquidityVacuum>{});
    case PredatorKind::kSpoofing:
      return make(std::type_identity<Spoofing>{});
    case PredatorKind::kMomentumIgnition:
      return make(std::type_identity<MomentumIgnition>{});
    case PredatorKind::kQuoteStuffing:
      return make(std::type_identity<QuoteStuffing>{});
  }
  CRUCIBLE_CHECK(false);
  return nullptr;
}

}  // namespace crucible::agents

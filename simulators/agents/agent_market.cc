#include "simulators/agents/agent_market.h"

#include <string_view>
#include <utility>

#include "absl/strings/str_format.h"
#include "framework/event/kinds.h"

namespace crucible::agents {

using exchange::Exchange;
using exchange::kFirstOwner;
using exchange::Owner;

absl::Status AgentMarketConfig::Validate() const {
  const auto check = [](std::string_view name, std::int64_t value, std::int64_t least, std::int64_t most) {
    if (value >= least && value <= most) return absl::OkStatus();
    return absl::InvalidArgumentError(
        absl::StrFormat("%s is %d, expected %d to %d", name, value, least, most));
  };
  for (const auto& [name, count] : {std::pair{"market_makers", market_makers},
                                    {"deep_makers", deep_makers},
                                    {"value_traders", value_traders},
                                    {"momentum_traders", momentum_traders},
                                    {"noise_traders", noise_traders},
                                    {"stop_carriers", stop_carriers},
                                    {"zero_intelligence_traders", zero_intelligence_traders}}) {
    CRUCIBLE_RETURN_IF_ERROR(check(name, count, 0, 10'000));
  }
  const int agents = market_makers + deep_makers + value_traders + momentum_traders + noise_traders + stop_carriers +
                     zero_intelligence_traders;
  CRUCIBLE_RETURN_IF_ERROR(check("the number of agents", agents, 0, exchange::kMaxOwner - kFirstOwner - 100));
  CRUCIBLE_RETURN_IF_ERROR(check("least_latency (ns)", least_latency.nanos, 0, most_latency.nanos));
  CRUCIBLE_RETURN_IF_ERROR(check("length (ns)", length.nanos, 1, INT64_MAX / 4));
  CRUCIBLE_RETURN_IF_ERROR(check("rules.tick", rules.tick.units, 1, INT64_MAX));
  CRUCIBLE_RETURN_IF_ERROR(check("rules.lot", rules.lot, 1, INT64_MAX));
  return check("rules.opening", rules.opening.units, rules.tick.units * 100, INT64_MAX);
}

absl::StatusOr<std::unique_ptr<AgentMarket>> AgentMarket::Create(const AgentMarketConfig& config,
                                                                 std::uint64_t seed) {
  CRUCIBLE_RETURN_IF_ERROR(config.Validate());
  auto market = std::unique_ptr<AgentMarket>(new AgentMarket(config, seed));
  market->Populate(seed);
  return market;
}

AgentMarket::AgentMarket(const AgentMarketConfig& config, std::uint64_t seed)
    : config_(config),
      fundamental_(config.fundamental, config.start, Random(seed).Stream("agents/fundamental")),
      now_(config.start) {
  config_.rules.end = std::min(config.rules.end, config.start + config.length);
}

Owner AgentMarket::Add(std::unique_ptr<Agent> agent, Duration latency, Nanos first_wake) {
  const auto member = static_cast<std::uint32_t>(members_.size());
  const std::int64_t trade_action = agent->TradeAction();
  notes_trades_ |= trade_action != 0;
  if (agent->HearsTrades()) hearers_.push_back(member);
  members_.push_back({std::move(agent), latency, trade_action, 0});
  Message& message = queue_.Push(first_wake);
  message.what = What::kWake;
  message.member = member;
  return static_cast<Owner>(kFirstOwner + member);
}

// Each agent's latency and first wake-up come from a stream of their own, beside the one that the agent draws
// from.
void AgentMarket::Populate(std::uint64_t seed) {
  const Random random(seed);
  const auto add = [&](std::string_view kind, int count, Duration first_within, auto&& make) {
    for (int i = 0; i < count; ++i) {
      const std::string name = absl::StrFormat("agents/%s/%d", kind, i);
      RandomStream place = random.Stream(name + "/place");
      const auto spread = static_cast<double>((config_.most_latency - config_.least_latency).nanos);
      const Duration latency{config_.least_latency.nanos +
                             static_cast<std::int64_t>(spread * place.Uniform01())};
      const auto wait =
          static_cast<std::int64_t>(static_cast<double>(first_within.nanos) * place.Uniform01());
      Add(make(random.Stream(name)), latency, config_.start + Duration{wait});
    }
  };
  const TraderRules& rules = config_.rules;
  add("market-maker", config_.market_makers, {1'000'000'000}, [&](RandomStream s) {
    return std::make_unique<MarketMaker>(rules, config_.market_maker, std::move(s));
  });
  add("value", config_.value_traders, config_.value_wait, [&](RandomStream s) {
    return std::make_unique<ValueTrader>(rules, config_.value_wait, config_.value_noise, fundamental_,
                                         std::move(s));
  });
  add("momentum", config_.momentum_traders, config_.momentum_wait, [&](RandomStream s) {
    return std::make_unique<MomentumTrader>(rules, config_.momentum_wait, config_.momentum, std::move(s));
  });
  add("noise", config_.noise_traders, config_.noise_wait,
      [&](RandomStream s) { return std::make_unique<NoiseTrader>(rules, config_.noise_wait, std::move(s)); });
  add("stop-carrier", config_.stop_carriers, config_.stop_carrier.mean_wait, [&](RandomStream s) {
    return std::make_unique<StopCarrier>(rules, config_.stop_carrier, std::move(s));
  });
  add("deep-maker", config_.deep_makers, config_.deep_maker.wait, [&](RandomStream s) {
    return std::make_unique<MarketMaker>(rules, config_.deep_maker, std::move(s));
  });
  add("zero-intelligence", config_.zero_intelligence_traders, config_.zero_intelligence.mean_wait,
      [&](RandomStream s) {
        return std::make_unique<ZeroIntelligenceTrader>(rules, config_.zero_intelligence, std::move(s));
      });
}

// ---- messages ----

class AgentMarket::AgentPort final : public Port {
 public:
  AgentPort(AgentMarket& market, std::uint32_t member, engine::Outbox& outbox)
      : market_(market), member_(member), outbox_(outbox) {}

  Nanos now() const override { return market_.now_; }
  std::uint64_t Submit(const trading::OrderTerms& terms) override {
    Message& message = ToExchange(What::kSubmit);
    message.tag = ++market_.members_[member_].last_tag;
    message.terms = terms;
    return message.tag;
  }
  void Cancel(const OwnOrder& order) override {
    Message& message = ToExchange(What::kCancel);
    message.tag = order.tag;
    message.id = order.id;
  }
  void AskForQuote() override { ToExchange(What::kAsk); }
  void AskForDepth(PriceDelta distance) override {
    ToExchange(What::kAsk).tag = static_cast<std::uint64_t>(std::max<std::int64_t>(distance.units, 0)) + 1;
  }
  void WakeAt(Nanos at) override {
    Message& message = market_.queue_.Push(std::max(at, market_.now_));
    message.what = What::kWake;
    message.member = member_;
  }
  void Note(Side side, std::int64_t action, std::int64_t detail) override {
    Event& fact = outbox_.AddFact();
    fact.kind = Kind::kAgentAction;
    fact.side = side;
    fact.flags = flag::kGroupEnd;
    SetBody(fact, AgentActionBody{member_ + std::uint64_t{kFirstOwner}, action, detail,
                                  market_.members_[member_].last_tag});
  }

 private:
  Message& ToExchange(What what) {
    Message& message = market_.queue_.Push(market_.now_ + market_.members_[member_].latency);
    message.what = what;
    message.member = member_;
    message.tag = 0;
    return message;
  }

  AgentMarket& market_;
  std::uint32_t member_;
  engine::Outbox& outbox_;
};

AgentMarket::Message& AgentMarket::ToAgent(std::uint32_t member, What what) {
  Message& message = queue_.Push(now_ + members_[member].latency);
  message.what = what;
  message.member = member;
  return message;
}

void AgentMarket::Advance(Nanos to, Exchange& exchange, engine::Outbox& outbox) {
  while (queue_.next() <= to && !queue_.empty()) {
    now_ = queue_.next();
    const Message message = queue_.Pop();
    ++messages_;
    Handle(message, exchange, outbox);
  }
}

void AgentMarket::Handle(const Message& message, Exchange& exchange, engine::Outbox& outbox) {
  if (message.what == What::kSubmit || message.what == What::kCancel || message.what == What::kAsk) {
    return AtExchange(message, exchange);
  }
  Agent& agent = *members_[message.member].agent;
  AgentPort port(*this, message.member, outbox);
  switch (message.what) {
    case What::kReply:
      return agent.Learn(message.reply);
    case What::kFill:
      agent.LearnFill(message.fill.tag, message.fill.side, message.fill.quantity, message.fill.open);
      return agent.OnFill(message.fill.side, message.fill.price, message.fill.quantity, port);
    case What::kQuote:
      return agent.OnQuote(message.quote, port);
    default:
      return agent.OnWake(port);
  }
}

void AgentMarket::AtExchange(const Message& message, Exchange& exchange) {
  const auto owner = static_cast<Owner>(kFirstOwner + message.member);
  if (message.what == What::kSubmit) {
    exchange.Submit(owner, message.tag, message.terms, now_);
  } else if (message.what == What::kCancel) {
    exchange.Cancel(owner, message.id, message.tag, now_);
  } else {
    const Quote quote = Look(exchange, static_cast<std::int64_t>(message.tag) - 1);
    ToAgent(message.member, What::kQuote).quote = quote;
  }
}

// `within` < 0: without depth.
Quote AgentMarket::Look(const Exchange& exchange, std::int64_t within) const {
  const exchange::MatchingBook& book = exchange.book();
  Quote quote;
  quote.last = exchange.last_price();
  quote.volume = volume_;
  if (!book.Empty(Side::kBid)) {
    quote.bid = book.BestPrice(Side::kBid);
    quote.bid_quantity = book.BestQuantity(Side::kBid);
  }
  if (!book.Empty(Side::kAsk)) {
    quote.ask = book.BestPrice(Side::kAsk);
    quote.ask_quantity = book.BestQuantity(Side::kAsk);
  }
  const std::int64_t part = now_.since_epoch / kRangePart.nanos;
  for (const Range& range : ranges_) {
    if (range.part <= part - static_cast<std::int64_t>(kRangeParts)) continue;
    quote.low = quote.low.units == 0 ? range.low : std::min(quote.low, range.low);
    quote.high = std::max(quote.high, range.high);
  }
  if (within < 0) return quote;
  for (const Side side : {Side::kBid, Side::kAsk}) {
    std::int64_t& depth = side == Side::kBid ? quote.bid_depth : quote.ask_depth;
    const Price touch = side == Side::kBid ? quote.bid : quote.ask;
    book.ForEachLevel(side, [&](Price price, std::int64_t shown) {
      if (std::abs((price - touch).units) > within) return false;
      depth += shown;
      return true;
    });
  }
  return quote;
}

// ---- what the exchange says; heard at exchange time, passed on with the agent's latency ----

void AgentMarket::OnReply(const exchange::Reply& reply) {
  if (reply.owner < kFirstOwner || reply.owner - kFirstOwner >= static_cast<int>(members_.size())) return;
  ToAgent(static_cast<std::uint32_t>(reply.owner - kFirstOwner), What::kReply).reply = reply;
}

void AgentMarket::TellFill(const exchange::Party& party, const exchange::Trade& trade, Side side) {
  if (party.owner < kFirstOwner || party.owner - kFirstOwner >= static_cast<int>(members_.size())) return;
  ToAgent(static_cast<std::uint32_t>(party.owner - kFirstOwner), What::kFill).fill = {
      party.tag, trade.price, trade.quantity, party.open, side};
}

void AgentMarket::AddToRange(Price price) {
  const std::int64_t part = now_.since_epoch / kRangePart.nanos;
  Range& range = ranges_[static_cast<std::size_t>(part) % kRangeParts];
  if (range.part != part) range = {part, price, price};
  range.low = std::min(range.low, price);
  range.high = std::max(range.high, price);
}

void AgentMarket::NoteTrade(const exchange::Trade& trade, engine::Outbox& outbox) {
  if (!notes_trades_) return;
  for (const Side side : {kBuy, kSell}) {
    const exchange::Party& party = side == kBuy ? trade.buyer : trade.seller;
    if (party.owner < kFirstOwner || party.owner - kFirstOwner >= static_cast<int>(members_.size())) continue;
    const std::int64_t action = members_[party.owner - kFirstOwner].trade_action;
    if (action == 0) continue;
    Event& fact = outbox.AddFact();
    fact.kind = Kind::kAgentAction;
    fact.side = side;
    fact.flags = flag::kGroupEnd;
    SetBody(fact, AgentActionBody{party.owner, action, static_cast<std::int64_t>(trade.id), party.tag});
  }
}

void AgentMarket::TellHearers(const exchange::Trade& trade) {
  if (trade.aggressor == Side::kNone) return;
  const Owner taker = trade.aggressor == kBuy ? trade.buyer.owner : trade.seller.owner;
  for (const std::uint32_t hearer : hearers_) {
    if (taker == kFirstOwner + hearer || !members_[hearer].agent->OnPublicTrade(trade.aggressor, now_)) continue;
    Message& wake = queue_.Push(now_);
    wake.what = What::kWake;
    wake.member = hearer;
  }
}

void AgentMarket::OnTrade(const exchange::Trade& trade) {
  if (!hearers_.empty()) TellHearers(trade);
  volume_ += trade.quantity;
  AddToRange(trade.price);
  TellFill(trade.buyer, trade, kBuy);
  TellFill(trade.seller, trade, kSell);
}

void AgentMarket::Hash(StateHasher& hasher) const {
  hasher.Add(messages_);
  hasher.Add(queue_.sent());
  hasher.Add(std::uint64_t{queue_.size()});
  hasher.Add(now_.since_epoch);
  hasher.Add(volume_);
  fundamental_.Hash(hasher);
  for (const Range& range : ranges_) {
    hasher.Add(range.part);
    hasher.Add(range.low.units);
    hasher.Add(range.high.units);
  }
  for (const Member& member : members_) {
    hasher.Add(member.last_tag);
    member.agent->Hash(hasher);
  }
}

}  // namespace crucible::agents

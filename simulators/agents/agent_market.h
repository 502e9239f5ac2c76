// A market of agents around one exchange: every participant its own latency, every word between it and the
// exchange a message on the way.
//
//   auto market = AgentMarket::Create(config, seed);
//   auto venue = ExchangeVenue::Create({0}, rules, market.get());
//
// Messages are handled in order of arrival, and of one moment in the order in which they were sent. What the
// exchange says to an agent travels back with the agent's latency.
//
// Determinism: the configuration and the seed decide everything, together with what strategies do. Each agent
// draws from its own stream ("agents/<kind>/<number>"), so that adding one shifts no other's draws. Threads:
// thread-compatible. Allocation: none in steady state, but for the stops of stop carriers.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "framework/base/random.h"
#include "framework/base/status.h"
#include "simulators/agents/agent.h"
#include "simulators/agents/fundamental.h"
#include "simulators/agents/message_queue.h"
#include "simulators/agents/traders.h"
#include "simulators/exchange/participants.h"

namespace crucible::agents {

// How many of each kind, and what they are like.
struct AgentMarketConfig {
  Nanos start{1'704'205'800'000'000'000};  // 2024-01-02T14:30:00Z
  Duration length{1'800'000'000'000};
  TraderRules rules;
  FundamentalSpec fundamental;
  Duration least_latency{10'000};  // of an agent, each way; drawn uniformly per agent
  Duration most_latency{2'000'000};

  int market_makers = 2, value_traders = 102, momentum_traders = 12, noise_traders = 1000;
  int deep_makers = 0, stop_carriers = 0, zero_intelligence_traders = 0;
  MarketMaker::Spec market_maker;
  // Patient capital far from the touch, which is what a price that falls meets at last.
  MarketMaker::Spec deep_maker{.wait = {10'000'000'000}, .levels = 80, .step_ticks = 4, .least_lots = 25};
  StopCarrier::Spec stop_carrier;
  ZeroIntelligenceTrader::Spec zero_intelligence;
  Duration value_wait{175'000'000'000};
  double value_noise = 30;  // standard deviation of an observation, price units
  Duration momentum_wait{37'000'000'000};
  MomentumTrader::Spec momentum;
  Duration noise_wait{1'800'000'000'000};  // about once in half an hour

  // kInvalidArgument names the value found and what would be valid.
  absl::Status Validate() const;
};

class AgentMarket final : public exchange::Participants {
 public:
  // What Quote::low and Quote::high cover: the current part and the ones before it.
  static constexpr Duration kRangePart{30'000'000'000};
  static constexpr std::size_t kRangeParts = 10;

  static absl::StatusOr<std::unique_ptr<AgentMarket>> Create(const AgentMarketConfig& config,
                                                             std::uint64_t seed);

  // One more participant; it wakes first at `first_wake`. Returns its owner. Before the market has begun.
  exchange::Owner Add(std::unique_ptr<Agent> agent, Duration latency, Nanos first_wake);

  void At(Nanos now) override { now_ = now; }
  Nanos NextDue() const override { return queue_.next(); }
  void Advance(Nanos to, exchange::Exchange& exchange, engine::Outbox& outbox) override;
  void Hash(StateHasher& hasher) const override;

  void OnReply(const exchange::Reply& reply) override;
  void OnTrade(const exchange::Trade& trade) override;
  void NoteTrade(const exchange::Trade& trade, engine::Outbox& outbox) override;
  void OnBook(const exchange::BookChange&) override {}
  void OnStatus(TradingStatus, Reason) override {}

  // Messages that have arrived, wake-ups included: what ABIDES' kernel counts.
  std::uint64_t messages() const { return messages_; }
  std::size_t agent_count() const { return members_.size(); }
  const Agent& agent(exchange::Owner owner) const { return *members_[owner - exchange::kFirstOwner].agent; }
  const TraderRules& rules() const { return config_.rules; }

 private:
  enum class What : std::uint8_t { kWake, kSubmit, kCancel, kAsk, kReply, kFill, kQuote };
  struct Range {  // of the trades of one part of the time
    std::int64_t part = INT64_MIN;
    Price low, high;
  };
  struct FillNote {
    std::uint64_t tag = 0;
    Price price;
    std::int64_t quantity = 0, open = 0;
    Side side = Side::kNone;
  };
  struct Message {
    What what{};
    std::uint32_t member = 0;
    std::uint64_t tag = 0;
    OrderId id;
    union {
      trading::OrderTerms terms;
      exchange::Reply reply;
      FillNote fill;
      Quote quote;
    };
    Message() : terms() {}
  };
  struct Member {
    std::unique_ptr<Agent> agent;
    Duration latency;
    std::int64_t trade_action = 0;  // of the agent
    std::uint64_t last_tag = 0;
  };
  class AgentPort;

  explicit AgentMarket(const AgentMarketConfig& config, std::uint64_t seed);
  void Populate(std::uint64_t seed);
  void Handle(const Message& message, exchange::Exchange& exchange, engine::Outbox& outbox);
  void AtExchange(const Message& message, exchange::Exchange& exchange);
  Message& ToAgent(std::uint32_t member, What what);
  Quote Look(const exchange::Exchange& exchange, std::int64_t within) const;
  void AddToRange(Price price);
  void TellHearers(const exchange::Trade& trade);
  void TellFill(const exchange::Party& party, const exchange::Trade& trade, Side side);

  AgentMarketConfig config_;
  Fundamental fundamental_;
  std::vector<Member> members_;
  MessageQueue<Message> queue_;
  Nanos now_;
  std::int64_t volume_ = 0;
  std::array<Range, kRangeParts> ranges_;  // by part modulo their number
  std::uint64_t messages_ = 0;
  std::vector<std::uint32_t> hearers_;  // members who hear trades
  bool notes_trades_ = false;  // a member's trades are facts of the run
};

}  // namespace crucible::agents

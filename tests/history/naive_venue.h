// Literal twins of the fill models: plain containers, every rule written out where it applies, nothing
// cached.
//
// NaiveVenue is an order's life over any displayed book; NaiveL2, NaiveL3 and NaiveQuotes add the market.
#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <utility>
#include <vector>

#include "framework/engine/venue.h"
#include "framework/event/kinds.h"
#include "simulators/history/bar_venue.h"
#include "simulators/history/history_venue.h"

namespace crucible::history {

class NaiveVenue {
 public:
  explicit NaiveVenue(const VenueSetup& setup)
      : instrument_(setup.instrument), id_(setup.id), fees_(setup.fees) {}
  virtual ~NaiveVenue() = default;

  void Command(const trading::Command& command, std::int64_t at);
  void Advance(std::int64_t to);
  virtual void Market(const engine::MarketGroup& group) = 0;
  std::vector<Event> TakeReplies() { return std::exchange(replies_, {}); }
  std::int64_t NextDue() const;

 protected:
  struct Own {
    std::uint64_t id = 0;
    trading::OrderTerms terms;
    std::int64_t open = 0;
    bool waiting = false;  // for its stop
    bool listed = false;
    std::int64_t ahead = 0;
    double credit = 0;
    std::int64_t traded = 0;
    std::int64_t arrival = 0;  // bars: time

    bool priced() const { return terms.type == OrderType::kLimit || terms.type == OrderType::kStopLimit; }
    bool rests() const {
      return priced() && terms.tif != TimeInForce::kImmediateOrCancel &&
             terms.tif != TimeInForce::kFillOrKill;
    }
    bool has(std::uint8_t bit) const { return (terms.options & bit) != 0; }
    std::int64_t price() const { return priced() ? terms.price.units : 0; }
  };
  struct Level {
    std::int64_t price;
    std::int64_t quantity;
  };

  // Others' levels, best first.
  virtual std::vector<Level> Levels(Side side) const = 0;
  virtual void Join(Own& own) = 0;
  virtual void Enter(std::uint64_t id, bool was_stop);
  virtual void Leave(const Own& own) { static_cast<void>(own); }
  virtual bool StopReached(const Own& own) const;
  // The price that a trailing stop starts from; 0 without one, -1 where there are no trailing stops.
  virtual std::int64_t TrailStart(Side side) const;
  virtual std::int64_t ReportedAhead(const Own& own) const { return own.ahead; }
  virtual void Taken(Side side, std::int64_t price, std::int64_t quantity) {
    taken_[{side, price}] += quantity;
  }

  void Say(Kind kind, Side side, std::int64_t price, std::int64_t quantity, std::uint64_t id,
           std::int64_t last);
  std::int64_t now() const { return now_; }
  std::int64_t tick() const { return instrument_.tick_size.units; }
  void Begin(const engine::MarketGroup& group);
  void Settle(FillRule crossing);
  void CrossAll(FillRule crossing);
  void FollowTrailing(Side side, std::int64_t best);
  void TriggerReached(std::int64_t low, std::int64_t high);
  void EnforceReduceOnly();
  std::int64_t FillOrDrop(std::uint64_t id, std::int64_t price, std::int64_t quantity, FillRule rule,
                          bool maker, CauseRef cause);
  std::int64_t Fill(std::uint64_t id, std::int64_t price, std::int64_t quantity, FillRule rule, bool maker,
                    CauseRef cause);
  void Drop(std::uint64_t id, Reason reason);
  void Trigger(std::uint64_t id);
  Own* Find(std::uint64_t id);
  std::vector<std::uint64_t> Resting(Side side) const;  // by priority
  std::vector<std::uint64_t> Stops(Side side) const;    // nearest first
  std::int64_t Displayed(Side side, std::int64_t price) const;
  std::int64_t Lots(std::int64_t quantity) const { return quantity / lot() * lot(); }
  std::int64_t lot() const { return instrument_.lot_size.units; }
  static bool Satisfies(const Own& own, std::int64_t price) {
    return !own.priced() || (own.terms.side == kBuy ? price <= own.price() : price >= own.price());
  }

  std::vector<Own> own_;  // in order of arrival, a re-queued one as new
  std::map<std::pair<Side, std::int64_t>, std::int64_t> taken_;
  bool known_ = false;
  bool gap_ = false;
  bool halted_ = false;
  bool has_traded_ = false;
  std::int64_t last_trade_ = 0;
  std::vector<std::int64_t> group_trades_;
  CauseRef cause_;
  std::uint16_t input_ = 0;

 private:
  std::vector<std::uint64_t> Sorted(Side side, bool waiting) const;
  Reason Check(const trading::OrderTerms& terms) const;
  std::int64_t Reducible(Side side) const { return std::max<std::int64_t>(0, -Sign(side) * position_); }
  std::int64_t Takeable(const Own& own) const;
  void Take(std::uint64_t id);
  void Submit(const trading::Command& command);
  void Amend(const trading::Command& command);

  Instrument instrument_;
  InstrumentId id_;
  trading::FeeSchedule fees_;
  std::uint64_t next_trade_ = 1;
  std::int64_t now_ = 0;
  std::int64_t position_ = 0;
  std::vector<Event> replies_;
};

class NaiveL2 final : public NaiveVenue {
 public:
  NaiveL2(const VenueSetup& setup, double power3) : NaiveVenue(setup), power3_(power3) {}
  void Market(const engine::MarketGroup& group) override;

 private:
  std::vector<Level> Levels(Side side) const override;
  void Join(Own& own) override;
  void OnLevel(const Event& record);
  void OnTrade(const Event& record);
  void LevelChanged(Own& own, std::int64_t before, std::int64_t after) const;
  std::int64_t Match(Side side, std::int64_t price, std::int64_t traded, std::int64_t left, CauseRef cause);

  double power3_;  // exponent of power3; 0: risk-averse
  std::map<std::int64_t, std::int64_t> levels_[2];
  bool snapshot_ = false;
};

// Our orders stand in the queues among the others.
class NaiveL3 final : public NaiveVenue {
 public:
  explicit NaiveL3(const VenueSetup& setup) : NaiveVenue(setup) {}
  void Market(const engine::MarketGroup& group) override;

 private:
  struct Entry {
    std::uint64_t id = 0;  // 0: orders without a name
    std::int64_t quantity = 0;
    bool ours = false;
  };
  using Queue = std::vector<Entry>;

  std::vector<Level> Levels(Side side) const override;
  void Join(Own& own) override;
  void Leave(const Own& own) override;
  std::int64_t ReportedAhead(const Own& own) const override;
  void Taken(Side side, std::int64_t price, std::int64_t quantity) override;

  void OnRecord(const Event& record);
  void Execute(const Event& record);
  void Hidden(const Event& record);
  std::int64_t Through(Side side, std::int64_t price, std::int64_t left, CauseRef cause);
  void Remove(Side side, std::int64_t price, std::uint64_t id, std::int64_t quantity);
  std::int64_t AheadOf(const Own& own) const;
  Queue* QueueWith(Side side, std::uint64_t id, std::int64_t* price);

  std::map<std::int64_t, Queue> queues_[2];
  std::map<std::pair<Side, std::int64_t>, std::set<std::uint64_t>>
      older_;  // than our last taking from a level
};

class NaiveQuotes final : public NaiveVenue {
 public:
  explicit NaiveQuotes(const VenueSetup& setup) : NaiveVenue(setup) {}
  void Market(const engine::MarketGroup& group) override;

 private:
  std::vector<Level> Levels(Side side) const override;
  void Join(Own& own) override { own.ahead = 0; }
  bool StopReached(const Own& own) const override;
  std::int64_t TrailStart(Side side) const override {
    const std::vector<Level> levels = Levels(Opposite(side));
    return levels.empty() ? 0 : levels[0].price;
  }
  std::int64_t ReportedAhead(const Own&) const override { return -1; }

  Level best_[2] = {};
};

class NaiveBars final : public NaiveVenue {
 public:
  NaiveBars(const VenueSetup& setup, const BarOptions& options) : NaiveVenue(setup), options_(options) {
    known_ = true;
  }
  void Market(const engine::MarketGroup& group) override;

 private:
  std::vector<Level> Levels(Side) const override { return {}; }
  void Join(Own& own) override { own.arrival = now(); }
  bool StopReached(const Own&) const override { return false; }
  std::int64_t TrailStart(Side) const override { return -1; }
  std::int64_t ReportedAhead(const Own&) const override { return -1; }
  void Enter(std::uint64_t id, bool was_stop) override;

  bool Counts(const Own& own) const { return own.arrival <= latest_; }
  bool InRange(const Own& own) const;
  bool FillSome(std::uint64_t id, std::int64_t price, FillRule rule, bool maker);
  bool TriggerAndFill(std::uint64_t id, std::int64_t price, FillRule rule);
  std::int64_t Slipped(Side side, std::int64_t price) const {
    return price + Sign(side) * options_.slippage_ticks * tick();
  }

  BarOptions options_;
  std::vector<std::uint64_t> waiting_;  // for the next open
  BarBody bar_{};
  std::int64_t latest_ = INT64_MIN;  // arrival of orders that count for the bar
  std::int64_t previous_latest_ = INT64_MIN;
  std::int64_t left_ = 0;  // of the bar's volume
};

}  // namespace crucible::history

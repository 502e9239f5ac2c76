// The strategy side's view of the world: books as received, own orders, account, risk gate.
//
// Everything that changes here was appended to the run's stream first. The engine calls Apply*; strategies reach
// the rest through their host.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <vector>

#include "crucible/plugin.h"
#include "framework/base/hash.h"
#include "framework/base/status.h"
#include "framework/book/book.h"
#include "framework/engine/recorder.h"
#include "framework/engine/venue.h"
#include "framework/event/instrument.h"
#include "framework/event/kinds.h"
#include "framework/trading/account.h"
#include "framework/trading/command.h"
#include "framework/trading/order_table.h"
#include "framework/trading/performance.h"
#include "framework/trading/risk_gate.h"

namespace crucible::engine {

struct InstrumentSetup {
  Instrument instrument;
  book::BookOptions book;
  trading::FeeConfig fees;
  std::optional<trading::InstrumentLimits> limits;  // absent: the risk configuration's defaults
};

struct DeskConfig {
  std::vector<InstrumentSetup> instruments;  // the index is the run-level id
  trading::AccountConfig account;
  trading::RiskConfig risk;
  trading::PerformanceConfig performance;
};

// What a reply did to an order of ours.
struct DeskReply {
  trading::OrderChange change;
  std::uint32_t strategy = 0;  // owner; 0: unknown order
  Money fee;                   // of a fill
};

class Desk {
 public:
  static absl::StatusOr<std::unique_ptr<Desk>> Create(DeskConfig config, Recorder& recorder);

  // The event being handled: decisions made now name it as their cause.
  void SetCause(Nanos now, CauseRef cause) {
    now_ = now;
    cause_bits_ = cause.bits();
  }
  CauseRef cause() const { return CauseRef::FromBits(cause_bits_); }

  // ---- engine ----
  void Start(Nanos now);
  // Takes the equity sample that is due before `now` is handled.
  void SampleBefore(Nanos now) {
    if (performance_.Before(now)) RecordEquity(performance_.sampled_at());
  }
  trading::Metrics Finish(Nanos now);
  // From now on these limits hold. REQUIRES: all validate.
  void ChangeRisk(const trading::RiskConfig& risk,
                  const std::vector<std::optional<trading::InstrumentLimits>>& limits);
  book::ApplyResult ApplyMarket(const MarketGroup& group);
  // Takes over tick and lot size of a definition; false when they are what they were. Other slots do not
  // change within a run: its inputs were checked for that.
  bool TakeDefinition(const MarketGroup& group);
  // Appends that `from` gives way to `to`, and says it to strategies.
  crucible_roll_event_v1 RecordRoll(InstrumentId from, InstrumentId to);
  // A reply about an order of the venue's own names it by the id that the run gives it. Before it is appended.
  void NameVenueOrder(Event& reply) {
    constexpr std::size_t kSlot = 2;  // of the order id, in all replies that have one
    if (static_cast<std::uint64_t>(reply.body[kSlot]) >= trading::kFirstVenueOrder) [[unlikely]]
      Rename(reply, reply.body[kSlot]);
  }
  // `detail`: the second record of a fill, of funding and of a liquidation; else null. Both stand in the stream
  // already.
  DeskReply ApplyReply(const Event& reply, const Event* detail);

  // ---- strategies ----
  enum class Answer : std::uint8_t { kOk, kNotFound, kInvalid, kDenied };
  struct Observation {
    std::uint64_t feature = 0;
    double value = 0;
  };
  // Each makes `command` what is to be sent when the answer is kOk. A submit comes with its instrument and terms,
  // and is given its order id.
  Answer Submit(std::uint32_t strategy, const std::vector<Observation>& observed, trading::Command& command);
  Answer Cancel(std::uint32_t strategy, OrderId id, trading::Command& command);
  Answer Amend(std::uint32_t strategy, OrderId id, Price price, Quantity quantity, trading::Command& command);

  std::size_t instrument_count() const { return config_.instruments.size(); }
  const Instrument& instrument(InstrumentId id) const { return config_.instruments[id.value].instrument; }
  const book::Book& book(InstrumentId id) const { return books_[id.value]; }
  const trading::OrderTable& orders() const { return orders_; }
  const trading::Account& account() const { return account_; }
  const trading::RiskGate& risk() const { return risk_; }
  // Commands that the risk gate stopped, by rule.
  const std::map<trading::RiskRule, std::uint64_t>& denials() const { return denials_; }

  void HashBooks(StateHasher& hasher) const;

 private:
  Desk(DeskConfig config, Recorder& recorder, trading::RiskGate risk);

  bool Valid(InstrumentId instrument, const trading::OrderTerms& terms) const;
  const trading::Order* OwnOrder(std::uint32_t strategy, OrderId id) const;
  bool Denied(const trading::Command& command, std::uint64_t intent_seq) {
    return risk_.active() && CheckRisk(command, intent_seq);
  }
  bool CheckRisk(const trading::Command& command, std::uint64_t intent_seq);
  std::uint64_t RecordIntent(std::uint32_t strategy, const trading::Command& command,
                             const std::vector<Observation>& observed);
  std::uint64_t RecordChange(Kind kind, std::uint32_t strategy, const trading::Command& command);
  // A new record of the run with its header set: a fact that follows from what is being handled.
  Event& Record(Kind kind, std::uint16_t flags, InstrumentId instrument, Side side);
  void ApplyFill(const Event& fill, const Event& detail, DeskReply& reply);
  // Puts the run's id of a venue's own order in place of the venue's, where the reply is about an order.
  void Rename(Event& reply, std::int64_t& order_id);
  void AdoptLiquidation(const Event& liquidation);
  void UpdateMid(InstrumentId instrument, trading::Mid mid);
  void RecordEquity(Nanos at);

  DeskConfig config_;
  Recorder& recorder_;
  std::vector<book::Book> books_;
  std::vector<trading::Mid> mids_;
  std::vector<Nanos> mid_times_;
  trading::OrderTable orders_;
  trading::Account account_;
  trading::RiskGate risk_;
  trading::Performance performance_;
  Nanos now_;
  std::uint64_t cause_bits_ = 0;  // as they stand in `origin`
  std::uint64_t last_order_id_ = 0;
  std::map<std::uint64_t, std::uint64_t> venue_orders_;  // the venue's id -> the run's
  std::map<trading::RiskRule, std::uint64_t> denials_;
};

// ---- what happens for every market event ----

inline void Desk::UpdateMid(InstrumentId instrument, trading::Mid mid) {
  mids_[instrument.value] = mid;
  mid_times_[instrument.value] = now_;
  performance_.OnMid(instrument, now_, mid);
}

inline book::ApplyResult Desk::ApplyMarket(const MarketGroup& group) {
  const Event& first = group.records.front();
  if (first.kind == Kind::kMarkPrice) return {};
  if (first.kind == Kind::kBar) {
    const bool has_touch = books_[group.instrument.value].touch().HasBoth();
    if (!has_touch) UpdateMid(group.instrument, trading::Mid::At(As<BarBody>(first).close));
    return {};
  }
  book::Book& book = books_[group.instrument.value];
  const book::ApplyResult result = book.Apply(group.records);
  if (result.touch_changed) {
    const book::Touch& touch = book.touch();
    if (touch.HasBoth()) UpdateMid(group.instrument, trading::Mid::Of(touch.bid_price, touch.ask_price));
  }
  return result;
}

}  // namespace crucible::engine

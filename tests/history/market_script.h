// Writes market groups and commands in a few words, plays them to a venue, and reads its replies.
#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_format.h"
#include "framework/engine/venue.h"
#include "framework/event/instrument.h"
#include "framework/trading/command.h"
#include "framework/trading/fees.h"
#include "simulators/history/history_venue.h"

namespace crucible::history {

inline Instrument TestInstrument(std::int64_t tick = 1, std::int64_t lot = 1) {
  return {.venue = "test",
          .symbol = "X",
          .currency = "USD",
          .settle_currency = "USD",
          .price_decimals = 2,
          .quantity_decimals = 0,
          .tick_size = {tick},
          .lot_size = {lot}};
}

inline VenueSetup TestSetup(TradeIds& trade_ids, std::int64_t tick = 1, std::int64_t lot = 1) {
  const Instrument instrument = TestInstrument(tick, lot);
  auto fees = trading::FeeSchedule::Create(trading::FeeConfig::MakerTaker(1, 5), instrument);
  EXPECT_TRUE(fees.ok()) << fees.status();
  return {{3}, instrument, *fees, &trade_ids};
}

// Records of one group; ends the last one's group when played.
class GroupWriter {
 public:
  template <class Body>
  GroupWriter& Add(Kind kind, Side side, const Body& body) {
    Event event{.kind = kind, .side = side};
    SetBody(event, body);
    events_.push_back(event);
    return *this;
  }
  GroupWriter& Level(Side side, std::int64_t price, std::int64_t quantity) {
    return Add(Kind::kLevel, side, LevelBody{{price}, {quantity}, 0, 0});
  }
  GroupWriter& Trade(Side aggressor, std::int64_t price, std::int64_t quantity) {
    return Add(Kind::kTrade, aggressor, TradeBody{{price}, {quantity}, 0, {}});
  }
  GroupWriter& Order(Kind kind, Side side, std::int64_t price, std::int64_t quantity, std::uint64_t id) {
    return Add(kind, side, L3Body{{price}, {quantity}, {id}, 0});
  }
  GroupWriter& Quote(Side side, std::int64_t price, std::int64_t quantity) {
    return Add(Kind::kQuote, side, QuoteBody{{price}, {quantity}, 0, 0});
  }
  GroupWriter& Bar(std::int64_t open, std::int64_t high, std::int64_t low, std::int64_t close,
                   std::int64_t volume, std::int64_t length) {
    Add(Kind::kBar, Side::kNone, BarBody{{open}, {high}, {low}, {close}});
    return Add(Kind::kBarVolume, Side::kNone, BarVolumeBody{{volume}, 0, {length}, 0});
  }
  GroupWriter& Clear() {
    events_.push_back({.kind = Kind::kBookClear});
    return *this;
  }
  GroupWriter& Gap() { return Add(Kind::kFeedGap, Side::kNone, FeedGapBody{}); }
  GroupWriter& Status(TradingStatus status) {
    return Add(Kind::kTradingStatus, Side::kNone, StatusBody{static_cast<std::int64_t>(status), 0, {}});
  }
  GroupWriter& Define(std::int64_t tick, std::int64_t lot) {
    Add(Kind::kDefinition, Side::kNone, DefinitionBody{{tick}, {lot}, 1, 1});
    return Add(Kind::kDefinitionUnits, Side::kNone, DefinitionUnitsBody{2, 0, 8, 1});
  }
  std::vector<Event> Finish(std::uint64_t& seq, std::int64_t time) const {
    std::vector<Event> events = events_;
    for (Event& event : events) {
      event.seq = ++seq;
      event.time = time;
      event.origin = static_cast<std::uint64_t>(time);
    }
    events.back().flags |= flag::kGroupEnd;
    return events;
  }

 private:
  std::vector<Event> events_;
};

inline engine::MarketGroup GroupOf(const std::vector<Event>& events, std::int64_t time) {
  return {events, {3}, 1, {time}, {time}};
}

inline trading::Command SubmitCommand(std::uint64_t id, const trading::OrderTerms& terms) {
  return {trading::CommandType::kSubmit, {3}, {id}, terms};
}
inline trading::Command CancelCommand(std::uint64_t id) {
  return {trading::CommandType::kCancel, {3}, {id}, {}};
}
inline trading::OrderTerms Terms(Side side, OrderType type, std::int64_t price, std::int64_t stop_price,
                                 std::int64_t quantity) {
  trading::OrderTerms terms;
  terms.side = side;
  terms.type = type;
  terms.price = {price};
  terms.stop_price = {stop_price};
  terms.quantity = {quantity};
  return terms;
}
inline trading::Command AmendCommand(std::uint64_t id, std::int64_t price, std::int64_t quantity) {
  return {trading::CommandType::kAmend, {3}, {id}, Terms(Side::kNone, OrderType::kLimit, price, 0, quantity)};
}
inline trading::OrderTerms Limit(Side side, std::int64_t price, std::int64_t quantity,
                                 TimeInForce tif = TimeInForce::kGoodTillCancel) {
  trading::OrderTerms terms = Terms(side, OrderType::kLimit, price, 0, quantity);
  terms.tif = tif;
  return terms;
}
inline trading::OrderTerms Market(Side side, std::int64_t quantity) {
  return Terms(side, OrderType::kMarket, 0, 0, quantity);
}
inline trading::OrderTerms Stop(Side side, std::int64_t stop_price, std::int64_t quantity) {
  return Terms(side, OrderType::kStop, 0, stop_price, quantity);
}
inline trading::OrderTerms StopLimit(Side side, std::int64_t stop_price, std::int64_t price,
                                     std::int64_t quantity) {
  return Terms(side, OrderType::kStopLimit, price, stop_price, quantity);
}
inline trading::OrderTerms TrailingStop(Side side, std::int64_t distance, std::int64_t quantity) {
  return Terms(side, OrderType::kTrailingStop, distance, 0, quantity);
}
inline trading::OrderTerms With(trading::OrderTerms terms, std::uint8_t options) {
  terms.options = options;
  return terms;
}

// "accepted 1 ahead 7", "fill 1 5@100 queue_reached maker", "canceled 1 3 requested", ...
inline std::string Describe(const Event& event) {
  if (event.kind == Kind::kFillDetail) return "";
  if (event.kind == Kind::kFill) {
    const auto fill = As<FillBody>(event);
    return absl::StrFormat("fill %d %d@%d %s", fill.order_id.value, fill.quantity.units, fill.price.units,
                           (event.flags & flag::kMaker) != 0 ? "maker" : "taker");
  }
  const auto reply = As<ReplyBody>(event);
  const std::string name(Name(event.kind));
  if (event.kind == Kind::kAccepted || event.kind == Kind::kAmended) {
    return absl::StrFormat("%s %d ahead %d", name, reply.order_id.value, reply.queue_ahead_or_reason);
  }
  if (event.kind == Kind::kTriggered) return absl::StrFormat("%s %d", name, reply.order_id.value);
  const auto reason = static_cast<Reason>(reply.queue_ahead_or_reason);
  const std::string code(Name(reason));
  if (event.kind == Kind::kCanceled) {
    return absl::StrFormat("%s %d %d %s", name, reply.order_id.value, reply.quantity.units, code);
  }
  return absl::StrFormat("%s %d %s", name, reply.order_id.value, code);
}

inline std::string DescribeDetail(const Event& event) {
  return std::string(Name(static_cast<FillRule>(As<FillDetailBody>(event).rule)));
}

// Lines for all replies, a fill in one line with its rule; joined by "; ".
inline std::string Describe(std::span<const Event> replies) {
  std::string text;
  for (std::size_t i = 0; i < replies.size(); ++i) {
    if (replies[i].kind == Kind::kFillDetail) {
      text += " " + DescribeDetail(replies[i]);
    } else {
      text += (text.empty() ? "" : "; ") + Describe(replies[i]);
    }
  }
  return text;
}

// A venue under test: each call returns the description of its replies.
class Script {
 public:
  explicit Script(engine::Venue& venue) : venue_(venue) {}

  std::string Play(const GroupWriter& group) { return PlayAt(time_ + 1, group); }
  std::string PlayAt(std::int64_t time, const GroupWriter& group) {
    time_ = time;
    events_ = group.Finish(seq_, time_);
    outbox_.Clear();
    venue_.OnMarket(GroupOf(events_, time_), outbox_);
    return Describe(outbox_.replies());
  }
  std::string Send(const trading::Command& command) { return SendAt(time_, command); }
  std::string SendAt(std::int64_t time, const trading::Command& command) {
    time_ = time;
    outbox_.Clear();
    venue_.OnCommand(command, {time}, outbox_);
    return Describe(outbox_.replies());
  }
  std::string Submit(std::uint64_t id, const trading::OrderTerms& terms) {
    return Send(SubmitCommand(id, terms));
  }
  std::string Cancel(std::uint64_t id) { return Send(CancelCommand(id)); }
  std::string Amend(std::uint64_t id, std::int64_t price, std::int64_t quantity) {
    return Send(AmendCommand(id, price, quantity));
  }
  std::string AdvanceTo(std::int64_t time) {
    time_ = time;
    outbox_.Clear();
    venue_.Advance({time}, outbox_);
    return Describe(outbox_.replies());
  }
  std::span<const Event> replies() const { return outbox_.replies(); }
  std::uint64_t last_seq() const { return seq_; }

 private:
  engine::Venue& venue_;
  engine::Outbox outbox_;
  std::vector<Event> events_;
  std::uint64_t seq_ = 0;
  std::int64_t time_ = 1'000;
};

}  // namespace crucible::history

#include "simulators/responsive/responsive_market.h"

#include <algorithm>
#include <utility>

#include "framework/base/check.h"

namespace crucible::responsive {

using exchange::Exchange;
using exchange::MatchingBook;

ResponsiveMarket::ResponsiveMarket(const ResponsiveConfig& config, exchange::Participants* others)
    : recorded_(config.book),
      by_level_(config.book.type == book::BookType::kL2),
      window_levels_(config.book.window_levels),
      tick_(config.instrument.tick_size),
      half_life_(config.half_life),
      anchor_(config.instrument.tick_size, config.half_life),
      others_(others),
      takers_shown_(config.takers_shown) {
  CRUCIBLE_CHECK(config.book.type != book::BookType::kQuotes);
}

// ---- the venue's calls ----

void ResponsiveMarket::Begin(Exchange& exchange, engine::Outbox& outbox, Nanos now) {
  exchange_ = &exchange;
  outbox_ = &outbox;
  now_ = now;
}

// What comes between this call and the next is one message of an intruder, or one of ours.
void ResponsiveMarket::At(Nanos now) {
  if (others_ != nullptr) others_->At(now);
  if (exchange_ == nullptr) return;
  NoteIntrusion();
  now_ = now;
  doubled_mid_ = DoubledMid();
}

// The sum of best bid and best ask; a side that was emptied counts as the price of the last trade.
std::int64_t ResponsiveMarket::DoubledMid() const {
  const MatchingBook& book = exchange_->book();
  const auto best = [&](Side side) {
    return book.Empty(side) ? exchange_->last_price().units : book.BestPrice(side).units;
  };
  return best(Side::kBid) + best(Side::kAsk);
}

void ResponsiveMarket::NoteIntrusion() {
  if (!intruded_) return;
  intruded_ = false;
  anchor_.Move(now_, DoubledMid() - doubled_mid_);
}

Nanos ResponsiveMarket::NextDue() const {
  Nanos due = aggressor_time_;
  if (!outlived_.empty()) due = std::min(due, outlived_.front().due);
  return others_ == nullptr ? due : std::min(due, others_->NextDue());
}

void ResponsiveMarket::Advance(Nanos to, Exchange& exchange, engine::Outbox& outbox) {
  Begin(exchange, outbox, to);
  if (aggressor_time_ <= to) FlushAggressor();
  while (!outlived_.empty() && outlived_.front().due <= to) CancelOutlived();
  if (others_ == nullptr || others_->NextDue() > to) return;
  doubled_mid_ = DoubledMid();
  const CauseRef latest = std::exchange(cause_, {});
  others_->Advance(to, exchange, outbox);
  cause_ = latest;
  NoteIntrusion();
}

void ResponsiveMarket::OnRecorded(const engine::MarketGroup& group, Exchange& exchange,
                                  engine::Outbox& outbox) {
  Begin(exchange, outbox, group.exchange_time);
  instrument_ = group.instrument;
  if (aggressor_time_ < now_) FlushAggressor();
  by_level_ ? ApplyLevels(group) : ApplyOrders(group);
}

void ResponsiveMarket::CancelOutlived() {
  const Outlived next = outlived_.front();
  outlived_.pop_front();
  const LotLevel* level = lots_.LevelAt(next.side, next.recorded_price);
  if (level == nullptr) return;
  const std::int64_t surplus = level->open - (level->recorded - level->ahead);
  if (surplus <= 0) return;
  if (CutSpares(next.side, next.recorded_price, surplus) > 0) ++counts_.outlived;
}

// ---- what the exchange says ----

void ResponsiveMarket::OnReply(const exchange::Reply& reply) {
  if (reply.owner != 0) {
    if (others_ != nullptr) others_->OnReply(reply);
    return;
  }
  if (reply.kind == Kind::kRejected) ++counts_.refused;
}

void ResponsiveMarket::OnTrade(const exchange::Trade& trade) {
  if (!in_recorded_) intruded_ = true;
  for (const exchange::Party* party : {&trade.buyer, &trade.seller}) {
    if (party->owner == 0 && party->tag != 0) {
      lots_.ChangeOpen(static_cast<LotIndex>(party->tag - 1), -trade.quantity);
    }
  }
  if (in_recorded_) {
    const auto note = [&](const exchange::Party& party) {
      fills_.push_back({party.owner == 0 ? static_cast<LotIndex>(party.tag - 1) : kNoLot, trade.quantity});
    };
    if (trade.aggressor != kBuy) note(trade.buyer);
    if (trade.aggressor != kSell) note(trade.seller);
  }
  if (others_ != nullptr) others_->OnTrade(trade);
}

void ResponsiveMarket::NoteTrade(const exchange::Trade& trade, engine::Outbox& outbox) {
  if (others_ != nullptr) others_->NoteTrade(trade, outbox);
}

void ResponsiveMarket::OnBook(const exchange::BookChange& change) {
  if (others_ != nullptr) others_->OnBook(change);
}

void ResponsiveMarket::OnStatus(TradingStatus status, Reason reason) {
  if (others_ != nullptr) others_->OnStatus(status, reason);
}

void ResponsiveMarket::Hash(StateHasher& hasher) const {
  anchor_.Hash(hasher);
  lots_.Hash(hasher);
  hasher.Add(counts_.records);
  hasher.Add(static_cast<std::uint64_t>(aggressor_));
  hasher.Add(std::uint64_t{pieces_.size()});
  for (const Piece& piece : pieces_) {
    hasher.Add(piece.execution);
    hasher.Add(piece.price.units);
    hasher.Add(piece.quantity);
  }
  hasher.Add(std::uint64_t{absorbed_.size()});
  for (const Absorbed& each : absorbed_) {
    hasher.Add(each.taker);
    hasher.Add(static_cast<std::uint64_t>(each.side));
    hasher.Add(each.quantity);
    hasher.Add(each.until.since_epoch);
  }
  hasher.Add(std::uint64_t{outlived_.size()});
  if (others_ != nullptr) others_->Hash(hasher);
}

}  // namespace crucible::responsive

#include "framework/decode/dbn_stream.h"

#include <algorithm>

#include "absl/strings/str_format.h"
#include "framework/event/order_codes.h"

namespace crucible::decode {
namespace {

// An event or snapshot with more records is written in parts.
constexpr std::size_t kMaxGroup = std::size_t{1} << 16;

// Actions of the status schema that say whether the market trades; 0 for the others.
TradingStatus StatusOf(std::uint16_t action) {
  switch (action) {
    case 7:  // trading
      return TradingStatus::kTrading;
    case 1:   // pre-open
    case 2:   // pre-cross
    case 3:   // quoting
    case 4:   // cross
    case 5:   // rotation
    case 6:   // new price indication
    case 11:  // pre-close
      return TradingStatus::kQuoting;
    case 8:   // halt
    case 9:   // pause
    case 10:  // suspend
    case 12:  // close
    case 13:  // post-close
    case 15:  // not available for trading
      return TradingStatus::kHalted;
    default:
      return TradingStatus{};
  }
}

}  // namespace

void DbnStream::Restart() {
  orders_.Clear();
  window_.Clear();
  group_.Clear();
  in_snapshot_ = false;
  has_depth_ = false;
}

absl::Status DbnStream::ReadPrice(std::int64_t nano_units, const Position& at, Price* price) const {
  if (nano_units != kDbnNoPrice) return numbers_.ConvertPrice(nano_units, kDbnPriceDecimals, at, price);
  *price = {};
  return absl::OkStatus();
}

absl::Status DbnStream::EndEvent(const Position& at) {
  orders_.EndEvent(group_);
  if (!group_.empty()) {
    out_.writer.BeginGroup(times_.receive, times_.exchange, id_);
    for (const PendingRecord& record : group_.records()) {
      out_.writer.Add(record.kind, record.side, record.flags, record.body);
    }
    group_.Clear();
    CRUCIBLE_RETURN_IF_ERROR(out_.EndGroup(at));
  }
  const book::Book* const book = out_.books.book(id_);
  crossed_events_ += book != nullptr && book->IsCrossed() ? 1 : 0;
  return absl::OkStatus();
}

absl::Status DbnStream::EndFile(const Position& at) {
  in_snapshot_ = false;
  return group_.empty() ? absl::OkStatus() : EndEvent(at);
}

// A snapshot replaces the book. Where the source does not clear it first, a record says so.
absl::Status DbnStream::BeginSnapshot(const DbnTimes& times, bool clears, const Position& at) {
  if (!group_.empty()) CRUCIBLE_RETURN_IF_ERROR(EndEvent(at));
  in_snapshot_ = true;
  times_ = times;
  if (clears) return absl::OkStatus();
  orders_.Clear();
  group_.Add(Kind::kBookClear, Side::kNone, flag::kSnapshot, std::array<std::int64_t, 4>{});
  return absl::OkStatus();
}

absl::Status DbnStream::OnMbo(const DbnMbo& message, const DbnTimes& times, const Position& at) {
  const bool snapshot = (message.flags & dbn_flag::kSnapshot) != 0;
  if (snapshot && !in_snapshot_) CRUCIBLE_RETURN_IF_ERROR(BeginSnapshot(times, message.action == 'R', at));
  if (!snapshot && in_snapshot_) {
    CRUCIBLE_RETURN_IF_ERROR(EndEvent(at));
    in_snapshot_ = false;
  }
  Price price;
  CRUCIBLE_RETURN_IF_ERROR(ReadPrice(message.price, at, &price));
  orders_.Apply(message, price, snapshot ? flag::kSnapshot : std::uint16_t{0}, at, group_);
  times_ = times;
  const bool last = (message.flags & dbn_flag::kLast) != 0;
  return last || group_.size() >= kMaxGroup ? EndEvent(at) : absl::OkStatus();
}

absl::Status DbnStream::OnLevels(const DbnTrade& message, std::span<const DbnLevel> levels, bool traded,
                                 bool counts, const DbnTimes& times, const Position& at) {
  if (levels.size() > 1) {
    CRUCIBLE_RETURN_IF_ERROR(AddDepth(levels, message, times, at));
  } else if (!levels.empty()) {
    CRUCIBLE_RETURN_IF_ERROR(AddQuote(levels.front(), counts, message, at));
  }
  if (traded && message.size > 0) {
    Price price;
    CRUCIBLE_RETURN_IF_ERROR(ReadPrice(message.price, at, &price));
    group_.Add(Kind::kTrade, DbnSide(message.side), 0,
               TradeBody{price, {message.size}, message.sequence, {}});
  }
  times_ = times;
  const bool last = (message.flags & dbn_flag::kLast) != 0 || levels.size() <= 1;
  return last || group_.size() >= kMaxGroup ? EndEvent(at) : absl::OkStatus();
}

absl::Status DbnStream::AddQuote(const DbnLevel& level, bool counts, const DbnTrade& message,
                                 const Position& at) {
  QuoteBody bid{{}, {level.bid_size}, message.sequence, counts ? level.bid_count : 0};
  QuoteBody ask{{}, {level.ask_size}, message.sequence, counts ? level.ask_count : 0};
  CRUCIBLE_RETURN_IF_ERROR(ReadPrice(level.bid_price, at, &bid.price));
  CRUCIBLE_RETURN_IF_ERROR(ReadPrice(level.ask_price, at, &ask.price));
  if (level.bid_price == kDbnNoPrice) bid = {};
  if (level.ask_price == kDbnNoPrice) ask = {};
  group_.Add(Kind::kQuote, Side::kBid, 0, bid);
  group_.Add(Kind::kQuote, Side::kAsk, 0, ask);
  return absl::OkStatus();
}

absl::Status DbnStream::AddDepth(std::span<const DbnLevel> levels, const DbnTrade& message,
                                 const DbnTimes& times, const Position& at) {
  if (!has_depth_) {
    group_.Add(Kind::kBookClear, Side::kNone, flag::kSnapshot, std::array<std::int64_t, 4>{});
  } else {
    const auto send_time = out_.writer.Shifted(times.exchange).since_epoch;
    group_.Add(Kind::kDepthHead, Side::kNone, 0,
               DepthHeadBody{message.sequence, message.sequence, 0, send_time});
  }
  has_depth_ = true;
  for (const Side side : {Side::kBid, Side::kAsk}) {
    CRUCIBLE_RETURN_IF_ERROR(ReadSide(side, levels, at));
    window_.Update(side, levels_, message.sequence, group_);
  }
  return absl::OkStatus();
}

absl::Status DbnStream::ReadSide(Side side, std::span<const DbnLevel> levels, const Position& at) {
  levels_.clear();
  for (const DbnLevel& level : levels) {
    const std::int64_t nanos = side == Side::kBid ? level.bid_price : level.ask_price;
    const std::uint32_t size = side == Side::kBid ? level.bid_size : level.ask_size;
    const std::uint32_t count = side == Side::kBid ? level.bid_count : level.ask_count;
    if (nanos == kDbnNoPrice || size == 0) continue;
    ShownLevel& shown = levels_.emplace_back(ShownLevel{{}, {size}, count});
    CRUCIBLE_RETURN_IF_ERROR(ReadPrice(nanos, at, &shown.price));
  }
  return absl::OkStatus();
}

absl::Status DbnStream::OnBar(const DbnBar& bar, Duration length, Nanos end, const Position& at) {
  BarBody prices;
  CRUCIBLE_RETURN_IF_ERROR(ReadPrice(bar.open, at, &prices.open));
  CRUCIBLE_RETURN_IF_ERROR(ReadPrice(bar.high, at, &prices.high));
  CRUCIBLE_RETURN_IF_ERROR(ReadPrice(bar.low, at, &prices.low));
  CRUCIBLE_RETURN_IF_ERROR(ReadPrice(bar.close, at, &prices.close));
  if (bar.volume > static_cast<std::uint64_t>(INT64_MAX)) {
    return ErrorAt(at, absl::StrFormat("volume is %d, expected below 2^63", bar.volume));
  }
  if (prices.high < std::max(prices.open, prices.close) || prices.low > std::min(prices.open, prices.close)) {
    out_.doctor.Report(FindingCode::kBarBounds, at, [&] {
      return absl::StrFormat("open %d, high %d, low %d, close %d", bar.open, bar.high, bar.low, bar.close);
    });
  }
  group_.Add(Kind::kBar, Side::kNone, 0, prices);
  group_.Add(Kind::kBarVolume, Side::kNone, 0,
             BarVolumeBody{{static_cast<std::int64_t>(bar.volume)}, 0, length, 0});
  times_ = {end, end};
  return EndEvent(at);
}

absl::Status DbnStream::OnStatus(const DbnStatus& status, const DbnTimes& times, const Position& at) {
  const TradingStatus now = StatusOf(status.action);
  if (now == TradingStatus{}) return absl::OkStatus();
  if (!group_.empty()) CRUCIBLE_RETURN_IF_ERROR(EndEvent(at));
  group_.Add(Kind::kTradingStatus, Side::kNone, 0,
             StatusBody{static_cast<std::int64_t>(now), status.reason, {}});
  times_ = times;
  return EndEvent(at);
}

}  // namespace crucible::decode

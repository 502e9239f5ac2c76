#include "framework/decode/binance_feed.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_format.h"
#include "framework/decode/civil_time.h"

namespace crucible::decode {
namespace {

constexpr std::int64_t kNanosPerMilli = 1'000'000;

}  // namespace

std::optional<Nanos> FromMillis(std::uint64_t millis) {
  if (millis > static_cast<std::uint64_t>(kLatestTime.since_epoch / kNanosPerMilli)) return std::nullopt;
  return Nanos{static_cast<std::int64_t>(millis) * kNanosPerMilli};
}

void BinanceFeed::Restart() {
  last_receive_ = {};
  latest_event_ms_ = 0;
  for (const auto& symbol : symbols_) {
    symbol->depth.Restart();
    symbol->last_trade_id = 0;
  }
}

absl::Status BinanceFeed::OnMessage(Nanos receive, std::string_view json, const Position& at) {
  const std::string wrong = parser_.Parse(json, &message_);
  if (!wrong.empty()) return ErrorAt(at, wrong);
  ExamineOrder(receive, at);
  if (!Keeps(message_.kind)) return absl::OkStatus();
  CRUCIBLE_ASSIGN_OR_RETURN(Symbol* const symbol, FindSymbol(receive, at));
  if (symbol == nullptr) return absl::OkStatus();
  CRUCIBLE_ASSIGN_OR_RETURN(const FeedClock::Times times, TimesOf(receive, at));
  if (message_.kind == BinanceKind::kTrade) return OnTrade(*symbol, times, at);
  if (message_.kind == BinanceKind::kQuote) return OnQuote(*symbol, times, at);
  if (message_.kind == BinanceKind::kMark) return OnMark(*symbol, times, at);
  CRUCIBLE_RETURN_IF_ERROR(ReadDepth(*symbol, times, at));
  return message_.kind == BinanceKind::kDepth ? symbol->depth.OnChange(depth_, times.receive, at)
                                              : symbol->depth.OnSnapshot(depth_, times.receive, at);
}

void BinanceFeed::ExamineOrder(Nanos receive, const Position& at) {
  if (receive < last_receive_) {
    out_.doctor.Report(FindingCode::kReversedTime, at, [&] {
      return absl::StrFormat("%d ns earlier than the line before", (last_receive_ - receive).nanos);
    });
  }
  last_receive_ = std::max(last_receive_, receive);
  if (message_.event_ms == 0 || message_.kind == BinanceKind::kSnapshot) return;
  out_of_order_ += message_.event_ms < latest_event_ms_ ? 1 : 0;
  latest_event_ms_ = std::max(latest_event_ms_, message_.event_ms);
}

bool BinanceFeed::Keeps(BinanceKind kind) const {
  switch (kind) {
    case BinanceKind::kDepth:
    case BinanceKind::kSnapshot:
      return channels_.depth;
    case BinanceKind::kTrade:
      return channels_.trades;
    case BinanceKind::kQuote:
      return channels_.quotes;
    case BinanceKind::kMark:
      return channels_.marks;
    case BinanceKind::kOther:
      return true;
  }
  return false;
}

// nullptr: nothing to keep, because the kind is unknown, --symbol excludes it, or a snapshot has no owner.
absl::StatusOr<BinanceFeed::Symbol*> BinanceFeed::FindSymbol(Nanos receive, const Position& at) {
  if (message_.kind == BinanceKind::kOther) {
    out_.doctor.Report(FindingCode::kUnknownMessage, at, [&] { return std::string(message_.event); });
    return nullptr;
  }
  const std::string_view name = message_.symbol.empty() ? sole_symbol_ : message_.symbol;
  if (name.empty()) {
    out_.doctor.Report(FindingCode::kStaleSnapshot, at,
                       [] { return "a snapshot without symbol, in a capture of several: nobody can say whose"; });
    return nullptr;
  }
  if (!options_.symbol.empty() && name != options_.symbol) {
    out_.doctor.PassOver(name);
    return nullptr;
  }
  for (const auto& symbol : symbols_) {
    if (symbol->instrument.symbol == name) return symbol.get();
  }
  return DefineSymbol(name, receive, at);
}

absl::StatusOr<BinanceFeed::Symbol*> BinanceFeed::DefineSymbol(std::string_view name, Nanos receive,
                                                               const Position& at) {
  absl::StatusOr<Instrument> instrument = MakeInstrument(BinanceDefaults(market_, name), options_);
  if (!instrument.ok()) return ErrorAt(at, std::string(instrument.status().message()));
  const Nanos time = clock_.At(receive, std::nullopt).receive;
  CRUCIBLE_ASSIGN_OR_RETURN(const InstrumentId id, out_.writer.Define(*instrument, time));
  if (channels_.depth) out_.books.Watch(id, *instrument, book::BookType::kL2, 0);
  symbols_.push_back(std::make_unique<Symbol>(*std::move(instrument), id, IsFutures(market_), out_));
  return symbols_.back().get();
}

absl::StatusOr<FeedClock::Times> BinanceFeed::TimesOf(Nanos receive, const Position& at) {
  const std::uint64_t millis = message_.transaction_ms != 0 ? message_.transaction_ms : message_.event_ms;
  const std::optional<Nanos> exchange = millis == 0 ? std::nullopt : FromMillis(millis);
  if (millis != 0 && !exchange) {
    return ErrorAt(at, absl::StrFormat("exchange time is %d ms, expected before the year 2116", millis));
  }
  const FeedClock::Times times = clock_.At(receive, exchange);
  if (times.receive < times.exchange) {
    out_.doctor.Report(FindingCode::kNegativeLatency, at, [&] {
      return absl::StrFormat("received %d ns before it was sent", (times.exchange - times.receive).nanos);
    });
  }
  return times;
}

absl::Status BinanceFeed::ReadDepth(const Symbol& symbol, const FeedClock::Times& times, const Position& at) {
  depth_.ids = {message_.first_id, message_.last_id, message_.previous_id};
  depth_.send_time = FromMillis(message_.event_ms).value_or(times.exchange);
  depth_.exchange = times.exchange;
  depth_.changes.clear();
  for (const Side side : {Side::kBid, Side::kAsk}) {
    for (const LevelText& level : side == Side::kBid ? message_.bids : message_.asks) {
      LevelChange& change = depth_.changes.emplace_back(LevelChange{side, {}, {}});
      CRUCIBLE_RETURN_IF_ERROR(symbol.numbers.ReadPrice(level.price, at, &change.price));
      CRUCIBLE_RETURN_IF_ERROR(symbol.numbers.ReadQuantity(level.quantity, at, &change.quantity));
    }
  }
  return absl::OkStatus();
}

absl::Status BinanceFeed::OnTrade(Symbol& symbol, const FeedClock::Times& times, const Position& at) {
  if (message_.off_market) {
    ++off_market_;
    return absl::OkStatus();
  }
  TradeBody trade{{}, {}, message_.trade_id, {}};
  CRUCIBLE_RETURN_IF_ERROR(symbol.numbers.ReadPrice(message_.price, at, &trade.price));
  CRUCIBLE_RETURN_IF_ERROR(symbol.numbers.ReadQuantity(message_.quantity, at, &trade.quantity));
  if (symbol.last_trade_id != 0 && trade.trade_id != symbol.last_trade_id + 1) {
    out_.doctor.Report(FindingCode::kTradeGap, at, [&] {
      return absl::StrFormat("trade id %d follows %d", trade.trade_id, symbol.last_trade_id);
    });
  }
  symbol.last_trade_id = trade.trade_id;
  out_.writer.BeginGroup(times.receive, times.exchange, symbol.id);
  out_.writer.Add(Kind::kTrade, message_.buyer_is_maker ? kSell : kBuy, 0, trade);
  return out_.writer.EndGroup();
}

absl::Status BinanceFeed::OnQuote(Symbol& symbol, const FeedClock::Times& times, const Position& at) {
  book::Touch touch;
  const NumberReader& numbers = symbol.numbers;
  CRUCIBLE_RETURN_IF_ERROR(numbers.ReadPrice(message_.bids[0].price, at, &touch.bid_price));
  CRUCIBLE_RETURN_IF_ERROR(numbers.ReadQuantity(message_.bids[0].quantity, at, &touch.bid_quantity));
  CRUCIBLE_RETURN_IF_ERROR(numbers.ReadPrice(message_.asks[0].price, at, &touch.ask_price));
  CRUCIBLE_RETURN_IF_ERROR(numbers.ReadQuantity(message_.asks[0].quantity, at, &touch.ask_quantity));
  const std::uint64_t id = message_.last_id;
  out_.writer.BeginGroup(times.receive, times.exchange, symbol.id);
  out_.writer.Add(Kind::kQuote, Side::kBid, 0, QuoteBody{touch.bid_price, touch.bid_quantity, id, 0});
  out_.writer.Add(Kind::kQuote, Side::kAsk, 0, QuoteBody{touch.ask_price, touch.ask_quantity, id, 0});
  symbol.depth.touches().OnQuote(id, touch);
  return out_.writer.EndGroup();
}

// Mark and index have more decimals than any price that trades.
absl::Status BinanceFeed::OnMark(const Symbol& symbol, const FeedClock::Times& times, const Position& at) {
  constexpr int kRateDecimals = 12;
  MarkPriceBody mark{};
  const auto read = [&](std::string_view name, std::string_view text, int decimals, std::int64_t* units) {
    DecimalResult result;
    if (text.empty()) return absl::OkStatus();
    if (ParseDecimal(text, decimals, &result) != DecimalError::kNone)
      return ErrorAt(at, absl::StrFormat("%s is '%s', expected a decimal number", name, text));
    *units = result.units;
    return absl::OkStatus();
  };
  const int decimals = symbol.instrument.price_decimals;
  CRUCIBLE_RETURN_IF_ERROR(read("mark price", message_.price, decimals, &mark.mark.units));
  CRUCIBLE_RETURN_IF_ERROR(read("index price", message_.index, decimals, &mark.index.units));
  CRUCIBLE_RETURN_IF_ERROR(read("funding rate", message_.funding_rate, kRateDecimals, &mark.funding_rate_e12));
  if (mark.mark.units <= 0)
    return ErrorAt(at, absl::StrFormat("mark price is '%s', expected a positive number", message_.price));
  if (message_.funding_ms != 0 && !message_.funding_rate.empty()) {
    const std::optional<Nanos> next = FromMillis(message_.funding_ms);
    if (!next) {
      return ErrorAt(at, absl::StrFormat("next funding time is %d ms, expected before the year 2116",
                                         message_.funding_ms));
    }
    mark.next_funding = *next;
  }
  out_.writer.BeginGroup(times.receive, times.exchange, symbol.id);
  out_.writer.Add(Kind::kMarkPrice, Side::kNone, 0, mark);
  return out_.writer.EndGroup();
}

void BinanceFeed::Finish(const Place& end, ImportReport& report) {
  const bool book = std::any_of(symbols_.begin(), symbols_.end(),
                                [](const auto& symbol) { return symbol->depth.had_snapshot(); });
  const bool quotes = out_.writer.count(Kind::kQuote) > 0;
  report.completeness = book ? Completeness::kL2 : quotes ? Completeness::kQuotes : Completeness::kTrades;
  report.min_feed_latency = clock_.min_latency();
  report.max_feed_latency = clock_.max_latency();
  ReportDepth(end);
  out_.doctor.SetMeasure("trades_off_market", off_market_);
  out_.doctor.SetMeasure("event_times_out_of_order", out_of_order_);
}

// `mismatches` counts from the feed's beginning.
void BinanceFeed::ReportMismatches(std::int64_t mismatches, const Place& end) {
  const std::int64_t more = mismatches - std::exchange(mismatches_, mismatches);
  if (more == 0) return;
  out_.doctor.ReportMany(FindingCode::kTouchMismatch, static_cast<std::uint64_t>(more), end,
                         [] { return "found when the input ended; messages are matched by update id"; });
}

void BinanceFeed::ReportDepth(const Place& end) {
  std::int64_t compared = 0;
  std::int64_t equal = 0;
  std::int64_t dropped = 0;
  std::int64_t old_snapshots = 0;
  for (const auto& symbol : symbols_) {
    DepthFeed& depth = symbol->depth;
    depth.touches().Finish();
    compared += depth.touches().compared();
    equal += depth.touches().equal();
    dropped += depth.dropped();
    old_snapshots += depth.old_snapshots();
    if (depth.waiting() == 0) continue;
    out_.doctor.ReportMany(FindingCode::kNoSnapshot, depth.waiting(), end, [&] {
      return absl::StrFormat("%s: depth messages wait for a snapshot when the input ends",
                             symbol->instrument.symbol);
    });
  }
  ReportMismatches(compared - equal, end);
  out_.doctor.SetMeasure("touches_compared", compared);
  out_.doctor.SetMeasure("touches_equal", equal);
  out_.doctor.SetMeasure("depth_messages_dropped", dropped);
  out_.doctor.SetMeasure("snapshots_older_than_book", old_snapshots);
}

}  // namespace crucible::decode

#include "framework/decode/capture_feed.h"

#include <zlib.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "framework/base/decimal.h"
#include "framework/decode/csv.h"

namespace crucible::decode {
namespace {

std::string Digits(std::int64_t units, int excess, std::int64_t scale) {
  if (excess >= 0) return absl::StrCat(units / scale);
  return absl::StrCat(units, std::string(static_cast<std::size_t>(-excess), '0'));
}

// Kraken's checksum: CRC-32 over the best ten asks, then bids, each as price and volume without point and
// leading zeros ("Checksum" of https://docs.kraken.com/api/docs/guides/spot-ws-book-v1). `excess` is how many
// decimals our prices have more than the venue's.
std::uint32_t BookChecksum(const book::Book& book, int excess) {
  const std::int64_t scale = kPowersOfTen[static_cast<std::size_t>(std::abs(excess))];
  std::string text;
  for (const Side side : {Side::kAsk, Side::kBid}) {
    std::array<book::LevelView, 10> levels;
    const std::size_t count = book.Depth(side, levels);
    for (std::size_t i = 0; i < count; ++i) {
      absl::StrAppend(&text, Digits(levels[i].price.units, excess, scale), levels[i].quantity.units);
    }
  }
  return static_cast<std::uint32_t>(
      crc32(0, reinterpret_cast<const Bytef*>(text.data()), static_cast<uInt>(text.size())));
}

int DecimalsOf(std::string_view text) {
  const std::size_t point = text.find('.');
  return point == std::string_view::npos ? 0 : static_cast<int>(text.size() - point - 1);
}

}  // namespace

void CaptureFeed::Restart() {
  last_receive_ = {};
  trades_from_.clear();
  for (const auto& symbol : symbols_) {
    symbol->has_book = false;
    symbol->last_sequence = 0;
    symbol->last_trade_id = 0;
  }
}

bool CaptureFeed::Keeps(CaptureUpdate::Kind kind) const {
  switch (kind) {
    case CaptureUpdate::Kind::kTrade:
      return channels_.trades;
    case CaptureUpdate::Kind::kQuote:
      return channels_.quotes;
    default:
      return channels_.depth;
  }
}

void CaptureFeed::OnTradesAskedFor(const std::vector<std::string_view>& symbols, Nanos sent) {
  for (const std::string_view symbol : symbols) trades_from_[std::string(symbol)] = sent - clock_.offset();
}

bool CaptureFeed::HappenedBeforeSubscription(const CaptureUpdate& trade) const {
  if (trades_from_.empty() || !trade.exchange) return false;
  const auto from = trades_from_.find(std::string(trade.symbol));
  return from != trades_from_.end() && *trade.exchange < from->second;
}

absl::Status CaptureFeed::OnUpdate(const CaptureUpdate& update, Nanos receive, const Position& at) {
  if (receive < last_receive_) {
    out_.doctor.Report(FindingCode::kReversedTime, at, [&] {
      return absl::StrFormat("%d ns earlier than the line before", (last_receive_ - receive).nanos);
    });
  }
  last_receive_ = std::max(last_receive_, receive);
  if (!Keeps(update.kind)) return absl::OkStatus();
  if (!options_.symbol.empty() && update.symbol != options_.symbol) {
    out_.doctor.PassOver(update.symbol);
    return absl::OkStatus();
  }
  if (update.kind == CaptureUpdate::Kind::kTrade && HappenedBeforeSubscription(update)) {
    ++earlier_trades_;
    return absl::OkStatus();
  }
  CRUCIBLE_ASSIGN_OR_RETURN(Symbol* const symbol, FindSymbol(update.symbol, receive, at));
  const FeedClock::Times times = TimesOf(update, receive, at);
  switch (update.kind) {
    case CaptureUpdate::Kind::kTrade:
      return OnTrade(*symbol, update, times, at);
    case CaptureUpdate::Kind::kQuote:
      return OnQuote(*symbol, update, times, at);
    default:
      return OnDepth(*symbol, update, times, at);
  }
}

absl::StatusOr<CaptureFeed::Symbol*> CaptureFeed::FindSymbol(std::string_view name, Nanos receive,
                                                             const Position& at) {
  Symbol*& symbol = by_name_[std::string(name)];
  if (symbol != nullptr) return symbol;
  absl::StatusOr<Instrument> instrument = MakeInstrument(venue_.Defaults(name), options_);
  if (!instrument.ok()) return ErrorAt(at, std::string(instrument.status().message()));
  if (options_.tick_size.empty() && !venue_.KnowsTick(name)) {
    out_.doctor.Report(FindingCode::kAssumedTick, at,
                       [&] { return absl::StrCat(instrument->symbol, ": one unit of its decimals"); });
  }
  CRUCIBLE_ASSIGN_OR_RETURN(const InstrumentId id,
                            out_.writer.Define(*instrument, receive - clock_.offset()));
  if (channels_.depth) out_.books.Watch(id, *instrument, book::BookType::kL2, 0);
  symbols_.push_back(std::make_unique<Symbol>(*std::move(instrument), id, out_.doctor));
  symbol = symbols_.back().get();
  return symbol;
}

FeedClock::Times CaptureFeed::TimesOf(const CaptureUpdate& update, Nanos receive, const Position& at) {
  const FeedClock::Times times = clock_.At(receive, update.exchange);
  if (times.receive < times.exchange) {
    out_.doctor.Report(FindingCode::kNegativeLatency, at, [&] {
      return absl::StrFormat("received %d ns before it was sent", (times.exchange - times.receive).nanos);
    });
  }
  return times;
}

// False: the change cannot be applied.
bool CaptureFeed::Follows(Symbol& symbol, const CaptureUpdate& update, const FeedClock::Times& times,
                          const Position& at, absl::Status& status) {
  if (!symbol.has_book) {
    out_.doctor.Report(FindingCode::kNoSnapshot, at,
                       [&] { return absl::StrFormat("%s: a change before its snapshot", update.symbol); });
    return false;
  }
  if (!update.sequence || *update.sequence == symbol.last_sequence + 1) return true;
  if (*update.sequence <= symbol.last_sequence) return false;  // older than the snapshot
  const FeedGapBody gap{symbol.last_sequence + 1, *update.sequence, {}};
  out_.doctor.Report(FindingCode::kFeedGap, at, [&] {
    return absl::StrFormat("%s: id %d follows, expected %d", update.symbol, gap.found_id, gap.expected_id);
  });
  symbol.has_book = false;
  out_.writer.BeginGroup(times.receive, times.exchange, symbol.id);
  out_.writer.Add(Kind::kFeedGap, Side::kNone, 0, gap);
  status = out_.EndGroup(at);
  return false;
}

absl::Status CaptureFeed::OnDepth(Symbol& symbol, const CaptureUpdate& update, const FeedClock::Times& times,
                                  const Position& at) {
  const bool snapshot = update.kind == CaptureUpdate::Kind::kSnapshot;
  absl::Status status;
  if (!snapshot && !Follows(symbol, update, times, at, status)) return status;
  const std::uint64_t id = update.sequence.value_or(0);
  out_.writer.BeginGroup(times.receive, times.exchange, symbol.id);
  if (snapshot) {
    out_.writer.Add(Kind::kBookClear, Side::kNone, flag::kSnapshot, std::array<std::int64_t, 4>{});
  } else {
    out_.writer.Add(Kind::kDepthHead, Side::kNone, 0,
                    DepthHeadBody{id, id, 0, out_.writer.Shifted(times.exchange).since_epoch});
  }
  CRUCIBLE_RETURN_IF_ERROR(WriteLevels(symbol, update, at));
  symbol.has_book = true;
  symbol.last_sequence = id;
  CRUCIBLE_RETURN_IF_ERROR(out_.EndGroup(at));
  CompareChecksum(symbol, update, at);
  return absl::OkStatus();
}

absl::Status CaptureFeed::WriteLevels(Symbol& symbol, const CaptureUpdate& update, const Position& at) {
  const bool snapshot = update.kind == CaptureUpdate::Kind::kSnapshot;
  for (const CaptureLevel& level : update.levels) {
    if (level.price.empty()) {
      out_.doctor.Report(FindingCode::kUnknownOrder, at, [&] {
        return absl::StrFormat("%s: a level that was never inserted", update.symbol);
      });
      continue;
    }
    if (level.side == Side::kNone) return ErrorAt(at, "a level without a side, expected buy or sell");
    LevelBody body{{}, {}, update.sequence.value_or(0), 0};
    CRUCIBLE_RETURN_IF_ERROR(symbol.numbers.ReadPrice(level.price, at, &body.price));
    CRUCIBLE_RETURN_IF_ERROR(symbol.numbers.ReadQuantity(level.quantity, at, &body.quantity));
    if (symbol.feed_decimals < 0) symbol.feed_decimals = DecimalsOf(level.price);
    out_.writer.Add(Kind::kLevel, level.side, snapshot ? flag::kSnapshot : std::uint16_t{0}, body);
  }
  return absl::OkStatus();
}

void CaptureFeed::CompareChecksum(const Symbol& symbol, const CaptureUpdate& update, const Position& at) {
  std::uint32_t expected = 0;
  const int excess = symbol.instrument.price_decimals - symbol.feed_decimals;
  if (update.checksum.empty() || std::abs(excess) > kMaxDecimals || !ParseInteger(update.checksum, &expected))
    return;
  ++checksums_;
  const std::uint32_t found = BookChecksum(*out_.books.book(symbol.id), excess);
  checksums_equal_ += found == expected ? 1 : 0;
  if (found == expected) return;
  out_.doctor.Report(FindingCode::kBookMismatch, at, [&] {
    return absl::StrFormat("%s: checksum %d, the source's %d", update.symbol, found, expected);
  });
}

absl::Status CaptureFeed::OnTrade(Symbol& symbol, const CaptureUpdate& update, const FeedClock::Times& times,
                                  const Position& at) {
  TradeBody trade{{}, {}, update.id, {}};
  CRUCIBLE_RETURN_IF_ERROR(symbol.numbers.ReadPrice(update.levels.front().price, at, &trade.price));
  CRUCIBLE_RETURN_IF_ERROR(symbol.numbers.ReadQuantity(update.levels.front().quantity, at, &trade.quantity));
  if (update.id != 0 && symbol.last_trade_id != 0 && update.id != symbol.last_trade_id + 1) {
    out_.doctor.Report(FindingCode::kTradeGap, at, [&] {
      return absl::StrFormat("%s: trade id %d follows %d", update.symbol, update.id, symbol.last_trade_id);
    });
  }
  symbol.last_trade_id = update.id;
  out_.writer.BeginGroup(times.receive, times.exchange, symbol.id);
  out_.writer.Add(Kind::kTrade, update.levels.front().side, 0, trade);
  return out_.writer.EndGroup();
}

absl::Status CaptureFeed::OnQuote(const Symbol& symbol, const CaptureUpdate& update,
                                  const FeedClock::Times& times, const Position& at) {
  std::array<QuoteBody, 2> bodies{};
  for (std::size_t i = 0; i < bodies.size(); ++i) {
    CRUCIBLE_RETURN_IF_ERROR(symbol.numbers.ReadPrice(update.levels[i].price, at, &bodies[i].price));
    CRUCIBLE_RETURN_IF_ERROR(symbol.numbers.ReadQuantity(update.levels[i].quantity, at, &bodies[i].quantity));
  }
  out_.writer.BeginGroup(times.receive, times.exchange, symbol.id);
  out_.writer.Add(Kind::kQuote, Side::kBid, 0, bodies[0]);
  out_.writer.Add(Kind::kQuote, Side::kAsk, 0, bodies[1]);
  return out_.writer.EndGroup();
}

void CaptureFeed::Finish(ImportReport& report) {
  const bool book = out_.writer.count(Kind::kLevel) > 0;
  const bool quotes = out_.writer.count(Kind::kQuote) > 0;
  report.completeness = book ? Completeness::kL2 : quotes ? Completeness::kQuotes : Completeness::kTrades;
  report.min_feed_latency = clock_.min_latency();
  report.max_feed_latency = clock_.max_latency();
  if (earlier_trades_ > 0) out_.doctor.SetMeasure("trades_before_subscription", earlier_trades_);
  if (checksums_ == 0) return;
  out_.doctor.SetMeasure("checksums", checksums_);
  out_.doctor.SetMeasure("checksums_equal", checksums_equal_);
}

}  // namespace crucible::decode

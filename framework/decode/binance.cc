#include "framework/decode/binance.h"

#include <algorithm>
#include <array>
#include <cstdlib>
#include <deque>
#include <optional>
#include <utility>

#include "absl/strings/str_format.h"
#include "framework/decode/binance_market.h"
#include "framework/decode/binance_message.h"
#include "framework/decode/civil_time.h"
#include "framework/decode/csv.h"
#include "framework/decode/depth_sync.h"
#include "framework/decode/feed_clock.h"
#include "framework/decode/number_reader.h"
#include "framework/decode/touch_check.h"

namespace crucible::decode {
namespace {

constexpr std::int64_t kNanosPerMilli = 1'000'000;
constexpr Duration kMaxOffset{std::int64_t{366} * 86'400 * 1'000'000'000};
constexpr Duration kMaxFloor{std::int64_t{3'600} * 1'000'000'000};
constexpr Duration kSkewNoted{1'000'000};
constexpr std::size_t kMaxPendingMessages = 4096;
constexpr std::size_t kMaxPendingChanges = std::size_t{1} << 20;

struct Change {
  Side side = Side::kNone;
  Price price;
  Quantity quantity;
};

// A depth message with its numbers read.
struct DepthMessage {
  DepthIds ids;
  Nanos send_time;
  Nanos exchange;
  std::vector<Change> changes;
};

// One symbol of the capture. Not movable: the number reader looks at the instrument.
struct Book {
  Book(Instrument definition, InstrumentId number, bool futures, Doctor& doctor)
      : instrument(std::move(definition)), id(number), numbers(instrument, doctor), sync(futures) {}
  Book(const Book&) = delete;
  Book& operator=(const Book&) = delete;

  Instrument instrument;
  InstrumentId id;
  NumberReader numbers;
  DepthSync sync;
  std::deque<DepthMessage> pending;  // waiting for a snapshot
  std::size_t pending_changes = 0;
  TouchCheck touches;
  std::uint64_t last_trade_id = 0;
};

// What is known about the line under work.
struct Line {
  const LineReader& reader;
  Nanos receive;  // by the local clock
};

class BinanceImporter final : public Importer {
 public:
  absl::Status Prepare(ImportContext& context) override;
  int preparation_passes() const override { return 1; }
  absl::Status Run(ImportContext& context) override;

 private:
  absl::Status ChooseMarket(ImportContext& context);
  absl::Status ChooseChannels(const ImportOptions& options);
  absl::Status EstimateClock(ImportContext& context);
  void ObserveLine(std::string_view line);
  void StartCopy();
  absl::Status RunFile(ImportContext& context, const std::string& path);
  absl::Status RunLine(ImportContext& context, const LineReader& reader, std::string_view text);
  absl::Status Dispatch(ImportContext& context, const Line& line);
  absl::StatusOr<Book*> FindBook(ImportContext& context, const Line& line);
  absl::StatusOr<FeedClock::Times> TimesOf(ImportContext& context, const Line& line);

  absl::Status OnDepth(ImportContext& context, Book& book, const Line& line);
  absl::Status OnSnapshot(ImportContext& context, Book& book, const Line& line);
  absl::Status OnTrade(ImportContext& context, Book& book, const Line& line);
  absl::Status OnQuote(ImportContext& context, Book& book, const Line& line);

  absl::Status ReadChanges(const Book& book, const Line& line);
  absl::Status WriteDepth(ImportContext& context, Book& book, const DepthMessage& depth, Nanos receive,
                          const Line& line);
  absl::Status WriteSnapshot(ImportContext& context, Book& book, const FeedClock::Times& times,
                             const Line& line);
  absl::Status WriteGap(ImportContext& context, Book& book, const DepthMessage& depth, Nanos receive,
                        const Line& line);
  absl::Status ReplayPending(ImportContext& context, Book& book, Nanos receive, const Line& line);
  void KeepPending(Book& book);
  void FillReport(ImportContext& context);

  BinanceMarket market_ = BinanceMarket::kSpot;
  bool keep_depth_ = true;
  bool keep_trades_ = true;
  bool keep_quotes_ = true;
  std::string first_symbol_;  // found by the first pass
  FeedClock clock_;
  BinanceParser parser_;
  BinanceMessage message_;
  DepthMessage depth_;  // the depth message or snapshot under work
  std::vector<std::unique_ptr<Book>> books_;
  Nanos last_receive_;
  bool any_snapshot_ = false;
  std::int64_t dropped_ = 0;
  std::int64_t off_market_ = 0;
  std::uint64_t latest_event_ms_ = 0;
  std::int64_t out_of_order_ = 0;
};

// ---- before the first record ----

absl::Status BinanceImporter::Prepare(ImportContext& context) {
  CRUCIBLE_RETURN_IF_ERROR(ChooseChannels(context.options));
  CRUCIBLE_RETURN_IF_ERROR(ChooseMarket(context));
  return EstimateClock(context);
}

absl::Status BinanceImporter::ChooseChannels(const ImportOptions& options) {
  if (options.channels.empty()) return absl::OkStatus();
  keep_depth_ = keep_trades_ = keep_quotes_ = false;
  for (const std::string& channel : options.channels) {
    if (channel != "depth" && channel != "trade" && channel != "quote") {
      return absl::InvalidArgumentError(
          absl::StrFormat("channel is '%s', expected depth, trade or quote", channel));
    }
    keep_depth_ |= channel == "depth";
    keep_trades_ |= channel == "trade";
    keep_quotes_ |= channel == "quote";
  }
  return absl::OkStatus();
}

absl::Status BinanceImporter::ChooseMarket(ImportContext& context) {
  if (const auto named = MarketFromVenue(context.options.venue)) {
    market_ = *named;
    return absl::OkStatus();
  }
  CRUCIBLE_ASSIGN_OR_RETURN(LineReader reader, context.OpenLines(context.files.front()));
  std::vector<std::string> lines;
  std::string_view line;
  while (lines.size() < 256 && reader.Next(&line)) lines.emplace_back(line.substr(0, 512));
  const std::vector<std::string_view> views(lines.begin(), lines.end());
  const auto guessed = GuessMarket(views);
  if (guessed) market_ = *guessed;
  return reader.status();
}

absl::Status CheckClockOptions(const ImportOptions& options) {
  const Duration offset = options.clock_offset.value_or(Duration{});
  if (offset < Duration{-kMaxOffset.nanos} || offset > kMaxOffset) {
    return absl::InvalidArgumentError(
        absl::StrFormat("clock offset is %d ns, expected within a year", offset.nanos));
  }
  if (options.latency_floor < Duration{} || options.latency_floor > kMaxFloor) {
    return absl::InvalidArgumentError(
        absl::StrFormat("latency floor is %d ns, expected 0 to an hour", options.latency_floor.nanos));
  }
  return absl::OkStatus();
}

absl::Status BinanceImporter::EstimateClock(ImportContext& context) {
  CRUCIBLE_RETURN_IF_ERROR(CheckClockOptions(context.options));
  for (const std::string& path : context.files) {
    CRUCIBLE_ASSIGN_OR_RETURN(LineReader reader, context.OpenLines(path));
    std::string_view line;
    while (reader.Next(&line)) ObserveLine(line);
    CRUCIBLE_RETURN_IF_ERROR(reader.status());
  }
  if (context.options.clock_offset) {
    clock_.Declare(*context.options.clock_offset, context.options.latency_floor);
  } else {
    clock_.Estimate(context.options.latency_floor);
  }
  if (clock_.offset() > kSkewNoted || clock_.offset() < Duration{-kSkewNoted.nanos}) {
    context.doctor.Report(FindingCode::kClockSkew, Place{context.files.front(), 0, 0}, [&] {
      return absl::StrFormat("the receive clock is %d us %s the exchange's",
                             std::abs(clock_.offset().nanos) / 1000,
                             clock_.offset().nanos < 0 ? "behind" : "ahead of");
    });
  }
  return absl::OkStatus();
}

// The digits behind `field`; 0 where there are none.
std::int64_t NumberBehind(std::string_view line, std::string_view field) {
  const std::size_t at = line.find(field);
  if (at == std::string_view::npos) return 0;
  std::int64_t value = 0;
  const std::string_view text = line.substr(at + field.size(), 20);
  std::from_chars(text.data(), text.data() + text.size(), value);
  return value;
}

bool ParseReceive(std::string_view line, Nanos* receive, std::string_view* json) {
  const std::size_t space = line.find(' ');
  if (space == std::string_view::npos || !ParseInteger(line.substr(0, space), &receive->since_epoch))
    return false;
  *json = line.substr(space + 1);
  return receive->since_epoch > 0 && *receive < kLatestTime;
}

std::optional<Nanos> FromMillis(std::uint64_t millis) {
  if (millis > static_cast<std::uint64_t>(kLatestTime.since_epoch / kNanosPerMilli)) return std::nullopt;
  return Nanos{static_cast<std::int64_t>(millis) * kNanosPerMilli};
}

void BinanceImporter::ObserveLine(std::string_view line) {
  Nanos receive;
  std::string_view json;
  if (!ParseReceive(line, &receive, &json)) return;
  const std::int64_t millis = NumberBehind(json, "\"E\":");
  if (millis > 0) {
    if (const auto exchange = FromMillis(static_cast<std::uint64_t>(millis)))
      clock_.Observe(receive, *exchange);
  }
  if (!first_symbol_.empty()) return;
  const std::size_t at = json.find("\"s\":\"");
  if (at != std::string_view::npos) first_symbol_ = json.substr(at + 5, json.substr(at + 5, 64).find('"'));
}

// ---- lines ----

void BinanceImporter::StartCopy() {
  last_receive_ = {};
  latest_event_ms_ = 0;
  for (const auto& book : books_) {
    book->sync.Reset();
    book->pending.clear();
    book->pending_changes = 0;
    book->last_trade_id = 0;
    book->touches.Restart();
  }
}

absl::Status BinanceImporter::Run(ImportContext& context) {
  StartCopy();
  for (const std::string& path : context.files) CRUCIBLE_RETURN_IF_ERROR(RunFile(context, path));
  FillReport(context);
  return absl::OkStatus();
}

absl::Status BinanceImporter::RunFile(ImportContext& context, const std::string& path) {
  CRUCIBLE_ASSIGN_OR_RETURN(LineReader reader, context.OpenLines(path));
  std::string_view text;
  while (reader.Next(&text)) {
    if (text.empty()) continue;
    const absl::Status status = RunLine(context, reader, text);
    if (status.ok()) continue;
    if (!reader.ended_without_line_feed() || !absl::IsInvalidArgument(status)) return status;
    // A capture that was killed while it wrote: the cut line is not data.
    context.doctor.Report(FindingCode::kSessionWithoutEnd, reader,
                          [&] { return std::string(status.message()); });
  }
  return reader.status();
}

absl::Status BinanceImporter::RunLine(ImportContext& context, const LineReader& reader,
                                      std::string_view text) {
  Line line{reader, {}};
  std::string_view json;
  if (!ParseReceive(text, &line.receive, &json)) {
    return LineError(reader,
                     absl::StrFormat("the line starts '%s', expected a receive time in ns and a JSON object",
                                     text.substr(0, 40)));
  }
  const std::string wrong = parser_.Parse(json, &message_);
  if (!wrong.empty()) return LineError(reader, wrong);
  if (line.receive < last_receive_) {
    context.doctor.Report(FindingCode::kReversedTime, reader, [&] {
      return absl::StrFormat("%d ns earlier than the line before", (last_receive_ - line.receive).nanos);
    });
  }
  last_receive_ = std::max(last_receive_, line.receive);
  if (message_.event_ms != 0 && message_.kind != BinanceKind::kSnapshot) {
    out_of_order_ += message_.event_ms < latest_event_ms_ ? 1 : 0;
    latest_event_ms_ = std::max(latest_event_ms_, message_.event_ms);
  }
  return Dispatch(context, line);
}

absl::Status BinanceImporter::Dispatch(ImportContext& context, const Line& line) {
  const bool kept = (message_.kind == BinanceKind::kDepth && keep_depth_) ||
                    (message_.kind == BinanceKind::kSnapshot && keep_depth_) ||
                    (message_.kind == BinanceKind::kTrade && keep_trades_) ||
                    (message_.kind == BinanceKind::kQuote && keep_quotes_);
  if (message_.kind == BinanceKind::kOther) {
    context.doctor.Report(FindingCode::kUnknownMessage, line.reader,
                          [&] { return std::string(message_.event); });
  }
  if (!kept) return absl::OkStatus();
  CRUCIBLE_ASSIGN_OR_RETURN(Book* const book, FindBook(context, line));
  if (book == nullptr) return absl::OkStatus();
  switch (message_.kind) {
    case BinanceKind::kDepth:
      return OnDepth(context, *book, line);
    case BinanceKind::kSnapshot:
      return OnSnapshot(context, *book, line);
    case BinanceKind::kTrade:
      return OnTrade(context, *book, line);
    case BinanceKind::kQuote:
      return OnQuote(context, *book, line);
    case BinanceKind::kOther:
      break;
  }
  return absl::OkStatus();
}

// nullptr: a symbol that --symbol excludes, or a snapshot that does not say whose it is.
absl::StatusOr<Book*> BinanceImporter::FindBook(ImportContext& context, const Line& line) {
  std::string_view symbol = message_.symbol;
  if (symbol.empty()) {
    if (books_.size() > 1 && context.options.symbol.empty()) {
      context.doctor.Report(FindingCode::kStaleSnapshot, line.reader,
                            [] { return "a snapshot without symbol among several symbols: give --symbol"; });
      return nullptr;
    }
    symbol = context.options.symbol.empty() ? first_symbol_ : context.options.symbol;
  }
  if (!context.options.symbol.empty() && symbol != context.options.symbol) return nullptr;
  for (const auto& book : books_) {
    if (book->instrument.symbol == symbol) return book.get();
  }
  absl::StatusOr<Instrument> instrument = MakeInstrument(BinanceDefaults(market_, symbol), context.options);
  if (!instrument.ok()) return LineError(line.reader, std::string(instrument.status().message()));
  const Nanos time = clock_.At(line.receive, std::nullopt).receive;
  CRUCIBLE_ASSIGN_OR_RETURN(const InstrumentId id, context.writer.Define(*instrument, time));
  if (keep_depth_) context.books.Watch(id, *instrument, book::BookType::kL2, 0);
  books_.push_back(std::make_unique<Book>(*std::move(instrument), id, IsFutures(market_), context.doctor));
  return books_.back().get();
}

absl::StatusOr<FeedClock::Times> BinanceImporter::TimesOf(ImportContext& context, const Line& line) {
  const std::uint64_t millis = message_.transaction_ms != 0 ? message_.transaction_ms : message_.event_ms;
  std::optional<Nanos> exchange;
  if (millis != 0) {
    exchange = FromMillis(millis);
    if (!exchange) {
      return LineError(line.reader,
                       absl::StrFormat("exchange time is %d ms, expected before the year 2116", millis));
    }
  }
  const FeedClock::Times times = clock_.At(line.receive, exchange);
  if (times.receive < times.exchange) {
    context.doctor.Report(FindingCode::kNegativeLatency, line.reader, [&] {
      return absl::StrFormat("received %d ns before it was sent", (times.exchange - times.receive).nanos);
    });
  }
  return times;
}

// ---- depth ----

absl::Status BinanceImporter::ReadChanges(const Book& book, const Line& line) {
  depth_.changes.clear();
  for (const Side side : {Side::kBid, Side::kAsk}) {
    for (const LevelText& level : side == Side::kBid ? message_.bids : message_.asks) {
      Change& change = depth_.changes.emplace_back(Change{side, {}, {}});
      CRUCIBLE_RETURN_IF_ERROR(book.numbers.ReadPrice(level.price, line.reader, &change.price));
      CRUCIBLE_RETURN_IF_ERROR(book.numbers.ReadQuantity(level.quantity, line.reader, &change.quantity));
    }
  }
  return absl::OkStatus();
}

absl::Status BinanceImporter::OnDepth(ImportContext& context, Book& book, const Line& line) {
  CRUCIBLE_ASSIGN_OR_RETURN(const FeedClock::Times times, TimesOf(context, line));
  CRUCIBLE_RETURN_IF_ERROR(ReadChanges(book, line));
  depth_.ids = {message_.first_id, message_.last_id, message_.previous_id};
  depth_.send_time = FromMillis(message_.event_ms).value_or(times.exchange);
  depth_.exchange = times.exchange;
  switch (book.sync.OnChange(depth_.ids)) {
    case DepthStep::kApply:
      return WriteDepth(context, book, depth_, times.receive, line);
    case DepthStep::kDrop:
      ++dropped_;
      break;
    case DepthStep::kGap:
      CRUCIBLE_RETURN_IF_ERROR(WriteGap(context, book, depth_, times.receive, line));
      KeepPending(book);
      break;
    case DepthStep::kWait:
      KeepPending(book);
      break;
  }
  return absl::OkStatus();
}

void BinanceImporter::KeepPending(Book& book) {
  while (!book.pending.empty() && (book.pending.size() >= kMaxPendingMessages ||
                                   book.pending_changes + depth_.changes.size() > kMaxPendingChanges)) {
    book.pending_changes -= book.pending.front().changes.size();
    book.pending.pop_front();
    ++dropped_;
  }
  book.pending_changes += depth_.changes.size();
  book.pending.push_back(depth_);
}

absl::Status BinanceImporter::WriteDepth(ImportContext& context, Book& book, const DepthMessage& depth,
                                         Nanos receive, const Line& line) {
  RecordWriter& writer = context.writer;
  writer.BeginGroup(receive, depth.exchange, book.id);
  writer.Add(Kind::kDepthHead, Side::kNone, 0,
             DepthHeadBody{depth.ids.first, depth.ids.last, depth.ids.previous,
                           writer.Shifted(depth.send_time).since_epoch});
  for (const Change& change : depth.changes) {
    writer.Add(Kind::kLevel, change.side, 0, LevelBody{change.price, change.quantity, depth.ids.last, 0});
  }
  CRUCIBLE_RETURN_IF_ERROR(context.EndGroup(line.reader));
  book.touches.OnDepth(depth.ids.last, context.books.book(book.id)->touch());
  return absl::OkStatus();
}

absl::Status BinanceImporter::WriteGap(ImportContext& context, Book& book, const DepthMessage& depth,
                                       Nanos receive, const Line& line) {
  const FeedGapBody gap{book.sync.expected_id(), book.sync.found_id(depth.ids), {}};
  context.doctor.Report(FindingCode::kFeedGap, line.reader, [&] {
    return absl::StrFormat("id %d follows, expected %d", gap.found_id, gap.expected_id);
  });
  context.writer.BeginGroup(receive, depth.exchange, book.id);
  context.writer.Add(Kind::kFeedGap, Side::kNone, 0, gap);
  return context.EndGroup(line.reader);
}

// True when the waiting changes, if any are new enough, continue a snapshot at `last_update_id`.
bool SnapshotContinues(const std::deque<DepthMessage>& pending, bool futures, std::uint64_t last_update_id) {
  DepthSync probe(futures);
  probe.OnSnapshot(last_update_id);
  for (const DepthMessage& depth : pending) {
    const DepthStep step = probe.OnChange(depth.ids);
    if (step != DepthStep::kDrop) return step == DepthStep::kApply;
  }
  return true;
}

absl::Status BinanceImporter::OnSnapshot(ImportContext& context, Book& book, const Line& line) {
  CRUCIBLE_ASSIGN_OR_RETURN(const FeedClock::Times times, TimesOf(context, line));
  const std::uint64_t id = message_.last_id;
  if (book.sync.IsOlderThanBook(id)) {
    context.doctor.AddToMeasure("snapshots_older_than_book", 1);
    return absl::OkStatus();
  }
  if (!SnapshotContinues(book.pending, IsFutures(market_), id)) {
    context.doctor.Report(FindingCode::kStaleSnapshot, line.reader, [&] {
      return absl::StrFormat("lastUpdateId %d, oldest change kept begins at %d", id,
                             book.pending.front().ids.first);
    });
    return absl::OkStatus();
  }
  CRUCIBLE_RETURN_IF_ERROR(ReadChanges(book, line));
  CRUCIBLE_RETURN_IF_ERROR(WriteSnapshot(context, book, times, line));
  book.sync.OnSnapshot(id);
  any_snapshot_ = true;
  return ReplayPending(context, book, times.receive, line);
}

absl::Status BinanceImporter::WriteSnapshot(ImportContext& context, Book& book, const FeedClock::Times& times,
                                            const Line& line) {
  RecordWriter& writer = context.writer;
  writer.BeginGroup(times.receive, times.exchange, book.id);
  writer.Add(Kind::kBookClear, Side::kNone, flag::kSnapshot, std::array<std::int64_t, 4>{});
  for (const Change& change : depth_.changes) {
    writer.Add(Kind::kLevel, change.side, flag::kSnapshot,
               LevelBody{change.price, change.quantity, message_.last_id, 0});
  }
  return context.EndGroup(line.reader);
}

absl::Status BinanceImporter::ReplayPending(ImportContext& context, Book& book, Nanos receive,
                                            const Line& line) {
  while (!book.pending.empty() && book.sync.synchronised()) {
    const DepthMessage& depth = book.pending.front();
    const DepthStep step = book.sync.OnChange(depth.ids);
    if (step == DepthStep::kGap) return WriteGap(context, book, depth, receive, line);
    if (step == DepthStep::kApply) CRUCIBLE_RETURN_IF_ERROR(WriteDepth(context, book, depth, receive, line));
    dropped_ += step == DepthStep::kDrop ? 1 : 0;
    book.pending_changes -= depth.changes.size();
    book.pending.pop_front();
  }
  return absl::OkStatus();
}

// ---- trades and quotes ----

absl::Status BinanceImporter::OnTrade(ImportContext& context, Book& book, const Line& line) {
  if (message_.off_market) {
    ++off_market_;
    return absl::OkStatus();
  }
  CRUCIBLE_ASSIGN_OR_RETURN(const FeedClock::Times times, TimesOf(context, line));
  TradeBody trade{{}, {}, message_.trade_id, {}};
  CRUCIBLE_RETURN_IF_ERROR(book.numbers.ReadPrice(message_.price, line.reader, &trade.price));
  CRUCIBLE_RETURN_IF_ERROR(book.numbers.ReadQuantity(message_.quantity, line.reader, &trade.quantity));
  if (book.last_trade_id != 0 && trade.trade_id != book.last_trade_id + 1) {
    context.doctor.Report(FindingCode::kTradeGap, line.reader, [&] {
      return absl::StrFormat("trade id %d follows %d", trade.trade_id, book.last_trade_id);
    });
  }
  book.last_trade_id = trade.trade_id;
  context.writer.BeginGroup(times.receive, times.exchange, book.id);
  context.writer.Add(Kind::kTrade, message_.buyer_is_maker ? kSell : kBuy, 0, trade);
  return context.writer.EndGroup();
}

absl::Status BinanceImporter::OnQuote(ImportContext& context, Book& book, const Line& line) {
  CRUCIBLE_ASSIGN_OR_RETURN(const FeedClock::Times times, TimesOf(context, line));
  book::Touch touch;
  const NumberReader& numbers = book.numbers;
  CRUCIBLE_RETURN_IF_ERROR(numbers.ReadPrice(message_.bids[0].price, line.reader, &touch.bid_price));
  CRUCIBLE_RETURN_IF_ERROR(numbers.ReadQuantity(message_.bids[0].quantity, line.reader, &touch.bid_quantity));
  CRUCIBLE_RETURN_IF_ERROR(numbers.ReadPrice(message_.asks[0].price, line.reader, &touch.ask_price));
  CRUCIBLE_RETURN_IF_ERROR(numbers.ReadQuantity(message_.asks[0].quantity, line.reader, &touch.ask_quantity));
  const std::uint64_t id = message_.last_id;
  context.writer.BeginGroup(times.receive, times.exchange, book.id);
  context.writer.Add(Kind::kQuote, Side::kBid, 0, QuoteBody{touch.bid_price, touch.bid_quantity, id, 0});
  context.writer.Add(Kind::kQuote, Side::kAsk, 0, QuoteBody{touch.ask_price, touch.ask_quantity, id, 0});
  book.touches.OnQuote(id, touch);
  return context.writer.EndGroup();
}

// ---- what was found ----

void BinanceImporter::FillReport(ImportContext& context) {
  ImportReport& report = context.report;
  report.completeness = any_snapshot_                            ? Completeness::kL2
                        : context.writer.count(Kind::kQuote) > 0 ? Completeness::kQuotes
                                                                 : Completeness::kTrades;
  report.clock_offset = clock_.offset();
  report.clock_offset_estimated = !context.options.clock_offset;
  report.min_feed_latency = clock_.min_latency();
  report.max_feed_latency = clock_.max_latency();
  Doctor& doctor = context.doctor;
  std::int64_t compared = 0;
  std::int64_t equal = 0;
  for (const auto& book : books_) {
    book->touches.Finish();
    compared += book->touches.compared();
    equal += book->touches.equal();
    if (book->pending.empty()) continue;
    doctor.ReportMany(FindingCode::kNoSnapshot, book->pending.size(), Place{context.files.back(), 0, 0}, [&] {
      return absl::StrFormat("%s: depth messages wait for a snapshot when the input ends",
                             book->instrument.symbol);
    });
  }
  if (compared > equal) {
    doctor.ReportMany(FindingCode::kTouchMismatch, static_cast<std::uint64_t>(compared - equal),
                      Place{context.files.front(), 0, 0},
                      [&] { return absl::StrFormat("%d of %d equal", equal, compared); });
  }
  doctor.SetMeasure("touches_compared", compared);
  doctor.SetMeasure("touches_equal", equal);
  doctor.SetMeasure("depth_messages_dropped", dropped_);
  doctor.SetMeasure("trades_off_market", off_market_);
  doctor.SetMeasure("event_times_out_of_order", out_of_order_);
}

}  // namespace

bool RecognisesBinance(const FileHead& head) { return GuessMarket(head.lines).has_value(); }

std::unique_ptr<Importer> MakeBinanceImporter() { return std::make_unique<BinanceImporter>(); }

}  // namespace crucible::decode

#include "framework/decode/tardis.h"

#include <algorithm>
#include <array>
#include <optional>
#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "framework/decode/capture_venue.h"
#include "framework/decode/feed_clock.h"
#include "framework/decode/level_window.h"
#include "framework/decode/number_reader.h"

namespace crucible::decode {
namespace {

constexpr std::int64_t kMicrosecond = 1'000;
constexpr std::size_t kMaxColumns = 1024;
constexpr std::size_t kMaxGroup = std::size_t{1} << 16;

enum class Shape : std::uint8_t { kNone, kIncremental, kSnapshots, kTrades, kQuotes };

// Columns of a file, by what its header line says.
class Columns {
 public:
  explicit Columns(std::string_view header) {
    if (header.size() < 64 * kMaxColumns) names_ = absl::StrSplit(std::string(header), ',');
  }
  // kColumns when there is none.
  std::size_t Find(std::string_view name) const {
    return static_cast<std::size_t>(std::find(names_.begin(), names_.end(), name) - names_.begin());
  }
  bool Has(std::string_view name) const { return Find(name) < names_.size(); }
  std::size_t size() const { return names_.size(); }

  Shape shape() const {
    if (!Has("exchange") || !Has("symbol") || !Has("timestamp") || !Has("local_timestamp"))
      return Shape::kNone;
    if (Has("is_snapshot") && Has("side") && Has("price") && Has("amount")) return Shape::kIncremental;
    if (Has("asks[0].price") && Has("bids[0].price")) return Shape::kSnapshots;
    if (Has("id") && Has("side") && Has("price") && Has("amount")) return Shape::kTrades;
    const bool quotes = Has("ask_price") && Has("ask_amount") && Has("bid_price") && Has("bid_amount");
    return quotes ? Shape::kQuotes : Shape::kNone;
  }

 private:
  std::vector<std::string> names_;
};

// One instrument and the rows of its message under way.
struct Stream {
  Stream(Instrument definition, InstrumentId number, Doctor& doctor, std::size_t levels)
      : instrument(std::move(definition)), id(number), numbers(instrument, doctor), window(levels) {}
  Stream(const Stream&) = delete;
  Stream& operator=(const Stream&) = delete;

  Instrument instrument;
  InstrumentId id;
  NumberReader numbers;
  LevelWindow window;
  PendingGroup group;
  Nanos receive;
  FeedClock::Times times;
  bool has_book = false;
  bool in_snapshot = false;
};

class TardisImporter final : public Importer {
 public:
  absl::Status Prepare(ImportContext& context) override;
  absl::Status Run(ImportContext& context) override;

 private:
  absl::Status RunFile(ImportContext& context, const std::string& path);
  absl::Status ReadHeader(const LineReader& reader, std::string_view line);
  absl::Status RunLine(ImportContext& context, const LineReader& reader, std::string_view line);
  absl::StatusOr<Stream*> StreamOf(ImportContext& context, const LineReader& reader, Nanos receive);
  absl::Status OnLevel(ImportContext& context, const LineReader& reader, Stream& stream);
  absl::Status OnSnapshot(const LineReader& reader, Stream& stream);
  absl::Status OnTrade(const LineReader& reader, Stream& stream);
  absl::Status OnQuote(const LineReader& reader, Stream& stream);
  absl::Status EndMessage(ImportContext& context, Stream& stream, const Position& at);
  absl::Status ReadLevels(const LineReader& reader, const Stream& stream, Side side,
                          ShownLevels& levels) const;
  std::string_view field(std::string_view name) const { return fields_[columns_->Find(name)]; }

  std::optional<Columns> columns_;
  Shape shape_ = Shape::kNone;
  std::vector<std::size_t> level_columns_;  // ask price, ask amount, bid price, bid amount of each level
  std::vector<std::string_view> fields_;
  FeedClock clock_;
  std::vector<std::unique_ptr<Stream>> streams_;
  absl::flat_hash_map<std::string, Stream*> by_name_;  // by exchange and symbol; lookup only
  Stream* open_ = nullptr;                             // has a message under way
  Nanos last_receive_;
};

absl::Status TardisImporter::Prepare(ImportContext& context) {
  clock_.Declare(context.options.clock_offset.value_or(Duration{}), Duration{});
  context.report.clock_offset = clock_.offset();
  return absl::OkStatus();
}

Completeness Shows(Shape shape) {
  if (shape == Shape::kTrades) return Completeness::kTrades;
  return shape == Shape::kQuotes ? Completeness::kQuotes : Completeness::kL2;
}

absl::Status TardisImporter::Run(ImportContext& context) {
  for (const auto& stream : streams_) {
    stream->window.Clear();
    stream->has_book = false;
    stream->in_snapshot = false;
  }
  last_receive_ = {};
  for (const std::string& path : context.files) CRUCIBLE_RETURN_IF_ERROR(RunFile(context, path));
  context.report.completeness = Shows(shape_);
  context.report.min_feed_latency = clock_.min_latency();
  context.report.max_feed_latency = clock_.max_latency();
  return absl::OkStatus();
}

absl::Status TardisImporter::RunFile(ImportContext& context, const std::string& path) {
  CRUCIBLE_ASSIGN_OR_RETURN(LineReader reader, context.OpenLines(path));
  std::string_view line;
  while (reader.Next(&line)) {
    if (reader.line() == 1) {
      CRUCIBLE_RETURN_IF_ERROR(ReadHeader(reader, line));
    } else if (!line.empty()) {
      CRUCIBLE_RETURN_IF_ERROR(RunLine(context, reader, line));
    }
  }
  CRUCIBLE_RETURN_IF_ERROR(reader.status());
  return open_ == nullptr ? absl::OkStatus() : EndMessage(context, *open_, reader);
}

absl::Status TardisImporter::ReadHeader(const LineReader& reader, std::string_view line) {
  columns_.emplace(line);
  const Shape shape = columns_->shape();
  if (shape == Shape::kNone || columns_->size() > kMaxColumns) {
    return ErrorAt(reader,
                   "the header names no Tardis data type: expected incremental_book_L2, book_snapshot_N, "
                   "trades or quotes");
  }
  if (shape_ != Shape::kNone && shape != shape_)
    return ErrorAt(reader, "another data type than in the file before");
  shape_ = shape;
  level_columns_.clear();
  for (std::size_t level = 0; columns_->Has(absl::StrCat("asks[", level, "].price")); ++level) {
    for (const char* const name :
         {"asks[%d].price", "asks[%d].amount", "bids[%d].price", "bids[%d].amount"}) {
      const std::string column = absl::StrReplaceAll(name, {{"%d", absl::StrCat(level)}});
      if (!columns_->Has(column)) return ErrorAt(reader, absl::StrFormat("column %s is missing", column));
      level_columns_.push_back(columns_->Find(column));
    }
  }
  return absl::OkStatus();
}

absl::Status TardisImporter::RunLine(ImportContext& context, const LineReader& reader,
                                     std::string_view line) {
  fields_.clear();
  for (std::size_t begin = 0; begin <= line.size();) {
    const std::size_t end = std::min(line.find(',', begin), line.size());
    fields_.push_back(line.substr(begin, end - begin));
    if (fields_.size() > columns_->size()) break;
    begin = end + 1;
  }
  if (fields_.size() != columns_->size()) {
    return ErrorAt(reader,
                   absl::StrFormat("the line has not the %d columns of the header", columns_->size()));
  }
  const auto exchange = TimeFromCount(field("timestamp"), kMicrosecond);
  const auto receive = TimeFromCount(field("local_timestamp"), kMicrosecond);
  if (!exchange || !receive) {
    return ErrorAt(reader,
                   absl::StrFormat("times are '%s' and '%s', expected microseconds since 1970",
                                   field("timestamp").substr(0, 40), field("local_timestamp").substr(0, 40)));
  }
  if (!context.options.symbol.empty() && field("symbol") != context.options.symbol) {
    context.doctor.PassOver(field("symbol"));
    return absl::OkStatus();
  }
  CRUCIBLE_ASSIGN_OR_RETURN(Stream* const stream, StreamOf(context, reader, *receive));
  const bool continues = shape_ == Shape::kIncremental && open_ == stream && stream->receive == *receive &&
                         stream->group.size() < kMaxGroup;
  if (open_ != nullptr && !continues) CRUCIBLE_RETURN_IF_ERROR(EndMessage(context, *open_, reader));
  if (*receive < last_receive_) {
    context.doctor.Report(FindingCode::kReversedTime, reader, [&] {
      return absl::StrFormat("%d ns earlier than the line before", (last_receive_ - *receive).nanos);
    });
  }
  last_receive_ = std::max(last_receive_, *receive);
  open_ = stream;
  stream->receive = *receive;
  stream->times = clock_.At(*receive, *exchange);
  switch (shape_) {
    case Shape::kIncremental:
      return OnLevel(context, reader, *stream);
    case Shape::kSnapshots:
      return OnSnapshot(reader, *stream);
    case Shape::kTrades:
      return OnTrade(reader, *stream);
    default:
      return OnQuote(reader, *stream);
  }
}

absl::StatusOr<Stream*> TardisImporter::StreamOf(ImportContext& context, const LineReader& reader,
                                                 Nanos receive) {
  const std::string exchange(field("exchange"));
  Stream*& stream = by_name_[absl::StrCat(exchange, ":", std::string(field("symbol")))];
  if (stream != nullptr) return stream;
  InstrumentDefaults defaults;
  defaults.venue = exchange;
  defaults.symbol = std::string(field("symbol"));
  defaults.price_decimals = 8;
  defaults.quantity_decimals = 8;
  defaults.tick_size = "0.00000001";
  defaults.lot_size = "0.00000001";
  absl::StatusOr<Instrument> instrument = MakeInstrument(defaults, context.options);
  if (!instrument.ok()) return ErrorAt(reader, std::string(instrument.status().message()));
  if (context.options.tick_size.empty()) {
    context.doctor.Report(FindingCode::kAssumedTick, reader,
                          [&] { return absl::StrCat(defaults.symbol, ": one unit of its decimals"); });
  }
  CRUCIBLE_ASSIGN_OR_RETURN(const InstrumentId id,
                            context.writer.Define(*instrument, receive - clock_.offset()));
  if (Shows(shape_) == Completeness::kL2) context.books.Watch(id, *instrument, book::BookType::kL2, 0);
  if (shape_ == Shape::kQuotes) context.books.Watch(id, *instrument, book::BookType::kQuotes, 0);
  streams_.push_back(std::make_unique<Stream>(*std::move(instrument), id, context.doctor,
                                              std::max<std::size_t>(level_columns_.size() / 4, 1)));
  stream = streams_.back().get();
  return stream;
}

absl::Status TardisImporter::EndMessage(ImportContext& context, Stream& stream, const Position& at) {
  open_ = nullptr;
  if (stream.group.empty()) return absl::OkStatus();
  if (stream.times.receive < stream.times.exchange) {
    context.doctor.Report(FindingCode::kNegativeLatency, at, [&] {
      return absl::StrFormat("received %d ns before it was sent",
                             (stream.times.exchange - stream.times.receive).nanos);
    });
  }
  context.writer.BeginGroup(stream.times.receive, stream.times.exchange, stream.id);
  for (PendingRecord& record : stream.group.records()) {
    if (record.kind == Kind::kDepthHead)
      record.body[3] = context.writer.Shifted(stream.times.exchange).since_epoch;
    context.writer.Add(record.kind, record.side, record.flags, record.body);
  }
  stream.group.Clear();
  return context.output().EndGroup(at);
}

absl::Status TardisImporter::OnLevel(ImportContext& context, const LineReader& reader, Stream& stream) {
  const std::string_view state = field("is_snapshot");
  const bool snapshot = state == "true";
  const Side side = SideFromText(field("side"));
  if ((!snapshot && state != "false") || side == Side::kNone) {
    return ErrorAt(reader,
                   absl::StrFormat("is_snapshot is '%s', side is '%s', expected true or false, bid or ask",
                                   state.substr(0, 40), field("side").substr(0, 40)));
  }
  if (snapshot && !stream.in_snapshot) {
    stream.group.Add(Kind::kBookClear, Side::kNone, flag::kSnapshot, std::array<std::int64_t, 4>{});
    stream.has_book = true;
  } else if (!snapshot && stream.group.empty()) {
    stream.group.Add(Kind::kDepthHead, Side::kNone, 0, DepthHeadBody{});
  }
  stream.in_snapshot = snapshot;
  if (!stream.has_book) {
    stream.group.Clear();
    context.doctor.Report(FindingCode::kNoSnapshot, reader, [&] {
      return absl::StrFormat("%s: a change before its snapshot", field("symbol"));
    });
    return absl::OkStatus();
  }
  LevelBody level{};
  CRUCIBLE_RETURN_IF_ERROR(stream.numbers.ReadPrice(field("price"), reader, &level.price));
  CRUCIBLE_RETURN_IF_ERROR(stream.numbers.ReadQuantity(field("amount"), reader, &level.quantity));
  stream.group.Add(Kind::kLevel, side, snapshot ? flag::kSnapshot : std::uint16_t{0}, level);
  return absl::OkStatus();
}

absl::Status TardisImporter::ReadLevels(const LineReader& reader, const Stream& stream, Side side,
                                        ShownLevels& levels) const {
  for (std::size_t at = side == Side::kBid ? 2 : 0; at < level_columns_.size(); at += 4) {
    const std::string_view price = fields_[level_columns_[at]];
    if (price.empty()) continue;  // fewer levels than columns
    ShownLevel& level = levels.emplace_back();
    CRUCIBLE_RETURN_IF_ERROR(stream.numbers.ReadPrice(price, reader, &level.price));
    CRUCIBLE_RETURN_IF_ERROR(
        stream.numbers.ReadQuantity(fields_[level_columns_[at + 1]], reader, &level.quantity));
    if (level.quantity.units == 0) levels.pop_back();
  }
  return absl::OkStatus();
}

absl::Status TardisImporter::OnSnapshot(const LineReader& reader, Stream& stream) {
  if (stream.has_book) {
    stream.group.Add(Kind::kDepthHead, Side::kNone, 0, DepthHeadBody{});
  } else {
    stream.group.Add(Kind::kBookClear, Side::kNone, flag::kSnapshot, std::array<std::int64_t, 4>{});
  }
  stream.has_book = true;
  for (const Side side : {Side::kBid, Side::kAsk}) {
    ShownLevels levels;
    CRUCIBLE_RETURN_IF_ERROR(ReadLevels(reader, stream, side, levels));
    stream.window.Update(side, levels, 0, stream.group);
  }
  return absl::OkStatus();
}

absl::Status TardisImporter::OnTrade(const LineReader& reader, Stream& stream) {
  TradeBody trade{};
  CRUCIBLE_RETURN_IF_ERROR(stream.numbers.ReadPrice(field("price"), reader, &trade.price));
  CRUCIBLE_RETURN_IF_ERROR(stream.numbers.ReadQuantity(field("amount"), reader, &trade.quantity));
  stream.group.Add(Kind::kTrade, SideFromText(field("side")), 0, trade);
  return absl::OkStatus();
}

// An empty price is an empty side.
absl::Status TardisImporter::OnQuote(const LineReader& reader, Stream& stream) {
  for (const Side side : {Side::kBid, Side::kAsk}) {
    const std::string_view price = field(side == Side::kBid ? "bid_price" : "ask_price");
    const std::string_view amount = field(side == Side::kBid ? "bid_amount" : "ask_amount");
    QuoteBody quote{};
    if (!price.empty()) {
      CRUCIBLE_RETURN_IF_ERROR(stream.numbers.ReadPrice(price, reader, &quote.price));
      CRUCIBLE_RETURN_IF_ERROR(stream.numbers.ReadQuantity(amount, reader, &quote.quantity));
    }
    stream.group.Add(Kind::kQuote, side, 0, quote);
  }
  return absl::OkStatus();
}

}  // namespace

bool RecognisesTardis(const FileHead& head) {
  return !head.lines.empty() && Columns(head.lines.front()).shape() != Shape::kNone;
}

std::unique_ptr<Importer> MakeTardisImporter() { return std::make_unique<TardisImporter>(); }

}  // namespace crucible::decode

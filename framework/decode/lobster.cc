#include "framework/decode/lobster.h"

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "framework/decode/civil_time.h"
#include "framework/decode/lobster_message.h"
#include "framework/decode/lobster_window.h"
#include "framework/event/order_codes.h"

namespace crucible::decode {
namespace {

constexpr int kPriceDecimals = 4;
constexpr std::size_t kUnboundedWindow = SIZE_MAX;

// What the file's own messages leave of an order.
struct OpenOrder {
  Quantity open;
  Price price;
  Side side = Side::kNone;
};

// One message file and what was found out about it from its name and neighbours.
struct SessionFile {
  std::string path;
  LobsterFileName name;
  Duration utc_offset;
  Nanos midnight;  // UTC
  std::optional<LineReader> messages;
  std::optional<LineReader> rows;
};

class LobsterImporter final : public Importer {
 public:
  absl::Status Prepare(ImportContext& context) override;
  absl::Status Run(ImportContext& context) override;

 private:
  absl::StatusOr<SessionFile> OpenSession(ImportContext& context, const std::string& path);
  absl::Status OpenRows(ImportContext& context, SessionFile& session);
  absl::Status RunSession(ImportContext& context, SessionFile& session);
  absl::Status WriteMessage(ImportContext& context, SessionFile& session);
  absl::Status WriteSnapshot(ImportContext& context, const SessionFile& session);
  absl::Status ReadRow(SessionFile& session);

  void AddRecord(RecordWriter& writer) const;
  void AddLevels(RecordWriter& writer, Side side, const WindowLevels& levels, std::uint16_t flags) const;
  void ReSeed(ImportContext& context, const SessionFile& session);

  void Examine(ImportContext& context, const LineReader& at);
  void ExamineTime(ImportContext& context, const LineReader& at);
  void ExamineOrder(ImportContext& context, const LineReader& at);
  void ExamineAdd(ImportContext& context, const LineReader& at);
  void ExamineChange(ImportContext& context, const LineReader& at);
  void StoreMeasures(ImportContext& context) const;

  std::vector<std::string> paths_;
  std::optional<InstrumentId> instrument_;
  Instrument definition_;
  std::size_t levels_ = kUnboundedWindow;

  LobsterMessage message_;
  bool first_message_ = true;
  Duration previous_time_;
  WindowRow row_;       // after the current message, from the file
  WindowRow expected_;  // the row before it, with the message applied
  WindowDifference difference_;
  absl::flat_hash_map<std::uint64_t, OpenOrder> orders_;

  std::array<std::int64_t, 8> type_counts_{};
  std::int64_t transitions_ = 0;
  std::int64_t transitions_equal_ = 0;
  std::int64_t revealed_ = 0;
  std::int64_t ties_ = 0;
};

std::string OrderbookName(const std::string& path) {
  std::string result = path;
  const std::size_t at = result.rfind("_message_");
  if (at != std::string::npos) result.replace(at, 9, "_orderbook_");
  return result;
}

// The orderbook file beside a message file, in the same or another compression; empty if there is none.
std::string FindOrderbook(const FileAccess& files, const std::string& path) {
  const std::string same = OrderbookName(path);
  if (same == path) return "";
  const std::string stem = same.substr(0, same.rfind(".csv") + 4);
  for (const std::string& candidate : {same, stem, stem + ".zst", stem + ".gz"}) {
    if (files.Bytes(candidate).ok()) return candidate;
  }
  return "";
}

// An orderbook file that was found and not named is an input like the others.
absl::Status DeclareOrderbook(ImportContext& context, const std::string& path) {
  const std::string rows = FindOrderbook(context.file_access, path);
  if (rows.empty() || std::find(context.files.begin(), context.files.end(), rows) != context.files.end()) {
    return absl::OkStatus();
  }
  CRUCIBLE_ASSIGN_OR_RETURN(const std::uint64_t bytes, context.file_access.Bytes(rows));
  context.report.files.push_back({rows, bytes});
  context.meter.AddTotal(bytes * std::max<std::uint64_t>(context.options.repeat, 1));
  return absl::OkStatus();
}

absl::Status LobsterImporter::Prepare(ImportContext& context) {
  for (const std::string& path : context.files) {
    const auto name = ParseLobsterFileName(BaseName(path));
    if (!name || name->is_message) paths_.push_back(path);
  }
  for (const std::string& path : paths_) CRUCIBLE_RETURN_IF_ERROR(DeclareOrderbook(context, path));
  if (paths_.empty()) {
    return absl::InvalidArgumentError(
        absl::StrFormat("%s is an orderbook file; give the message file", context.files.front()));
  }
  return absl::OkStatus();
}

absl::StatusOr<SessionFile> OpenNamed(const ImportOptions& options, const std::string& path) {
  SessionFile session;
  session.path = path;
  const auto name = ParseLobsterFileName(BaseName(path));
  if (name) session.name = *name;
  if (!options.symbol.empty()) session.name.symbol = options.symbol;
  const auto date = options.date.empty() ? std::nullopt : ParseDate(options.date);
  if (!options.date.empty() && !date) {
    return absl::InvalidArgumentError(absl::StrFormat("date is '%s', expected YYYY-MM-DD", options.date));
  }
  if (!date && !name) {
    return absl::InvalidArgumentError(absl::StrFormat(
        "%s: the name does not tell the date (SYMBOL_DATE_START_END_message_LEVELS.csv); give --date", path));
  }
  if (date) session.name.date = *date;
  session.utc_offset = options.utc_offset.value_or(NewYorkUtcOffset(session.name.date));
  session.midnight = Midnight(session.name.date) - session.utc_offset;
  return session;
}

absl::StatusOr<SessionFile> LobsterImporter::OpenSession(ImportContext& context, const std::string& path) {
  CRUCIBLE_ASSIGN_OR_RETURN(SessionFile session, OpenNamed(context.options, path));
  CRUCIBLE_ASSIGN_OR_RETURN(session.messages, context.OpenLines(path));
  CRUCIBLE_RETURN_IF_ERROR(OpenRows(context, session));
  const int levels = context.options.window_levels.value_or(session.name.levels);
  levels_ = levels > 0 ? static_cast<std::size_t>(levels) : kUnboundedWindow;
  context.report.completeness = levels > 0 ? Completeness::kWindowedL3 : Completeness::kFullL3;
  context.report.window_levels = levels;
  context.report.utc_offset = session.utc_offset;
  return session;
}

absl::Status LobsterImporter::OpenRows(ImportContext& context, SessionFile& session) {
  const std::string path = FindOrderbook(context.file_access, session.path);
  if (path.empty()) return absl::OkStatus();
  CRUCIBLE_ASSIGN_OR_RETURN(session.rows, context.OpenLines(path));
  return absl::OkStatus();
}

absl::Status LobsterImporter::Run(ImportContext& context) {
  for (const std::string& path : paths_) {
    CRUCIBLE_ASSIGN_OR_RETURN(SessionFile session, OpenSession(context, path));
    CRUCIBLE_RETURN_IF_ERROR(RunSession(context, session));
  }
  StoreMeasures(context);
  return absl::OkStatus();
}

absl::Status LobsterImporter::RunSession(ImportContext& context, SessionFile& session) {
  orders_.clear();
  first_message_ = true;
  LineReader& reader = *session.messages;
  std::string_view line;
  while (reader.Next(&line)) {
    const std::string wrong = ParseLobsterMessage(line, &message_);
    if (!wrong.empty()) return ErrorAt(reader, wrong);
    if (session.rows) CRUCIBLE_RETURN_IF_ERROR(ReadRow(session));
    CRUCIBLE_RETURN_IF_ERROR(WriteMessage(context, session));
  }
  context.doctor.AddToMeasure("orders_left", static_cast<std::int64_t>(orders_.size()));
  return reader.status();
}

absl::Status LobsterImporter::ReadRow(SessionFile& session) {
  std::string_view line;
  LineReader& rows = *session.rows;
  if (!rows.Next(&line)) {
    CRUCIBLE_RETURN_IF_ERROR(rows.status());
    return ErrorAt(*session.messages, absl::StrFormat("%s ends at line %d, expected one row per message",
                                                      rows.name(), rows.line()));
  }
  const std::string wrong = ParseWindowRow(line, &row_);
  return wrong.empty() ? absl::OkStatus() : ErrorAt(rows, wrong);
}

absl::Status LobsterImporter::WriteMessage(ImportContext& context, SessionFile& session) {
  RecordWriter& writer = context.writer;
  if (first_message_) CRUCIBLE_RETURN_IF_ERROR(WriteSnapshot(context, session));
  Examine(context, *session.messages);
  const Nanos time = session.midnight + message_.time;
  writer.BeginGroup(time, time, *instrument_);
  AddRecord(writer);
  if (session.rows) ReSeed(context, session);
  first_message_ = false;
  previous_time_ = message_.time;
  return context.output().EndGroup(*session.messages);
}

InstrumentDefaults Defaults(const LobsterFileName& name) {
  return {.venue = "nasdaq",
          .symbol = name.symbol,
          .currency = "USD",
          .settle_currency = "",
          .price_decimals = kPriceDecimals,
          .quantity_decimals = 0,
          .tick_size = "0.01",
          .lot_size = "1",
          .multiplier = 1,
          .contract = Contract::kLinear};
}

absl::Status LobsterImporter::WriteSnapshot(ImportContext& context, const SessionFile& session) {
  const Nanos time = session.midnight + message_.time;
  RecordWriter& writer = context.writer;
  if (!instrument_) {
    absl::StatusOr<Instrument> instrument = MakeInstrument(Defaults(session.name), context.options);
    if (!instrument.ok()) return ErrorAt(*session.messages, std::string(instrument.status().message()));
    definition_ = *std::move(instrument);
    if (definition_.price_decimals != kPriceDecimals || definition_.quantity_decimals != 0) {
      return absl::InvalidArgumentError("a LOBSTER file has 4 price decimals and 0 quantity decimals");
    }
    CRUCIBLE_ASSIGN_OR_RETURN(instrument_, writer.Define(definition_, time));
    context.books.Watch(*instrument_, definition_, book::BookType::kL3,
                        static_cast<std::uint32_t>(context.report.window_levels));
  }
  writer.BeginGroup(time, time, *instrument_);
  writer.Add(Kind::kBookClear, Side::kNone, flag::kSnapshot, std::array<std::int64_t, 4>{});
  if (session.rows) {
    expected_ = row_;
    UndoInWindow(message_, &expected_);
    AddLevels(writer, Side::kBid, expected_.bids, flag::kSnapshot);
    AddLevels(writer, Side::kAsk, expected_.asks, flag::kSnapshot);
  }
  return context.output().EndGroup(*session.messages);
}

TradingStatus StatusOf(Price price) {
  if (price.units < 0) return TradingStatus::kHalted;
  return price.units == 0 ? TradingStatus::kQuoting : TradingStatus::kTrading;
}

void LobsterImporter::AddRecord(RecordWriter& writer) const {
  const LobsterMessage& m = message_;
  const OrderId id{m.order_id};
  const L3Body l3{m.price, m.size, id, 0};
  switch (m.type) {
    case LobsterType::kAdd:
      writer.Add(Kind::kOrderAdd, m.side, 0, l3);
      break;
    case LobsterType::kReduce:
      writer.Add(Kind::kOrderReduce, m.side, 0, l3);
      break;
    case LobsterType::kDelete:
      writer.Add(Kind::kOrderDelete, m.side, 0, l3);
      break;
    case LobsterType::kExecute:
      writer.Add(Kind::kOrderExecute, m.side, 0, ExecuteBody{m.price, m.size, id, 0});
      break;
    case LobsterType::kExecuteHidden:
      writer.Add(Kind::kTrade, Opposite(m.side), 0, TradeBody{m.price, m.size, 0, id});
      break;
    case LobsterType::kCross:
      writer.Add(Kind::kTrade, Side::kNone, 0, TradeBody{m.price, m.size, 0, id});
      break;
    case LobsterType::kHalt:
      writer.Add(Kind::kTradingStatus, Side::kNone, 0,
                 StatusBody{static_cast<std::int64_t>(StatusOf(m.price)), 0, {}});
      break;
  }
}

void LobsterImporter::AddLevels(RecordWriter& writer, Side side, const WindowLevels& levels,
                                std::uint16_t flags) const {
  for (const WindowLevel& level : levels) {
    writer.Add(Kind::kLevel, side, flags, LevelBody{level.price, level.quantity, 0, 0});
  }
}

void LobsterImporter::ReSeed(ImportContext& context, const SessionFile& session) {
  bool equal = ApplyToWindow(message_, levels_, &expected_);
  if (!equal) {
    context.doctor.Report(FindingCode::kOutOfWindow, *session.messages,
                          [&] { return absl::StrFormat("price %d", message_.price.units); });
  }
  equal = true;
  for (const Side side : {Side::kBid, Side::kAsk}) {
    CompareWindow(side, expected_.of(side), row_.of(side), &difference_);
    AddLevels(context.writer, side, difference_.corrections, flag::kSynthetic);
    equal &= difference_.equal;
    revealed_ += static_cast<std::int64_t>(difference_.revealed);
  }
  std::swap(expected_, row_);
  if (first_message_) return;
  ++transitions_;
  transitions_equal_ += equal ? 1 : 0;
  if (!equal) {
    context.doctor.Report(FindingCode::kBookMismatch, *session.rows,
                          [] { return "the row differs from the row before it plus the message"; });
  }
}

// ---- the doctor's part ----

void LobsterImporter::Examine(ImportContext& context, const LineReader& at) {
  ++type_counts_[static_cast<std::size_t>(message_.type)];
  ExamineTime(context, at);
  if (message_.type == LobsterType::kHalt) return;
  if (message_.price.units % definition_.tick_size.units != 0) {
    context.doctor.Report(FindingCode::kOffGridPrice, at, [&] {
      return absl::StrFormat("price %d, tick %d", message_.price.units, definition_.tick_size.units);
    });
  }
  ExamineOrder(context, at);
}

void LobsterImporter::ExamineTime(ImportContext& context, const LineReader& at) {
  if (!message_.exact_time) {
    context.doctor.Report(FindingCode::kInexactDecimal, at, [] { return "time with more than 9 decimals"; });
  }
  if (first_message_) return;
  ties_ += message_.time == previous_time_ ? 1 : 0;
  if (message_.time >= previous_time_) return;
  context.doctor.Report(FindingCode::kReversedTime, at, [&] {
    return absl::StrFormat("%d ns earlier than the line before", (previous_time_ - message_.time).nanos);
  });
}

void LobsterImporter::ExamineOrder(ImportContext& context, const LineReader& at) {
  switch (message_.type) {
    case LobsterType::kAdd:
      ExamineAdd(context, at);
      break;
    case LobsterType::kReduce:
    case LobsterType::kDelete:
    case LobsterType::kExecute:
      ExamineChange(context, at);
      break;
    default:
      break;
  }
}

void LobsterImporter::ExamineAdd(ImportContext& context, const LineReader& at) {
  const OpenOrder order{message_.size, message_.price, message_.side};
  const bool added = orders_.insert_or_assign(message_.order_id, order).second;
  if (added) return;
  context.doctor.Report(FindingCode::kDuplicateOrder, at,
                        [&] { return absl::StrFormat("order id %d", message_.order_id); });
}

void LobsterImporter::ExamineChange(ImportContext& context, const LineReader& at) {
  const auto found = orders_.find(message_.order_id);
  if (found == orders_.end()) {
    context.doctor.Report(FindingCode::kUnknownOrder, at,
                          [&] { return absl::StrFormat("order id %d", message_.order_id); });
    return;
  }
  OpenOrder& order = found->second;
  const bool whole = message_.type == LobsterType::kDelete;
  const bool fits = whole ? message_.size == order.open : message_.size <= order.open;
  if (!fits || message_.price != order.price || message_.side != order.side) {
    context.doctor.Report(FindingCode::kOrderMismatch, at, [&] {
      return absl::StrFormat("order id %d: %d of %d open", message_.order_id, message_.size.units,
                             order.open.units);
    });
  }
  order.open = order.open - message_.size;
  if (whole || order.open.units <= 0) orders_.erase(found);
}

void LobsterImporter::StoreMeasures(ImportContext& context) const {
  Doctor& doctor = context.doctor;
  std::int64_t messages = 0;
  for (const std::int64_t count : type_counts_) messages += count;
  doctor.SetMeasure("messages", messages);
  for (std::size_t type = 1; type < type_counts_.size(); ++type) {
    doctor.SetMeasure(absl::StrCat("messages_type_", type), type_counts_[type]);
  }
  doctor.SetMeasure("equal_times", ties_);
  if (transitions_ == 0) return;
  doctor.SetMeasure("transitions", transitions_);
  doctor.SetMeasure("transitions_equal", transitions_equal_);
  doctor.SetMeasure("levels_revealed", revealed_);
}

}  // namespace

bool RecognisesLobster(const FileHead& head) {
  if (ParseLobsterFileName(head.name)) return true;
  LobsterMessage message;
  return !head.lines.empty() && std::all_of(head.lines.begin(), head.lines.end(), [&](std::string_view line) {
    return ParseLobsterMessage(line, &message).empty();
  });
}

std::unique_ptr<Importer> MakeLobsterImporter() { return std::make_unique<LobsterImporter>(); }

}  // namespace crucible::decode

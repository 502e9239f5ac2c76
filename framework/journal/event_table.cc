#include <algorithm>
#include <bit>
#include <cstdlib>
#include <limits>
#include <memory>
#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "framework/event/kinds.h"
#include "framework/journal/block_codec.h"
#include "framework/journal/block_source.h"
#include "framework/journal/event_rows.h"
#include "framework/journal/virtual_table.h"

namespace crucible::journal {
namespace {

constexpr char kDeclaration[] =
    "CREATE TABLE events(stream TEXT, seq INTEGER, time INTEGER, origin INTEGER, instrument INTEGER, kind "
    "TEXT, "
    "side TEXT, flags INTEGER, slot0 INTEGER, slot1 INTEGER, slot2 INTEGER, slot3 INTEGER)";
enum EventColumn { kStream, kSeq, kTime, kOrigin, kInstrument, kKind, kSide, kFlags, kSlot0 };

// A constraint that xBestIndex passes to xFilter: two characters of idxStr, column ('a' + column) and
// operator.
constexpr char kEqual = '=', kAtLeast = 'g', kAbove = '>', kAtMost = 'l', kBelow = '<';

char OperatorCode(unsigned char op) {
  switch (op) {
    case SQLITE_INDEX_CONSTRAINT_EQ:
      return kEqual;
    case SQLITE_INDEX_CONSTRAINT_GE:
      return kAtLeast;
    case SQLITE_INDEX_CONSTRAINT_GT:
      return kAbove;
    case SQLITE_INDEX_CONSTRAINT_LE:
      return kAtMost;
    case SQLITE_INDEX_CONSTRAINT_LT:
      return kBelow;
    default:
      return '\0';
  }
}

bool IsUsed(int column, char op) {
  const bool ordered = column == kSeq || column == kTime;
  const bool named = column == kStream || column == kInstrument || column == kKind;
  return (ordered && op != '\0') || (named && op == kEqual);
}

// What the constraints leave to read. SQLite checks every row again: these only skip.
struct Filter {
  std::optional<std::string> stream;
  Range range;
  std::optional<std::uint32_t> instrument;
  std::optional<Kind> kind;
  bool nothing = false;

  void Narrow(int column, char op, sqlite3_value* value);
  bool Keeps(const Event& event) const {
    return (!instrument || event.instrument == *instrument) && (!kind || event.kind == *kind) &&
           event.seq >= range.first_seq && event.seq <= range.last_seq && event.time >= range.min_time &&
           event.time <= range.max_time;
  }
  Pruning Masks() const {
    return {.instrument_mask = instrument ? InstrumentBit(*instrument) : 0,
            .kind_mask = kind ? KindBit(*kind) : 0};
  }

 private:
  void NarrowSeq(char op, std::int64_t value);
  void NarrowTime(char op, std::int64_t value);
};

void Filter::NarrowSeq(char op, std::int64_t value) {
  const auto seq = static_cast<std::uint64_t>(std::max<std::int64_t>(value, 0));
  if (op == kEqual || op == kAtLeast) range.first_seq = std::max(range.first_seq, seq);
  if (op == kAbove) range.first_seq = std::max(range.first_seq, value < 0 ? 0 : seq + 1);
  if (op == kEqual || op == kAtMost) range.last_seq = std::min(range.last_seq, seq);
  if (op == kBelow) range.last_seq = std::min(range.last_seq, seq == 0 ? 0 : seq - 1);
}

void Filter::NarrowTime(char op, std::int64_t value) {
  constexpr std::int64_t kMin = std::numeric_limits<std::int64_t>::min();
  constexpr std::int64_t kMax = std::numeric_limits<std::int64_t>::max();
  nothing |= (op == kAbove && value == kMax) || (op == kBelow && value == kMin);
  if (nothing) return;
  if (op == kEqual || op == kAtLeast) range.min_time = std::max(range.min_time, value);
  if (op == kAbove) range.min_time = std::max(range.min_time, value + 1);
  if (op == kEqual || op == kAtMost) range.max_time = std::min(range.max_time, value);
  if (op == kBelow) range.max_time = std::min(range.max_time, value - 1);
}

void Filter::Narrow(int column, char op, sqlite3_value* value) {
  const auto* text = reinterpret_cast<const char*>(sqlite3_value_text(value));
  const bool is_integer = sqlite3_value_numeric_type(value) == SQLITE_INTEGER;
  const std::int64_t number = sqlite3_value_int64(value);
  switch (column) {
    case kStream:
      stream = text == nullptr ? "" : text;
      break;
    case kKind:
      kind = KindFromName(text == nullptr ? "" : text);
      nothing |= !kind.has_value();
      break;
    case kInstrument:
      if (!is_integer) break;
      nothing |= number < 0 || number > std::numeric_limits<std::uint32_t>::max();
      instrument = static_cast<std::uint32_t>(number);
      break;
    case kSeq:
      if (is_integer) NarrowSeq(op, number);
      break;
    default:
      if (is_integer) NarrowTime(op, number);
  }
}

// A scan of one stream after the other.
class EventCursor : public sqlite3_vtab_cursor {
 public:
  explicit EventCursor(TableBase* table) : sqlite3_vtab_cursor{}, table_(table), records_(kMaxBlockRecords) {}

  absl::Status Start(Filter filter) {
    filter_ = std::move(filter);
    CRUCIBLE_ASSIGN_OR_RETURN(streams_, ListStreams(table_->database));
    if (filter_.stream) {
      std::erase_if(streams_, [&](const StreamName& stream) { return stream.name != *filter_.stream; });
    }
    if (filter_.nothing) streams_.clear();
    stream_ = 0;
    at_ = end_ = 0;
    source_.reset();
    return Next();
  }

  absl::Status Next() {
    ++at_;
    while (true) {
      while (at_ < end_ && !filter_.Keeps(records_[at_])) ++at_;
      if (at_ < end_) return absl::OkStatus();
      CRUCIBLE_ASSIGN_OR_RETURN(const bool found, NextPiece());
      if (!found) return absl::OkStatus();
    }
  }

  bool AtEnd() const { return stream_ == streams_.size(); }
  const Event& event() const { return records_[at_]; }
  const std::string& stream() const { return streams_[stream_].name; }
  std::int64_t rowid() const {
    return static_cast<std::int64_t>(streams_[stream_].id << 48 |
                                     (event().seq & ((std::uint64_t{1} << 48) - 1)));
  }

 private:
  absl::StatusOr<bool> NextPiece() {
    for (; stream_ < streams_.size(); ++stream_) {
      if (!source_) {
        CRUCIBLE_ASSIGN_OR_RETURN(source_, BlockSource::Open(table_->database, "main", streams_[stream_].id,
                                                             filter_.range, filter_.Masks()));
      }
      CRUCIBLE_ASSIGN_OR_RETURN(const bool found, source_->Next());
      if (found) return DecodePiece();
      source_.reset();
    }
    at_ = end_ = 0;
    return false;
  }

  absl::StatusOr<bool> DecodePiece() {
    const Piece& piece = source_->piece();
    at_ = 0;
    end_ = piece.header.count();
    CRUCIBLE_RETURN_IF_ERROR(decoder_.Decode(piece.header.codec, piece.payload, piece.header.first_seq,
                                             std::span(records_).first(end_)));
    return true;
  }

  TableBase* table_;
  Filter filter_;
  std::vector<StreamName> streams_;
  std::size_t stream_ = 0;
  std::optional<BlockSource> source_;
  BlockDecoder decoder_;
  std::vector<Event> records_;
  std::size_t at_ = 0;
  std::size_t end_ = 0;
};

// Fewer rows the more a constraint leaves out; the figures only have to rank plans.
double Selectivity(int column, char op) {
  if (column == kSeq && op == kEqual) return 1e-6;
  if (column == kStream || column == kKind) return 0.3;
  return op == kEqual ? 0.05 : 0.4;
}

int BestIndex(sqlite3_vtab*, sqlite3_index_info* info) {
  std::string plan;
  double rows = 1e7;
  for (int i = 0; i < info->nConstraint; ++i) {
    const auto& constraint = info->aConstraint[i];
    const char op = OperatorCode(constraint.op);
    if (!constraint.usable || !IsUsed(constraint.iColumn, op)) continue;
    plan.push_back(static_cast<char>('a' + constraint.iColumn));
    plan.push_back(op);
    info->aConstraintUsage[i].argvIndex = static_cast<int>(plan.size() / 2);
    rows *= Selectivity(constraint.iColumn, op);
  }
  info->idxStr = sqlite3_mprintf("%s", plan.c_str());
  if (info->idxStr == nullptr) return SQLITE_NOMEM;
  info->needToFreeIdxStr = 1;
  info->estimatedRows = static_cast<sqlite3_int64>(std::max(rows, 1.0));
  info->estimatedCost = std::max(rows, 1.0) + 1000;
  return SQLITE_OK;
}

int FilterRows(sqlite3_vtab_cursor* base, int, const char* plan, int count, sqlite3_value** values) {
  Filter filter;
  for (int i = 0; i < count; ++i) filter.Narrow(plan[2 * i] - 'a', plan[2 * i + 1], values[i]);
  return Report(base->pVtab, static_cast<EventCursor*>(base)->Start(std::move(filter)));
}

void ResultKind(sqlite3_context* context, Kind kind) {
  const KindInfo* info = FindKind(kind);
  if (info != nullptr) return ResultStatic(context, info->name);
  ResultText(context, absl::StrCat("kind ", static_cast<int>(kind)));
}

int ColumnValue(sqlite3_vtab_cursor* base, sqlite3_context* context, int column) {
  const auto& cursor = *static_cast<EventCursor*>(base);
  const Event& event = cursor.event();
  switch (column) {
    case kStream:
      ResultText(context, cursor.stream());
      break;
    case kSeq:
      sqlite3_result_int64(context, static_cast<sqlite3_int64>(event.seq));
      break;
    case kTime:
      sqlite3_result_int64(context, event.time);
      break;
    case kOrigin:
      sqlite3_result_int64(context, static_cast<sqlite3_int64>(event.origin));
      break;
    case kInstrument:
      sqlite3_result_int64(context, event.instrument);
      break;
    case kKind:
      ResultKind(context, event.kind);
      break;
    case kSide:
      ResultStatic(context, SideName(static_cast<std::uint8_t>(event.side)));
      break;
    case kFlags:
      sqlite3_result_int(context, event.flags);
      break;
    default:
      sqlite3_result_int64(context, event.body[static_cast<std::size_t>(column - kSlot0)]);
  }
  return SQLITE_OK;
}

// A view of one kind: the slots that it uses, under their own names; doubles as such.
std::string ViewOf(const KindInfo& info) {
  std::string sql = absl::StrFormat(
      "CREATE TEMP VIEW IF NOT EXISTS %s_events AS SELECT stream, seq, time, origin, instrument, side, flags",
      info.name);
  for (std::size_t slot = 0; slot < info.slots.size(); ++slot) {
    if (info.slots[slot].name.empty()) continue;
    const std::string column = absl::StrCat("slot", slot);
    const bool is_double = info.slots[slot].type == SlotType::kDoubleBits;
    absl::StrAppend(&sql, ", ", is_double ? absl::StrCat("double_of_bits(", column, ")") : column, " AS \"",
                    std::string(info.slots[slot].name), "\"");
  }
  return absl::StrCat(sql, " FROM events WHERE kind = '", std::string(info.name), "'");
}

// SQL's double_of_bits(INTEGER) -> REAL; NULL for what is no number.
void DoubleOfBits(sqlite3_context* context, int /*count*/, sqlite3_value** values) {
  if (sqlite3_value_type(values[0]) != SQLITE_INTEGER) return sqlite3_result_null(context);
  sqlite3_result_double(context, std::bit_cast<double>(sqlite3_value_int64(values[0])));
}

absl::Status RegisterDoubleOfBits(sqlite3* database) {
  constexpr int kFlags = SQLITE_UTF8 | SQLITE_DETERMINISTIC | SQLITE_INNOCUOUS;
  return SqliteStatus(database,
                      sqlite3_create_function_v2(database, "double_of_bits", 1, kFlags, nullptr, DoubleOfBits,
                                                 nullptr, nullptr, nullptr),
                      "register function double_of_bits");
}

}  // namespace

absl::StatusOr<std::vector<StreamName>> ListStreams(sqlite3* database) {
  CRUCIBLE_ASSIGN_OR_RETURN(
      Statement select,
      Statement::Prepare(database,
                         "SELECT stream_id, name FROM main.stream WHERE stream_id > 0 ORDER BY stream_id"));
  std::vector<StreamName> streams;
  while (true) {
    CRUCIBLE_ASSIGN_OR_RETURN(const bool row, select.Step());
    if (!row) return streams;
    streams.push_back({select.Unsigned(0), std::string(select.Text(1))});
  }
}

absl::Status RegisterEvents(sqlite3* database) {
  static const sqlite3_module module =
      MakeModule<TableBase, EventCursor, kDeclaration>(BestIndex, FilterRows, ColumnValue);
  return SqliteStatus(database, sqlite3_create_module_v2(database, "events", &module, nullptr, nullptr),
                      "register table events");
}

absl::Status RegisterTables(sqlite3* database) {
  CRUCIBLE_RETURN_IF_ERROR(RegisterEvents(database));
  CRUCIBLE_RETURN_IF_ERROR(RegisterOrders(database));
  CRUCIBLE_RETURN_IF_ERROR(RegisterFills(database, "fills"));
  CRUCIBLE_RETURN_IF_ERROR(RegisterDoubleOfBits(database));
  std::string sql;
  for (const KindInfo& info : AllKinds()) absl::StrAppend(&sql, ViewOf(info), ";");
  absl::StrAppend(
      &sql,
      "CREATE TEMP VIEW IF NOT EXISTS trades AS SELECT * FROM trade_events;"
      "CREATE TEMP VIEW IF NOT EXISTS positions AS SELECT stream_id, instrument_id, "
      "sum(CASE side WHEN 'buy' THEN quantity ELSE -quantity END) AS quantity, count(*) AS fills, sum(fee) "
      "AS fees "
      "FROM fills GROUP BY stream_id, instrument_id;"
      "CREATE TEMP VIEW IF NOT EXISTS bars AS SELECT stream, seq, time, origin, instrument, open, high, low, "
      "close, volume, trades, length, turnover FROM (SELECT stream, seq, time, origin, instrument, kind, "
      "slot0 AS open, slot1 AS high, slot2 AS low, slot3 AS close, lead(slot0) OVER w AS volume, "
      "lead(slot1) OVER w AS trades, lead(slot2) OVER w AS length, lead(slot3) OVER w AS turnover "
      "FROM events WHERE +kind IN ('bar', 'bar_volume') WINDOW w AS (PARTITION BY stream ORDER BY seq)) "
      "WHERE kind = 'bar';");
  return Execute(database, sql);
}

}  // namespace crucible::journal

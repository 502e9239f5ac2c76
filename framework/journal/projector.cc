#include "framework/journal/projector.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_format.h"
#include "framework/event/instrument.h"
#include "framework/event/kinds.h"
#include "framework/event/order_codes.h"

namespace crucible::journal {
namespace {

constexpr int kFillColumns = 15;
// Fills that one statement inserts: a row of many costs a quarter less than one alone.
constexpr std::size_t kFillsAtOnce = 16;

absl::StatusOr<Statement> Insert(sqlite3* database, std::string_view schema, const char* table, int columns,
                                 std::size_t rows = 1) {
  std::string sql = absl::StrFormat("INSERT INTO \"%s\".%s VALUES", schema, table);
  for (std::size_t row = 0; row < rows; ++row) {
    sql += row == 0 ? "(?" : ", (?";
    for (int i = 1; i < columns; ++i) sql += ", ?";
    sql += ")";
  }
  return Statement::Prepare(database, sql);
}

std::string_view Liquidity(const Event& fill) {
  if (fill.flags & flag::kMaker) return "maker";
  return fill.flags & flag::kTaker ? "taker" : "unknown";
}

}  // namespace

absl::StatusOr<Projector> Projector::Open(sqlite3* database, std::string_view schema, std::uint64_t stream_id,
                                          TextReader read_text) {
  Projector projector;
  projector.stream_id_ = stream_id;
  projector.read_text_ = std::move(read_text);
  CRUCIBLE_ASSIGN_OR_RETURN(
      projector.define_,
      Statement::Prepare(database, absl::StrFormat("INSERT OR REPLACE INTO \"%s\".instrument "
                                                   "VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                                                   schema)));
  CRUCIBLE_ASSIGN_OR_RETURN(projector.fill_, Insert(database, schema, "fills", kFillColumns));
  CRUCIBLE_ASSIGN_OR_RETURN(projector.fills_, Insert(database, schema, "fills", kFillColumns, kFillsAtOnce));
  projector.waiting_.reserve(kFillsAtOnce);
  CRUCIBLE_ASSIGN_OR_RETURN(projector.equity_, Insert(database, schema, "equity", 7));
  CRUCIBLE_ASSIGN_OR_RETURN(projector.checkpoint_, Insert(database, schema, "state_checkpoint", 7));
  CRUCIBLE_ASSIGN_OR_RETURN(
      projector.progress_,
      Statement::Prepare(database,
                         absl::StrFormat("INSERT INTO \"%s\".projection VALUES(?, ?) ON CONFLICT(stream_id) "
                                         "DO UPDATE SET last_seq = excluded.last_seq",
                                         schema)));
  CRUCIBLE_ASSIGN_OR_RETURN(
      Statement saved,
      Statement::Prepare(
          database, absl::StrFormat("SELECT last_seq FROM \"%s\".projection WHERE stream_id = ?", schema)));
  CRUCIBLE_ASSIGN_OR_RETURN(const bool row, saved.Bind(1, stream_id).Step());
  if (row) projector.last_seq_ = projector.saved_seq_ = saved.Unsigned(0);
  return projector;
}

absl::Status Projector::Apply(std::span<const Event> records) {
  for (const Event& event : records) {
    if (Projects(event.kind)) CRUCIBLE_RETURN_IF_ERROR(ApplyOne(event));
  }
  CRUCIBLE_RETURN_IF_ERROR(WriteFewFills());
  if (!records.empty()) Reach(records.back().seq);
  return absl::OkStatus();
}

absl::Status Projector::Apply(std::span<const Event> records, std::span<const std::uint16_t> places) {
  for (const std::uint16_t place : places) CRUCIBLE_RETURN_IF_ERROR(ApplyOne(records[place]));
  CRUCIBLE_RETURN_IF_ERROR(WriteFewFills());
  if (!records.empty()) Reach(records.back().seq);
  return absl::OkStatus();
}

void Projector::Reach(std::uint64_t seq) {
  const bool cut = group_open_ && head_.seq == seq;
  last_seq_ = std::max(last_seq_, cut ? seq - 1 : seq);
}

// A group is two records in a row.
bool Projector::ClosesGroup(const Event& event, Kind head) {
  return std::exchange(group_open_, false) && head_.kind == head && head_.seq + 1 == event.seq;
}

absl::Status Projector::ApplyOne(const Event& event) {
  if (event.seq <= last_seq_) return absl::OkStatus();
  switch (event.kind) {
    case Kind::kDefinition:
    case Kind::kFill:
      head_ = event;
      group_open_ = true;
      return absl::OkStatus();
    case Kind::kDefinitionUnits:
      return Define(event);
    case Kind::kFillDetail:
      return Fill(event);
    case Kind::kEquity:
      return Equity(event);
    case Kind::kStateHash:
      return Checkpoint(event);
    default:
      return absl::OkStatus();
  }
}

absl::Status Projector::Define(const Event& units) {
  if (!ClosesGroup(units, Kind::kDefinition)) return absl::OkStatus();
  CRUCIBLE_ASSIGN_OR_RETURN(const std::string text, read_text_(As<DefinitionBody>(head_).text));
  CRUCIBLE_ASSIGN_OR_RETURN(const Instrument instrument, InstrumentFromRecords(head_, units, text));
  define_.Bind(1, units.instrument).Bind(2, std::string_view(instrument.venue));
  define_.Bind(3, std::string_view(instrument.symbol)).Bind(4, std::string_view(instrument.currency));
  define_.Bind(5, std::string_view(instrument.settle_currency)).Bind(6, instrument.price_decimals);
  define_.Bind(7, instrument.quantity_decimals).Bind(8, instrument.currency_decimals);
  define_.Bind(9, instrument.tick_size.units)
      .Bind(10, instrument.lot_size.units)
      .Bind(11, instrument.multiplier);
  define_.Bind(12, std::string_view(instrument.contract == Contract::kLinear ? "linear" : "inverse"));
  return define_.Run();
}

absl::Status Projector::Fill(const Event& detail) {
  if (!ClosesGroup(detail, Kind::kFill)) return absl::OkStatus();
  waiting_.push_back({head_, detail});
  if (waiting_.size() < kFillsAtOnce) return absl::OkStatus();
  for (std::size_t row = 0; row < kFillsAtOnce; ++row) BindFill(waiting_[row], row, fills_);
  waiting_.clear();
  return fills_.Run();
}

// The rest, one by one.
absl::Status Projector::WriteFewFills() {
  for (const FillGroup& group : waiting_) {
    BindFill(group, 0, fill_);
    CRUCIBLE_RETURN_IF_ERROR(fill_.Run());
  }
  waiting_.clear();
  return absl::OkStatus();
}

// Binds a fill to the given row of an insertion.
void Projector::BindFill(const FillGroup& group, std::size_t row, Statement& insert) const {
  const Event& head = group.fill;
  const auto fill = As<FillBody>(head);
  const auto more = As<FillDetailBody>(group.detail);
  const int at = static_cast<int>(row) * kFillColumns;
  insert.Bind(at + 1, stream_id_).Bind(at + 2, head.seq).Bind(at + 3, head.time).Bind(at + 4, head.origin);
  insert.Bind(at + 5, fill.order_id.value).Bind(at + 6, head.instrument);
  insert.Bind(at + 7, std::string_view(head.side == kBuy ? "buy" : "sell"));
  insert.Bind(at + 8, fill.price.units).Bind(at + 9, fill.quantity.units).Bind(at + 10, fill.trade_id);
  insert.Bind(at + 11, Liquidity(head));
  insert.Bind(at + 12, more.fee.units).Bind(at + 13, more.fee_currency).Bind(at + 14, more.queue_ahead);
  insert.Bind(at + 15, Name(static_cast<FillRule>(more.rule)));
}

absl::Status Projector::Equity(const Event& event) {
  const auto body = As<EquityBody>(event);
  equity_.Bind(1, stream_id_).Bind(2, event.seq).Bind(3, event.time).Bind(4, body.cash.units);
  return equity_.Bind(5, body.position_value.units)
      .Bind(6, body.fees.units)
      .Bind(7, body.realised.units)
      .Run();
}

absl::Status Projector::Checkpoint(const Event& event) {
  const auto body = As<StateHashBody>(event);
  checkpoint_.Bind(1, stream_id_).Bind(2, event.seq).Bind(3, event.time).Bind(4, body.component);
  return checkpoint_.Bind(5, body.hash_low).Bind(6, body.hash_high).Bind(7, body.inputs).Run();
}

absl::Status Projector::SaveProgress() {
  if (saved_seq_ == last_seq_) return absl::OkStatus();
  saved_seq_ = last_seq_;
  return progress_.Bind(1, stream_id_).Bind(2, last_seq_).Run();
}

}  // namespace crucible::journal

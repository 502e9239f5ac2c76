#include "framework/journal/projector.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_format.h"
#include "framework/event/instrument.h"
#include "framework/event/kinds.h"
#include "framework/event/order_codes.h"

namespace crucible::journal {
namespace {

absl::StatusOr<Statement> Insert(sqlite3* database, std::string_view schema, const char* table, int columns) {
  std::string sql = absl::StrFormat("INSERT INTO \"%s\".%s VALUES(?", schema, table);
  for (int i = 1; i < columns; ++i) sql += ", ?";
  return Statement::Prepare(database, sql + ")");
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
  if (!records.empty()) Reach(records.back().seq);
  return absl::OkStatus();
}

absl::Status Projector::Apply(std::span<const Event> records, std::span<const std::uint16_t> places) {
  for (const std::uint16_t place : places) CRUCIBLE_RETURN_IF_ERROR(ApplyOne(records[place]));
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
      group_open_ = false;
      return absl::OkStatus();
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

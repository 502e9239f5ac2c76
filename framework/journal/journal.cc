#include "framework/journal/journal.h"

#include <algorithm>
#include <cstring>
#include <utility>

#include "absl/strings/escaping.h"
#include "absl/strings/str_format.h"
#include "framework/journal/appender_impl.h"
#include "framework/journal/column_cursor.h"
#include "framework/journal/connection.h"
#include "framework/journal/verifier.h"

namespace crucible::journal {
namespace {

absl::StatusOr<Journal::DefinedInstrument> ReadInstrument(const Statement& row) {
  Journal::DefinedInstrument defined{{static_cast<std::uint32_t>(row.Int(0))}, {}};
  Instrument& instrument = defined.instrument;
  instrument.venue = row.Text(1);
  instrument.symbol = row.Text(2);
  instrument.currency = row.Text(3);
  instrument.settle_currency = row.Text(4);
  instrument.price_decimals = static_cast<int>(row.Int(5));
  instrument.quantity_decimals = static_cast<int>(row.Int(6));
  instrument.currency_decimals = static_cast<int>(row.Int(7));
  instrument.tick_size.units = row.Int(8);
  instrument.lot_size.units = row.Int(9);
  instrument.multiplier = row.Int(10);
  instrument.contract = row.Text(11) == "inverse" ? Contract::kInverse : Contract::kLinear;
  return defined;
}

}  // namespace

Journal::Journal(std::shared_ptr<Connection> connection) : connection_(std::move(connection)) {}
Journal::Journal(Journal&&) noexcept = default;
Journal& Journal::operator=(Journal&&) noexcept = default;
Journal::~Journal() = default;

absl::StatusOr<Journal> Journal::Create(const std::string& path, const Manifest& manifest,
                                        const CreateOptions& options) {
  CRUCIBLE_ASSIGN_OR_RETURN(std::shared_ptr<Connection> connection,
                            Connection::Create(path, manifest, options));
  return Journal(std::move(connection));
}

absl::StatusOr<Journal> Journal::Open(const std::string& path, const OpenOptions& options) {
  CRUCIBLE_ASSIGN_OR_RETURN(std::shared_ptr<Connection> connection, Connection::Open(path, options));
  return Journal(std::move(connection));
}

const Manifest& Journal::manifest() const { return connection_->manifest(); }
const std::string& Journal::uuid() const { return connection_->uuid(); }
const std::string& Journal::path() const { return connection_->path(); }

std::vector<InputRef> Journal::inputs() const {
  std::vector<InputRef> inputs;
  absl::StatusOr<Statement> select =
      Statement::Prepare(connection_->database(),
                         "SELECT ordinal, path_hint, uuid, count, log_hash FROM run_input ORDER BY ordinal");
  if (!select.ok()) return inputs;
  while (select->Step().value_or(false)) {
    InputRef input{static_cast<std::uint16_t>(select->Int(0)),
                   std::string(select->Text(1)),
                   std::string(select->Text(2)),
                   select->Unsigned(3),
                   {}};
    const auto hash = select->Bytes(4);
    if (hash.size() == sizeof input.log_hash) std::memcpy(&input.log_hash, hash.data(), hash.size());
    inputs.push_back(std::move(input));
  }
  return inputs;
}

absl::Status Journal::SetInputs(std::span<const InputRef> inputs) { return connection_->SetInputs(inputs); }
absl::Status Journal::SetStatus(std::string_view status) { return connection_->SetStatus(status); }
absl::Status Journal::PutMeta(std::string_view key, std::string_view value) {
  return connection_->PutMeta(key, value);
}

absl::StatusOr<std::optional<std::string>> Journal::Meta(std::string_view key) const {
  CRUCIBLE_ASSIGN_OR_RETURN(
      Statement select, Statement::Prepare(connection_->database(), "SELECT value FROM meta WHERE key = ?"));
  CRUCIBLE_ASSIGN_OR_RETURN(const bool row, select.Bind(1, key).Step());
  if (!row) return std::optional<std::string>();
  return std::optional<std::string>(select.Text(0));
}

absl::StatusOr<std::vector<std::pair<std::string, std::string>>> Journal::Metas() const {
  CRUCIBLE_ASSIGN_OR_RETURN(Statement select, Statement::Prepare(connection_->database(),
                                                                 "SELECT key, value FROM meta ORDER BY key"));
  std::vector<std::pair<std::string, std::string>> metas;
  while (true) {
    CRUCIBLE_ASSIGN_OR_RETURN(const bool row, select.Step());
    if (!row) return metas;
    metas.emplace_back(select.Text(0), select.Text(1));
  }
}

absl::StatusOr<std::vector<Journal::DefinedInstrument>> Journal::definitions() const {
  CRUCIBLE_ASSIGN_OR_RETURN(
      Statement select,
      Statement::Prepare(connection_->database(),
                         "SELECT instrument_id, venue, symbol, currency, settle_currency, price_decimals, "
                         "quantity_decimals, currency_decimals, tick_size, lot_size, multiplier, contract "
                         "FROM instrument ORDER BY instrument_id"));
  std::vector<DefinedInstrument> result;
  while (true) {
    CRUCIBLE_ASSIGN_OR_RETURN(const bool row, select.Step());
    if (!row) return result;
    CRUCIBLE_ASSIGN_OR_RETURN(DefinedInstrument defined, ReadInstrument(select));
    result.push_back(std::move(defined));
  }
}

std::vector<Instrument> Journal::instruments() const {
  std::vector<Instrument> result;
  absl::StatusOr<std::vector<DefinedInstrument>> defined = definitions();
  if (!defined.ok()) return result;
  for (DefinedInstrument& one : *defined) {
    if (one.id.value >= result.size()) result.resize(one.id.value + 1);
    result[one.id.value] = std::move(one.instrument);
  }
  return result;
}

absl::StatusOr<std::vector<Journal::TimedDefinition>> Journal::DefinitionsIn(std::string_view stream) const {
  constexpr std::uint64_t kBits = KindBit(Kind::kDefinition) | KindBit(Kind::kDefinitionUnits);
  // Blocks are passed over by unchecked headers: a session opens in milliseconds whatever its size, and the run that
  // follows reads and checks every block.
  CRUCIBLE_ASSIGN_OR_RETURN(const auto cursor, Read(stream, {.kind_mask = kBits}));
  std::vector<TimedDefinition> found;
  Event head;  // of the group that a block may have cut
  while (true) {
    CRUCIBLE_ASSIGN_OR_RETURN(const std::span<const Event> records, cursor->Next());
    if (records.empty()) return found;
    for (const Event& event : records) {
      if (event.kind == Kind::kDefinition) head = event;
      if (event.kind != Kind::kDefinitionUnits || head.seq + 1 != event.seq) continue;
      CRUCIBLE_ASSIGN_OR_RETURN(const std::string text, Text(stream, As<DefinitionBody>(head).text));
      CRUCIBLE_ASSIGN_OR_RETURN(Instrument instrument, InstrumentFromRecords(head, event, text));
      found.push_back({head.seq, head.at(), head.venue_time(), {head.instrument}, std::move(instrument)});
    }
  }
}

std::vector<std::string> Journal::streams() const {
  std::vector<std::string> names;
  absl::StatusOr<Statement> select = Statement::Prepare(
      connection_->database(), "SELECT name FROM stream WHERE stream_id > 0 ORDER BY stream_id");
  if (!select.ok()) return names;
  while (select->Step().value_or(false)) names.emplace_back(select->Text(0));
  return names;
}

absl::StatusOr<StreamHead> Journal::Head(std::string_view stream) const {
  CRUCIBLE_ASSIGN_OR_RETURN(const std::uint64_t stream_id, connection_->FindStream(stream));
  CRUCIBLE_ASSIGN_OR_RETURN(const StoredHead stored, ReadStoredHead(connection_->database(), stream_id));
  LogHash hash(stored.sealed_hash);
  if (stored.last_seq > stored.sealed_seq) {
    CRUCIBLE_ASSIGN_OR_RETURN(
        auto cursor, Cursor::Impl::Open(connection_, stream_id,
                                        {.first_seq = stored.sealed_seq + 1, .last_seq = stored.last_seq}));
    while (true) {
      CRUCIBLE_ASSIGN_OR_RETURN(const std::span<const Event> records, cursor->Next());
      if (records.empty()) break;
      hash.Add(records);
    }
  }
  return StreamHead{stored.last_seq, hash.value()};
}

absl::StatusOr<StreamHead> Journal::HeadAt(std::string_view stream, std::uint64_t seq) const {
  CRUCIBLE_ASSIGN_OR_RETURN(const std::uint64_t stream_id, connection_->FindStream(stream));
  // The block that holds `seq`, and the one before.
  CRUCIBLE_ASSIGN_OR_RETURN(
      Statement block, Statement::Prepare(connection_->database(),
                                          "SELECT last_seq, log_hash FROM event_block WHERE stream_id = ? "
                                          "AND first_seq <= ? ORDER BY first_seq DESC LIMIT 2"));
  block.Bind(1, stream_id).Bind(2, seq);
  StreamHead head;
  while (true) {
    CRUCIBLE_ASSIGN_OR_RETURN(const bool row, block.Step());
    if (!row) break;
    if (block.Unsigned(0) > seq) continue;
    head.last_seq = block.Unsigned(0);
    const auto bytes = block.Bytes(1);
    if (bytes.size() != sizeof head.log_hash)
      return absl::DataLossError(
          absl::StrFormat("%s: event_block, last seq %d: log_hash is not 16 bytes", path(), head.last_seq));
    std::memcpy(&head.log_hash, bytes.data(), bytes.size());
    break;
  }
  if (head.last_seq == seq) return head;
  LogHash hash(head.log_hash);
  CRUCIBLE_ASSIGN_OR_RETURN(
      auto cursor,
      Cursor::Impl::Open(connection_, stream_id, {.first_seq = head.last_seq + 1, .last_seq = seq}));
  while (true) {
    CRUCIBLE_ASSIGN_OR_RETURN(const std::span<const Event> records, cursor->Next());
    if (records.empty()) break;
    hash.Add(records);
    head.last_seq = records.back().seq;
  }
  if (head.last_seq == seq) return StreamHead{seq, hash.value()};
  return absl::OutOfRangeError(
      absl::StrFormat("%s: stream %s ends with %d, asked for %d", path(), stream, head.last_seq, seq));
}

absl::StatusOr<std::uint64_t> Journal::BlockEnd(std::string_view stream, std::uint64_t seq) const {
  CRUCIBLE_ASSIGN_OR_RETURN(const std::uint64_t stream_id, connection_->FindStream(stream));
  CRUCIBLE_ASSIGN_OR_RETURN(Statement block,
                            Statement::Prepare(connection_->database(),
                                               "SELECT last_seq FROM event_block WHERE stream_id = ? "
                                               "AND first_seq <= ? ORDER BY first_seq DESC LIMIT 1"));
  CRUCIBLE_ASSIGN_OR_RETURN(const bool found, block.Bind(1, stream_id).Bind(2, seq).Step());
  return found ? std::max(seq, block.Unsigned(0)) : seq;
}

absl::StatusOr<std::string> Journal::ChainHead(std::string_view stream) const {
  CRUCIBLE_ASSIGN_OR_RETURN(const std::uint64_t stream_id, connection_->FindStream(stream));
  CRUCIBLE_ASSIGN_OR_RETURN(const StoredHead head, ReadStoredHead(connection_->database(), stream_id));
  if (!head.has_blocks) return std::string();
  return absl::BytesToHexString(
      absl::string_view(reinterpret_cast<const char*>(head.chain.data()), head.chain.size()));
}

absl::StatusOr<std::vector<StateCheckpoint>> Journal::Checkpoints(std::string_view stream,
                                                                  const Range& range) const {
  CRUCIBLE_ASSIGN_OR_RETURN(const std::uint64_t stream_id, connection_->FindStream(stream));
  CRUCIBLE_ASSIGN_OR_RETURN(
      Statement select,
      Statement::Prepare(connection_->database(),
                         "SELECT seq, component, inputs, hash_low, hash_high "
                         "FROM state_checkpoint WHERE stream_id = ? AND seq BETWEEN ? AND ? "
                         "ORDER BY seq"));
  const std::uint64_t last = std::min<std::uint64_t>(range.last_seq, INT64_MAX);
  select.Bind(1, stream_id).Bind(2, range.first_seq).Bind(3, last);
  std::vector<StateCheckpoint> checkpoints;
  while (true) {
    CRUCIBLE_ASSIGN_OR_RETURN(const bool row, select.Step());
    if (!row) return checkpoints;
    checkpoints.push_back({select.Unsigned(0),
                           select.Unsigned(1),
                           select.Unsigned(2),
                           {select.Unsigned(3), select.Unsigned(4)}});
  }
}

absl::StatusOr<StreamSize> Journal::Size(std::string_view stream) const {
  CRUCIBLE_ASSIGN_OR_RETURN(const std::uint64_t stream_id, connection_->FindStream(stream));
  CRUCIBLE_ASSIGN_OR_RETURN(
      Statement select,
      Statement::Prepare(connection_->database(),
                         "SELECT (SELECT count(*) FROM event_block WHERE stream_id = ?1), "
                         "(SELECT coalesce(sum(length(payload)), 0) FROM event_block WHERE stream_id = ?1), "
                         "(SELECT coalesce(sum(n), 0) FROM event_tail WHERE stream_id = ?1), "
                         "(SELECT count(*) FROM text WHERE stream_id = ?1)"));
  CRUCIBLE_RETURN_IF_ERROR(select.Bind(1, stream_id).Step().status());
  return StreamSize{select.Unsigned(0), select.Unsigned(1), select.Unsigned(2), select.Unsigned(3)};
}

absl::StatusOr<std::unique_ptr<Appender>> Journal::OpenAppender(std::string_view stream, AppendMode mode) {
  CRUCIBLE_ASSIGN_OR_RETURN(const std::uint64_t stream_id, connection_->FindOrAddStream(stream));
  CRUCIBLE_ASSIGN_OR_RETURN(auto impl, Appender::Impl::Open(connection_, stream_id, mode));
  return std::unique_ptr<Appender>(new Appender(std::move(impl)));
}

absl::StatusOr<std::unique_ptr<Cursor>> Journal::Read(std::string_view stream, const Range& range) const {
  CRUCIBLE_ASSIGN_OR_RETURN(const std::uint64_t stream_id, connection_->FindStream(stream));
  CRUCIBLE_ASSIGN_OR_RETURN(auto impl, Cursor::Impl::Open(connection_, stream_id, range));
  return std::unique_ptr<Cursor>(new Cursor(std::move(impl)));
}

absl::StatusOr<std::unique_ptr<ColumnCursor>> Journal::ReadColumns(std::string_view stream,
                                                                   std::uint32_t columns,
                                                                   const Range& range) const {
  CRUCIBLE_ASSIGN_OR_RETURN(const std::uint64_t stream_id, connection_->FindStream(stream));
  CRUCIBLE_ASSIGN_OR_RETURN(auto impl, ColumnCursor::Impl::Open(connection_, stream_id, columns, range));
  return std::unique_ptr<ColumnCursor>(new ColumnCursor(std::move(impl)));
}

absl::StatusOr<std::string> Journal::Text(std::string_view stream, std::uint64_t seq) const {
  CRUCIBLE_ASSIGN_OR_RETURN(const std::uint64_t stream_id, connection_->FindStream(stream));
  return connection_->ReadText(stream_id, seq);
}

absl::StatusOr<VerifyReport> Journal::Verify(VerifyLevel level, const VerifyProgress& progress) const {
  return VerifyJournal(*connection_, level, progress);
}

}  // namespace crucible::journal

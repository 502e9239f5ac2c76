#include "framework/journal/replica.h"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/escaping.h"
#include "absl/strings/str_format.h"
#include "framework/journal/connection.h"
#include "framework/journal/event_rows.h"
#include "framework/journal/facts.h"

namespace crucible::journal {
namespace {

// Tables and the order in which their rows are compared.
constexpr const char* kFactTables[][2] = {
    {"sqlite_master", "SELECT type, name, tbl_name, sql FROM sqlite_master ORDER BY type, name"},
    {"record_schema", "SELECT * FROM record_schema ORDER BY schema_id"},
    {"journal", "SELECT * FROM journal ORDER BY id"},
    {"run_input", "SELECT * FROM run_input ORDER BY ordinal"},
    {"meta", "SELECT * FROM meta ORDER BY key"},
    {"stream", "SELECT * FROM stream ORDER BY stream_id"},
};
constexpr const char* kProjectionTables[][2] = {
    {"projection", "SELECT * FROM projection ORDER BY stream_id"},
    {"instrument", "SELECT * FROM instrument ORDER BY instrument_id"},
    {"equity", "SELECT * FROM equity ORDER BY stream_id, seq"},
    {"state_checkpoint", "SELECT * FROM state_checkpoint ORDER BY stream_id, seq"},
};

std::string RowText(const Statement& row) {
  std::string text;
  for (int c = 0; c < sqlite3_column_count(row.handle()); ++c) {
    const auto* value = reinterpret_cast<const char*>(sqlite3_column_blob(row.handle(), c));
    const auto bytes = static_cast<std::size_t>(sqlite3_column_bytes(row.handle(), c));
    text += absl::StrFormat("%d:", sqlite3_column_type(row.handle(), c));
    if (value != nullptr) text.append(value, bytes);
    text += '|';
  }
  return text;
}

// Rows of a query, one at a time, as comparable text; "" behind the last.
class RowReader {
 public:
  static absl::StatusOr<RowReader> Open(sqlite3* database, const char* sql) {
    CRUCIBLE_ASSIGN_OR_RETURN(Statement statement, Statement::Prepare(database, sql));
    return RowReader(std::move(statement));
  }
  absl::StatusOr<std::string> Next() {
    CRUCIBLE_ASSIGN_OR_RETURN(const bool row, statement_.Step());
    return row ? RowText(statement_) : std::string();
  }

 private:
  explicit RowReader(Statement statement) : statement_(std::move(statement)) {}
  Statement statement_;
};

absl::StatusOr<std::uint64_t> CompareRows(const char* table, RowReader stored_rows, RowReader expected_rows) {
  for (std::uint64_t rows = 0;; ++rows) {
    CRUCIBLE_ASSIGN_OR_RETURN(const std::string stored, stored_rows.Next());
    CRUCIBLE_ASSIGN_OR_RETURN(const std::string expected, expected_rows.Next());
    if (stored != expected) {
      return absl::DataLossError(absl::StrFormat(
          "table %s, row %d: not what the chained log says: \"%s\", expected \"%s\"", table, rows + 1,
          absl::CEscape(stored.substr(0, 120)), absl::CEscape(expected.substr(0, 120))));
    }
    if (stored.empty()) return rows;
  }
}

absl::StatusOr<std::uint64_t> CompareTable(sqlite3* file, sqlite3* rebuilt, const char* table,
                                           const char* sql) {
  CRUCIBLE_ASSIGN_OR_RETURN(RowReader stored, RowReader::Open(file, sql));
  CRUCIBLE_ASSIGN_OR_RETURN(RowReader expected, RowReader::Open(rebuilt, sql));
  return CompareRows(table, std::move(stored), std::move(expected));
}

// The table of fills of an old file with the fold of its records.
absl::StatusOr<std::uint64_t> CompareFills(sqlite3* file) {
  CRUCIBLE_RETURN_IF_ERROR(RegisterFills(file, "folded_fills"));
  CRUCIBLE_ASSIGN_OR_RETURN(RowReader stored,
                            RowReader::Open(file, "SELECT * FROM fills ORDER BY stream_id, seq"));
  CRUCIBLE_ASSIGN_OR_RETURN(RowReader expected, RowReader::Open(file, "SELECT * FROM folded_fills"));
  return CompareRows("fills", std::move(stored), std::move(expected));
}

using Fields = std::vector<std::string>;

// Runs `sql` with the fields from `first` on bound as text: column affinity makes integers of digits.
absl::Status RunWith(sqlite3* database, const char* sql, const Fields& fields, std::size_t first,
                     std::size_t count) {
  if (fields.size() < first + count) return absl::DataLossError("fact has too few fields");
  CRUCIBLE_ASSIGN_OR_RETURN(Statement statement, Statement::Prepare(database, sql));
  for (std::size_t i = 0; i < count; ++i) {
    statement.Bind(static_cast<int>(i) + 1, std::string_view(fields[first + i]));
  }
  return statement.Run();
}

absl::Status ApplyInputs(sqlite3* database, Fields& fields) {
  CRUCIBLE_RETURN_IF_ERROR(Execute(database, "DELETE FROM run_input"));
  for (std::size_t at = 1; at + 5 <= fields.size(); at += 5) {
    CRUCIBLE_ASSIGN_OR_RETURN(Statement insert,
                              Statement::Prepare(database, "INSERT INTO run_input VALUES(?, ?, ?, ?, ?)"));
    // Hash128 prints its high half first; stored are the bytes from the lowest on.
    std::string hash = absl::HexStringToBytes(fields[at + 4]);
    std::reverse(hash.begin(), hash.end());
    for (int i = 0; i < 4; ++i)
      insert.Bind(i + 1, std::string_view(fields[at + static_cast<std::size_t>(i)]));
    insert.Bind(5, std::span(reinterpret_cast<const std::uint8_t*>(hash.data()), hash.size()));
    CRUCIBLE_RETURN_IF_ERROR(insert.Run());
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<std::unique_ptr<Replica>> Replica::Create(std::int64_t version) {
  std::unique_ptr<Replica> replica(new Replica(version));
  CRUCIBLE_RETURN_IF_ERROR(
      SqliteStatus(nullptr, sqlite3_open(":memory:", &replica->database_), "open in memory"));
  CRUCIBLE_RETURN_IF_ERROR(Execute(replica->database_, "BEGIN"));
  CRUCIBLE_RETURN_IF_ERROR(Execute(replica->database_, SchemaSql(version)));
  return replica;
}

absl::Status Replica::ApplyFact(std::string_view text) {
  CRUCIBLE_ASSIGN_OR_RETURN(Fields fields, ParseFact(text));
  const std::string& name = fields[0];
  if (name == "journal") {
    return RunWith(database_,
                   "INSERT INTO journal(id, status, uuid, kind, seed, configuration, build, block_records) "
                   "VALUES(1, '', ?, ?, ?, ?, ?, ?)",
                   fields, 1, 6);
  }
  if (name == "status") return RunWith(database_, "UPDATE journal SET status = ?", fields, 1, 1);
  if (name == "inputs") return ApplyInputs(database_, fields);
  if (name == "meta") {
    return RunWith(database_,
                   "INSERT INTO meta VALUES(?, ?) ON CONFLICT(key) DO UPDATE SET value = excluded.value",
                   fields, 1, 2);
  }
  if (name == "stream") return RunWith(database_, "INSERT INTO stream VALUES(?, ?)", fields, 1, 2);
  return absl::DataLossError(absl::StrFormat("fact \"%s\" is not known", name.substr(0, 60)));
}

absl::StatusOr<std::uint64_t> Replica::Compare(sqlite3* file, bool projections) const {
  std::uint64_t rows = 0;
  for (const auto& [table, sql] : kFactTables) {
    CRUCIBLE_ASSIGN_OR_RETURN(const std::uint64_t compared, CompareTable(file, database_, table, sql));
    rows += compared;
  }
  if (!projections) return rows;
  for (const auto& [table, sql] : kProjectionTables) {
    CRUCIBLE_ASSIGN_OR_RETURN(const std::uint64_t compared, CompareTable(file, database_, table, sql));
    rows += compared;
  }
  if (version_ > kLastVersionWithFills) return rows;
  CRUCIBLE_ASSIGN_OR_RETURN(const std::uint64_t fills, CompareFills(file));
  return rows + fills;
}

}  // namespace crucible::journal

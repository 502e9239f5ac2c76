#include "framework/journal/query.h"

#include <utility>

#include "framework/journal/connection.h"
#include "framework/journal/event_rows.h"

namespace crucible::journal {
namespace {

QueryValue ValueAt(sqlite3_stmt* statement, int column) {
  switch (sqlite3_column_type(statement, column)) {
    case SQLITE_INTEGER:
      return std::int64_t{sqlite3_column_int64(statement, column)};
    case SQLITE_FLOAT:
      return sqlite3_column_double(statement, column);
    case SQLITE_NULL:
      return std::monostate();
    default:
      break;
  }
  const auto* bytes = static_cast<const char*>(sqlite3_column_blob(statement, column));
  const auto size = static_cast<std::size_t>(sqlite3_column_bytes(statement, column));
  return bytes == nullptr ? std::string() : std::string(bytes, size);
}

// False when the receiver has seen enough.
absl::StatusOr<bool> RunStatement(sqlite3* database, sqlite3_stmt* statement, const QueryRow& row) {
  const int count = sqlite3_column_count(statement);
  std::vector<std::string> names;
  for (int c = 0; c < count; ++c) names.emplace_back(sqlite3_column_name(statement, c));
  std::vector<QueryValue> values(names.size());
  while (true) {
    const int code = sqlite3_step(statement);
    if (code == SQLITE_DONE) return true;
    if (code != SQLITE_ROW) return SqliteStatus(database, code, "query");
    for (int c = 0; c < count; ++c) values[static_cast<std::size_t>(c)] = ValueAt(statement, c);
    if (!row(names, values)) return false;
  }
}

}  // namespace

absl::Status Query(const std::string& path, std::string_view sql, const QueryRow& row) {
  CRUCIBLE_ASSIGN_OR_RETURN(const std::shared_ptr<Connection> connection, Connection::Open(path, {}));
  sqlite3* database = connection->database();
  // The views lie in the temp schema, which query_only would protect too.
  CRUCIBLE_RETURN_IF_ERROR(Execute(database, "PRAGMA query_only=0"));
  CRUCIBLE_RETURN_IF_ERROR(RegisterTables(database));
  CRUCIBLE_RETURN_IF_ERROR(Execute(database, "PRAGMA query_only=1"));
  const std::string text(sql);
  const char* rest = text.c_str();
  while (*rest != '\0') {
    sqlite3_stmt* statement = nullptr;
    const int code = sqlite3_prepare_v2(database, rest, -1, &statement, &rest);
    if (code != SQLITE_OK) return SqliteStatus(database, code, "query");
    if (statement == nullptr) continue;
    const absl::StatusOr<bool> more = RunStatement(database, statement, row);
    sqlite3_finalize(statement);
    if (!more.ok()) return more.status();
    if (!*more) return absl::OkStatus();
  }
  return absl::OkStatus();
}

}  // namespace crucible::journal

// Room-internal: what virtual tables over records share: their base structures, and the streams of the file.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "framework/journal/sqlite.h"

namespace crucible::journal {

// A table or a cursor starts with the structure that SQLite knows of.
struct TableBase : sqlite3_vtab {
  explicit TableBase(sqlite3* handle) : sqlite3_vtab{}, database(handle) {}
  sqlite3* database;
};

template <class Table, const char* kDeclaration>
int Connect(sqlite3* database, void*, int, const char* const*, sqlite3_vtab** table, char**) {
  const int code = sqlite3_declare_vtab(database, kDeclaration);
  if (code == SQLITE_OK) *table = new Table(database);
  return code;
}

template <class Table>
int Disconnect(sqlite3_vtab* table) {
  delete static_cast<Table*>(table);
  return SQLITE_OK;
}

struct StreamName {
  std::uint64_t id;
  std::string name;
};
absl::StatusOr<std::vector<StreamName>> ListStreams(sqlite3* database);

// Hands `status` to SQLite as the table's error message.
inline int Report(sqlite3_vtab* table, const absl::Status& status) {
  if (status.ok()) return SQLITE_OK;
  sqlite3_free(table->zErrMsg);
  table->zErrMsg = sqlite3_mprintf("%s", std::string(status.message()).c_str());
  return SQLITE_ERROR;
}

inline void ResultText(sqlite3_context* context, std::string_view text) {
  sqlite3_result_text(context, text.data(), static_cast<int>(text.size()), SQLITE_TRANSIENT);
}
// For text that lives as long as the program.
inline void ResultStatic(sqlite3_context* context, std::string_view text) {
  sqlite3_result_text(context, text.data(), static_cast<int>(text.size()), SQLITE_STATIC);
}

inline std::string_view SideName(std::uint8_t side) { return side == 1 ? "bid" : side == 2 ? "ask" : ""; }

}  // namespace crucible::journal

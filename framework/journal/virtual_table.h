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

// The module of an eponymous table. A Cursor is made of its table's pointer and has
//
//   absl::Status Next();  bool AtEnd() const;  std::int64_t rowid() const;
template <class Table, class Cursor, const char* kDeclaration>
sqlite3_module MakeModule(decltype(sqlite3_module::xBestIndex) best_index,
                          decltype(sqlite3_module::xFilter) filter,
                          decltype(sqlite3_module::xColumn) column) {
  sqlite3_module module{};
  module.xConnect = [](sqlite3* database, void*, int, const char* const*, sqlite3_vtab** table, char**) {
    const int code = sqlite3_declare_vtab(database, kDeclaration);
    if (code == SQLITE_OK) *table = new Table(database);
    return code;
  };
  module.xDisconnect = [](sqlite3_vtab* table) {
    delete static_cast<Table*>(table);
    return SQLITE_OK;
  };
  module.xOpen = [](sqlite3_vtab* table, sqlite3_vtab_cursor** cursor) {
    *cursor = new Cursor(static_cast<Table*>(table));
    return SQLITE_OK;
  };
  module.xClose = [](sqlite3_vtab_cursor* cursor) {
    delete static_cast<Cursor*>(cursor);
    return SQLITE_OK;
  };
  module.xNext = [](sqlite3_vtab_cursor* cursor) {
    return Report(cursor->pVtab, static_cast<Cursor*>(cursor)->Next());
  };
  module.xEof = [](sqlite3_vtab_cursor* cursor) -> int { return static_cast<Cursor*>(cursor)->AtEnd(); };
  module.xRowid = [](sqlite3_vtab_cursor* cursor, sqlite3_int64* rowid) {
    *rowid = static_cast<Cursor*>(cursor)->rowid();
    return SQLITE_OK;
  };
  module.xBestIndex = best_index;
  module.xFilter = filter;
  module.xColumn = column;
  return module;
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

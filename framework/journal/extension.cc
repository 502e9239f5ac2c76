// crucible_sqlite.so: the virtual tables of a journal in any SQLite program.
//
//   sqlite3 run.journal -cmd '.load ./crucible_sqlite' 'SELECT count(*) FROM events'
#include "framework/journal/event_rows.h"

extern "C" {

SQLITE_EXTENSION_INIT1

// Named after the file: "crucible_sqlite" without what is no letter.
__attribute__((visibility("default"))) int sqlite3_cruciblesqlite_init(sqlite3* database, char** error,
                                                                       const sqlite3_api_routines* api) {
  SQLITE_EXTENSION_INIT2(api);
  const absl::Status status = crucible::journal::RegisterTables(database);
  if (status.ok()) return SQLITE_OK;
  *error = sqlite3_mprintf("%s", std::string(status.message()).c_str());
  return SQLITE_ERROR;
}
}

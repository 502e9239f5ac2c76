// Room-internal: registers the virtual tables of a journal with a connection (docs/formats/journal.md):
//
//   events   every record: stream, seq, time, origin, instrument, kind, side, flags, slot0..slot3
//   orders   one row per order, folded from the records of the streams that hold orders
//   fills    one row per fill, likewise; files of formats 1 and 2 have a table of that name instead
//
// and, in the temp schema, `positions` and a view per kind (`trade_events`, ...) whose columns have the kind's own
// names; and the function double_of_bits, which they call for slots that hold doubles.
//
// All are eponymous, read the main database of the connection, and check checksums as any cursor does.
#pragma once

#include "framework/journal/sqlite.h"

namespace crucible::journal {

absl::Status RegisterTables(sqlite3* database);
absl::Status RegisterEvents(sqlite3* database);
absl::Status RegisterOrders(sqlite3* database);
absl::Status RegisterFills(sqlite3* database, const char* name);

}  // namespace crucible::journal

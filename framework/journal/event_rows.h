// Room-internal: registers the virtual tables of a journal with a connection (docs/formats/journal.md):
//
//   events   every record: stream, seq, time, origin, instrument, kind, side, flags, slot0..slot3
//   orders   one row per order, folded from the records of the streams that hold orders
//
// and, in the temp schema, a view per kind (`trade_events`, ...) whose columns have the kind's own names; and
// the function double_of_bits, which they call for slots that hold doubles.
//
// Both are eponymous, read the main database of the connection, and check checksums as any cursor does.
#pragma once

#include "framework/journal/sqlite.h"

namespace crucible::journal {

absl::Status RegisterTables(sqlite3* database);
absl::Status RegisterEvents(sqlite3* database);
absl::Status RegisterOrders(sqlite3* database);

}  // namespace crucible::journal

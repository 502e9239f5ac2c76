// SQL over a journal, with its virtual tables: what `crucible sql` runs.
//
//   Query("run.journal", "SELECT kind, count(*) FROM events GROUP BY kind", print_row);
//
// Tables are those of docs/formats/journal.md, and `events`, `orders`, `<kind>_events`, `trades`, `bars`.
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "framework/base/status.h"

namespace crucible::journal {

// NULL, integer, real, text or bytes (as text).
using QueryValue = std::variant<std::monostate, std::int64_t, double, std::string>;

// One row. `columns` are the names, the same for every row of a statement. Returning false ends the query.
using QueryRow =
    std::function<bool(std::span<const std::string> columns, std::span<const QueryValue> values)>;

// Runs one or more statements, read-only. kInvalidArgument: SQLite's message for a bad statement; otherwise
// as Journal::Open.
absl::Status Query(const std::string& path, std::string_view sql, const QueryRow& row);

}  // namespace crucible::journal

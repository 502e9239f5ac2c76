// Room-internal: RAII over the SQLite C interface, with statuses instead of codes.
#pragma once

#ifdef CRUCIBLE_SQLITE_EXTENSION
#include <sqlite3ext.h>
#else
#include <sqlite3.h>
#endif

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "framework/base/status.h"

#ifdef CRUCIBLE_SQLITE_EXTENSION
extern "C" {
SQLITE_EXTENSION_INIT3
}
#endif

namespace crucible::journal {

// The status of result `code` of `database`, saying `what` was being done. kResourceExhausted: disk full;
// kPermissionDenied: not writable; kUnavailable: locked; kFailedPrecondition: not a database; kDataLoss:
// damaged.
absl::Status SqliteStatus(sqlite3* database, int code, std::string_view what);

// A prepared statement. Parameters and columns count from 1 and 0, as in SQLite.
class Statement {
 public:
  Statement() = default;
  static absl::StatusOr<Statement> Prepare(sqlite3* database, std::string_view sql);
  Statement(Statement&& other) noexcept : statement_(other.statement_) { other.statement_ = nullptr; }
  Statement& operator=(Statement&& other) noexcept;
  ~Statement() { sqlite3_finalize(statement_); }

  Statement& Bind(int index, std::int64_t value);
  Statement& Bind(int index, std::uint64_t value) { return Bind(index, static_cast<std::int64_t>(value)); }
  Statement& Bind(int index, std::uint32_t value) { return Bind(index, std::int64_t{value}); }
  Statement& Bind(int index, int value) { return Bind(index, std::int64_t{value}); }
  // Text and bytes are not copied: they must live until the next Step() or Run() is over.
  Statement& Bind(int index, std::string_view text);
  Statement& Bind(int index, std::span<const std::uint8_t> bytes);

  // True when there is a row.
  absl::StatusOr<bool> Step();
  // Runs a statement that gives no rows, and resets it.
  absl::Status Run();
  void Reset();

  std::int64_t Int(int column) const { return sqlite3_column_int64(statement_, column); }
  std::uint64_t Unsigned(int column) const { return static_cast<std::uint64_t>(Int(column)); }
  // Valid until the next Step() or Reset().
  std::string_view Text(int column) const;
  std::span<const std::uint8_t> Bytes(int column) const;
  explicit operator bool() const { return statement_ != nullptr; }
  sqlite3_stmt* handle() const { return statement_; }

 private:
  explicit Statement(sqlite3_stmt* statement) : statement_(statement) {}
  absl::Status Failure(int code) const;
  sqlite3_stmt* statement_ = nullptr;
};

absl::Status Execute(sqlite3* database, std::string_view sql);
// The first column of the first row; kNotFound without one.
absl::StatusOr<std::int64_t> QueryInt(sqlite3* database, std::string_view sql);

}  // namespace crucible::journal

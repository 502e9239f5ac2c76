// Room-internal: a database in memory in which verify rebuilds every table that is a function of the logs, to
// compare them with the file's.
#pragma once

#include <cstdint>
#include <memory>
#include <string_view>

#include "framework/journal/sqlite.h"

namespace crucible::journal {

class Replica {
 public:
  // Of a file of this format version.
  static absl::StatusOr<std::unique_ptr<Replica>> Create(std::int64_t version);
  ~Replica() { sqlite3_close_v2(database_); }
  Replica(const Replica&) = delete;
  Replica& operator=(const Replica&) = delete;
  sqlite3* database() const { return database_; }

  // Applies one fact about the file (facts.h) to the tables that show it.
  absl::Status ApplyFact(std::string_view text);
  // Compares schema, facts and, if `projections`, what was projected from records. Returns the number of rows
  // compared; kDataLoss names the first table and row that differ.
  absl::StatusOr<std::uint64_t> Compare(sqlite3* file, bool projections) const;

 private:
  explicit Replica(std::int64_t version) : version_(version) {}
  std::int64_t version_;
  sqlite3* database_ = nullptr;
};

}  // namespace crucible::journal

// What many runs gave: one SQLite file of hashes and summaries, an upsert a run, so that a search that was
// interrupted goes on where it stopped. Any of its runs can be made again with its full journal.
//
// Every Put is durable when it returns: a killed process loses no answer that it had. One process writes; a
// second one gets kUnavailable. Threads: thread-compatible.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "framework/base/hash.h"
#include "framework/base/status.h"

namespace crucible::journal {

struct StoredResult {
  Hash128 identity;     // of code, data, configuration and seed
  std::string point;    // JSON: what was set beside the configuration
  Hash128 log_hash;     // of the run's stream
  std::string summary;  // JSON
  friend bool operator==(const StoredResult&, const StoredResult&) = default;
};

class ResultsFile {
 public:
  // Creates the file when there is none. kFailedPrecondition: another kind of file, or a newer format;
  // kUnavailable: another process writes to it.
  static absl::StatusOr<ResultsFile> Open(const std::string& path);
  ResultsFile(ResultsFile&&) noexcept;
  ResultsFile& operator=(ResultsFile&&) noexcept;
  ~ResultsFile();

  absl::StatusOr<std::optional<StoredResult>> Find(Hash128 identity) const;
  // kDataLoss: the file holds another log hash for this identity, so the run is not deterministic.
  absl::Status Put(const StoredResult& result);

 private:
  struct Impl;
  explicit ResultsFile(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

// The text of 001_results.sql, built in.
std::string_view ResultsSchemaSql();

}  // namespace crucible::journal

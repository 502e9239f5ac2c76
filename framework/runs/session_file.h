// Session files: what an import writes and a run reads.
#pragma once

#include <functional>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "framework/base/status.h"
#include "framework/decode/import.h"
#include "framework/engine/source.h"
#include "framework/journal/journal.h"

namespace crucible::runs {

inline constexpr std::string_view kMarketStream = "market";

struct ImportOutcome {
  decode::ImportReport report;
  bool was_there = false;        // the same import had been finished before: nothing was written
  std::uint64_t resumed_at = 0;  // records that an interrupted import had made durable
  Hash128 log_hash;
};

// Imports `files` into the session file `output`. The same import again is a no-op, an interrupted one goes
// on where it stopped, and a file that holds something else is kAlreadyExists. A new file that meets an error
// is removed.
absl::StatusOr<ImportOutcome> ImportSession(std::span<const std::string> files,
                                            const decode::ImportOptions& options, const std::string& output,
                                            const decode::Progress& progress);

// Removes a journal, its name while it is created, and what SQLite keeps beside both.
void RemoveJournal(const std::string& path);

// What a producer that is not an importer (generated flow) says of its records.
struct GeneratedFacts {
  decode::Completeness completeness{};
  Duration max_feed_latency;
};
// `configuration` names what is written, for the same rules as above.
absl::Status WriteSession(const std::string& output, const std::string& configuration,
                          const GeneratedFacts& facts,
                          const std::function<absl::Status(RecordSink&)>& produce);

// A session opened for a run.
struct Session {
  std::unique_ptr<journal::Journal> journal;
  std::string path;
  journal::StreamHead head;
  std::vector<Instrument>
      instruments;  // by file-local id, as first defined: later definitions are not known yet
  std::vector<journal::Journal::TimedDefinition> definitions;  // all of them, in order of the stream
  decode::Completeness completeness{};
  int window_levels = 0;
  Duration max_feed_latency;
  Nanos first_time, last_time;
};
// kFailedPrecondition: the import is unfinished, or the file is no session.
absl::StatusOr<Session> OpenSession(const std::string& path);

}  // namespace crucible::runs

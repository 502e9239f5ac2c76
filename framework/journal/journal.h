// The event journal: one SQLite file that holds append-only streams of records and of texts.
//
//   CRUCIBLE_ASSIGN_OR_RETURN(Journal journal, Journal::Create("run.journal", manifest));
//   CRUCIBLE_ASSIGN_OR_RETURN(auto appender, journal.OpenAppender("decisions", AppendMode::kContinue));
//   CRUCIBLE_RETURN_IF_ERROR(appender->Append(records));      // batched; durable at the next commit
//   CRUCIBLE_RETURN_IF_ERROR(appender->Close());              // seals the rest, commits
//
// A stream is a gap-free log: sequences 1, 2, 3, ... Its identity is (count, log hash); how it is cut into
// blocks is not part of it. Every stream has a companion stream of texts, for what no record can hold.
//
// Integrity: each block carries a checksum and is linked to the one before by SHA-256; manifest, inputs, meta
// and stream names are facts in a chained text stream of the file's own, and their tables are projections of
// it. Verify() names the first place that does not hold.
//
// Threads: thread-compatible. A Journal, its appenders and its cursors share one connection and belong to one
// thread at a time; several processes may read while one writes.
// Format: docs/formats/journal.md.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "framework/base/hash.h"
#include "framework/base/status.h"
#include "framework/event/event.h"
#include "framework/event/instrument.h"
#include "framework/event/log_hash.h"
#include "framework/journal/appender.h"
#include "framework/journal/cursor.h"
#include "framework/journal/verify.h"

namespace crucible::journal {

// kNormal survives a crash of the process, and loses at most the last commits when power fails (a clean
// prefix remains); for backtests and imports. kFull waits for the disk at each commit; for live recording.
enum class Durability : std::uint8_t { kNormal, kFull };

struct CreateOptions {
  Durability durability = Durability::kNormal;
  std::uint32_t block_records = 8192;  // 1 to kMaxBlockRecords
  std::uint32_t commit_blocks = 16;     // sealed blocks per transaction
};
struct OpenOptions {
  bool read_only = true;
  Durability durability = Durability::kNormal;
  std::int64_t mmap_bytes = std::int64_t{1} << 31;
  std::uint32_t commit_blocks = 16;
};

// What the file is: who wrote it, from what.
struct Manifest {
  std::string kind;    // "import", "backtest", "benchmark", ...
  std::string status;  // "running", "ended", "failed"
  std::uint64_t seed = 0;
  std::string configuration;  // canonical text (TOML) of the run; for an import its options
  std::string build;          // JSON: version, revision, compiler, flags
  friend bool operator==(const Manifest&, const Manifest&) = default;
};
// An input by content; `path_hint` only helps to find it.
struct InputRef {
  std::uint16_t ordinal = 0;  // 1, 2, ...
  std::string path_hint;
  std::string uuid;  // of the file, hex
  std::uint64_t count = 0;
  Hash128 log_hash;
  friend bool operator==(const InputRef&, const InputRef&) = default;
};
struct StreamHead {
  std::uint64_t last_seq = 0;  // 0: the stream is empty
  Hash128 log_hash = LogHash().value();
  friend bool operator==(const StreamHead&, const StreamHead&) = default;
};
struct StreamSize {
  std::uint64_t blocks = 0;
  std::uint64_t payload_bytes = 0;  // of the sealed blocks
  std::uint64_t tail_records = 0;   // committed, not sealed yet: 64 bytes each
  std::uint64_t texts = 0;
};

// A component's state hash, as a run recorded it (kStateHash).
struct StateCheckpoint {
  std::uint64_t seq = 0;
  std::uint64_t component = 0;
  std::uint64_t inputs = 0;  // market records that had been handled
  Hash128 hash;
};

class Connection;

class Journal {
 public:
  // kAlreadyExists: there is a file at `path`. kInvalidArgument: block_records out of range.
  static absl::StatusOr<Journal> Create(const std::string& path, const Manifest& manifest,
                                        const CreateOptions& options = {});
  // kNotFound: no file. kFailedPrecondition: not a journal, or written by a newer version. kDataLoss: the
  // file is damaged. A file without a pending log opens from a read-only directory too.
  static absl::StatusOr<Journal> Open(const std::string& path, const OpenOptions& options = {});

  Journal(Journal&&) noexcept;
  Journal& operator=(Journal&&) noexcept;
  ~Journal();

  const Manifest& manifest() const;
  const std::string& uuid() const;  // 32 hexadecimal digits
  const std::string& path() const;
  std::vector<InputRef> inputs() const;
  absl::Status SetInputs(std::span<const InputRef> inputs);
  absl::Status SetStatus(std::string_view status);
  // Small facts beside the streams (clock offset, completeness, doctor's summary, ...). The last value
  // stands.
  absl::Status PutMeta(std::string_view key, std::string_view value);
  absl::StatusOr<std::optional<std::string>> Meta(std::string_view key) const;
  // All of them, in order of key.
  absl::StatusOr<std::vector<std::pair<std::string, std::string>>> Metas() const;

  // The definitions that are in the file's streams, by instrument id; position in the vector is not the id.
  struct DefinedInstrument {
    InstrumentId id;
    Instrument instrument;
  };
  absl::StatusOr<std::vector<DefinedInstrument>> definitions() const;
  // The same, as a list indexed by id: [0] holds id 0. Ids without a definition are empty instruments.
  std::vector<Instrument> instruments() const;
  // The definitions of one stream in its order: each holds from its time until the next of its instrument.
  // Reads the blocks that hold definitions, and no other.
  struct TimedDefinition {
    std::uint64_t seq = 0;  // of the definition record
    Nanos time;             // when it is received
    Nanos exchange_time;    // when it takes effect at the venue
    InstrumentId id;
    Instrument instrument;
  };
  absl::StatusOr<std::vector<TimedDefinition>> DefinitionsIn(std::string_view stream) const;

  // Names of the streams, in the order of their creation.
  std::vector<std::string> streams() const;
  // kNotFound: no such stream; the message lists those there are.
  absl::StatusOr<StreamHead> Head(std::string_view stream) const;
  // The same as if the stream ended with `seq`. A block is decoded unless `seq` ends one.
  // kOutOfRange: the stream is shorter.
  absl::StatusOr<StreamHead> HeadAt(std::string_view stream, std::uint64_t seq) const;
  // Last sequence of the block that holds `seq`; `seq` itself where that is not in a block.
  absl::StatusOr<std::uint64_t> BlockEnd(std::string_view stream, std::uint64_t seq) const;
  // The chain of the stream's last block, 64 hexadecimal digits; "" where there is none. Kept elsewhere, it
  // shows whether a file was rewritten.
  absl::StatusOr<std::string> ChainHead(std::string_view stream) const;
  // In order of sequence; bounds of time are not used.
  absl::StatusOr<std::vector<StateCheckpoint>> Checkpoints(std::string_view stream,
                                                           const Range& range = {}) const;
  absl::StatusOr<StreamSize> Size(std::string_view stream) const;

  // Creates the stream if there is none. kFailedPrecondition: read-only, or another writer has the file.
  absl::StatusOr<std::unique_ptr<Appender>> OpenAppender(std::string_view stream, AppendMode mode);
  absl::StatusOr<std::unique_ptr<Cursor>> Read(std::string_view stream, const Range& range = {}) const;
  // `columns` is a union of column:: bits (cursor.h).
  absl::StatusOr<std::unique_ptr<ColumnCursor>> ReadColumns(std::string_view stream, std::uint32_t columns,
                                                            const Range& range = {}) const;
  absl::StatusOr<std::string> Text(std::string_view stream, std::uint64_t seq) const;

  // Finds damage; never repairs. `progress` (may be empty) hears records done and records in all. The status
  // is an error only when the check itself could not run.
  absl::StatusOr<VerifyReport> Verify(VerifyLevel level, const VerifyProgress& progress = {}) const;

 private:
  explicit Journal(std::shared_ptr<Connection> connection);
  std::shared_ptr<Connection> connection_;
};

}  // namespace crucible::journal

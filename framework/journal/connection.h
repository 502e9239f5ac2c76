// Room-internal: one open file: its SQLite handle, its transaction, its facts, and the right to write.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "framework/journal/chain.h"
#include "framework/journal/journal.h"
#include "framework/journal/sqlite.h"

namespace crucible::journal {

inline constexpr std::int64_t kApplicationId = 0x43525543;  // 'CRUC'
inline constexpr std::int64_t kFormatVersion = 3;
inline constexpr std::int64_t kOldestVersion = 1;  // is still read
inline constexpr std::int64_t kLastVersionWithFills = 2;  // as a table that is written; since then they are folded
inline constexpr std::uint64_t kFactStream = 0;

// What makes the tables of a file of this version: the numbered files of schemas/migrations, built in.
std::string SchemaSql(std::int64_t version);

// Removes a lock file and its lock when destroyed. Beside the database, because closing a second descriptor
// of the database file itself would drop SQLite's own locks on it.
class WriterLock {
 public:
  static absl::StatusOr<WriterLock> Acquire(const std::string& journal_path);
  WriterLock(WriterLock&& other) noexcept;
  WriterLock& operator=(WriterLock&&) = delete;
  ~WriterLock();

 private:
  WriterLock(std::string path, int descriptor) : path_(std::move(path)), descriptor_(descriptor) {}
  std::string path_;
  int descriptor_ = -1;
};

class Connection {
 public:
  static absl::StatusOr<std::shared_ptr<Connection>> Create(const std::string& path, const Manifest& manifest,
                                                            const CreateOptions& options);
  static absl::StatusOr<std::shared_ptr<Connection>> Open(const std::string& path,
                                                          const OpenOptions& options);
  ~Connection();

  sqlite3* database() const { return database_; }
  const std::string& path() const { return path_; }
  const std::string& uuid() const { return uuid_; }
  const Manifest& manifest() const { return manifest_; }
  std::uint32_t block_records() const { return block_records_; }
  std::uint32_t commit_blocks() const { return commit_blocks_; }
  Sha256& sha() { return sha_; }

  // One transaction at a time, shared by everything that writes through this connection.
  absl::Status Begin();
  absl::Status Commit();
  void Rollback();
  // Counts commits and rollbacks: whoever wrote in an earlier epoch knows what became of it.
  std::uint64_t commits() const { return commits_; }
  std::uint64_t rollbacks() const { return rollbacks_; }

  absl::StatusOr<std::uint64_t> FindStream(std::string_view name) const;
  absl::StatusOr<std::uint64_t> FindOrAddStream(std::string_view name);
  // Appends to the chained texts of a stream, in the open transaction.
  absl::StatusOr<std::uint64_t> AppendText(std::uint64_t stream_id, std::string_view text);
  absl::StatusOr<std::string> ReadText(std::uint64_t stream_id, std::uint64_t seq) const;
  absl::StatusOr<std::uint64_t> LastText(std::uint64_t stream_id) const;

  absl::Status SetInputs(std::span<const InputRef> inputs);
  absl::Status SetStatus(std::string_view status);
  absl::Status PutMeta(std::string_view key, std::string_view value);

 private:
  struct TextHead {
    std::uint64_t stream_id;
    std::uint64_t seq;
    Digest chain;
  };
  explicit Connection(std::string path) : path_(std::move(path)) {}

  absl::Status OpenDatabase(int flags);
  absl::Status OpenForReading();
  absl::Status OpenImmutable();
  absl::Status Unreadable(const absl::Status& status) const;
  absl::Status CheckFormat();
  absl::Status Configure(const OpenOptions& options);
  absl::Status LockForWriting();
  static absl::Status Build(const std::string& path, const Manifest& manifest, const CreateOptions& options);
  absl::Status Initialise(const Manifest& manifest, const CreateOptions& options);
  absl::Status LoadManifest();
  absl::StatusOr<TextHead*> FindTextHead(std::uint64_t stream_id);
  // Runs `write` in a transaction of its own, or in the one that is open.
  template <class Write>
  absl::Status InTransaction(const Write& write);

  std::string path_;
  sqlite3* database_ = nullptr;
  bool read_only_ = true;
  std::optional<WriterLock> lock_;
  bool in_transaction_ = false;
  std::uint64_t commits_ = 0;
  std::uint64_t rollbacks_ = 0;
  std::string uuid_;
  Manifest manifest_;
  std::uint32_t block_records_ = 8192;
  std::uint32_t commit_blocks_ = 4;
  std::vector<TextHead> text_heads_;
  Sha256 sha_;
};

}  // namespace crucible::journal

#include "framework/journal/results_file.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_format.h"
#include "framework/journal/sqlite.h"

namespace crucible::journal {
namespace {

constexpr std::int64_t kResultsId = 0x43525552;  // 'CRUR'
constexpr std::int64_t kResultsVersion = 1;

std::span<const std::uint8_t> Bytes(const Hash128& hash) {
  return {reinterpret_cast<const std::uint8_t*>(&hash), sizeof hash};
}

Hash128 HashOf(std::span<const std::uint8_t> bytes) {
  Hash128 hash;
  if (bytes.size() == sizeof hash) std::ranges::copy(bytes, reinterpret_cast<std::uint8_t*>(&hash));
  return hash;
}

}  // namespace

struct ResultsFile::Impl {
  explicit Impl(std::string name) : path(std::move(name)) {}
  ~Impl() { sqlite3_close_v2(database); }
  Impl(const Impl&) = delete;
  Impl& operator=(const Impl&) = delete;

  absl::Status Connect();
  absl::Status CheckKind();

  std::string path;
  sqlite3* database = nullptr;
};

ResultsFile::ResultsFile(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
ResultsFile::ResultsFile(ResultsFile&&) noexcept = default;
ResultsFile& ResultsFile::operator=(ResultsFile&&) noexcept = default;
ResultsFile::~ResultsFile() = default;

absl::Status ResultsFile::Impl::Connect() {
  const int code =
      sqlite3_open_v2(path.c_str(), &database, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, nullptr);
  if (code != SQLITE_OK) return SqliteStatus(database, code, path);
  // Exclusive from the first transaction on: two searches that share a file would repeat each other's work.
  const absl::Status locked = Execute(database, "PRAGMA locking_mode=EXCLUSIVE; BEGIN EXCLUSIVE; COMMIT");
  if (absl::IsUnavailable(locked)) {
    return absl::UnavailableError(absl::StrFormat("%s: another process writes to it", path));
  }
  CRUCIBLE_RETURN_IF_ERROR(locked);
  return CheckKind();
}

absl::Status ResultsFile::Impl::CheckKind() {
  CRUCIBLE_ASSIGN_OR_RETURN(const std::int64_t tables,
                            QueryInt(database, "SELECT count(*) FROM sqlite_schema"));
  if (tables == 0) {
    return Execute(database,
                   absl::StrFormat("BEGIN; PRAGMA application_id=%d; PRAGMA user_version=%d; %s COMMIT",
                                   kResultsId, kResultsVersion, ResultsSchemaSql()));
  }
  CRUCIBLE_ASSIGN_OR_RETURN(const std::int64_t id, QueryInt(database, "PRAGMA application_id"));
  CRUCIBLE_ASSIGN_OR_RETURN(const std::int64_t version, QueryInt(database, "PRAGMA user_version"));
  if (id != kResultsId) {
    return absl::FailedPreconditionError(
        absl::StrFormat("%s is no results file; choose another output", path));
  }
  if (version > kResultsVersion) {
    return absl::FailedPreconditionError(absl::StrFormat(
        "%s has results format %d, this build reads up to %d", path, version, kResultsVersion));
  }
  return absl::OkStatus();
}

absl::StatusOr<ResultsFile> ResultsFile::Open(const std::string& path) {
  auto impl = std::make_unique<Impl>(path);
  CRUCIBLE_RETURN_IF_ERROR(impl->Connect());
  return ResultsFile(std::move(impl));
}

absl::StatusOr<std::optional<StoredResult>> ResultsFile::Find(Hash128 identity) const {
  CRUCIBLE_ASSIGN_OR_RETURN(
      Statement select,
      Statement::Prepare(impl_->database, "SELECT point, log_hash, summary FROM result WHERE identity = ?"));
  CRUCIBLE_ASSIGN_OR_RETURN(const bool row, select.Bind(1, Bytes(identity)).Step());
  if (!row) return std::optional<StoredResult>();
  return StoredResult{identity, std::string(select.Text(0)), HashOf(select.Bytes(1)),
                      std::string(select.Text(2))};
}

absl::Status ResultsFile::Put(const StoredResult& result) {
  CRUCIBLE_ASSIGN_OR_RETURN(const std::optional<StoredResult> old, Find(result.identity));
  if (old && old->log_hash != result.log_hash) {
    return absl::DataLossError(absl::StrFormat("%s: the run of %s gave log hash %s before and %s now",
                                               impl_->path, result.point, ToHex(old->log_hash),
                                               ToHex(result.log_hash)));
  }
  CRUCIBLE_ASSIGN_OR_RETURN(
      Statement insert,
      Statement::Prepare(impl_->database, "INSERT OR REPLACE INTO result VALUES(?, ?, ?, ?)"));
  return insert.Bind(1, Bytes(result.identity))
      .Bind(2, result.point)
      .Bind(3, Bytes(result.log_hash))
      .Bind(4, result.summary)
      .Run();
}

}  // namespace crucible::journal

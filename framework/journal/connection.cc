#include "framework/journal/connection.h"

#include <sys/stat.h>
#include <unistd.h>

#include <bit>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <utility>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "framework/base/check.h"
#include "framework/journal/facts.h"

namespace crucible::journal {
namespace {

constexpr int kPageSize = 8192;
constexpr std::int64_t kCheckpointBytes = std::int64_t{32} << 20;

bool Exists(const std::string& path) {
  struct stat info{};
  return stat(path.c_str(), &info) == 0;
}

bool HasPendingLog(const std::string& path) {
  struct stat info{};
  return stat((path + "-wal").c_str(), &info) == 0 && info.st_size > 0;
}

std::string NewUuid() {
  std::string bytes(16, '\0');
  sqlite3_randomness(16, bytes.data());
  return absl::BytesToHexString(bytes);
}

// A path in the form of a URI, for options that SQLite takes in no other way.
std::string FileUri(const std::string& path, std::string_view query) {
  std::string uri = "file:";
  for (const char c : path) {
    if (c == '?' || c == '#' || c == '%') {
      absl::StrAppend(&uri, "%", absl::Hex(static_cast<unsigned char>(c), absl::kZeroPad2));
    } else {
      uri.push_back(c);
    }
  }
  return absl::StrCat(uri, "?", absl::string_view(query.data(), query.size()));
}

std::span<const std::uint8_t> AsBytes(const Hash128& hash) {
  return {reinterpret_cast<const std::uint8_t*>(&hash), sizeof hash};
}

}  // namespace

Connection::~Connection() {
  if (in_transaction_) Rollback();
  sqlite3_close_v2(database_);
}

absl::StatusOr<std::shared_ptr<Connection>> Connection::Create(const std::string& path,
                                                               const Manifest& manifest,
                                                               const CreateOptions& options) {
  if (options.block_records == 0 || options.block_records > kMaxBlockRecords) {
    return absl::InvalidArgumentError(
        absl::StrFormat("block_records is %d, expected 1 to %d", options.block_records, kMaxBlockRecords));
  }
  if (Exists(path)) return absl::AlreadyExistsError(absl::StrFormat("%s: a file is there already", path));
  CRUCIBLE_ASSIGN_OR_RETURN(WriterLock lock, WriterLock::Acquire(path));
  CRUCIBLE_RETURN_IF_ERROR(Build(path, manifest, options));
  std::shared_ptr<Connection> connection(new Connection(path));
  connection->read_only_ = false;
  connection->lock_.emplace(std::move(lock));
  CRUCIBLE_RETURN_IF_ERROR(connection->OpenDatabase(SQLITE_OPEN_READWRITE));
  CRUCIBLE_RETURN_IF_ERROR(connection->Configure(
      {.read_only = false, .durability = options.durability, .commit_blocks = options.commit_blocks}));
  CRUCIBLE_RETURN_IF_ERROR(connection->LoadManifest());
  return connection;
}

// Under another name, which is renamed when all is in it: whenever the process dies, what stands at `path` is
// a whole journal, or nothing does.
absl::Status Connection::Build(const std::string& path, const Manifest& manifest,
                               const CreateOptions& options) {
  if (Exists(path)) return absl::AlreadyExistsError(absl::StrFormat("%s: a file is there already", path));
  const std::string unborn = path + "-new";
  for (const char* orphan : {"-new", "-new-wal", "-new-shm", "-wal", "-shm"}) unlink((path + orphan).c_str());
  {
    Connection connection(unborn);
    connection.read_only_ = false;
    CRUCIBLE_RETURN_IF_ERROR(connection.OpenDatabase(SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE));
    CRUCIBLE_RETURN_IF_ERROR(connection.Initialise(manifest, options));
  }
  if (HasPendingLog(unborn)) return absl::InternalError(absl::StrFormat("%s was not closed", unborn));
  if (rename(unborn.c_str(), path.c_str()) == 0) return absl::OkStatus();
  return absl::PermissionDeniedError(absl::StrFormat("%s: %s", path, std::strerror(errno)));
}

absl::StatusOr<std::shared_ptr<Connection>> Connection::Open(const std::string& path,
                                                             const OpenOptions& options) {
  if (!Exists(path)) return absl::NotFoundError(absl::StrFormat("%s: no such file", path));
  std::shared_ptr<Connection> connection(new Connection(path));
  connection->read_only_ = options.read_only;
  if (options.read_only) {
    CRUCIBLE_RETURN_IF_ERROR(connection->OpenForReading());
  } else {
    CRUCIBLE_RETURN_IF_ERROR(connection->OpenDatabase(SQLITE_OPEN_READWRITE));
    CRUCIBLE_RETURN_IF_ERROR(connection->CheckFormat());
    CRUCIBLE_RETURN_IF_ERROR(connection->LockForWriting());
  }
  CRUCIBLE_RETURN_IF_ERROR(connection->Configure(options));
  CRUCIBLE_RETURN_IF_ERROR(connection->LoadManifest());
  return connection;
}

absl::Status Connection::OpenDatabase(int flags) {
  const int code = sqlite3_open_v2(path_.c_str(), &database_, flags | SQLITE_OPEN_NOMUTEX, nullptr);
  sqlite3_busy_timeout(database_, 5000);
  return SqliteStatus(database_, code, path_);
}

// A reader of a database in WAL mode needs its index file, and removes it only when it may write: hence the
// attempt to open for writing, and the fall-back for a directory that nobody can write to.
absl::Status Connection::OpenForReading() {
  CRUCIBLE_RETURN_IF_ERROR(OpenDatabase(SQLITE_OPEN_READWRITE));
  const absl::Status format = CheckFormat();
  if (format.ok() || HasPendingLog(path_)) return format;
  if (format.code() != absl::StatusCode::kPermissionDenied) return format;
  return OpenImmutable();
}

absl::Status Connection::OpenImmutable() {
  sqlite3_close_v2(std::exchange(database_, nullptr));
  const int flags = SQLITE_OPEN_READONLY | SQLITE_OPEN_URI | SQLITE_OPEN_NOMUTEX;
  const int code = sqlite3_open_v2(FileUri(path_, "immutable=1").c_str(), &database_, flags, nullptr);
  CRUCIBLE_RETURN_IF_ERROR(SqliteStatus(database_, code, path_));
  return CheckFormat();
}

// What a file is that SQLite cannot read the first page of.
absl::Status Connection::Unreadable(const absl::Status& status) const {
  switch (sqlite3_errcode(database_)) {
    case SQLITE_NOTADB:
      return absl::FailedPreconditionError(
          absl::StrFormat("%s: not an SQLite file, expected a session or run that crucible wrote", path_));
    case SQLITE_CORRUPT:
      return absl::DataLossError(absl::StrFormat("%s: damaged in its first page (%s); restore it from a copy",
                                                 path_, sqlite3_errmsg(database_)));
    default:
      return absl::Status(status.code(), absl::StrFormat("%s: %s", path_, sqlite3_errmsg(database_)));
  }
}

absl::Status Connection::CheckFormat() {
  const absl::StatusOr<std::int64_t> application = QueryInt(database_, "PRAGMA application_id");
  if (!application.ok()) return Unreadable(application.status());
  const absl::StatusOr<std::int64_t> pages = QueryInt(database_, "PRAGMA page_count");
  if (pages.ok() && *pages == 0) {
    return absl::FailedPreconditionError(
        absl::StrFormat("%s: an empty file, expected a session or run that crucible wrote", path_));
  }
  CRUCIBLE_ASSIGN_OR_RETURN(const std::int64_t version, QueryInt(database_, "PRAGMA user_version"));
  if (*application != kApplicationId) {
    return absl::FailedPreconditionError(
        absl::StrFormat("%s: an SQLite database, but not a journal (application id %d, expected %d)", path_,
                        *application, kApplicationId));
  }
  if (version < kOldestVersion || version > kFormatVersion) {
    return absl::FailedPreconditionError(
        absl::StrFormat("%s: format version %d, this build reads versions %d to %d; use the build that wrote "
                        "it, or a newer one",
                        path_, version, kOldestVersion, kFormatVersion));
  }
  if (read_only_ || version == kFormatVersion) return absl::OkStatus();
  CRUCIBLE_ASSIGN_OR_RETURN(const std::int64_t running,
                            QueryInt(database_, "SELECT count(*) FROM journal WHERE status = 'running'"));
  if (running != 0) {
    return absl::FailedPreconditionError(
        absl::StrFormat("%s: written in part by an older build, in format version %d; this build writes "
                        "version %d: finish it with that "
                        "build, or remove it and start again",
                        path_, version, kFormatVersion));
  }
  return absl::FailedPreconditionError(absl::StrFormat(
      "%s: format version %d, this build writes version %d; `crucible compact` makes a new file of it", path_,
      version, kFormatVersion));
}

absl::Status Connection::Configure(const OpenOptions& options) {
  commit_blocks_ = options.commit_blocks;
  const std::string common =
      absl::StrFormat("PRAGMA mmap_size=%d; PRAGMA cell_size_check=1;", options.mmap_bytes);
  if (options.read_only) return Execute(database_, common + "PRAGMA query_only=1;");
  return Execute(database_,
                 common + absl::StrFormat("PRAGMA synchronous=%s; PRAGMA wal_autocheckpoint=%d;"
                                          "PRAGMA journal_size_limit=%d; PRAGMA cache_size=-16384;"
                                          "PRAGMA secure_delete=0;",
                                          options.durability == Durability::kFull ? "FULL" : "NORMAL",
                                          kCheckpointBytes / kPageSize, 2 * kCheckpointBytes));
}

absl::Status Connection::LockForWriting() {
  CRUCIBLE_ASSIGN_OR_RETURN(WriterLock lock, WriterLock::Acquire(path_));
  lock_.emplace(std::move(lock));
  return absl::OkStatus();
}

absl::Status Connection::Initialise(const Manifest& manifest, const CreateOptions& options) {
  CRUCIBLE_RETURN_IF_ERROR(Execute(
      database_, absl::StrFormat("PRAGMA page_size=%d; PRAGMA journal_mode=WAL; PRAGMA application_id=%d;"
                                 "PRAGMA user_version=%d;",
                                 kPageSize, kApplicationId, kFormatVersion)));
  CRUCIBLE_RETURN_IF_ERROR(Configure(
      {.read_only = false, .durability = options.durability, .commit_blocks = options.commit_blocks}));
  uuid_ = NewUuid();
  manifest_ = manifest;
  block_records_ = options.block_records;
  return InTransaction([&]() -> absl::Status {
    CRUCIBLE_RETURN_IF_ERROR(Execute(database_, SchemaSql(kFormatVersion)));
    CRUCIBLE_ASSIGN_OR_RETURN(
        Statement insert,
        Statement::Prepare(database_, "INSERT INTO journal VALUES(1, ?, ?, ?, ?, ?, ?, ?)"));
    insert.Bind(1, std::string_view(uuid_)).Bind(2, std::string_view(manifest.kind));
    insert.Bind(3, std::string_view(manifest.status)).Bind(4, manifest.seed);
    insert.Bind(5, std::string_view(manifest.configuration)).Bind(6, std::string_view(manifest.build));
    CRUCIBLE_RETURN_IF_ERROR(insert.Bind(7, block_records_).Run());
    CRUCIBLE_RETURN_IF_ERROR(AppendText(kFactStream, JournalFact(uuid_, manifest, block_records_)).status());
    return AppendText(kFactStream, FactText({"status", manifest.status})).status();
  });
}

absl::Status Connection::LoadManifest() {
  CRUCIBLE_ASSIGN_OR_RETURN(
      Statement select,
      Statement::Prepare(
          database_, "SELECT uuid, kind, status, seed, configuration, build, block_records FROM journal"));
  CRUCIBLE_ASSIGN_OR_RETURN(const bool row, select.Step());
  if (!row) return absl::DataLossError(absl::StrFormat("%s: table journal is empty", path_));
  uuid_ = select.Text(0);
  manifest_ = {std::string(select.Text(1)), std::string(select.Text(2)), select.Unsigned(3),
               std::string(select.Text(4)), std::string(select.Text(5))};
  const std::int64_t block_records = select.Int(6);
  if (block_records < 1 || block_records > kMaxBlockRecords) {
    return absl::DataLossError(
        absl::StrFormat("%s: table journal: block_records is %d", path_, block_records));
  }
  block_records_ = static_cast<std::uint32_t>(block_records);
  return absl::OkStatus();
}

absl::Status Connection::Begin() {
  if (in_transaction_) return absl::OkStatus();
  if (read_only_) return absl::FailedPreconditionError(absl::StrFormat("%s: opened read-only", path_));
  CRUCIBLE_RETURN_IF_ERROR(Execute(database_, "BEGIN IMMEDIATE"));
  in_transaction_ = true;
  return absl::OkStatus();
}

absl::Status Connection::Commit() {
  if (!in_transaction_) return absl::OkStatus();
  const absl::Status status = Execute(database_, "COMMIT");
  if (!status.ok()) {
    Rollback();
    return status;
  }
  in_transaction_ = false;
  ++commits_;
  return absl::OkStatus();
}

void Connection::Rollback() {
  if (!in_transaction_) return;
  // SQLite may have rolled back by itself (disk full); then this fails and nothing is lost.
  Execute(database_, "ROLLBACK").IgnoreError();
  in_transaction_ = false;
  ++rollbacks_;
  text_heads_.clear();
}

template <class Write>
absl::Status Connection::InTransaction(const Write& write) {
  const bool joined = in_transaction_;
  CRUCIBLE_RETURN_IF_ERROR(Begin());
  const absl::Status status = write();
  if (!status.ok()) Rollback();
  if (!status.ok() || joined) return status;
  return Commit();
}

absl::StatusOr<std::uint64_t> Connection::FindStream(std::string_view name) const {
  CRUCIBLE_ASSIGN_OR_RETURN(Statement select,
                            Statement::Prepare(database_, "SELECT stream_id FROM stream WHERE name = ?"));
  CRUCIBLE_ASSIGN_OR_RETURN(const bool row, select.Bind(1, name).Step());
  if (row) return select.Unsigned(0);
  CRUCIBLE_ASSIGN_OR_RETURN(
      Statement names,
      Statement::Prepare(database_, "SELECT group_concat(name, ', ') FROM stream WHERE stream_id > 0"));
  CRUCIBLE_RETURN_IF_ERROR(names.Step().status());
  return absl::NotFoundError(
      absl::StrFormat("%s: no stream \"%s\"; there are: %s", path_, name, names.Text(0)));
}

absl::StatusOr<std::uint64_t> Connection::FindOrAddStream(std::string_view name) {
  absl::StatusOr<std::uint64_t> found = FindStream(name);
  if (found.ok() || !absl::IsNotFound(found.status())) return found;
  std::uint64_t stream_id = 0;
  const absl::Status added = InTransaction([&]() -> absl::Status {
    CRUCIBLE_ASSIGN_OR_RETURN(const std::int64_t next,
                              QueryInt(database_, "SELECT 1 + max(stream_id) FROM stream"));
    stream_id = static_cast<std::uint64_t>(next);
    CRUCIBLE_ASSIGN_OR_RETURN(Statement insert,
                              Statement::Prepare(database_, "INSERT INTO stream VALUES(?, ?)"));
    CRUCIBLE_RETURN_IF_ERROR(insert.Bind(1, stream_id).Bind(2, name).Run());
    return AppendText(kFactStream, FactText({"stream", absl::StrCat(stream_id), name})).status();
  });
  if (!added.ok()) return added;
  return stream_id;
}

absl::StatusOr<Connection::TextHead*> Connection::FindTextHead(std::uint64_t stream_id) {
  for (TextHead& head : text_heads_) {
    if (head.stream_id == stream_id) return &head;
  }
  TextHead head{stream_id, 0, {}};
  CRUCIBLE_ASSIGN_OR_RETURN(
      Statement select,
      Statement::Prepare(database_,
                         "SELECT seq, chain FROM text WHERE stream_id = ? ORDER BY seq DESC LIMIT 1"));
  CRUCIBLE_ASSIGN_OR_RETURN(const bool row, select.Bind(1, stream_id).Step());
  if (row) {
    head.seq = select.Unsigned(0);
    const auto chain = select.Bytes(1);
    if (chain.size() != head.chain.size())
      return absl::DataLossError(path_ + ": table text: chain is not 32 bytes");
    std::memcpy(head.chain.data(), chain.data(), chain.size());
  } else {
    head.chain = ChainStart(sha_, uuid_, stream_id, "texts");
  }
  text_heads_.push_back(head);
  return &text_heads_.back();
}

absl::StatusOr<std::uint64_t> Connection::AppendText(std::uint64_t stream_id, std::string_view text) {
  CRUCIBLE_RETURN_IF_ERROR(Begin());
  CRUCIBLE_ASSIGN_OR_RETURN(TextHead * head, FindTextHead(stream_id));
  const std::uint64_t seq = head->seq + 1;
  const Digest chain = ChainText(sha_, head->chain, seq, text);
  CRUCIBLE_ASSIGN_OR_RETURN(
      Statement insert,
      Statement::Prepare(database_, "INSERT INTO text(stream_id, seq, chain, body) VALUES(?, ?, ?, ?)"));
  insert.Bind(1, stream_id).Bind(2, seq).Bind(3, std::span<const std::uint8_t>(chain)).Bind(4, text);
  CRUCIBLE_RETURN_IF_ERROR(insert.Run());
  head->seq = seq;
  head->chain = chain;
  return seq;
}

absl::StatusOr<std::string> Connection::ReadText(std::uint64_t stream_id, std::uint64_t seq) const {
  CRUCIBLE_ASSIGN_OR_RETURN(
      Statement select,
      Statement::Prepare(database_, "SELECT body FROM text WHERE stream_id = ? AND seq = ?"));
  CRUCIBLE_ASSIGN_OR_RETURN(const bool row, select.Bind(1, stream_id).Bind(2, seq).Step());
  if (!row)
    return absl::NotFoundError(absl::StrFormat("%s: stream %d has no text %d", path_, stream_id, seq));
  return std::string(select.Text(0));
}

absl::StatusOr<std::uint64_t> Connection::LastText(std::uint64_t stream_id) const {
  CRUCIBLE_ASSIGN_OR_RETURN(
      Statement select,
      Statement::Prepare(database_, "SELECT seq FROM text WHERE stream_id = ? ORDER BY seq DESC LIMIT 1"));
  CRUCIBLE_ASSIGN_OR_RETURN(const bool row, select.Bind(1, stream_id).Step());
  return row ? select.Unsigned(0) : 0;
}

absl::Status Connection::SetInputs(std::span<const InputRef> inputs) {
  return InTransaction([&]() -> absl::Status {
    CRUCIBLE_RETURN_IF_ERROR(Execute(database_, "DELETE FROM run_input"));
    CRUCIBLE_ASSIGN_OR_RETURN(Statement insert,
                              Statement::Prepare(database_, "INSERT INTO run_input VALUES(?, ?, ?, ?, ?)"));
    for (const InputRef& input : inputs) {
      insert.Bind(1, int{input.ordinal}).Bind(2, std::string_view(input.path_hint));
      insert.Bind(3, std::string_view(input.uuid)).Bind(4, input.count).Bind(5, AsBytes(input.log_hash));
      CRUCIBLE_RETURN_IF_ERROR(insert.Run());
    }
    return AppendText(kFactStream, InputsFact(inputs)).status();
  });
}

absl::Status Connection::SetStatus(std::string_view status) {
  const absl::Status updated = InTransaction([&]() -> absl::Status {
    CRUCIBLE_ASSIGN_OR_RETURN(Statement update,
                              Statement::Prepare(database_, "UPDATE journal SET status = ?"));
    CRUCIBLE_RETURN_IF_ERROR(update.Bind(1, status).Run());
    return AppendText(kFactStream, FactText({"status", status})).status();
  });
  if (updated.ok()) manifest_.status = std::string(status);
  return updated;
}

absl::Status Connection::PutMeta(std::string_view key, std::string_view value) {
  return InTransaction([&]() -> absl::Status {
    CRUCIBLE_ASSIGN_OR_RETURN(
        Statement upsert,
        Statement::Prepare(
            database_,
            "INSERT INTO meta VALUES(?, ?) ON CONFLICT(key) DO UPDATE SET value = excluded.value"));
    CRUCIBLE_RETURN_IF_ERROR(upsert.Bind(1, key).Bind(2, value).Run());
    return AppendText(kFactStream, FactText({"meta", key, value})).status();
  });
}

}  // namespace crucible::journal

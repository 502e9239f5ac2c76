#include "framework/journal/compact.h"

#include <filesystem>
#include <system_error>
#include <utility>

#include "absl/strings/str_format.h"

namespace crucible::journal {
namespace {

namespace fs = std::filesystem;

// Removes what a compaction that failed leaves behind.
class Unfinished {
 public:
  explicit Unfinished(std::string path) : path_(std::move(path)) { Remove(); }
  ~Unfinished() { Remove(); }
  const std::string& path() const { return path_; }

 private:
  void Remove() const {
    std::error_code ignored;
    for (const char* suffix : {"", "-wal", "-shm"}) fs::remove(path_ + suffix, ignored);
  }
  std::string path_;
};

class Copier {
 public:
  Copier(const Journal& source, Journal& target, const CompactProgress& progress)
      : source_(source), target_(target), progress_(progress) {}
  absl::StatusOr<CompactReport> Copy();

 private:
  absl::Status CopyStream(const std::string& stream);

  const Journal& source_;
  Journal& target_;
  const CompactProgress& progress_;
  CompactReport report_;
  std::uint64_t total_ = 0;
};

// Texts first: projections of records look them up.
absl::Status Copier::CopyStream(const std::string& stream) {
  CRUCIBLE_ASSIGN_OR_RETURN(const StreamSize size, source_.Size(stream));
  CRUCIBLE_ASSIGN_OR_RETURN(const auto appender, target_.OpenAppender(stream, AppendMode::kContinue));
  for (std::uint64_t seq = 1; seq <= size.texts; ++seq) {
    CRUCIBLE_ASSIGN_OR_RETURN(const std::string text, source_.Text(stream, seq));
    CRUCIBLE_RETURN_IF_ERROR(appender->AppendText(text).status());
  }
  report_.texts += size.texts;
  CRUCIBLE_ASSIGN_OR_RETURN(const auto cursor, source_.Read(stream));
  while (true) {
    CRUCIBLE_ASSIGN_OR_RETURN(const std::span<const Event> records, cursor->Next());
    if (records.empty()) break;
    CRUCIBLE_RETURN_IF_ERROR(appender->Append(records));
    report_.records += records.size();
    if (progress_) progress_(report_.records, total_);
  }
  CRUCIBLE_RETURN_IF_ERROR(appender->Close());
  CRUCIBLE_ASSIGN_OR_RETURN(const StreamHead before, source_.Head(stream));
  CRUCIBLE_ASSIGN_OR_RETURN(const StreamHead after, target_.Head(stream));
  if (before == after) return absl::OkStatus();
  return absl::DataLossError(absl::StrFormat(
      "%s: stream %s has %d records with log hash %s, its header says %d and %s; run crucible verify",
      source_.path(), stream, after.last_seq, ToHex(after.log_hash), before.last_seq,
      ToHex(before.log_hash)));
}

absl::StatusOr<CompactReport> Copier::Copy() {
  CRUCIBLE_RETURN_IF_ERROR(target_.SetInputs(source_.inputs()));
  CRUCIBLE_ASSIGN_OR_RETURN(const auto metas, source_.Metas());
  for (const auto& [key, value] : metas) CRUCIBLE_RETURN_IF_ERROR(target_.PutMeta(key, value));
  std::string heads = "uuid " + source_.uuid();
  for (const std::string& stream : source_.streams()) {
    CRUCIBLE_ASSIGN_OR_RETURN(const StreamHead head, source_.Head(stream));
    CRUCIBLE_ASSIGN_OR_RETURN(const std::string chain, source_.ChainHead(stream));
    heads += absl::StrFormat("\nstream %s chain %s", stream, chain);
    total_ += head.last_seq;
  }
  for (const std::string& stream : source_.streams()) CRUCIBLE_RETURN_IF_ERROR(CopyStream(stream));
  CRUCIBLE_RETURN_IF_ERROR(target_.PutMeta("compacted_from", heads));
  CRUCIBLE_RETURN_IF_ERROR(target_.SetStatus(source_.manifest().status));
  return report_;
}

}  // namespace

absl::StatusOr<CompactReport> Compact(const Journal& source, const std::string& path,
                                      const CreateOptions& options, const CompactProgress& progress) {
  if (fs::exists(path)) return absl::AlreadyExistsError(absl::StrFormat("%s: a file is there already", path));
  if (source.manifest().status == "running") {
    return absl::FailedPreconditionError(
        absl::StrFormat("%s is being written, or its writer was interrupted; the same command that wrote it "
                        "finishes it, with the "
                        "build that wrote it if that was an older one",
                        source.path()));
  }
  const Unfinished unfinished(path + "-compacting");
  Manifest manifest = source.manifest();
  manifest.status = "running";
  CompactReport report;
  {
    CRUCIBLE_ASSIGN_OR_RETURN(Journal target, Journal::Create(unfinished.path(), manifest, options));
    CRUCIBLE_ASSIGN_OR_RETURN(report, Copier(source, target, progress).Copy());
  }
  report.bytes_before = fs::file_size(source.path());
  report.bytes_after = fs::file_size(unfinished.path());
  std::error_code error;
  fs::rename(unfinished.path(), path, error);
  if (error) return absl::PermissionDeniedError(absl::StrFormat("%s: %s", path, error.message()));
  return report;
}

}  // namespace crucible::journal

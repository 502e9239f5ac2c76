#include "framework/decode/file_order.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "framework/event/hash_sink.h"

namespace crucible::decode {
namespace {

// A file that ends after the last whole line of its head.
class OneHead : public FileAccess {
 public:
  explicit OneHead(std::string head) : head_(std::move(head)) {
    if (head_.size() == kHeadBytes) head_.resize(head_.rfind('\n') + 1);
  }
  absl::StatusOr<std::unique_ptr<ByteSource>> Open(const std::string& path) const override {
    return ByteSource::FromBytes(head_, path, kHeadBytes);
  }
  absl::StatusOr<std::uint64_t> Bytes(const std::string& /*path*/) const override { return head_.size(); }

 private:
  std::string head_;
};

// What is wrong with the file is told when it is imported.
std::optional<Nanos> FirstTime(const OneHead& head, const Format& format, const std::string& path,
                               const ImportOptions& options) {
  HashSink sink;
  RecordWriter writer(sink);
  Doctor doctor;
  ImportReport report;
  BookCheck books(doctor);
  const Progress silent;
  ProgressMeter meter(silent, writer);
  ImportContext context{head, {path}, options, writer, doctor, report, meter, books};
  const std::unique_ptr<Importer> importer = format.make();
  if (importer->Prepare(context).ok()) importer->Run(context).IgnoreError();
  if (writer.records() == 0) return std::nullopt;
  return writer.first_time();
}

}  // namespace

absl::StatusOr<std::string> ReadHead(const FileAccess& file_access, const std::string& path) {
  CRUCIBLE_ASSIGN_OR_RETURN(const std::unique_ptr<ByteSource> source, file_access.Open(path));
  std::string head(kHeadBytes, '\0');
  std::size_t filled = 0;
  while (filled < head.size()) {
    CRUCIBLE_ASSIGN_OR_RETURN(const std::size_t count, source->Read(std::span(head).subspan(filled)));
    if (count == 0) break;
    filled += count;
  }
  head.resize(filled);
  return head;
}

absl::StatusOr<std::vector<std::string>> FilesInTime(const FileAccess& file_access, const Format& format,
                                                     std::span<const std::string> files,
                                                     const ImportOptions& options) {
  std::vector<std::string> as_given(files.begin(), files.end());
  if (files.size() < 2 || !format.files_follow_in_time) return as_given;
  std::vector<std::pair<Nanos, std::string>> timed;
  for (const std::string& path : files) {
    CRUCIBLE_ASSIGN_OR_RETURN(std::string head, ReadHead(file_access, path));
    const std::optional<Nanos> time = FirstTime(OneHead(std::move(head)), format, path, options);
    if (!time) return as_given;
    timed.emplace_back(*time, path);
  }
  std::ranges::stable_sort(timed, {}, [](const auto& file) { return file.first; });
  std::vector<std::string> ordered;
  for (auto& [time, path] : timed) ordered.push_back(std::move(path));
  return ordered;
}

}  // namespace crucible::decode

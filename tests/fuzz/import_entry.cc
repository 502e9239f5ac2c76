#include <map>
#include <utility>

#include "framework/decode/importer.h"
#include "tests/decode/samples.h"
#include "tests/fuzz/entries.h"

namespace crucible::fuzz {
namespace {

class MemoryFiles final : public decode::FileAccess {
 public:
  explicit MemoryFiles(std::map<std::string, std::string> files) : files_(std::move(files)) {}
  absl::StatusOr<std::unique_ptr<decode::ByteSource>> Open(const std::string& path) const override {
    const auto at = files_.find(path);
    if (at == files_.end()) return absl::NotFoundError(path);
    return decode::ByteSource::FromBytes(at->second, path, 61);
  }
  absl::StatusOr<std::uint64_t> Bytes(const std::string& path) const override {
    const auto at = files_.find(path);
    if (at == files_.end()) return absl::NotFoundError(path);
    return at->second.size();
  }

 private:
  std::map<std::string, std::string> files_;
};

// Ends the process when a record breaks what every stream promises.
class JudgingSink final : public RecordSink {
 public:
  absl::Status Append(std::span<const Event> records) override {
    for (const Event& event : records) {
      Require(event.seq == seq_ + 1 && event.time >= time_ && event.venue_time() <= event.at());
      Require(FindKind(event.kind) != nullptr);
      seq_ = event.seq;
      time_ = event.time;
    }
    return absl::OkStatus();
  }
  absl::StatusOr<std::uint64_t> AppendText(std::string_view) override { return ++texts_; }
  Hash128 log_hash() const override { return {}; }

 private:
  std::uint64_t seq_ = 0;
  std::uint64_t texts_ = 0;
  std::int64_t time_ = INT64_MIN;
};

constexpr char kSideMark = '\xff';  // what follows it is the file beside the first

void Import(std::string_view bytes) {
  static const std::vector<decode::Sample> samples = decode::Samples();
  if (bytes.empty()) return;
  const std::size_t choice = static_cast<unsigned char>(bytes[0]) % (samples.size() + 1);
  bytes.remove_prefix(1);
  decode::ImportOptions options;
  std::map<std::string, std::string> files;
  std::string path = "unknown";
  if (choice < samples.size()) {
    const decode::Sample& sample = samples[choice];
    path = sample.path;
    options.format = sample.format;
    options.symbol = sample.symbol;
    if (!sample.side_path.empty() && bytes.find(kSideMark) != std::string_view::npos) {
      files[sample.side_path] = bytes.substr(bytes.find(kSideMark) + 1);
      bytes = bytes.substr(0, bytes.find(kSideMark));
    }
  }
  files[path] = bytes;
  JudgingSink sink;
  const std::string paths[] = {path};
  const auto report = decode::ImportFrom(MemoryFiles(std::move(files)), paths, options, sink, {});
  // A refusal that blames the input says where.
  const bool located = report.ok() || report.status().message().find(path) != std::string::npos ||
                       report.status().message().find("XYZ_2012") != std::string::npos;
  Require(located);
}

std::vector<std::string> ImportSeeds() {
  std::vector<std::string> seeds;
  for (const decode::Sample& sample : decode::Samples()) {
    std::string seed(1, static_cast<char>(seeds.size()));
    seed += sample.bytes;
    if (!sample.side_path.empty()) seed += kSideMark + sample.side_bytes;
    seeds.push_back(seed);
  }
  const char detect = static_cast<char>(seeds.size());
  for (const decode::Sample& sample : decode::Samples()) seeds.push_back(detect + sample.bytes);
  return seeds;
}

}  // namespace

Entry ImportEntry() { return {"import", Import, ImportSeeds}; }

}  // namespace crucible::fuzz

// Files in memory, a sink that keeps everything, and short ways to import a text.
#pragma once

#include <gtest/gtest.h>
#include <zlib.h>
#include <zstd.h>

#include <cstdlib>
#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "framework/decode/importer.h"
#include "framework/event/log_hash.h"

namespace crucible::decode {

class MemoryFiles final : public FileAccess {
 public:
  MemoryFiles(std::map<std::string, std::string> files, std::size_t chunk_bytes)
      : files_(std::move(files)), chunk_bytes_(chunk_bytes) {}
  absl::StatusOr<std::unique_ptr<ByteSource>> Open(const std::string& path) const override {
    const auto at = files_.find(path);
    if (at == files_.end()) return absl::NotFoundError(path);
    return ByteSource::FromBytes(at->second, path, chunk_bytes_);
  }
  absl::StatusOr<std::uint64_t> Bytes(const std::string& path) const override {
    const auto at = files_.find(path);
    if (at == files_.end()) return absl::NotFoundError(path);
    return at->second.size();
  }

 private:
  std::map<std::string, std::string> files_;
  std::size_t chunk_bytes_;
};

// Contents by path.
inline MemoryFiles InMemory(std::map<std::string, std::string> files, std::size_t chunk_bytes = 1 << 16) {
  return MemoryFiles(std::move(files), chunk_bytes);
}

class KeepingSink final : public RecordSink {
 public:
  absl::Status Append(std::span<const Event> batch) override {
    EXPECT_LE(batch.size(), kBatchRecords);
    EXPECT_FALSE(batch.empty());
    records.insert(records.end(), batch.begin(), batch.end());
    hash_.Add(batch);
    return absl::OkStatus();
  }
  absl::StatusOr<std::uint64_t> AppendText(std::string_view text) override {
    texts.emplace_back(text);
    return texts.size();
  }
  Hash128 log_hash() const override { return hash_.value(); }

  std::vector<Event> records;
  std::vector<std::string> texts;

 private:
  LogHash hash_;
};

// An import and all that it made.
struct Imported {
  absl::Status status;
  ImportReport report;
  std::vector<Event> records;
  std::vector<std::string> texts;

  std::vector<Event> Of(Kind kind) const {
    std::vector<Event> found;
    for (const Event& event : records) {
      if (event.kind == kind) found.push_back(event);
    }
    return found;
  }
  std::uint64_t Count(FindingCode code) const {
    for (const Finding& finding : report.findings) {
      if (finding.code == code) return finding.count;
    }
    return 0;
  }
  // The finding's first place as "file:line".
  std::string FirstPlace(FindingCode code) const {
    for (const Finding& finding : report.findings) {
      if (finding.code == code) return ToString(finding.first);
    }
    return "";
  }
};

inline Imported ImportAll(const FileAccess& files, const std::vector<std::string>& paths,
                          const ImportOptions& options) {
  KeepingSink sink;
  absl::StatusOr<ImportReport> report = ImportFrom(files, paths, options, sink, {});
  return {report.status(), report.ok() ? *report : ImportReport{}, std::move(sink.records),
          std::move(sink.texts)};
}

inline Imported ImportText(const std::string& path, const std::string& text,
                           const ImportOptions& options = {}) {
  return ImportAll(InMemory({{path, text}}), {path}, options);
}

// What every record stream of an import promises.
inline void ExpectWellFormed(const std::vector<Event>& records) {
  std::int64_t time = INT64_MIN;
  bool in_group = false;
  Event head;
  for (std::size_t i = 0; i < records.size(); ++i) {
    const Event& event = records[i];
    ASSERT_EQ(event.seq, i + 1);
    ASSERT_GE(event.time, time) << "seq " << event.seq;
    ASSERT_LE(event.venue_time(), event.at()) << "seq " << event.seq;
    ASSERT_NE(FindKind(event.kind), nullptr);
    if (in_group) {
      ASSERT_EQ(event.time, head.time) << "seq " << event.seq;
      ASSERT_EQ(event.origin, head.origin) << "seq " << event.seq;
      ASSERT_EQ(event.instrument, head.instrument) << "seq " << event.seq;
    }
    head = event;
    time = event.time;
    in_group = !event.EndsGroup();
  }
  ASSERT_FALSE(in_group) << "the stream ends inside a group";
}

inline std::string Gzip(std::string_view text) {
  z_stream stream{};
  deflateInit2(&stream, 6, Z_DEFLATED, 16 + MAX_WBITS, 8, Z_DEFAULT_STRATEGY);
  std::string out(deflateBound(&stream, text.size()) + 64, '\0');
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(text.data()));
  stream.avail_in = static_cast<uInt>(text.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  deflate(&stream, Z_FINISH);
  out.resize(stream.total_out);
  deflateEnd(&stream);
  return out;
}

inline std::string Zstd(std::string_view text) {
  std::string out(ZSTD_compressBound(text.size()), '\0');
  out.resize(ZSTD_compress(out.data(), out.size(), text.data(), text.size(), 3));
  return out;
}

// Folder of the recorded files, or empty where there is none.
inline std::string SharedData() {
  const char* const named = std::getenv("CRUCIBLE_SHARED_DIR");
  const std::string folder =
      std::string(named != nullptr ? named : CRUCIBLE_SOURCE_DIR "/../shared") + "/data";
  return std::filesystem::exists(folder + "/lobster") ? folder : "";
}

}  // namespace crucible::decode

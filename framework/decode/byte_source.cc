#include "framework/decode/byte_source.h"

#include <zlib.h>
#include <zstd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <utility>

#include "absl/strings/str_format.h"
#include "framework/base/check.h"

namespace crucible::decode {
namespace {

constexpr std::size_t kStoredChunk = 128 * 1024;
constexpr int kMaxWindowLog = 27;  // 128 MiB, zstd's own default limit for a streaming reader

// Stored bytes in order, from a file or from memory.
class StoredBytes {
 public:
  virtual ~StoredBytes() = default;
  // 0 at the end.
  virtual absl::StatusOr<std::size_t> Read(std::span<char> out) = 0;
};

class StoredFile final : public StoredBytes {
 public:
  StoredFile(std::FILE* file, std::string name) : file_(file), name_(std::move(name)) {}
  ~StoredFile() override { std::fclose(file_); }
  StoredFile(const StoredFile&) = delete;
  StoredFile& operator=(const StoredFile&) = delete;

  absl::StatusOr<std::size_t> Read(std::span<char> out) override {
    const std::size_t count = std::fread(out.data(), 1, out.size(), file_);
    if (count == 0 && std::ferror(file_) != 0) {
      return absl::DataLossError(absl::StrFormat("%s: cannot read: %s", name_, std::strerror(errno)));
    }
    return count;
  }

 private:
  std::FILE* file_;
  std::string name_;
};

class StoredText final : public StoredBytes {
 public:
  StoredText(std::string bytes, std::size_t chunk_bytes) : bytes_(std::move(bytes)), chunk_(chunk_bytes) {}
  absl::StatusOr<std::size_t> Read(std::span<char> out) override {
    const std::size_t count = std::min({out.size(), chunk_, bytes_.size() - at_});
    std::memcpy(out.data(), bytes_.data() + at_, count);
    at_ += count;
    return count;
  }

 private:
  std::string bytes_;
  std::size_t chunk_;
  std::size_t at_ = 0;
};

// Stored bytes with the next ones in view.
class Window {
 public:
  Window(std::unique_ptr<StoredBytes> stored, std::string name)
      : stored_(std::move(stored)), name_(std::move(name)), buffer_(kStoredChunk, '\0') {}

  // Reads until `count` bytes are in view or the input ends.
  absl::Status Fill(std::size_t count) {
    while (view().size() < count) {
      CRUCIBLE_ASSIGN_OR_RETURN(const std::size_t more, ReadMore());
      if (more == 0) break;
    }
    return absl::OkStatus();
  }
  std::span<const char> view() const { return {buffer_.data() + begin_, end_ - begin_}; }
  void Consume(std::size_t count) {
    begin_ += count;
    consumed_ += count;
  }
  std::uint64_t consumed() const { return consumed_; }
  const std::string& name() const { return name_; }

 private:
  absl::StatusOr<std::size_t> ReadMore() {
    if (begin_ == end_) begin_ = end_ = 0;
    CRUCIBLE_CHECK(end_ < buffer_.size());
    CRUCIBLE_ASSIGN_OR_RETURN(const std::size_t count,
                              stored_->Read({buffer_.data() + end_, buffer_.size() - end_}));
    end_ += count;
    return count;
  }

  std::unique_ptr<StoredBytes> stored_;
  std::string name_;
  std::string buffer_;
  std::size_t begin_ = 0;
  std::size_t end_ = 0;
  std::uint64_t consumed_ = 0;
};

class PlainSource final : public ByteSource {
 public:
  explicit PlainSource(Window window) : window_(std::move(window)) {}
  absl::StatusOr<std::size_t> Read(std::span<char> out) override {
    CRUCIBLE_RETURN_IF_ERROR(window_.Fill(1));
    const std::size_t count = std::min(out.size(), window_.view().size());
    std::memcpy(out.data(), window_.view().data(), count);
    window_.Consume(count);
    return count;
  }
  std::uint64_t stored_bytes_read() const override { return window_.consumed(); }

 private:
  Window window_;
};

absl::Status Damaged(const Window& window, std::string_view what) {
  return absl::DataLossError(
      absl::StrFormat("%s: %s at stored byte %d", window.name(), what, window.consumed()));
}

class GzipSource final : public ByteSource {
 public:
  explicit GzipSource(Window window) : window_(std::move(window)) {
    CRUCIBLE_CHECK(inflateInit2(&stream_, 16 + MAX_WBITS) == Z_OK);
  }
  ~GzipSource() override { inflateEnd(&stream_); }
  GzipSource(const GzipSource&) = delete;
  GzipSource& operator=(const GzipSource&) = delete;

  absl::StatusOr<std::size_t> Read(std::span<char> out) override {
    while (true) {
      CRUCIBLE_RETURN_IF_ERROR(window_.Fill(1));
      const bool drained = window_.view().empty();
      if (drained && at_member_end_) return std::size_t{0};
      CRUCIBLE_ASSIGN_OR_RETURN(const std::size_t count, Inflate(out));
      if (count > 0) return count;
      if (drained && !at_member_end_) return Damaged(window_, "gzip data ends early");
    }
  }
  std::uint64_t stored_bytes_read() const override { return window_.consumed(); }

 private:
  absl::StatusOr<std::size_t> Inflate(std::span<char> out) {
    if (at_member_end_) inflateReset(&stream_);
    at_member_end_ = false;
    const auto view = window_.view();
    // zlib's interface is not const-correct; it does not write to its input.
    stream_.next_in = const_cast<Bytef*>(reinterpret_cast<const Bytef*>(view.data()));
    stream_.avail_in = static_cast<uInt>(view.size());
    stream_.next_out = reinterpret_cast<Bytef*>(out.data());
    const auto room = static_cast<uInt>(std::min<std::size_t>(out.size(), 1U << 30));
    stream_.avail_out = room;
    const int result = inflate(&stream_, Z_NO_FLUSH);
    window_.Consume(view.size() - stream_.avail_in);
    if (result != Z_OK && result != Z_STREAM_END && result != Z_BUF_ERROR) {
      return Damaged(window_, "gzip data is damaged");
    }
    at_member_end_ = result == Z_STREAM_END;
    return std::size_t{room - stream_.avail_out};
  }

  Window window_;
  z_stream stream_{};
  bool at_member_end_ = false;
};

class ZstdSource final : public ByteSource {
 public:
  explicit ZstdSource(Window window) : window_(std::move(window)), context_(ZSTD_createDCtx()) {
    CRUCIBLE_CHECK(context_ != nullptr);
    ZSTD_DCtx_setParameter(context_, ZSTD_d_windowLogMax, kMaxWindowLog);
  }
  ~ZstdSource() override { ZSTD_freeDCtx(context_); }
  ZstdSource(const ZstdSource&) = delete;
  ZstdSource& operator=(const ZstdSource&) = delete;

  absl::StatusOr<std::size_t> Read(std::span<char> out) override {
    while (true) {
      CRUCIBLE_RETURN_IF_ERROR(window_.Fill(1));
      const bool drained = window_.view().empty();
      if (drained && at_frame_end_) return std::size_t{0};
      CRUCIBLE_ASSIGN_OR_RETURN(const std::size_t count, Decompress(out));
      if (count > 0) return count;
      if (drained && !at_frame_end_) return Damaged(window_, "zstd data ends early");
    }
  }
  std::uint64_t stored_bytes_read() const override { return window_.consumed(); }

 private:
  absl::StatusOr<std::size_t> Decompress(std::span<char> out) {
    const auto view = window_.view();
    ZSTD_inBuffer in{view.data(), view.size(), 0};
    ZSTD_outBuffer target{out.data(), out.size(), 0};
    const std::size_t hint = ZSTD_decompressStream(context_, &target, &in);
    window_.Consume(in.pos);
    if (ZSTD_isError(hint) != 0) {
      return Damaged(window_, absl::StrFormat("zstd data is damaged (%s)", ZSTD_getErrorName(hint)));
    }
    at_frame_end_ = hint == 0;
    return target.pos;
  }

  Window window_;
  ZSTD_DCtx* context_;
  bool at_frame_end_ = false;
};

bool StartsWith(std::span<const char> bytes, std::string_view magic) {
  return bytes.size() >= magic.size() && std::memcmp(bytes.data(), magic.data(), magic.size()) == 0;
}

absl::StatusOr<std::unique_ptr<ByteSource>> Open(std::unique_ptr<StoredBytes> stored, std::string name) {
  Window window(std::move(stored), std::move(name));
  CRUCIBLE_RETURN_IF_ERROR(window.Fill(4));
  std::unique_ptr<ByteSource> source;
  if (StartsWith(window.view(), "\x1f\x8b")) {
    source = std::make_unique<GzipSource>(std::move(window));
  } else if (StartsWith(window.view(), "\x28\xb5\x2f\xfd")) {
    source = std::make_unique<ZstdSource>(std::move(window));
  } else {
    source = std::make_unique<PlainSource>(std::move(window));
  }
  return source;
}

}  // namespace

absl::StatusOr<std::unique_ptr<ByteSource>> ByteSource::OpenFile(const std::string& path) {
  std::FILE* file = std::fopen(path.c_str(), "rb");
  if (file == nullptr) return absl::NotFoundError(absl::StrFormat("%s: %s", path, std::strerror(errno)));
  std::setvbuf(file, nullptr, _IONBF, 0);
  return Open(std::make_unique<StoredFile>(file, path), path);
}

absl::StatusOr<std::unique_ptr<ByteSource>> ByteSource::FromBytes(std::string bytes, std::string name,
                                                                  std::size_t chunk_bytes) {
  CRUCIBLE_CHECK(chunk_bytes > 0);
  return Open(std::make_unique<StoredText>(std::move(bytes), chunk_bytes), std::move(name));
}

absl::StatusOr<std::uint64_t> FileBytes(const std::string& path) {
  std::FILE* file = std::fopen(path.c_str(), "rb");
  if (file == nullptr) return absl::NotFoundError(absl::StrFormat("%s: %s", path, std::strerror(errno)));
  const bool sought = std::fseek(file, 0, SEEK_END) == 0;
  const long bytes = sought ? std::ftell(file) : -1;
  std::fclose(file);
  // A pipe has no size: progress is then unknown, and the import works.
  return bytes < 0 ? std::uint64_t{0} : static_cast<std::uint64_t>(bytes);
}

}  // namespace crucible::decode

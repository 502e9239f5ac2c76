#include "framework/decode/byte_reader.h"

#include <cstring>
#include <utility>

#include "absl/strings/str_format.h"
#include "framework/base/check.h"

namespace crucible::decode {
namespace {

constexpr std::size_t kInitialBytes = std::size_t{256} << 10;

}  // namespace

ByteReader::ByteReader(std::unique_ptr<ByteSource> source, std::string name)
    : source_(std::move(source)), name_(std::move(name)), buffer_(kInitialBytes) {}

bool ByteReader::Peek(std::size_t count, std::span<const char>* bytes) {
  if (end_ - begin_ < count && !Fill(count)) return false;
  *bytes = std::span<const char>(buffer_).subspan(begin_, count);
  return true;
}

bool ByteReader::Take(std::size_t count, std::span<const char>* bytes) {
  if (!Peek(count, bytes)) return false;
  taken_offset_ = begin_offset_;
  begin_ += count;
  begin_offset_ += count;
  return true;
}

// Reads until `count` bytes are buffered. Memory grows with the bytes that are there, not with `count`.
bool ByteReader::Fill(std::size_t count) {
  CRUCIBLE_CHECK(count <= kMaxTake);
  if (!status_.ok()) return false;
  std::memmove(buffer_.data(), buffer_.data() + begin_, end_ - begin_);
  end_ -= begin_;
  begin_ = 0;
  while (end_ < count) {
    if (end_ == buffer_.size()) buffer_.resize(buffer_.size() * 2);
    const absl::StatusOr<std::size_t> more = source_->Read({buffer_.data() + end_, buffer_.size() - end_});
    if (!more.ok()) {
      status_ = more.status();
      return false;
    }
    if (*more == 0) break;
    end_ += *more;
  }
  if (end_ >= count) return true;
  if (end_ > 0) {
    status_ = absl::InvalidArgumentError(absl::StrFormat("%s: offset %d: the input ends after %d bytes of %d",
                                                         name_, begin_offset_, end_, count));
  }
  return false;
}

}  // namespace crucible::decode

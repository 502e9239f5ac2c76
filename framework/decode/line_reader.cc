#include "framework/decode/line_reader.h"

#include <algorithm>
#include <cstring>
#include <utility>

#include "absl/strings/str_format.h"

namespace crucible::decode {
namespace {

constexpr std::size_t kInitialBytes = std::size_t{256} << 10;
constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

}  // namespace

std::string_view WithoutByteOrderMark(std::string_view text) {
  if (text.starts_with(kByteOrderMark)) text.remove_prefix(kByteOrderMark.size());
  return text;
}

LineReader::LineReader(std::unique_ptr<ByteSource> source, std::string name)
    : source_(std::move(source)), name_(std::move(name)), buffer_(kInitialBytes + kLinePadding, '\0') {}

bool LineReader::Next(std::string_view* line) {
  while (true) {
    const void* feed = std::memchr(buffer_.data() + scanned_, '\n', end_ - scanned_);
    if (feed != nullptr) {
      const std::size_t length =
          static_cast<std::size_t>(static_cast<const char*>(feed) - buffer_.data()) - begin_;
      return Emit(length, length + 1, line);
    }
    scanned_ = end_;
    if (!Refill()) break;
  }
  if (!status_.ok() || begin_ == end_) return false;
  unterminated_ = true;
  return Emit(end_ - begin_, end_ - begin_, line);
}

bool LineReader::Emit(std::size_t length, std::size_t consumed, std::string_view* line) {
  const char* const start = buffer_.data() + begin_;
  const bool carriage_return = length > 0 && start[length - 1] == '\r';
  *line = {start, length - (carriage_return ? 1 : 0)};
  if (line_ == 0) *line = WithoutByteOrderMark(*line);
  begin_ += consumed;
  scanned_ = begin_;
  ++line_;
  line_offset_ = next_offset_;
  next_offset_ += consumed;
  return true;
}

bool LineReader::Refill() {
  if (at_end_ || !status_.ok()) return false;
  const std::size_t kept = end_ - begin_;
  if (kept > kMaxLineBytes) {
    status_ = absl::InvalidArgumentError(
        absl::StrFormat("%s:%d: the line is longer than %d bytes", name_, line_ + 1, kMaxLineBytes));
    return false;
  }
  if (begin_ > 0) std::memmove(buffer_.data(), buffer_.data() + begin_, kept);
  begin_ = 0;
  scanned_ = kept;
  end_ = kept;
  if (buffer_.size() - kLinePadding - end_ < kInitialBytes / 2) buffer_.resize(buffer_.size() * 2);
  const absl::StatusOr<std::size_t> count =
      source_->Read({buffer_.data() + end_, buffer_.size() - kLinePadding - end_});
  if (!count.ok()) {
    status_ =
        absl::Status(count.status().code(),
                     absl::StrFormat("%s, after line %d", std::string(count.status().message()), line_));
    return false;
  }
  end_ += *count;
  at_end_ = *count == 0;
  return !at_end_;
}

absl::Status ErrorAt(const Position& at, std::string_view message) {
  return absl::InvalidArgumentError(absl::StrFormat("%s: %s", ToString(at.place()), message));
}

}  // namespace crucible::decode

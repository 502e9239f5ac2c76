// Lines of a ByteSource, in bounded memory.
//
//   while (reader.Next(&line)) Handle(line);
//   CRUCIBLE_RETURN_IF_ERROR(reader.status());
//
// A line excludes its LF or CR LF, and the first one a byte order mark. The last line counts also without a line feed. kLinePadding bytes after
// the line's end are readable, which the JSON parser needs.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "framework/base/status.h"
#include "framework/decode/byte_source.h"
#include "framework/decode/position.h"
#include "framework/decode/report.h"

namespace crucible::decode {

inline constexpr std::size_t kLinePadding = 64;
// A longer line is an error: no vendor writes one, and memory stays bounded.
inline constexpr std::size_t kMaxLineBytes = std::size_t{16} << 20;

// What some editors put before the first line of UTF-8 is no part of it.
std::string_view WithoutByteOrderMark(std::string_view text);

class LineReader final : public Position {
 public:
  // `name` stands in places and errors.
  LineReader(std::unique_ptr<ByteSource> source, std::string name);

  // The next line, valid until the following call; false at the end or on an error.
  bool Next(std::string_view* line);
  const absl::Status& status() const { return status_; }

  // Number of the line that Next returned last, from 1, and its offset in the decompressed bytes.
  std::uint64_t line() const { return line_; }
  std::uint64_t offset() const { return line_offset_; }
  Place place() const override { return {name_, line_, line_offset_}; }
  const std::string& name() const { return name_; }
  // The last line had no line feed.
  bool ended_without_line_feed() const { return unterminated_; }
  std::uint64_t stored_bytes_read() const { return source_->stored_bytes_read(); }

 private:
  // Reads more bytes behind the unconsumed ones; false at the end of the input or on an error.
  bool Refill();
  bool Emit(std::size_t length, std::size_t consumed, std::string_view* line);

  std::unique_ptr<ByteSource> source_;
  std::string name_;
  std::vector<char> buffer_;
  std::size_t begin_ = 0;    // First byte not handed out.
  std::size_t scanned_ = 0;  // No line feed in [begin_, scanned_).
  std::size_t end_ = 0;
  std::uint64_t line_ = 0;
  std::uint64_t line_offset_ = 0;
  std::uint64_t next_offset_ = 0;
  bool unterminated_ = false;
  bool at_end_ = false;
  absl::Status status_;
};

}  // namespace crucible::decode

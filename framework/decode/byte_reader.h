// Binary records of a ByteSource, in bounded memory.
//
//   while (reader.Take(2, &head)) { ... reader.Take(length, &body) ... }
//   CRUCIBLE_RETURN_IF_ERROR(reader.status());
//
// Places are offsets in the decompressed bytes.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "framework/base/status.h"
#include "framework/decode/byte_source.h"
#include "framework/decode/position.h"

namespace crucible::decode {

class ByteReader final : public Position {
 public:
  // No record of a format is longer: memory stays bounded.
  static constexpr std::size_t kMaxTake = std::size_t{16} << 20;

  // `name` stands in places and errors.
  ByteReader(std::unique_ptr<ByteSource> source, std::string name);

  // The next `count` bytes, valid until the following call. False at the end of the input, when fewer remain
  // (status() is then kInvalidArgument), or on an error of the source. REQUIRES: 0 < count <= kMaxTake.
  bool Take(std::size_t count, std::span<const char>* bytes);
  // The same bytes without taking them.
  bool Peek(std::size_t count, std::span<const char>* bytes);
  const absl::Status& status() const { return status_; }

  // Where the bytes that Take returned last begin.
  std::uint64_t offset() const { return taken_offset_; }
  Place place() const override { return {name_, 0, taken_offset_}; }
  const std::string& name() const { return name_; }

 private:
  bool Fill(std::size_t count);

  std::unique_ptr<ByteSource> source_;
  std::string name_;
  std::vector<char> buffer_;
  std::size_t begin_ = 0;
  std::size_t end_ = 0;
  std::uint64_t begin_offset_ = 0;  // of begin_ in the input
  std::uint64_t taken_offset_ = 0;
  absl::Status status_;
};

}  // namespace crucible::decode

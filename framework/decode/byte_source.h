// The bytes of one input, decompressed while they are read.
//
//   CRUCIBLE_ASSIGN_OR_RETURN(auto source, ByteSource::OpenFile(path));
//   while (true) {
//     CRUCIBLE_ASSIGN_OR_RETURN(std::size_t count, source->Read(buffer));
//     if (count == 0) break;
//   }
//
// Plain, gzip (several members too) and zstd (several frames too) are told by their first bytes, never by the
// name. Memory is bounded: a zstd window above 128 MiB is refused.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>

#include "framework/base/status.h"

namespace crucible::decode {

class ByteSource {
 public:
  virtual ~ByteSource() = default;

  // kNotFound: no such file, or it cannot be read.
  static absl::StatusOr<std::unique_ptr<ByteSource>> OpenFile(const std::string& path);
  // The same over bytes in memory, handed on at most `chunk_bytes` at a time: `name` stands in errors.
  static absl::StatusOr<std::unique_ptr<ByteSource>> FromBytes(std::string bytes, std::string name,
                                                               std::size_t chunk_bytes);

  // Fills the front of `out`; 0 means the end. kDataLoss: compressed data is damaged or ends early.
  // REQUIRES: !out.empty().
  virtual absl::StatusOr<std::size_t> Read(std::span<char> out) = 0;
  // Stored bytes consumed so far, before decompression.
  virtual std::uint64_t stored_bytes_read() const = 0;
};

// Stored size of the file; kNotFound.
absl::StatusOr<std::uint64_t> FileBytes(const std::string& path);

}  // namespace crucible::decode

// Room-internal: turns up to kMaxBlockRecords records into a payload and back (docs/formats/blocks.md).
//
// Encoding the same records gives the same bytes on every machine. The decoder takes any payload: whatever
// the bytes are, it returns an error or writes exactly the records it was asked for, and touches nothing
// else.
#pragma once

#include <cstdint>
#include <memory>
#include <span>

#include "framework/base/status.h"
#include "framework/event/event.h"

namespace crucible::journal {

enum class Codec : std::uint32_t {
  kRaw = 0,      // the records as they are
  kShapes = 1,   // columns per shape of record: decisions and replies; everything in files of format 1
  kColumns = 2,  // columns in the order of the records, predicted, bit-packed
};

struct EncodedBlock {
  Codec codec = Codec::kRaw;
  std::span<const std::uint8_t> payload;  // valid until the next Encode()
};

class BlockEncoder {
 public:
  BlockEncoder();
  ~BlockEncoder();
  // REQUIRES: 1 to kMaxBlockRecords records whose sequences have no gap.
  EncodedBlock Encode(std::span<const Event> records);

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

class BlockDecoder {
 public:
  BlockDecoder();
  ~BlockDecoder();
  // Fills `records`, whose sequences start with `first_seq`. kDataLoss: the payload does not hold exactly
  // them.
  absl::Status Decode(std::uint32_t codec, std::span<const std::uint8_t> payload, std::uint64_t first_seq,
                      std::span<Event> records);

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace crucible::journal

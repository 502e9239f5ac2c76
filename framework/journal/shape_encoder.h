// Room-internal: encodes kShapes payloads (docs/formats/blocks-1.md), the codec of what runs say and decide. Encoding
// the same records gives the same bytes on every machine.
#pragma once

#include <cstdint>
#include <memory>
#include <span>

#include "framework/event/event.h"

namespace crucible::journal {

class ShapeEncoder {
 public:
  ShapeEncoder();
  ~ShapeEncoder();
  // Valid until the next call; empty when the records have more shapes or instruments than a block may have.
  // REQUIRES: 1 to kMaxBlockRecords records whose sequences have no gap.
  std::span<const std::uint8_t> Encode(std::span<const Event> records);

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace crucible::journal

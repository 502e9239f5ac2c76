// Records of an event that is not complete yet: sources that interleave instruments end an event some
// messages after it began.
#pragma once

#include <bit>
#include <cstdint>
#include <vector>

#include "framework/event/event.h"
#include "framework/event/kinds.h"

namespace crucible::decode {

struct PendingRecord {
  Kind kind{};
  Side side = Side::kNone;
  std::uint16_t flags = 0;
  std::array<std::int64_t, 4> body{};
};

class PendingGroup {
 public:
  template <class Body>
  void Add(Kind kind, Side side, std::uint16_t flags, const Body& body) {
    records_.push_back({kind, side, flags, std::bit_cast<std::array<std::int64_t, 4>>(body)});
  }
  std::vector<PendingRecord>& records() { return records_; }
  bool empty() const { return records_.empty(); }
  std::size_t size() const { return records_.size(); }
  void Clear() { records_.clear(); }

 private:
  std::vector<PendingRecord> records_;
};

}  // namespace crucible::decode

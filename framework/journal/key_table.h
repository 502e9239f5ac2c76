// Room-internal: numbers distinct keys in the order in which they come.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace crucible::journal {

// An open table that is cleared at no cost. REQUIRES: at most half of the slots are used between two Clear().
class KeyTable {
 public:
  explicit KeyTable(int slot_bits) : shift_(64 - slot_bits), slots_(std::size_t{1} << slot_bits) {}
  void Clear() {
    ++generation_;
    size_ = 0;
  }
  std::uint32_t size() const { return size_; }
  std::uint32_t Number(std::uint64_t key) {
    std::size_t at = key * 0x9E3779B97F4A7C15 >> shift_;
    while (slots_[at].generation == generation_) {
      if (slots_[at].key == key) return slots_[at].number;
      at = (at + 1) & (slots_.size() - 1);
    }
    slots_[at] = {key, generation_, size_};
    return size_++;
  }

 private:
  struct Slot {
    std::uint64_t key = 0;
    std::uint32_t generation = 0;
    std::uint32_t number = 0;
  };
  int shift_;
  std::vector<Slot> slots_;
  std::uint32_t generation_ = 0;
  std::uint32_t size_ = 0;
};

}  // namespace crucible::journal

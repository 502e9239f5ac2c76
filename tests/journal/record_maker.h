// Random records in the makes that streams have: few or many shapes, groups, instruments, factors, outliers.
#pragma once

#include <random>
#include <vector>

#include "framework/event/kinds.h"

namespace crucible::journal {

class RecordMaker {
 public:
  explicit RecordMaker(std::uint64_t seed) : random_(seed) {}

  // 1 to 9000 records.
  std::vector<Event> Make() {
    const std::size_t count = 1 + random_() % (random_() % 3 == 0 ? 9000 : 300);
    kinds_ = 1 + random_() % 12;
    instruments_ = random_() % 2 == 0 ? 1 : 1 + random_() % 40;
    group_ = 1 + random_() % 20;
    time_unit_ = random_() % 2 == 0 ? 1 : 1'000'000;
    for (auto& behaviour : behaviour_) behaviour = random_() % 8;
    for (std::int64_t& unit : unit_)
      unit = random_() % 2 == 0 ? 1 : static_cast<std::int64_t>(1 + random_() % 1000);
    std::vector<Event> records(count);
    const std::uint64_t first = 1 + random_() % 1'000'000;
    for (std::size_t i = 0; i < count; ++i) Fill(records, i, first + i);
    return records;
  }

 private:
  void Fill(std::vector<Event>& records, std::size_t i, std::uint64_t seq) {
    Event& event = records[i];
    event.seq = seq;
    const bool continues = i > 0 && random_() % group_ != 0;
    event.kind = static_cast<Kind>(8 + random_() % kinds_);
    event.side = static_cast<Side>(random_() % 3);
    if (continues) {
      event.time = records[i - 1].time;
      event.origin = records[i - 1].origin;
      event.instrument = records[i - 1].instrument;
    } else {
      const std::int64_t before = i > 0 ? records[i - 1].time : 1'700'000'000'000'000'000;
      event.time = before + static_cast<std::int64_t>(random_() % 1000) * time_unit_;
      event.origin = static_cast<std::uint64_t>(event.time) - random_() % 5000;
      event.instrument = static_cast<std::uint32_t>(random_() % instruments_) * 3;
      event.flags = flag::kGroupEnd;
    }
    for (std::size_t slot = 0; slot < 4; ++slot)
      event.body[slot] = Slot(slot, i > 0 ? &records[i - 1] : nullptr, event);
  }

  std::int64_t Slot(std::size_t slot, const Event* before, const Event& event) {
    const auto small = static_cast<std::int64_t>(random_() % 64) * unit_[slot];
    const std::int64_t last = before == nullptr ? 1'000'000 : before->body[slot];
    switch (behaviour_[slot]) {
      case 0:
        return 0;
      case 1:
        return 77;
      case 2:
        return small;
      case 3:
        return static_cast<std::int64_t>(static_cast<std::uint64_t>(last) + 1);
      case 4:
        return static_cast<std::int64_t>(static_cast<std::uint64_t>(last) +
                                         static_cast<std::uint64_t>(small));
      case 5:
        return random_() % 30 == 0 ? static_cast<std::int64_t>(random_()) : small;
      case 6:
        return static_cast<std::int64_t>(static_cast<std::uint64_t>(event.body[0]) +
                                         static_cast<std::uint64_t>(small));
      default:
        return static_cast<std::int64_t>(random_());
    }
  }

  std::mt19937_64 random_;
  std::uint64_t kinds_ = 1;
  std::uint64_t instruments_ = 1;
  std::uint64_t group_ = 1;
  std::int64_t time_unit_ = 1;
  std::uint64_t behaviour_[4] = {};
  std::int64_t unit_[4] = {};
};

}  // namespace crucible::journal

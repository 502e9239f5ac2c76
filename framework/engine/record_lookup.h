// One record of a stream at a time, for those who follow causes: keeps the stretches around the last ones asked for.
// Holds the journal's connection by reference: the journal outlives it.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "framework/base/status.h"
#include "framework/event/event.h"
#include "framework/journal/journal.h"

namespace crucible::engine {

class RecordLookup {
 public:
  RecordLookup(const journal::Journal& journal, std::string_view stream) : journal_(&journal), stream_(stream) {}

  // kDataLoss: there is no such record.
  absl::StatusOr<Event> At(std::uint64_t seq);

 private:
  static constexpr std::uint64_t kStretch = 8192;  // about a block of the journal
  static constexpr std::size_t kKept = 8;

  struct Stretch {
    std::uint64_t first = 0;
    std::vector<Event> events;
  };
  absl::StatusOr<Stretch> ReadStretch(std::uint64_t first) const;

  const journal::Journal* journal_;
  std::string stream_;
  std::vector<Stretch> kept_;  // the last used first
};

}  // namespace crucible::engine

// Where two streams part: found by bisection over the log hashes of their blocks, so that it takes
// milliseconds whatever their length.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "framework/journal/journal.h"

namespace crucible::journal {

struct StreamDifference {
  std::uint64_t seq = 0;      // of the first record that differs; all before are equal
  std::optional<Event> a, b;  // nothing where a stream has ended
};

// nullopt: the streams are equal. Blocks of the two may be cut differently. kDataLoss: a file is damaged
// where it was read, or log hashes differ where records do not.
absl::StatusOr<std::optional<StreamDifference>> FindDifference(const Journal& a, std::string_view stream_a,
                                                               const Journal& b, std::string_view stream_b);

// What the components' state hashes say after record `seq`, the first that differs.
struct ComponentDifference {
  std::uint64_t agreed_seq = 0;  // of the last state hash before it, where all agreed; 0: there is none
  std::uint64_t inputs = 0;  // market records that had been handled where components first differ; 0: nowhere
  std::vector<std::uint64_t> components;  // those that differ there
};
absl::StatusOr<ComponentDifference> FindComponents(const Journal& a, std::string_view stream_a,
                                                   const Journal& b, std::string_view stream_b,
                                                   std::uint64_t seq);

}  // namespace crucible::journal

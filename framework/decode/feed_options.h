// Options that captures of live feeds have in common.
#pragma once

#include "framework/decode/import.h"

namespace crucible::decode {

// Which kinds of messages are kept.
struct FeedChannels {
  bool depth = true;
  bool trades = true;
  bool quotes = true;
  bool marks = true;
};
// All where options.channels is empty; kInvalidArgument names an unknown one.
absl::StatusOr<FeedChannels> ChooseChannels(const ImportOptions& options);
// kInvalidArgument: clock offset or latency floor out of range.
absl::Status CheckClockOptions(const ImportOptions& options);

}  // namespace crucible::decode

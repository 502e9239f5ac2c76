// A journal written anew: the same records and texts in full blocks of the current format.
#pragma once

#include <cstdint>
#include <functional>
#include <string>

#include "framework/journal/journal.h"

namespace crucible::journal {

struct CompactReport {
  std::uint64_t records = 0;
  std::uint64_t texts = 0;
  std::uint64_t bytes_before = 0;
  std::uint64_t bytes_after = 0;
};
using CompactProgress = std::function<void(std::uint64_t done, std::uint64_t total)>;

// Writes what is in `source` to a new file at `path`: streams with their count and log hash, texts, manifest,
// inputs and meta. The hash chain is a new one; the heads of the old are kept as meta "compacted_from". The
// file appears at `path` when it is whole.
//
// kAlreadyExists: there is a file at `path`. kFailedPrecondition: `source` is still being written, or its
// writer was interrupted. kDataLoss: `source` is damaged.
absl::StatusOr<CompactReport> Compact(const Journal& source, const std::string& path,
                                      const CreateOptions& options = {},
                                      const CompactProgress& progress = {});

}  // namespace crucible::journal

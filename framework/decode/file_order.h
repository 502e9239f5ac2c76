// In which order several files are one stream.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "framework/base/status.h"
#include "framework/decode/importer.h"

namespace crucible::decode {

// `files` by the time of their first record, where the format's files follow one another in time; those of
// equal times keep their places. As given where the beginning of one makes no record, or where files are told
// apart by more than time (definitions beside messages, one channel each).
//
// Reads the first kHeadBytes of each. kNotFound, kDataLoss: as of opening them.
absl::StatusOr<std::vector<std::string>> FilesInTime(const FileAccess& file_access, const Format& format,
                                                     std::span<const std::string> files,
                                                     const ImportOptions& options);

inline constexpr std::size_t kHeadBytes = std::size_t{256} << 10;

// The first kHeadBytes, decompressed.
absl::StatusOr<std::string> ReadHead(const FileAccess& file_access, const std::string& path);

}  // namespace crucible::decode

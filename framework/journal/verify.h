// What Journal::Verify checks and reports.
#pragma once

#include <cstdint>
#include <functional>
#include <string>

namespace crucible::journal {

// Each level includes those before it.
enum class VerifyLevel : std::uint8_t {
  kChecksum,  // every block, tail row and text has its bytes; streams have no gap
  kChain,     // the SHA-256 chains hold; manifest, inputs, meta and streams are what the chain says
  kDecode,    // every block decodes to records with the header's hash, times and masks; projections agree
};

using VerifyProgress = std::function<void(std::uint64_t done, std::uint64_t total)>;

struct VerifyReport {
  // Empty when everything holds; otherwise the first bad place: table, stream, sequences, what is wrong.
  std::string fault;
  std::uint64_t records = 0;
  std::uint64_t blocks = 0;
  std::uint64_t texts = 0;
  std::uint64_t projected_rows = 0;
  bool ok() const { return fault.empty(); }
};

}  // namespace crucible::journal

// The metadata that a DBN file begins with: version, dataset, schema, and which instrument id stood for which
// symbol on which days.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "framework/base/status.h"
#include "framework/base/units.h"
#include "framework/decode/byte_reader.h"

namespace crucible::decode {

struct DbnMapping {
  std::uint32_t instrument = 0;
  Nanos begin, end;  // midnights UTC; end is excluded
  std::string symbol;
};

struct DbnMetadata {
  int version = 0;
  std::string dataset;  // "GLBX.MDP3"
  std::uint16_t schema = 0;
  bool has_send_time = false;  // ts_out
  // Symbols are names of one contract, not names that move on to the next (continuous, parent).
  bool lasting_symbols = true;
  std::vector<DbnMapping> mappings;
};

// True for bytes that begin a DBN file of any version.
bool StartsLikeDbn(std::string_view bytes);
// Reads what comes before the first record. kInvalidArgument: not DBN, a version above 3, or damaged.
absl::StatusOr<DbnMetadata> ReadDbnMetadata(ByteReader& reader);

}  // namespace crucible::decode

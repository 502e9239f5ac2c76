// Which instrument of a file an option means.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "framework/base/status.h"
#include "framework/event/instrument.h"

namespace crucible::cli {

// "venue/symbol" of each.
std::vector<std::string> InstrumentNames(const std::vector<Instrument>& instruments);

// The place in `names` of `wanted`, a symbol or "venue/symbol"; "" means the only one. kInvalidArgument names
// what `path` holds and `option`, also where several venues have that symbol.
absl::StatusOr<std::uint32_t> ChooseInstrument(const std::vector<std::string>& names,
                                               const std::string& wanted, const std::string& option,
                                               const std::string& path);

}  // namespace crucible::cli

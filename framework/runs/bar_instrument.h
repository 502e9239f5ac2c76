// Instruments as users name them, and whose bars a model of a run reads.
#pragma once

#include <string>
#include <vector>

#include "framework/base/status.h"
#include "framework/event/instrument.h"

namespace crucible::runs {

// SYMBOL, venue:SYMBOL or venue/SYMBOL; several where venues share a symbol.
std::vector<InstrumentId> InstrumentsNamed(const std::string& name, const std::vector<Instrument>& instruments);

// `wanted` is SYMBOL, venue:SYMBOL or venue/SYMBOL; "": the only one with bars. `has_bars` by instrument;
// `table` is that of the configuration, for messages. kInvalidArgument names the instruments with bars.
absl::StatusOr<InstrumentId> BarInstrument(const std::string& wanted,
                                           const std::vector<Instrument>& instruments,
                                           const std::vector<bool>& has_bars, const std::string& table);

}  // namespace crucible::runs

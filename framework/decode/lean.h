// QuantConnect LEAN data files, out of their zips:
// YYYYMMDD_symbol_{tick_quote,minute_trade,minute_quote,...}.csv, one day each; several days in order are one
// stream. Forex and crypto (plain decimals, UTC).
//
// Records: tick quotes = two kQuote; trade bars = kBar + kBarVolume; quote bars = two kQuote with the closing
// bid and ask (where the source has sizes), and kBar + kBarVolume of the mid, all at the bar's end. The day
// is in the name only; times are milliseconds since midnight.
#pragma once

#include <memory>

#include "framework/decode/importer.h"

namespace crucible::decode {

bool RecognisesLean(const FileHead& head);
std::unique_ptr<Importer> MakeLeanImporter();

}  // namespace crucible::decode

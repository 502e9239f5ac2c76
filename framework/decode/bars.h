// Bars in comma-separated files: Bitfinex's column order, or any order that --columns or a header line names.
//
// Each line is one group, kBar + kBarVolume, at the bar's end: only then may anyone know it, so time and
// origin are start + length. Times in the file are starts of bars, in any form that ParseMoment() reads. A
// minute without a trade has no row in most sources; the doctor counts what is missing, and no record is made
// for it.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "framework/decode/importer.h"

namespace crucible::decode {

enum class BarColumn : std::uint8_t { kSkip, kTime, kOpen, kHigh, kLow, kClose, kVolume, kTrades };

// "time,open,high,low,close,volume": names in any case, "-" skips a column, "timestamp", "timestamp_utc",
// "date" and "datetime" are time. kInvalidArgument names an unknown, repeated or missing one; volume and
// trades are optional.
absl::StatusOr<std::vector<BarColumn>> ParseBarColumns(std::string_view text);

bool RecognisesBitfinex(const FileHead& head);
std::unique_ptr<Importer> MakeBitfinexImporter();
// Files of the names fxcm_SYMBOL_m1_SIDE_... and xcme_SYMBOL_1m_..., which tell what their lines do not.
bool RecognisesFxcm(const FileHead& head);
std::unique_ptr<Importer> MakeFxcmImporter();
bool RecognisesCme(const FileHead& head);
std::unique_ptr<Importer> MakeCmeImporter();
// Recognises a header line that names the columns.
bool RecognisesBars(const FileHead& head);
std::unique_ptr<Importer> MakeBarsImporter();

}  // namespace crucible::decode

// NASDAQ TotalView-ITCH 5.0 files: one day per file, every stock of the exchange or the one of --symbol.
//
// Records: R = kDefinition; H = kTradingStatus; A, F = kOrderAdd; E, C = kOrderExecute (C at its own price;
// as X where it is not printable: the cross prints it); X = kOrderReduce; D = kOrderDelete; U = kOrderDelete
// + kOrderAdd in one group, since a replaced order loses its place; P and Q = kTrade without a side (NASDAQ
// stopped telling it in 2014). Other messages change no book and are counted. Times are New York local time
// of the day in the file's name or --date.
#pragma once

#include <memory>
#include <optional>
#include <string_view>

#include "framework/decode/civil_time.h"
#include "framework/decode/importer.h"

namespace crucible::decode {

bool RecognisesItch(const FileHead& head);
std::unique_ptr<Importer> MakeItchImporter();

// "S030819-v50.txt.gz", "01302020.NASDAQ_ITCH50.gz", "20190130.itch": the day in a file's name.
std::optional<CivilDate> ItchDate(std::string_view base_name);

}  // namespace crucible::decode

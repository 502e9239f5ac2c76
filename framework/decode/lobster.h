// LOBSTER message files, with their orderbook file where it lies beside them.
//
// Format: https://lobsterdata.com/info/DataStructure.php and LOBSTER_SampleFiles_ReadMe.txt. Times are New
// York local time; the date is in the file's name. There is one clock: receive time equals exchange time.
//
// Records per message: 1 kOrderAdd, 2 kOrderReduce, 3 kOrderDelete, 4 kOrderExecute, 5 kTrade (a hidden order
// traded; side is the aggressor's), 6 kTrade without side (auction), 7 kTradingStatus. Each file starts with
// a snapshot group: kBookClear and, with an orderbook file, the levels before the first message. Levels that
// the orderbook file reveals follow the message that revealed them in its group, flagged kSynthetic.
#pragma once

#include <memory>

#include "framework/decode/importer.h"

namespace crucible::decode {

bool RecognisesLobster(const FileHead& head);
std::unique_ptr<Importer> MakeLobsterImporter();

}  // namespace crucible::decode

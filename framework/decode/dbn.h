// DBN files (Databento Binary Encoding), versions 1 to 3: one or several, also of several schemas and
// instruments, in order one stream.
//
// Records: mbo as in dbn_orders.h; mbp-10 = kDepthHead + kLevel... that keep a book of exactly the levels
// shown, and kTrade; mbp-1, tbbo, bbo and their consolidated forms = two kQuote, and kTrade where the message
// is one; trades = kTrade; ohlcv = kBar + kBarVolume at the bar's end; status = kTradingStatus. A definition
// gives its instrument tick size, multiplier and currencies when it comes before the first market record; one
// that changes them later becomes a kDefinition at its receive time.
//
// One event (up to the flag "last") is one group, at the receive time of its last message. Sampled quotes
// have their sample time as origin, everything else the venue's.
#pragma once

#include <memory>

#include "framework/decode/importer.h"

namespace crucible::decode {

bool RecognisesDbn(const FileHead& head);
std::unique_ptr<Importer> MakeDbnImporter();

}  // namespace crucible::decode

// Raw captures of public feeds: the text of a web socket with its receive times, as cryptofeed writes it, of
// BitMEX, Bybit, Coinbase, Kraken and Kraken futures. capture_venue.h says what is understood of each venue.
//
// Lines: "T: JSON" received, "URL -> T: JSON" answer to a request; what the client sent and everything else
// is passed over. T is in decimal seconds. A line that is JSON alone (Bybit's order book downloads) is
// received when it was sent.
#pragma once

#include <memory>

#include "framework/decode/importer.h"

namespace crucible::decode {

bool RecognisesBitmex(const FileHead& head);
bool RecognisesBybit(const FileHead& head);
bool RecognisesCoinbase(const FileHead& head);
bool RecognisesKraken(const FileHead& head);
bool RecognisesKrakenFutures(const FileHead& head);

std::unique_ptr<Importer> MakeBitmexImporter();
std::unique_ptr<Importer> MakeBybitImporter();
std::unique_ptr<Importer> MakeCoinbaseImporter();
std::unique_ptr<Importer> MakeKrakenImporter();
std::unique_ptr<Importer> MakeKrakenFuturesImporter();

}  // namespace crucible::decode

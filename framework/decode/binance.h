// Raw captures of Binance market data: one line per message, "RECEIVE_NS JSON", as hftbacktest's collector
// and others write them. Spot, USD-M and COIN-M futures; several files in order are one stream.
//
// Records: depth change = kDepthHead + kLevel...; REST snapshot = kBookClear + kLevel... flagged kSnapshot;
// trade = kTrade; bookTicker = two kQuote. Changes that arrive before the snapshot wait for it: older ones
// are dropped, the others follow it at the time of its receipt. When the ids break, one kFeedGap group says
// so and the changes wait for the next snapshot.
//
// origin is T (the transaction), or E where there is no T. The spot bookTicker and the spot snapshot carry no
// time of the exchange: feed_clock.h says what they get. Receive times are re-based (feed_clock.h).
#pragma once

#include <memory>

#include "framework/decode/importer.h"

namespace crucible::decode {

bool RecognisesBinance(const FileHead& head);
std::unique_ptr<Importer> MakeBinanceImporter();

}  // namespace crucible::decode

#include <array>

#include "framework/decode/bars.h"
#include "framework/decode/binance.h"
#include "framework/decode/bitstamp.h"
#include "framework/decode/capture.h"
#include "framework/decode/dbn.h"
#include "framework/decode/importer.h"
#include "framework/decode/itch.h"
#include "framework/decode/lean.h"
#include "framework/decode/lobster.h"
#include "framework/decode/tardis.h"
#include "framework/decode/truefx.h"

namespace crucible::decode {

std::span<const Format> FormatTable() {
  constexpr std::string_view kFeed = "channels clock-offset latency-floor";
  constexpr std::string_view kBars = "columns bar-length utc-offset";
  static constexpr std::array kFormats = {
      Format{"dbn", "Databento DBN files, versions 1 to 3: mbo, mbp, bbo, trades, bars, definitions",
             "clock-offset", RecognisesDbn, MakeDbnImporter},
      Format{"itch", "NASDAQ TotalView-ITCH 5.0 files: every order of every stock", "date utc-offset",
             RecognisesItch, MakeItchImporter},
      Format{"lobster", "LOBSTER message files, with the orderbook file beside them",
             "date utc-offset window", RecognisesLobster, MakeLobsterImporter},
      Format{"binance", "Binance raw captures: receive time in ns, a space, the JSON message", kFeed,
             RecognisesBinance, MakeBinanceImporter},
      Format{"bitstamp", "Bitstamp order events: receive time in ms, the event, JSON", "", RecognisesBitstamp,
             MakeBitstampImporter},
      Format{"bitmex", "BitMEX raw captures: order book by level id, quotes, trades", kFeed, RecognisesBitmex,
             MakeBitmexImporter},
      Format{"bybit", "Bybit raw captures and order book downloads: book, trades", kFeed, RecognisesBybit,
             MakeBybitImporter},
      Format{"coinbase", "Coinbase raw captures: level2, match", kFeed, RecognisesCoinbase,
             MakeCoinbaseImporter},
      Format{"kraken", "Kraken raw captures: book with checksums, trade, spread", kFeed, RecognisesKraken,
             MakeKrakenImporter},
      Format{"kraken-futures", "Kraken futures raw captures: book, trade", kFeed, RecognisesKrakenFutures,
             MakeKrakenFuturesImporter},
      Format{"tardis", "Tardis.dev CSV: incremental_book_L2, book_snapshot_N, trades, quotes", "clock-offset",
             RecognisesTardis, MakeTardisImporter},
      Format{"lean", "QuantConnect LEAN CSV: tick quotes, trade and quote bars; the day is in the name",
             "utc-offset", RecognisesLean, MakeLeanImporter},
      Format{"truefx", "TrueFX spot FX quotes", "", RecognisesTruefx, MakeTruefxImporter},
      Format{"fxcm", "FXCM one-minute bars of bid or ask: time, open, high, low, close", kBars,
             RecognisesFxcm, MakeFxcmImporter},
      Format{"cme", "CME one-minute bars: timestamp_utc, open, high, low, close, volume", kBars,
             RecognisesCme, MakeCmeImporter},
      Format{"bitfinex", "one-minute bars in Bitfinex's column order: time, open, close, high, low, volume",
             kBars, RecognisesBitfinex, MakeBitfinexImporter},
      Format{"bars", "bars in any column order, named by --columns or by a header line", kBars,
             RecognisesBars, MakeBarsImporter},
  };
  return kFormats;
}

}  // namespace crucible::decode

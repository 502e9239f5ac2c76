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
  constexpr bool kInTime = true, kAsGiven = false;
  constexpr std::string_view kBars = "columns bar-length utc-offset";
  static constexpr std::array kFormats = {
      Format{"dbn", "Databento DBN files, versions 1 to 3: mbo, mbp, bbo, trades, bars, definitions",
             "clock-offset", RecognisesDbn, MakeDbnImporter, kAsGiven},
      Format{"itch", "NASDAQ TotalView-ITCH 5.0 files: every order of every stock", "date utc-offset",
             RecognisesItch, MakeItchImporter, kAsGiven},
      Format{"lobster", "LOBSTER message files, with the orderbook file beside them",
             "date utc-offset window", RecognisesLobster, MakeLobsterImporter, kAsGiven},
      Format{"binance", "Binance raw captures: receive time in ns, a space, the JSON message", kFeed,
             RecognisesBinance, MakeBinanceImporter, kInTime},
      Format{"bitstamp", "Bitstamp order events: receive time in ms, the event, JSON", "", RecognisesBitstamp,
             MakeBitstampImporter, kInTime},
      Format{"bitmex", "BitMEX raw captures: order book by level id, quotes, trades", kFeed, RecognisesBitmex,
             MakeBitmexImporter, kInTime},
      Format{"bybit", "Bybit raw captures and order book downloads: book, trades", kFeed, RecognisesBybit,
             MakeBybitImporter, kInTime},
      Format{"coinbase", "Coinbase raw captures: level2, match", kFeed, RecognisesCoinbase,
             MakeCoinbaseImporter, kInTime},
      Format{"kraken", "Kraken raw captures: book with checksums, trade, spread", kFeed, RecognisesKraken,
             MakeKrakenImporter, kInTime},
      Format{"kraken-futures", "Kraken futures raw captures: book, trade", kFeed, RecognisesKrakenFutures,
             MakeKrakenFuturesImporter, kInTime},
      Format{"tardis", "Tardis.dev CSV: incremental_book_L2, book_snapshot_N, trades, quotes", "clock-offset",
             RecognisesTardis, MakeTardisImporter, kAsGiven},
      Format{"lean", "QuantConnect LEAN CSV: tick quotes, trade and quote bars; the day is in the name",
             "utc-offset", RecognisesLean, MakeLeanImporter, kInTime},
      Format{"truefx", "TrueFX spot FX quotes", "", RecognisesTruefx, MakeTruefxImporter, kInTime},
      Format{"fxcm", "FXCM one-minute bars of bid or ask: time, open, high, low, close", kBars,
             RecognisesFxcm, MakeFxcmImporter, kInTime},
      Format{"cme", "CME one-minute bars: timestamp_utc, open, high, low, close, volume", kBars,
             RecognisesCme, MakeCmeImporter, kInTime},
      Format{"bitfinex", "one-minute bars in Bitfinex's column order: time, open, close, high, low, volume",
             kBars, RecognisesBitfinex, MakeBitfinexImporter, kInTime},
      Format{"bars", "bars in any column order, named by --columns or by a header line", kBars,
             RecognisesBars, MakeBarsImporter, kInTime},
  };
  return kFormats;
}

}  // namespace crucible::decode

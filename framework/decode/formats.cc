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
  static constexpr std::array kFormats = {
      Format{"dbn", "Databento DBN files, versions 1 to 3: mbo, mbp, bbo, trades, bars, definitions",
             RecognisesDbn, MakeDbnImporter},
      Format{"itch", "NASDAQ TotalView-ITCH 5.0 files: every order of every stock", RecognisesItch,
             MakeItchImporter},
      Format{"lobster", "LOBSTER message files, with the orderbook file beside them", RecognisesLobster,
             MakeLobsterImporter},
      Format{"binance", "Binance raw captures: receive time in ns, a space, the JSON message",
             RecognisesBinance, MakeBinanceImporter},
      Format{"bitstamp", "Bitstamp order events: receive time in ms, the event, JSON", RecognisesBitstamp,
             MakeBitstampImporter},
      Format{"bitmex", "BitMEX raw captures: order book by level id, quotes, trades", RecognisesBitmex,
             MakeBitmexImporter},
      Format{"bybit", "Bybit raw captures and order book downloads: book, trades", RecognisesBybit,
             MakeBybitImporter},
      Format{"coinbase", "Coinbase raw captures: level2, match", RecognisesCoinbase, MakeCoinbaseImporter},
      Format{"kraken", "Kraken raw captures: book with checksums, trade, spread", RecognisesKraken,
             MakeKrakenImporter},
      Format{"kraken-futures", "Kraken futures raw captures: book, trade", RecognisesKrakenFutures,
             MakeKrakenFuturesImporter},
      Format{"tardis", "Tardis.dev CSV: incremental_book_L2, book_snapshot_N, trades, quotes",
             RecognisesTardis, MakeTardisImporter},
      Format{"lean", "QuantConnect LEAN CSV: tick quotes, trade and quote bars; the day is in the name",
             RecognisesLean, MakeLeanImporter},
      Format{"truefx", "TrueFX spot FX quotes", RecognisesTruefx, MakeTruefxImporter},
      Format{"fxcm", "FXCM one-minute bars of bid or ask: time, open, high, low, close", RecognisesFxcm,
             MakeFxcmImporter},
      Format{"cme", "CME one-minute bars: timestamp_utc, open, high, low, close, volume", RecognisesCme,
             MakeCmeImporter},
      Format{"bitfinex", "one-minute bars in Bitfinex's column order: time, open, close, high, low, volume",
             RecognisesBitfinex, MakeBitfinexImporter},
      Format{"bars", "bars in any column order, named by --columns or by a header line", RecognisesBars,
             MakeBarsImporter},
  };
  return kFormats;
}

}  // namespace crucible::decode

#include <array>

#include "framework/decode/bars.h"
#include "framework/decode/binance.h"
#include "framework/decode/dbn.h"
#include "framework/decode/importer.h"
#include "framework/decode/itch.h"
#include "framework/decode/lobster.h"

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
      Format{"bitfinex", "one-minute bars in Bitfinex's column order: time, open, close, high, low, volume",
             RecognisesBitfinex, MakeBitfinexImporter},
      Format{"bars", "bars in any column order, named by --columns or by a header line", RecognisesBars,
             MakeBarsImporter},
  };
  return kFormats;
}

}  // namespace crucible::decode

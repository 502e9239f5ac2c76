#include <array>

#include "framework/decode/binance.h"
#include "framework/decode/importer.h"
#include "framework/decode/lobster.h"

namespace crucible::decode {

std::span<const Format> FormatTable() {
  static constexpr std::array kFormats = {
      Format{"lobster", "LOBSTER message files, with the orderbook file beside them", RecognisesLobster,
             MakeLobsterImporter},
      Format{"binance", "Binance raw captures: receive time in ns, a space, the JSON message",
             RecognisesBinance, MakeBinanceImporter},
  };
  return kFormats;
}

}  // namespace crucible::decode

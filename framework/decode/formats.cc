#include <array>

#include "framework/decode/importer.h"
#include "framework/decode/lobster.h"

namespace crucible::decode {

std::span<const Format> FormatTable() {
  static constexpr std::array kFormats = {
      Format{"lobster", "LOBSTER message files, with the orderbook file beside them", RecognisesLobster,
             MakeLobsterImporter},
  };
  return kFormats;
}

}  // namespace crucible::decode

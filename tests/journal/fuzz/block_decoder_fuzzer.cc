// libFuzzer entry: the first two bytes choose codec and number of records, the rest is the payload.
//
//   cmake -B build/fuzz -DCMAKE_CXX_COMPILER=clang++-19 -DCRUCIBLE_BUILD_FUZZERS=ON \
//         -DCRUCIBLE_SANITIZE=address,undefined . && ninja -C build/fuzz crucible_block_decoder_fuzzer
#include <cstddef>
#include <cstdint>
#include <vector>

#include "framework/journal/block_codec.h"
#include "framework/journal/cursor.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 2) return 0;
  const std::size_t count = 1 + (data[0] | data[1] << 8) % crucible::journal::kMaxBlockRecords;
  const std::vector<std::uint8_t> payload(data + 2, data + size);
  std::vector<crucible::Event> records(count);
  crucible::journal::BlockDecoder decoder;
  decoder.Decode(1 + data[1] / 128, payload, 1, records).IgnoreError();
  return 0;
}

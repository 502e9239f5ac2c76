#include <cstdint>

#include "framework/event/kinds.h"
#include "framework/journal/block_codec.h"
#include "framework/journal/cursor.h"
#include "tests/fuzz/entries.h"

namespace crucible::fuzz {
namespace {

// Two bytes of the number of records, one of the codec, the payload.
void DecodeBlock(std::string_view bytes) {
  if (bytes.size() < 3) return;
  const auto byte = [&](std::size_t at) {
    return static_cast<std::size_t>(static_cast<unsigned char>(bytes[at]));
  };
  const std::size_t count = 1 + (byte(0) | byte(1) << 8) % journal::kMaxBlockRecords;
  const auto codec = static_cast<std::uint32_t>(byte(2) % 4);
  const std::vector<std::uint8_t> payload(bytes.begin() + 3, bytes.end());
  std::vector<Event> records(count);
  journal::BlockDecoder decoder;
  if (!decoder.Decode(codec, payload, 1, records).ok()) return;
  for (std::size_t i = 0; i < count; ++i) Require(records[i].seq == i + 1);
}

std::vector<std::string> BlockSeeds() {
  std::vector<std::string> seeds;
  for (const std::size_t count : {1U, 3U, 200U}) {
    std::vector<Event> records(count);
    for (std::size_t i = 0; i < count; ++i) {
      Event& event = records[i];
      event.seq = i + 1;
      event.time = static_cast<std::int64_t>(1'700'000'000'000'000'000 + 977 * i);
      event.origin = static_cast<std::uint64_t>(event.time) - 100;
      event.kind = i % 3 == 0 ? Kind::kOrderAdd : i % 3 == 1 ? Kind::kTrade : Kind::kQuote;
      event.side = i % 2 == 0 ? Side::kBid : Side::kAsk;
      event.flags = flag::kGroupEnd;
      event.body = {static_cast<std::int64_t>(1000 + i % 7), 5, static_cast<std::int64_t>(i), 0};
    }
    journal::BlockEncoder encoder;
    const journal::EncodedBlock block = encoder.Encode(records);
    std::string seed{static_cast<char>((count - 1) & 0xff), static_cast<char>((count - 1) >> 8),
                     static_cast<char>(block.codec)};
    seed.append(block.payload.begin(), block.payload.end());
    seeds.push_back(seed);
  }
  return seeds;
}

}  // namespace

Entry BlockEntry() { return {"block", DecodeBlock, BlockSeeds}; }

}  // namespace crucible::fuzz

#include "framework/journal/block_codec.h"

#include <gtest/gtest.h>

#include <cstring>
#include <random>
#include <vector>

#include "framework/event/kinds.h"
#include "framework/journal/bit_pack.h"
#include "framework/journal/cursor.h"
#include "tests/journal/journal_fixture.h"
#include "tests/journal/record_maker.h"

namespace crucible::journal {
namespace {

// Encodes and decodes; the payload is moved to memory of exactly its size, so that a sanitizer sees every
// overrun.
std::vector<Event> RoundTrip(std::span<const Event> records, std::size_t* payload_bytes = nullptr) {
  BlockEncoder encoder;
  const EncodedBlock block = encoder.Encode(records);
  const std::vector<std::uint8_t> payload(block.payload.begin(), block.payload.end());
  if (payload_bytes != nullptr) *payload_bytes = payload.size();
  BlockDecoder decoder;
  std::vector<Event> decoded(records.size());
  const absl::Status status =
      decoder.Decode(static_cast<std::uint32_t>(block.codec), payload, records[0].seq, decoded);
  EXPECT_TRUE(status.ok()) << status;
  return decoded;
}

TEST(BitPackTest, EveryWidthGivesBackWhatWasPacked) {
  std::mt19937_64 random(1);
  for (int width = 0; width <= 64; ++width) {
    if (!IsPackedWidth(width)) continue;
    std::vector<std::uint64_t> values(128);
    for (std::uint64_t& value : values) value = random() & LowBits(width);
    std::vector<std::uint8_t> packed(PackedBytes(values.size(), width) + kPackSlack);
    PackBits(values.data(), values.size(), width, packed.data());
    std::vector<std::uint64_t> unpacked(values.size());
    UnpackBits(packed.data(), values.size(), width, unpacked.data());
    EXPECT_EQ(unpacked, values) << "width " << width;
  }
}

TEST(BlockCodecTest, OneRecordSurvives) {
  const std::vector<Event> records = SomeRecords(41, 1);
  EXPECT_EQ(RoundTrip(records), records);
}

TEST(BlockCodecTest, OrderFlowSurvivesAndIsSmall) {
  const std::vector<Event> records = SomeRecords(1, 8192);
  std::size_t bytes = 0;
  EXPECT_EQ(RoundTrip(records, &bytes), records);
  EXPECT_LT(bytes, records.size() * 4);
}

// Every kind at once: more makes of slots than a column has streams.
TEST(BlockCodecTest, BlocksOfEveryKindSurvive) {
  std::mt19937_64 random(4);
  std::vector<Event> records = SomeRecords(1, 6000);
  for (Event& event : records) {
    event.kind = static_cast<Kind>(random() % 90);
    event.side = static_cast<Side>(random() % 2);
    event.instrument = static_cast<std::uint32_t>(random() % 700);
    for (std::int64_t& slot : event.body) slot = static_cast<std::int64_t>(random() % 1'000'000);
  }
  std::size_t bytes = 0;
  EXPECT_EQ(RoundTrip(records, &bytes), records);
  EXPECT_LT(bytes, records.size() * 16);
}

TEST(BlockCodecTest, PricesOfManyInstrumentsCostWhatTheyMove) {
  std::mt19937_64 random(5);
  std::vector<Event> records = SomeRecords(1, 8192);
  for (Event& event : records) {
    event.instrument = static_cast<std::uint32_t>(random() % 20);
    event.body[0] = 1'000'000'000 * (1 + event.instrument) + static_cast<std::int64_t>(random() % 16);
  }
  std::size_t bytes = 0;
  EXPECT_EQ(RoundTrip(records, &bytes), records);
  EXPECT_LT(bytes, records.size() * 5);
}

TEST(BlockCodecTest, ExtremeValuesSurvive) {
  std::vector<Event> records = SomeRecords(UINT64_MAX - 10'000, 1000);
  std::mt19937_64 random(2);
  const std::int64_t extremes[] = {INT64_MIN, INT64_MAX, -1, 0, 1, INT64_MIN + 1};
  for (Event& event : records) {
    event.time = extremes[random() % 6];
    event.origin = static_cast<std::uint64_t>(extremes[random() % 6]);
    for (std::int64_t& slot : event.body) slot = extremes[random() % 6];
  }
  EXPECT_EQ(RoundTrip(records), records);
}

TEST(BlockCodecTest, RecordsWithoutAnyPatternSurvive) {
  std::mt19937_64 random(3);
  std::vector<Event> records(5000);
  for (std::size_t i = 0; i < records.size(); ++i) {
    std::array<std::uint64_t, 8> words;
    for (std::uint64_t& word : words) word = random();
    words[0] = i + 1;
    std::memcpy(static_cast<void*>(&records[i]), words.data(), sizeof words);
  }
  EXPECT_EQ(RoundTrip(records), records);
}

TEST(BlockCodecTest, RandomRecordsOfEveryMakeSurvive) {
  for (std::uint64_t seed = 1; seed <= 400; ++seed) {
    const std::vector<Event> records = RecordMaker(seed).Make();
    ASSERT_EQ(RoundTrip(records), records) << "seed " << seed;
  }
}

TEST(BlockCodecTest, EncodingIsAFunctionOfTheRecords) {
  const std::vector<Event> records = RecordMaker(5).Make();
  BlockEncoder used;
  used.Encode(RecordMaker(6).Make());
  const EncodedBlock again = used.Encode(records);
  BlockEncoder fresh;
  const EncodedBlock first = fresh.Encode(records);
  EXPECT_TRUE(std::ranges::equal(again.payload, first.payload));
}

// The worked example of docs/formats/blocks.md.
TEST(BlockCodecTest, TheDocumentedExampleDecodes) {
  std::vector<Event> records(2);
  for (std::size_t i = 0; i < 2; ++i) {
    const auto n = static_cast<std::int64_t>(i);
    records[i] = {
        i + 1, 1000 + 10 * n, 1000 + 10 * i, 0, Kind::kOrderAdd, Side::kBid, 1, {50 + 2 * n, 100, 7 + n, 0}};
  }
  const std::vector<std::uint8_t> payload = {
      44,   0,    0,    0,                                                     // length
      0x00, 0x88, 0x82, 0x04, 0x00, 0x00, 0x00, 0x01, 0x00, 0x00, 0x00,        // class, instruments, order id
      0x02, 0x01, 0x00, 0x14, 0xbc, 0x0f, 0x02, 0x02, 0x00, 0x00,              // time, origin
      0x01, 0x02, 0x01, 0x00, 0x04, 0x60, 0x01, 0x02, 0x00, 0x00, 0xc8, 0x01,  // slots 1 and 2
      0x01, 0x02, 0x01, 0x00, 0x02, 0x0c, 0x01, 0x02, 0x00, 0x00, 0x00,        // slots 3 and 4
      0,    0,    0,    0,    0,    0,    0,    0};
  BlockDecoder decoder;
  std::vector<Event> decoded(2);
  ASSERT_OK(decoder.Decode(2, payload, 1, decoded));
  EXPECT_EQ(decoded, records);
}

TEST(BlockCodecTest, DamagedPayloadsNeverEscapeTheirMemory) {
  std::mt19937_64 random(7);
  std::size_t refused = 0;
  for (int round = 0; round < 3000; ++round) {
    const std::vector<Event> records = RecordMaker(1 + random() % 50).Make();
    BlockEncoder encoder;
    const EncodedBlock block = encoder.Encode(records);
    std::vector<std::uint8_t> payload(block.payload.begin(), block.payload.end());
    // Directories are at the front: damage them more often than the data.
    const std::size_t part = random() % 2 == 0 ? payload.size() : std::min<std::size_t>(payload.size(), 200);
    for (std::uint64_t flips = 1 + random() % 4; flips > 0; --flips) {
      payload[random() % part] = static_cast<std::uint8_t>(random());
    }
    if (random() % 4 == 0) payload.resize(random() % payload.size());
    payload.shrink_to_fit();
    std::vector<Event> decoded(records.size());
    BlockDecoder decoder;
    refused += !decoder.Decode(static_cast<std::uint32_t>(block.codec), payload, 1, decoded).ok();
    // No codec trusts the bytes of another one.
    decoder.Decode(1, payload, 1, decoded).IgnoreError();
  }
  EXPECT_GT(refused, 500u);
}

}  // namespace
}  // namespace crucible::journal

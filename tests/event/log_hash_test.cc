// The log hash is stored in files: these values may never change for record schema 1.
#include "framework/event/log_hash.h"

#include <fstream>
#include <iterator>
#include <set>
#include <string>

#include "absl/strings/str_format.h"
#include "framework/event/kinds.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace crucible {
namespace {

using ::testing::HasSubstr;

// The two records of the worked example in docs/formats/records.md.
Event ExampleAdd() {
  Event event{.seq = 1,
              .time = 1767348000000250000,
              .origin = 1767348000000000000,
              .kind = Kind::kOrderAdd,
              .side = Side::kBid,
              .flags = flag::kGroupEnd};
  SetBody(event, L3Body{Price{1012500}, Quantity{300}, OrderId{7001}, 12});
  return event;
}
Event ExampleExecute() {
  Event event{.seq = 2,
              .time = 1767348000001250000,
              .origin = 1767348000001000000,
              .kind = Kind::kOrderExecute,
              .side = Side::kBid,
              .flags = flag::kGroupEnd};
  SetBody(event, ExecuteBody{Price{1012500}, Quantity{100}, OrderId{7001}, 55});
  return event;
}

std::string HashOf(std::span<const Event> events) {
  LogHash hash;
  hash.Add(events);
  return ToHex(hash.value());
}

// Sixteen bytes a line, as the document prints a record.
std::string HexDump(const Event& event) {
  const auto bytes = std::bit_cast<std::array<unsigned char, 64>>(event);
  std::string dump;
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    if (i % 16 == 0) dump += absl::StrFormat("%02x ", i);
    if (i % 8 == 0) dump += ' ';
    dump += absl::StrFormat("%02x%s", bytes[i], i % 16 == 15 ? "\n" : " ");
  }
  return dump;
}

std::string Document() {
  std::ifstream in(std::string(CRUCIBLE_SOURCE_DIR) + "/docs/formats/records.md");
  return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

TEST(LogHashTest, EqualsTheValuesOfTheFormat) {
  EXPECT_EQ(HashOf({}), "165667b19e3779f9c2b2ae3d27d4eb4f");
  EXPECT_EQ(HashOf(std::array{ExampleAdd()}), "98c495716ab9c97afeb7a3f0005b3e01");
  EXPECT_EQ(HashOf(std::array{ExampleAdd(), ExampleExecute()}), "0fa911cfb97f42b2aff215a9e5d0a4eb");
}

TEST(LogHashTest, TheWorkedExampleInTheDocumentIsTrue) {
  const std::string document = Document();
  EXPECT_THAT(document,
              HasSubstr(HexDump(ExampleAdd()) + "log hash       " + HashOf(std::array{ExampleAdd()})));
  EXPECT_THAT(document, HasSubstr(HexDump(ExampleExecute()) + "log hash       " +
                                  HashOf(std::array{ExampleAdd(), ExampleExecute()})));
  EXPECT_THAT(document, HasSubstr("hash of no records is `" + HashOf({}) + "`"));
}

TEST(LogHashTest, TheConstantsInTheDocumentAreThoseOfTheCode) {
  const std::string document = Document();
  for (std::size_t i = 0; i < std::size(hash_internal::kPrime); ++i) {
    EXPECT_THAT(document, HasSubstr(absl::StrFormat("P%d %016x", i, hash_internal::kPrime[i])));
  }
}

TEST(LogHashTest, EveryBitOfARecordCounts) {
  std::set<std::string> hashes{HashOf(std::array{ExampleAdd()})};
  for (std::size_t bit = 0; bit < 512; ++bit) {
    auto words = std::bit_cast<std::array<std::uint64_t, 8>>(ExampleAdd());
    words[bit / 64] ^= std::uint64_t{1} << (bit % 64);
    hashes.insert(HashOf(std::array{std::bit_cast<Event>(words)}));
  }
  EXPECT_EQ(hashes.size(), 513U);
}

TEST(LogHashTest, EveryBitOfAnEarlierRecordCountsAndIsSeenInBothHalves) {
  const auto hash_after = [](const Event& first) {
    LogHash hash;
    hash.Add(first);
    hash.Add(ExampleExecute());
    return hash.value();
  };
  const Hash128 plain = hash_after(ExampleAdd());
  for (std::size_t bit = 0; bit < 512; ++bit) {
    auto words = std::bit_cast<std::array<std::uint64_t, 8>>(ExampleAdd());
    words[bit / 64] ^= std::uint64_t{1} << (bit % 64);
    const Hash128 changed = hash_after(std::bit_cast<Event>(words));
    EXPECT_NE(changed.low, plain.low) << "bit " << bit;
    EXPECT_NE(changed.high, plain.high) << "bit " << bit;
  }
}

TEST(LogHashTest, OrderAndRepetitionCount) {
  const std::set<std::string> hashes{
      HashOf(std::array{ExampleAdd(), ExampleExecute()}),
      HashOf(std::array{ExampleExecute(), ExampleAdd()}),
      HashOf(std::array{ExampleAdd(), ExampleAdd()}),
      HashOf(std::array{ExampleAdd()}),
      HashOf(std::array{Event{}}),
      HashOf(std::array{Event{}, Event{}}),
  };
  EXPECT_EQ(hashes.size(), 6U);
}

TEST(LogHashTest, ContinuesFromAStoredValue) {
  LogHash first;
  first.Add(ExampleAdd());
  LogHash second(first.value());
  second.Add(ExampleExecute());
  EXPECT_EQ(ToHex(second.value()), HashOf(std::array{ExampleAdd(), ExampleExecute()}));
}

}  // namespace
}  // namespace crucible

// The fuzzers' entries without a fuzzer: seeds, inputs that once broke something (corpus/), and random
// damage.

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "framework/base/random.h"
#include "tests/fuzz/entries.h"

namespace crucible::fuzz {
namespace {

std::vector<Entry> Entries() { return {ImportEntry(), BlockEntry(), ConfigurationEntry(), PluginEntry()}; }

TEST(FuzzTest, SeedsAreHandled) {
  for (const Entry& entry : Entries()) {
    const std::vector<std::string> seeds = entry.seeds();
    EXPECT_FALSE(seeds.empty()) << entry.name;
    entry.run("");
    for (const std::string& seed : seeds) entry.run(seed);
  }
}

TEST(FuzzTest, InputsThatOnceBrokeSomethingAreHandled) {
  for (const Entry& entry : Entries()) {
    const std::filesystem::path folder =
        std::filesystem::path(CRUCIBLE_SOURCE_DIR "/tests/fuzz/corpus") / entry.name;
    if (!std::filesystem::exists(folder)) continue;
    for (const auto& file : std::filesystem::directory_iterator(folder)) {
      SCOPED_TRACE(file.path());
      std::ifstream input(file.path(), std::ios::binary);
      entry.run(std::string(std::istreambuf_iterator<char>(input), {}));
    }
  }
}

void Damage(RandomStream& random, std::string& bytes) {
  const auto times = 1 + random.UniformBelow(4);
  for (std::uint64_t i = 0; i < times && !bytes.empty(); ++i) {
    const std::size_t at = random.UniformBelow(bytes.size());
    const std::size_t length = 1 + random.UniformBelow(16);
    switch (random.UniformBelow(5)) {
      case 0:
        bytes[at] = static_cast<char>(random.UniformBelow(256));
        break;
      case 1:
        bytes[at] = static_cast<char>(bytes[at] ^ (1 << random.UniformBelow(8)));
        break;
      case 2:
        bytes.erase(at, length);
        break;
      case 3:
        bytes.insert(at, bytes.substr(random.UniformBelow(bytes.size()), length));
        break;
      default:
        bytes.resize(at);
        break;
    }
  }
}

TEST(FuzzTest, DamagedSeedsAreHandled) {
  constexpr std::uint64_t kRounds = 300;
  for (const Entry& entry : Entries()) {
    const std::vector<std::string> seeds = entry.seeds();
    for (std::uint64_t round = 0; round < kRounds * seeds.size(); ++round) {
      SCOPED_TRACE(testing::Message() << entry.name << " round " << round);
      RandomStream random(round, std::string(entry.name));
      std::string bytes = seeds[round % seeds.size()];
      Damage(random, bytes);
      entry.run(bytes);
    }
  }
}

}  // namespace
}  // namespace crucible::fuzz

// Damaged input of every format: an error or a report, never a crash, a hang or a broken stream.

#include "framework/base/random.h"
#include "tests/decode/decode_fixture.h"
#include "tests/decode/samples.h"

namespace crucible::decode {
namespace {

void Mutate(RandomStream& random, std::string& text) {
  const auto times = 1 + random.UniformBelow(4);
  for (std::uint64_t i = 0; i < times && !text.empty(); ++i) {
    const std::size_t at = random.UniformBelow(text.size());
    const std::size_t length = 1 + random.UniformBelow(12);
    constexpr std::string_view kAlphabet =
        "0123456789.,-+eE\"[]{}:\n\r \\\0\xff"
        "99999999999999999999";
    switch (random.UniformBelow(6)) {
      case 0:
        text[at] = static_cast<char>(random.UniformBelow(256));
        break;
      case 1:
        text[at] = kAlphabet[random.UniformBelow(kAlphabet.size())];
        break;
      case 2:
        text.erase(at, length);
        break;
      case 3:
        text.insert(at, kAlphabet.substr(random.UniformBelow(kAlphabet.size()), length));
        break;
      case 4:
        text.insert(at, text.substr(random.UniformBelow(text.size()), 4 * length));
        break;
      default:
        text.resize(at);
        break;
    }
  }
}

TEST(MutationTest, DamagedTextNeverBreaksAnImporter) {
  constexpr std::uint64_t kRounds = 2000;
  for (const Sample& sample : Samples()) {
    std::uint64_t refused = 0;
    for (std::uint64_t seed = 0; seed < kRounds; ++seed) {
      SCOPED_TRACE(testing::Message() << sample.format << " seed " << seed);
      RandomStream random(seed, sample.format);
      std::string text = sample.bytes;
      std::string side_text = sample.side_bytes;
      Mutate(random, random.UniformBelow(3) == 0 && !side_text.empty() ? side_text : text);
      std::map<std::string, std::string> files = {{sample.path, text}};
      if (!sample.side_path.empty()) files[sample.side_path] = side_text;
      ImportOptions options;
      options.format = sample.format;
      options.symbol = sample.symbol;
      const Imported result = ImportAll(InMemory(files, 1 + random.UniformBelow(64)), {sample.path}, options);
      ExpectWellFormed(result.status.ok() ? result.records : std::vector<Event>{});
      if (HasFatalFailure()) return;
      if (result.status.ok()) continue;
      ++refused;
      // Every refusal says where.
      const std::string message(result.status.message());
      ASSERT_TRUE(message.find(sample.path) != std::string::npos ||
                  (!sample.side_path.empty() && message.find(sample.side_path) != std::string::npos))
          << message;
    }
    EXPECT_GT(refused, kRounds / 20) << sample.format;
    EXPECT_LT(refused, kRounds) << sample.format;
  }
}

TEST(MutationTest, DamagedCompressionNeverBreaksAnImporter) {
  for (const Sample& sample : Samples()) {
    for (std::uint64_t seed = 0; seed < 500; ++seed) {
      RandomStream random(seed, sample.format);
      std::string stored = seed % 2 == 0 ? Gzip(sample.bytes) : Zstd(sample.bytes);
      Mutate(random, stored);
      ImportOptions options;
      options.format = sample.format;
      options.symbol = sample.symbol;
      const Imported result = ImportAll(InMemory({{sample.path, stored}}), {sample.path}, options);
      if (result.status.ok()) ExpectWellFormed(result.records);
      if (HasFatalFailure()) return;
    }
  }
}

}  // namespace
}  // namespace crucible::decode

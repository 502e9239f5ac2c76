// Damaged input of every format: an error or a report, never a crash, a hang or a broken stream.

#include "framework/base/random.h"
#include "tests/decode/decode_fixture.h"

namespace crucible::decode {
namespace {

struct Sample {
  const char* format;
  const char* path;
  std::string text;
  std::string side_path;  // an orderbook file
  std::string side_text;
};

std::vector<Sample> Samples() {
  const std::string binance =
      R"(1723161255030314667 {"stream":"btcusdt@depth@0ms","data":{"e":"depthUpdate","E":1723161256299,"T":1723161256298,"s":"BTCUSDT","U":100,"u":110,"pu":90,"b":[["58710.20","0.014"]],"a":[]}})"
      "\n"
      R"(1723161255088176367 {"stream":"btcusdt@trade","data":{"e":"trade","E":1723161256322,"T":1723161256322,"s":"BTCUSDT","t":5266583935,"p":"61800.30","q":"0.006","X":"MARKET","m":false}})"
      "\n"
      R"(1723161255088169167 {"stream":"btcusdt@bookTicker","data":{"e":"bookTicker","u":105,"s":"BTCUSDT","b":"61800.20","B":"2.507","a":"61800.30","A":"2.510","T":1723161256313,"E":1723161256313}})"
      "\n"
      R"(1723161255319702566 {"lastUpdateId":105,"E":1723161256501,"T":1723161256493,"bids":[["61800.20","2.909"]],"asks":[["61800.30","1.000"]]})"
      "\n"
      R"(1723161255419702566 {"stream":"btcusdt@depth@0ms","data":{"e":"depthUpdate","E":1723161256699,"T":1723161256698,"s":"BTCUSDT","U":111,"u":120,"pu":110,"b":[["61800.20","0.000"]],"a":[["61800.40","1.5"]]}})"
      "\n";
  return {
      {"lobster", "XYZ_2012-06-21_34200000_57600000_message_2.csv",
       "34200.01,1,11,100,1000000,1\n34200.02,2,11,40,1000000,1\n34200.5,4,11,10,1000000,1\n34201,3,11,50,"
       "1000000,1\n"
       "34202,5,0,7,1000050,-1\n34203,7,0,0,-1,-1\n",
       "XYZ_2012-06-21_34200000_57600000_orderbook_2.csv",
       "1000200,5,1000000,100,1000300,6,999900,70\n1000200,5,1000000,60,1000300,6,999900,70\n"
       "1000200,5,1000000,50,1000300,6,999900,70\n1000200,5,999900,70,1000300,6,999800,70\n"
       "1000200,5,999900,70,1000300,6,999800,70\n1000200,5,999900,70,1000300,6,999800,70\n"},
      {"binance", "capture", binance, "", ""},
      {"bitfinex", "bitfinex_BTCUSD_1m_2015.csv",
       "1420070400000,322.31,322.09,322.31,322.09,62.874248\r\n1420070460000,321.64,322.26,322.26,321.64,5."
       "9\r\n",
       "", ""},
      {"bars", "x.csv",
       "time,open,high,low,close,volume\n2015-01-01 00:00:00,1,2,0.5,1.5,3\n1420070460,1,1,1,1,1e-05\n", "",
       ""},
  };
}

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
  constexpr std::uint64_t kRounds = 4000;
  for (const Sample& sample : Samples()) {
    std::uint64_t refused = 0;
    for (std::uint64_t seed = 0; seed < kRounds; ++seed) {
      SCOPED_TRACE(testing::Message() << sample.format << " seed " << seed);
      RandomStream random(seed, sample.format);
      std::string text = sample.text;
      std::string side_text = sample.side_text;
      Mutate(random, random.UniformBelow(3) == 0 && !side_text.empty() ? side_text : text);
      std::map<std::string, std::string> files = {{sample.path, text}};
      if (!sample.side_path.empty()) files[sample.side_path] = side_text;
      ImportOptions options;
      options.format = sample.format;
      if (options.format == "bars") options.symbol = "XYZ";
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
      std::string stored = seed % 2 == 0 ? Gzip(sample.text) : Zstd(sample.text);
      Mutate(random, stored);
      ImportOptions options;
      options.format = sample.format;
      options.symbol = "XYZ";
      const Imported result = ImportAll(InMemory({{sample.path, stored}}), {sample.path}, options);
      if (result.status.ok()) ExpectWellFormed(result.records);
      if (HasFatalFailure()) return;
    }
  }
}

}  // namespace
}  // namespace crucible::decode

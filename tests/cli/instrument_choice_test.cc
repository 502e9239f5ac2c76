#include "framework/cli/instrument_choice.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace crucible::cli {
namespace {

using testing::HasSubstr;

const std::vector<std::string> kNames = {"binance/BTCUSDT", "bybit/BTCUSDT", "bybit/ETHUSDT"};

std::string ErrorOf(const std::string& wanted) {
  return std::string(ChooseInstrument(kNames, wanted, "--symbol", "day.session").status().message());
}

TEST(ChooseInstrumentTest, TakesASymbolOrAVenueWithIt) {
  EXPECT_EQ(*ChooseInstrument(kNames, "ETHUSDT", "--symbol", "day.session"), 2U);
  EXPECT_EQ(*ChooseInstrument(kNames, "bybit/BTCUSDT", "--symbol", "day.session"), 1U);
  EXPECT_EQ(*ChooseInstrument({"bybit/ETHUSDT"}, "", "--symbol", "day.session"), 0U);
}

TEST(ChooseInstrumentTest, RefusesASymbolOfSeveralVenuesAndWhatIsNotThere) {
  EXPECT_THAT(ErrorOf("BTCUSDT"), HasSubstr("(\"BTCUSDT\" is several of them)"));
  EXPECT_EQ(ErrorOf("DOGE"),
            "day.session holds binance/BTCUSDT, bybit/BTCUSDT, bybit/ETHUSDT; name one of them with --symbol "
            "(\"DOGE\" is none of them)");
  EXPECT_THAT(ErrorOf(""), HasSubstr("name one of them with --symbol"));
}

}  // namespace
}  // namespace crucible::cli

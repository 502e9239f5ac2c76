#include "framework/event/instrument.h"

#include <functional>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace crucible {
namespace {

using ::testing::HasSubstr;

Instrument Perpetual() {
  return {.venue = "binance-coinm",
          .symbol = "BTCUSD_PERP",
          .currency = "USD",
          .settle_currency = "BTC",
          .price_decimals = 1,
          .quantity_decimals = 0,
          .currency_decimals = 8,
          .tick_size = PriceDelta{1},
          .lot_size = Quantity{1},
          .multiplier = 100,
          .contract = Contract::kInverse};
}

// What stands in the file, open to damage by a test.
struct Stored {
  std::array<Event, 2> records;
  std::string text;
};
Stored Store(const Instrument& instrument) {
  return {DefinitionRecords(instrument, InstrumentId{3}, Nanos{1'000}, 7), DefinitionText(instrument)};
}
absl::StatusOr<Instrument> Load(const Stored& stored) {
  return InstrumentFromRecords(stored.records[0], stored.records[1], stored.text);
}

TEST(InstrumentTest, RoundTripsThroughItsRecords) {
  const auto loaded = Load(Store(Perpetual()));
  ASSERT_TRUE(loaded.ok()) << loaded.status();
  EXPECT_EQ(*loaded, Perpetual());
}

TEST(InstrumentTest, RoundTripsAtTheLimitsOfEverySlot) {
  Instrument instrument = Perpetual();
  instrument.price_decimals = instrument.quantity_decimals = instrument.currency_decimals = 18;
  instrument.tick_size = PriceDelta{INT64_MAX};
  instrument.lot_size = Quantity{INT64_MAX};
  instrument.multiplier = INT64_MAX;
  instrument.contract = Contract::kLinear;
  instrument.settle_currency.clear();
  const auto loaded = Load(Store(instrument));
  ASSERT_TRUE(loaded.ok()) << loaded.status();
  EXPECT_EQ(*loaded, instrument);
}

TEST(InstrumentTest, ADefinitionIsOneGroupOfItsInstrument) {
  const auto records = Store(Perpetual()).records;
  EXPECT_FALSE(records[0].EndsGroup());
  EXPECT_TRUE(records[1].EndsGroup());
  for (const Event& record : records) {
    EXPECT_EQ(record.instrument, 3U);
    EXPECT_EQ(record.at(), Nanos{1'000});
    EXPECT_EQ(record.venue_time(), Nanos{1'000});
  }
  EXPECT_EQ(As<DefinitionBody>(records[0]).text, 7U);
}

TEST(InstrumentTest, FullNameIsVenueAndSymbol) {
  EXPECT_EQ(FullName(Perpetual()), "binance-coinm:BTCUSD_PERP");
}

struct Damage {
  std::string expected_in_message;
  std::function<void(Stored&)> apply;
};

class DamagedDefinitionTest : public ::testing::TestWithParam<Damage> {};

TEST_P(DamagedDefinitionTest, IsRefusedWithTheSlotAndTheValueFound) {
  Stored stored = Store(Perpetual());
  GetParam().apply(stored);
  const auto loaded = Load(stored);
  ASSERT_FALSE(loaded.ok());
  EXPECT_EQ(loaded.status().code(), absl::StatusCode::kInvalidArgument);
  EXPECT_THAT(std::string(loaded.status().message()), HasSubstr(GetParam().expected_in_message));
}

std::function<void(Stored&)> SetSlot(std::size_t record, std::size_t slot, std::int64_t value) {
  return [=](Stored& stored) { stored.records.at(record).body.at(slot) = value; };
}

INSTANTIATE_TEST_SUITE_P(
    EachSlot, DamagedDefinitionTest,
    ::testing::Values(
        Damage{"tick_size is 0", SetSlot(0, 0, 0)}, Damage{"lot_size is -1", SetSlot(0, 1, -1)},
        Damage{"multiplier is 0", SetSlot(0, 2, 0)}, Damage{"price_decimals is 19", SetSlot(1, 0, 19)},
        Damage{"quantity_decimals is -1", SetSlot(1, 1, -1)},
        Damage{"currency_decimals is 19", SetSlot(1, 2, 19)}, Damage{"contract is 3", SetSlot(1, 3, 3)},
        Damage{"text has 1 lines", [](Stored& stored) { stored.text = "nasdaq"; }},
        Damage{"text has 5 lines", [](Stored& stored) { stored.text += "\nmore"; }},
        Damage{"records of kind trade", [](Stored& stored) { stored.records[0].kind = Kind::kTrade; }},
        Damage{"and definition", [](Stored& stored) { stored.records[1].kind = Kind::kDefinition; }}));

}  // namespace
}  // namespace crucible

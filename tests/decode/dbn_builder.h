// DBN files made by hand.
#pragma once

#include <array>
#include <cstring>
#include <string>
#include <string_view>
#include <vector>

#include "framework/decode/dbn_records.h"
#include "tests/decode/byte_builder.h"

namespace crucible::decode {

inline constexpr std::uint64_t kDbnStart = 1'700'000'000'000'000'000;  // 2023-11-14
inline constexpr std::uint32_t kDbnInstrument = 42;

// Metadata that maps instrument 42 to XYZ for the whole of 2023.
inline std::string DbnMetadataBytes(int version, std::uint16_t schema, bool send_time = false) {
  const std::size_t width = version == 1 ? 22 : 71;
  ByteBuilder body;
  body.Text("TEST.MDP", 16, '\0').Little(schema, 2).Little(kDbnStart, 8).Little(UINT64_MAX, 8).Little(0, 8);
  if (version == 1) body.Little(UINT64_MAX, 8);
  body.Little(1, 1).Little(0, 1).Little(send_time ? 1 : 0, 1);
  if (version > 1) body.Little(width, 2);
  body.Text("", version == 1 ? 47 : 53, '\0').Little(0, 4);
  body.Little(1, 4).Text("XYZ", width, '\0').Little(0, 4).Little(0, 4);
  body.Little(1, 4).Text("XYZ", width, '\0').Little(1, 4);
  body.Little(20230101, 4).Little(20240101, 4).Text("42", width, '\0');
  ByteBuilder file;
  file.Bytes("DBN")
      .Little(static_cast<std::uint64_t>(version), 1)
      .Little(body.str().size(), 4)
      .Bytes(body.str());
  return file.str();
}

inline DbnHeader DbnHead(std::uint8_t type, std::size_t bytes, std::uint64_t after_ns,
                         std::uint32_t instrument = kDbnInstrument) {
  return {static_cast<std::uint8_t>(bytes / 4), type, 1, instrument, kDbnStart + after_ns};
}

template <class Record>
std::string DbnBytes(const Record& record) {
  std::string bytes(sizeof(Record), '\0');
  std::memcpy(bytes.data(), &record, sizeof(Record));
  return bytes;
}

inline constexpr std::int64_t kDbnOne = 1'000'000'000;  // price 1

// "after_ns" both as event time and, 100 ns later, as receive time. Prices in whole units.
inline std::string Mbo(char action, char side, std::uint64_t id, std::int64_t price, std::uint32_t size,
                       std::uint8_t flags, std::uint64_t after_ns,
                       std::uint32_t instrument = kDbnInstrument) {
  return DbnBytes(DbnMbo{DbnHead(dbn_type::kMbo, sizeof(DbnMbo), after_ns, instrument), id, price * kDbnOne,
                         size, flags, 0, action, side, kDbnStart + after_ns + 100, 10,
                         static_cast<std::uint32_t>(after_ns)});
}

inline std::string Levels(std::uint8_t type, char action, std::int64_t price, std::uint32_t size,
                          const std::vector<DbnLevel>& levels, std::uint64_t after_ns,
                          std::uint8_t flags = dbn_flag::kLast) {
  const std::size_t bytes = sizeof(DbnTrade) + levels.size() * sizeof(DbnLevel);
  std::string record = DbnBytes(DbnTrade{DbnHead(type, bytes, after_ns), price * kDbnOne, size, action, 'A',
                                         flags, 0, kDbnStart + after_ns + 100, 10, 7});
  for (const DbnLevel& level : levels) record += DbnBytes(level);
  return record;
}

inline DbnLevel Level(std::int64_t bid, std::uint32_t bid_size, std::int64_t ask, std::uint32_t ask_size) {
  return {bid * kDbnOne, ask * kDbnOne, bid_size, ask_size, 2, 3};
}
inline constexpr DbnLevel kNoLevel{kDbnNoPrice, kDbnNoPrice, 0, 0, 0, 0};

// Ten levels whose first are given.
inline std::vector<DbnLevel> Ten(std::vector<DbnLevel> levels) {
  levels.resize(10, kNoLevel);
  return levels;
}

inline std::string Definition(const DbnDefinitionLayout& layout, std::string_view symbol,
                              std::int64_t tick_size, std::int64_t tick_value, std::uint64_t after_ns = 0) {
  std::string record = DbnBytes(DbnHead(dbn_type::kDefinition, layout.bytes, after_ns));
  record.resize(layout.bytes, '\0');
  const auto put = [&](std::size_t at, std::string_view bytes) { record.replace(at, bytes.size(), bytes); };
  put(kDbnDefinitionReceiveTime, ByteBuilder().Little(kDbnStart + after_ns, 8).str());
  put(kDbnDefinitionTickSize, ByteBuilder().Little(static_cast<std::uint64_t>(tick_size), 8).str());
  put(layout.tick_value, ByteBuilder().Little(static_cast<std::uint64_t>(tick_value), 8).str());
  put(layout.currency, "EUR");
  put(layout.symbol, symbol);
  return record;
}

}  // namespace crucible::decode

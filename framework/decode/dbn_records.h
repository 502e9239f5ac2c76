// The records of DBN (Databento Binary Encoding), versions 1 to 3, as they lie in a file: little-endian,
// without padding. Prices count 1e-9; times are nanoseconds since 1970.
//
// Source: "Databento Binary Encoding" of https://databento.com/docs/standards-and-conventions; enumerations
// and sizes as in its reference decoders. A file with ts_out has 8 more bytes at the end of each record.
#pragma once

#include <cstddef>
#include <cstdint>

namespace crucible::decode {

inline constexpr std::int64_t kDbnNoPrice = INT64_MAX;
inline constexpr std::uint64_t kDbnNoTime = UINT64_MAX;
inline constexpr int kDbnPriceDecimals = 9;

namespace dbn_type {                       // DbnHeader::type
inline constexpr std::uint8_t kTrade = 0;  // trades
inline constexpr std::uint8_t kMbp1 = 1;   // mbp-1, tbbo
inline constexpr std::uint8_t kMbp10 = 10;
inline constexpr std::uint8_t kStatus = 18;
inline constexpr std::uint8_t kDefinition = 19;
inline constexpr std::uint8_t kBar1s = 32;
inline constexpr std::uint8_t kBar1m = 33;
inline constexpr std::uint8_t kBar1h = 34;
inline constexpr std::uint8_t kBar1d = 35;
inline constexpr std::uint8_t kMbo = 160;
inline constexpr std::uint8_t kCmbp1 = 177;
inline constexpr std::uint8_t kCbbo1s = 192;
inline constexpr std::uint8_t kCbbo1m = 193;
inline constexpr std::uint8_t kTcbbo = 194;
inline constexpr std::uint8_t kBbo1s = 195;
inline constexpr std::uint8_t kBbo1m = 196;
}  // namespace dbn_type

namespace dbn_flag {
inline constexpr std::uint8_t kLast = 128;  // of the event: the book is consistent only there
inline constexpr std::uint8_t kSnapshot = 32;
inline constexpr std::uint8_t kBadReceiveTime = 8;
}  // namespace dbn_flag

struct DbnHeader {
  std::uint8_t words;  // length of the record in 4 bytes
  std::uint8_t type;
  std::uint16_t publisher;
  std::uint32_t instrument;
  std::uint64_t event_time;
};
static_assert(sizeof(DbnHeader) == 16);

struct DbnMbo {
  DbnHeader head;
  std::uint64_t order_id;
  std::int64_t price;
  std::uint32_t size;
  std::uint8_t flags;
  std::uint8_t channel;
  char action;  // Add, Cancel, Modify, Trade, Fill, R (clear), None
  char side;    // Ask, Bid, None
  std::uint64_t receive_time;
  std::int32_t send_delta;  // ns
  std::uint32_t sequence;
};
static_assert(sizeof(DbnMbo) == 56);

// Trades and everything that carries levels. In sampled quotes (bbo, cbbo) action, depth and send_delta are
// reserved.
struct DbnTrade {
  DbnHeader head;
  std::int64_t price;
  std::uint32_t size;
  char action;
  char side;  // of the aggressor where the action is a trade
  std::uint8_t flags;
  std::uint8_t depth;
  std::uint64_t receive_time;
  std::int32_t send_delta;
  std::uint32_t sequence;
};
static_assert(sizeof(DbnTrade) == 48);

struct DbnLevel {
  std::int64_t bid_price, ask_price;
  std::uint32_t bid_size, ask_size;
  std::uint32_t bid_count, ask_count;  // orders; publishers in consolidated schemas
};
static_assert(sizeof(DbnLevel) == 32);

struct DbnBar {
  DbnHeader head;  // event_time is the start
  std::int64_t open, high, low, close;
  std::uint64_t volume;
};
static_assert(sizeof(DbnBar) == 56);

struct DbnStatus {
  DbnHeader head;
  std::uint64_t receive_time;
  std::uint16_t action, reason, event;
  char is_trading, is_quoting, is_short_sell_restricted;
  std::uint8_t reserved[7];
};
static_assert(sizeof(DbnStatus) == 40);

// Where a definition keeps what an instrument needs; told by the record's length.
struct DbnDefinitionLayout {
  std::size_t bytes;
  std::size_t unit_quantity;    // i64, 1e-9
  std::size_t tick_value;       // i64, 1e-9: min_price_increment_amount
  std::size_t currency;         // 4 characters
  std::size_t settle_currency;  // 4 characters
  std::size_t symbol;
  std::size_t symbol_width;
};
inline constexpr std::size_t kDbnDefinitionReceiveTime = 16;  // u64, all versions
inline constexpr std::size_t kDbnDefinitionTickSize = 24;     // i64, 1e-9, all versions
inline constexpr DbnDefinitionLayout kDbnDefinitions[] = {
    {360, 88, 96, 186, 190, 200, 22},  // version 1
    {400, 88, 96, 186, 190, 200, 71},  // version 2
    {520, 80, 88, 224, 228, 238, 71},  // version 3
};

}  // namespace crucible::decode

// Lines and file names of LOBSTER message files (LOBSTER_SampleFiles_ReadMe.txt, 1 September 2013).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "framework/base/units.h"
#include "framework/decode/civil_time.h"

namespace crucible::decode {

enum class LobsterType : std::uint8_t {
  kAdd = 1,
  kReduce = 2,
  kDelete = 3,
  kExecute = 4,
  kExecuteHidden = 5,
  kCross = 6,  // auction print
  kHalt = 7,   // price -1 halt, 0 quoting resumes, 1 trading resumes
};

struct LobsterMessage {
  Duration time;           // since midnight, exchange local time
  bool exact_time = true;  // false: the text had more than 9 decimals
  LobsterType type{};
  std::uint64_t order_id = 0;
  Quantity size;
  Price price;              // dollars x 10,000
  Side side = Side::kNone;  // of the resting order
};

// Empty on success, else what is wrong with the line and what would be valid.
std::string ParseLobsterMessage(std::string_view line, LobsterMessage* message);

// "GOOG_2012-06-21_34200000_57600000_message_10.csv.zst"
struct LobsterFileName {
  std::string symbol;
  CivilDate date;
  bool is_message = false;  // else an orderbook file
  int levels = 0;
};
std::optional<LobsterFileName> ParseLobsterFileName(std::string_view base_name);

}  // namespace crucible::decode

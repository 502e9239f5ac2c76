// Where a decoder is in its input. Asked only when there is something to say, so it costs nothing until then.
#pragma once

#include <string_view>

#include "framework/base/status.h"
#include "framework/decode/report.h"

namespace crucible::decode {

class Position {
 public:
  virtual Place place() const = 0;

 protected:
  ~Position() = default;
};

// kInvalidArgument: "FILE:LINE: message".
absl::Status ErrorAt(const Position& at, std::string_view message);

}  // namespace crucible::decode

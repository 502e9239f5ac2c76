// Exchange rules as plain text: what participants send, and what must happen (docs/formats/scenarios.md).
//
// A scenario is played line by line; the transcript is the same text with the events that really happened
// under each line. A scenario holds if its transcript is its own text.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"

namespace crucible::exchange {

struct Scenario {
  std::string title;
  std::string file;
  int line = 0;                    // of the title
  std::vector<std::string> lines;  // after the title; without comments, blank lines and trailing blanks
};

// The scenarios of a text. kInvalidArgument names file and line of what cannot be read.
absl::StatusOr<std::vector<Scenario>> ReadScenarios(const std::string& file, std::string_view text);

// The transcript: every command line, each followed by the indented lines that it caused. `naive`: played on
// the reference model instead of the exchange. kInvalidArgument names the line that cannot be read.
absl::StatusOr<std::vector<std::string>> Play(const Scenario& scenario, bool naive);

}  // namespace crucible::exchange

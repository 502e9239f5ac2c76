// Results of other commands that a report shows beside its runs: what crucible stress, bounds and facts print
// with --json.
#pragma once

#include <string>
#include <string_view>

#include "framework/base/status.h"

namespace crucible::report {

enum class ResultKind { kStress, kBounds, kFacts };
std::string_view Name(ResultKind kind);

struct ResultInput {
  std::string name;  // the file's
  ResultKind kind{};
  std::string json;  // checked
};

// kInvalidArgument: `text` is no result that a report knows, or lacks what its kind must have; names what was
// found.
absl::StatusOr<ResultInput> ReadResult(std::string name, std::string text);

}  // namespace crucible::report

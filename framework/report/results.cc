#include "framework/report/results.h"

#include <utility>

#include "absl/strings/str_format.h"
#include "framework/report/json.h"

namespace crucible::report {
namespace {

constexpr std::string_view kStressFormat = "crucible-stress-1";  // docs/guides/stress.md

absl::Status Lacks(const std::string& name, std::string_view what) {
  return absl::InvalidArgumentError(absl::StrFormat("%s lacks %s", name, what));
}

bool IsMean(const Json& json) {
  return json.is_object() && json.contains("mean") && json.contains("low") && json.contains("high");
}

absl::Status CheckStress(const std::string& name, const Json& json) {
  if (!json.contains("preys") || !json["preys"].is_array()) return Lacks(name, "its array \"preys\"");
  for (const Json& prey : json["preys"]) {
    if (!prey.contains("markets") || !prey["markets"].is_array() || prey["markets"].empty())
      return Lacks(name, "the markets of a prey");
    for (const Json& market : prey["markets"]) {
      if (!market.contains("market") || !market.contains("measures") || !market["measures"].is_object())
        return Lacks(name, "a market's name or measures");
      for (const auto& [measure, value] : market["measures"].items()) {
        if (!IsMean(value)) return Lacks(name, absl::StrFormat("mean, low and high of \"%s\"", measure));
      }
    }
  }
  if (!json.contains("worst")) return absl::OkStatus();
  const Json& worst = json["worst"];
  const bool whole = worst.contains("run") && worst.contains("market") && worst.contains("attacks");
  return whole ? absl::OkStatus() : Lacks(name, "run, market or attacks of its \"worst\"");
}

absl::Status CheckBounds(const std::string& name, const Json& json) {
  for (const auto& [measure, interval] : json["bounds"].items()) {
    if (!interval.is_array() || interval.size() != 2)
      return Lacks(name, absl::StrFormat("the two ends of \"%s\"", measure));
  }
  for (const Json& run : json["runs"]) {
    if (!run.contains("assumption") || !run.contains("summary"))
      return Lacks(name, "a run's assumption or summary");
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<ResultInput> ReadResult(std::string name, std::string text) {
  const Json json = Json::parse(text, nullptr, false);
  if (json.is_discarded()) return absl::InvalidArgumentError(absl::StrFormat("%s is not JSON", name));
  if (json.is_object() && json.contains("format") && json["format"] == kStressFormat) {
    CRUCIBLE_RETURN_IF_ERROR(CheckStress(name, json));
    return ResultInput{std::move(name), ResultKind::kStress, std::move(text)};
  }
  if (json.is_object() && json.contains("bounds") && json.contains("runs") && json["bounds"].is_object()) {
    CRUCIBLE_RETURN_IF_ERROR(CheckBounds(name, json));
    return ResultInput{std::move(name), ResultKind::kBounds, std::move(text)};
  }
  return absl::InvalidArgumentError(
      absl::StrFormat("%s holds no result that a report shows; expected what crucible stress --save (format "
                      "\"%s\") or crucible bounds "
                      "--json writes",
                      name, kStressFormat));
}

}  // namespace crucible::report

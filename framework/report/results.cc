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

bool IsNumberOrNull(const Json& json) { return json.is_number() || json.is_null(); }

absl::Status CheckFact(const std::string& name, const Json& row) {
  const bool named = row.is_object() && row.contains("fact") && row["fact"].is_string() &&
                     row.contains("description") && row["description"].is_string();
  if (!named) return Lacks(name, "a fact's name or description");
  const std::string fact = row["fact"].get<std::string>();
  const bool band = row.contains("band") && (row["band"].is_null() || (row["band"].is_array() && row["band"].size() == 2 &&
                                                                       row["band"][0].is_number() && row["band"][1].is_number()));
  if (!band) return Lacks(name, absl::StrFormat("the two ends of the band of \"%s\"", fact));
  if (!row.contains("markets") || !row["markets"].is_array() || row["markets"].empty())
    return Lacks(name, absl::StrFormat("the markets of \"%s\"", fact));
  for (const Json& market : row["markets"]) {
    const bool whole = market.contains("file") && market["file"].is_string() && market.contains("recorded") &&
                       market["recorded"].is_boolean() && market.contains("value") && IsNumberOrNull(market["value"]);
    if (!whole) return Lacks(name, absl::StrFormat("file, recorded or value of a market of \"%s\"", fact));
  }
  return absl::OkStatus();
}

absl::Status CheckFacts(const std::string& name, const Json& json) {
  for (const Json& row : json) {
    CRUCIBLE_RETURN_IF_ERROR(CheckFact(name, row));
    if (row["markets"].size() != json[0]["markets"].size())
      return Lacks(name, absl::StrFormat("a market of \"%s\"", row["fact"].get<std::string>()));
  }
  return absl::OkStatus();
}

}  // namespace

std::string_view Name(ResultKind kind) {
  switch (kind) {
    case ResultKind::kStress:
      return "stress";
    case ResultKind::kBounds:
      return "bounds";
    case ResultKind::kFacts:
      return "facts";
  }
  return "?";
}

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
  if (json.is_array() && !json.empty() && json[0].is_object() && json[0].contains("fact")) {
    CRUCIBLE_RETURN_IF_ERROR(CheckFacts(name, json));
    return ResultInput{std::move(name), ResultKind::kFacts, std::move(text)};
  }
  return absl::InvalidArgumentError(
      absl::StrFormat("%s holds no result that a report shows; expected what crucible stress --save (format "
                      "\"%s\"), crucible --json bounds or crucible --json facts writes",
                      name, kStressFormat));
}

}  // namespace crucible::report

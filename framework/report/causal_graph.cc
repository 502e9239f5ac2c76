#include "framework/report/causal_graph.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <utility>

#include "absl/strings/str_format.h"

namespace crucible::report {
namespace {

Json Number(std::int64_t bits) {
  const auto value = std::bit_cast<double>(bits);
  return std::isfinite(value) ? Json(value) : Json(nullptr);
}

Json LinkJson(const LinkFact& fact) {
  return {{"cause", fact.link.cause},
          {"effect", fact.link.effect},
          {"lag", fact.link.lag},
          {"reason", std::string(Name(fact.reason()))},
          {"value", Number(fact.evidence.value_bits)},
          {"p", Number(fact.evidence.p_bits)},
          {"q", Number(fact.evidence.q_bits)},
          {"frequency", Number(fact.evidence.frequency_bits)},
          {"t", fact.change.time / 1000},
          {"place", CauseRef::FromBits(fact.change.origin).seq}};
}

// What the document says of how the graph was found, as far as it is of the right kind: the text of a file is
// a guest.
Json MethodJson(const std::string& document) {
  const Json found = Json::parse(document, nullptr, false);
  Json method = Json::object();
  if (!found.is_object()) return method;
  for (const char* key : {"method", "test", "errors", "fdr", "target"}) {
    if (found.contains(key) && found[key].is_string()) method[key] = found[key];
  }
  for (const char* key :
       {"rows", "data_sets", "min_lag", "max_lag", "pc_alpha", "alpha", "tests", "samples", "seed", "window",
        "withdraw_alpha", "test_rows", "establish", "withdraw", "first_us", "last_us"}) {
    if (found.contains(key) && found[key].is_number()) method[key] = found[key];
  }
  if (found.contains("warnings") && found["warnings"].is_array()) {
    for (const Json& warning : found["warnings"]) {
      if (warning.is_string()) method["warnings"].push_back(warning);
    }
  }
  if (!found.contains("false_positives") || !found["false_positives"].is_object()) return method;
  const Json& false_positives = found["false_positives"];
  const std::array keys = {"rate", "tests", "low", "high", "surrogates"};
  const bool whole = std::ranges::all_of(keys, [&](const char* key) {
    return false_positives.contains(key) && false_positives[key].is_number();
  });
  if (whole) method["false_positives"] = false_positives;
  return method;
}

}  // namespace

Json LinksJson(const CausalFacts& facts) {
  Json links = Json::array(), changes = Json::array();
  for (const std::size_t index : facts.Standing()) links.push_back(LinkJson(facts.changes[index]));
  const std::size_t listed = std::min(facts.changes.size(), kMaxLinkChanges);
  for (std::size_t i = facts.changes.size() - listed; i < facts.changes.size(); ++i) {
    changes.push_back(LinkJson(facts.changes[i]));
    changes.back()["added"] = IsAdded(facts.changes[i].reason());
  }
  return {{"variables", facts.variables},
          {"links", std::move(links)},
          {"changes", std::move(changes)},
          {"changes_in_all", facts.changes.size()}};
}

absl::StatusOr<Json> GraphJson(const GraphInput& input) {
  CausalCollector collector;
  std::string document;
  CRUCIBLE_ASSIGN_OR_RETURN(auto cursor, input.journal->Read(input.stream));
  while (true) {
    CRUCIBLE_ASSIGN_OR_RETURN(const std::span<const Event> events, cursor->Next());
    if (events.empty()) break;
    for (const Event& event : events) {
      CRUCIBLE_RETURN_IF_ERROR(collector.Add(event));
      if (event.kind != Kind::kConfiguration) continue;
      CRUCIBLE_ASSIGN_OR_RETURN(document, input.journal->Text(input.stream, As<TextBody>(event).text));
    }
  }
  CRUCIBLE_ASSIGN_OR_RETURN(const CausalFacts facts, collector.Take(*input.journal, input.stream));
  if (facts.variables.empty())
    return absl::FailedPreconditionError(
        absl::StrFormat("%s names no variables: it holds no causal graph yet", input.name));
  Json json = LinksJson(facts);
  json["name"] = input.name;
  json["method"] = MethodJson(document);
  json["live"] = json["method"].value("method", "") == "live-pcmci" ||
                 std::ranges::any_of(facts.changes, [](const LinkFact& fact) {
                   return CauseRef::FromBits(fact.change.origin).seq != 0;
                 });
  json["counts_rows"] = input.journal->inputs().empty();
  return json;
}

}  // namespace crucible::report

#include "framework/decode/report.h"

#include <algorithm>

#include "absl/strings/str_cat.h"

namespace crucible::decode {

std::string_view Name(Severity severity) {
  switch (severity) {
    case Severity::kNote:
      return "note";
    case Severity::kWarning:
      return "warning";
    case Severity::kError:
      return "error";
  }
  return "?";
}

std::string ToString(const Place& place) {
  if (place.line != 0) return absl::StrCat(place.file, ":", place.line);
  return absl::StrCat(place.file, " at byte ", place.offset);
}

bool ImportReport::HasErrors() const {
  return std::any_of(findings.begin(), findings.end(),
                     [](const Finding& finding) { return finding.severity == Severity::kError; });
}

std::int64_t ImportReport::measure(std::string_view name) const {
  const auto at =
      std::find_if(measures.begin(), measures.end(), [&](const Measure& m) { return m.name == name; });
  return at == measures.end() ? 0 : at->value;
}

}  // namespace crucible::decode

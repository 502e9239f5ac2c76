#include "framework/report/compare.h"

#include <algorithm>
#include <utility>

#include "framework/base/time_text.h"
#include "framework/engine/journal_reader.h"
#include "framework/engine/sinks.h"
#include "framework/engine/why_text.h"
#include "framework/report/market_facts.h"

namespace crucible::report {
namespace {

bool SameInputs(const RunInput& a, const RunInput& b) {
  return std::ranges::equal(a.journal->inputs(), b.journal->inputs(), [](const auto& x, const auto& y) {
    return x.count == y.count && x.log_hash == y.log_hash;
  });
}

std::string Text(const std::optional<Event>& event, const std::vector<Instrument>& instruments) {
  if (!event) return "(ended)";
  const bool known = event->instrument < instruments.size();
  return FormatTimestamp(event->at()) + "  " +
         engine::FieldsText(*event, known ? instruments[event->instrument] : Instrument{});
}

absl::StatusOr<Json> Divergence(const RunInput& first, const RunInput& other) {
  CRUCIBLE_ASSIGN_OR_RETURN(auto stored, engine::ReadStream(*first.journal, first.stream));
  CRUCIBLE_ASSIGN_OR_RETURN(auto cursor, other.journal->Read(other.stream));
  engine::CompareSink sink(std::move(stored));
  absl::Status status;
  while (status.ok()) {
    CRUCIBLE_ASSIGN_OR_RETURN(const std::span<const Event> events, cursor->Next());
    if (events.empty()) {
      status = sink.Finish();
      break;
    }
    status = sink.Append(events);
  }
  if (!sink.divergence()) {
    if (!status.ok()) return status;
    return Json{{"same", true}};
  }
  std::vector<Instrument> instruments;
  MapInstruments(first, &instruments);
  const engine::Divergence& found = *sink.divergence();
  return Json{{"same", false},
              {"seq", found.seq},
              {"field", found.field},
              {"first", Text(found.stored, instruments)},
              {"other", Text(found.computed, instruments)}};
}

}  // namespace

absl::StatusOr<Json> DivergencesJson(std::span<const RunInput> runs) {
  Json divergences = Json::array();
  for (std::size_t i = 1; i < runs.size(); ++i) {
    if (!SameInputs(runs[0], runs[i])) continue;
    CRUCIBLE_ASSIGN_OR_RETURN(Json divergence, Divergence(runs[0], runs[i]));
    divergence["run"] = i;
    divergences.push_back(std::move(divergence));
  }
  return divergences;
}

}  // namespace crucible::report

// What explanations of a run's orders are made from here: journals, and the books that ReadMarket kept. Nothing is
// executed; engine::Explain and engine::WhyText then say what `crucible why` says.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "framework/base/status.h"
#include "framework/engine/record_lookup.h"
#include "framework/engine/why_text.h"
#include "framework/report/sections/sections.h"

namespace crucible::report {

class ReportSources final : public engine::WhySources {
 public:
  // Reads the venues' books behind the fills of the first `orders` orders. `view` outlives this.
  static absl::StatusOr<ReportSources> Create(const RunView& view, std::size_t orders);

  // The explanation of this order follows.
  void Turn(std::size_t order) { order_ = order; }

  std::size_t inputs() const override { return view_->input.journal->inputs().size(); }
  absl::StatusOr<Event> Record(CauseRef where) override;
  InstrumentId RunId(std::uint16_t input, std::uint32_t instrument) const override;
  absl::StatusOr<engine::WhyBook> BookAtDecision(const Event& intent) override;
  absl::StatusOr<std::optional<engine::WhyBook>> VenueBookAfter(CauseRef record, InstrumentId instrument) override;
  std::optional<engine::WhyGrid> GridAt(InstrumentId instrument, Nanos time) const override;
  const std::map<std::uint64_t, std::string>& FeatureNames() const override { return view_->run.features; }

 private:
  explicit ReportSources(const RunView& view);
  absl::Status ReadVenueBooks(const SessionInput& session, const std::vector<std::uint32_t>& ids, std::size_t orders);

  const RunView* view_;
  std::size_t order_ = 0;
  std::map<std::uint16_t, engine::RecordLookup> records_;       // by input
  std::map<std::uint16_t, std::vector<std::uint32_t>> run_ids_;  // by input, then the input's own id
  std::map<std::pair<std::uint64_t, std::uint32_t>, engine::WhyBook> venue_books_;  // by cause and instrument
};

// What the run's configuration and its market call things.
engine::WhyNames NamesOf(const RunView& view);
// [[what, text], ...]
Json LinesJson(const std::vector<engine::WhyLine>& lines);

}  // namespace crucible::report

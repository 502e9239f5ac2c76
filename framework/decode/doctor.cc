#include "framework/decode/doctor.h"

#include <algorithm>
#include <utility>

namespace crucible::decode {
namespace {

struct CodeInfo {
  FindingCode code{};
  std::string_view name;
  Severity severity{};
  std::string_view advice;
};

using enum FindingCode;
using enum Severity;
constexpr CodeInfo kCodeTable[] = {
    {kFeedGap, "feed_gap", kError,
     "Depth messages are missing: the book is stale from here to the next snapshot."},
    {kTradeGap, "trade_gap", kWarning, "Trades are missing: fills that depend on them will not happen."},
    {kMissingBars, "missing_bars", kNote,
     "A minute without a trade has no row in most sources; a gap of hours is missing collection or a closed "
     "market."},
    {kNegativeLatency, "negative_latency", kWarning,
     "Records were received before they were sent: give --clock-offset, or let the importer estimate it."},
    {kClockSkew, "clock_skew", kNote,
     "The receive times were re-based by the estimated offset; feed latency is known up to the floor."},
    {kCrossedBook, "crossed_book", kWarning,
     "The best bid was at or above the best ask: an auction, an aggressive order in flight, or lost "
     "messages."},
    {kLockedBook, "locked_book", kNote, "The best bid equalled the best ask for a moment."},
    {kEmptyBook, "empty_book", kNote,
     "A side of the book had no level: models that need both sides pause there."},
    {kUnknownOrder, "unknown_order", kNote,
     "Orders that rested before the start or outside the window; their quantity is anonymous in the book."},
    {kDuplicateOrder, "duplicate_order", kWarning,
     "An order id was added twice: the file may be a merge of two."},
    {kOrderMismatch, "order_mismatch", kNote,
     "The order changed unseen, outside the window or before the start."},
    {kOffGridPrice, "off_grid_price", kNote,
     "Hidden executions and some venues print between ticks; if most prices are off the grid, give --tick."},
    {kOffLotQuantity, "off_lot_quantity", kNote, "If most quantities are off the grid, give --lot."},
    {kInexactDecimal, "inexact_decimal", kNote,
     "Values with more decimals than declared were rounded half to even, below 0.5e-9 relative."},
    {kDuplicateTime, "duplicate_time", kWarning,
     "Two bars carry the same time: the file may hold a bar twice."},
    {kReversedTime, "reversed_time", kWarning,
     "Time goes back; the records keep file order and were given the time reached before."},
    {kOverlappingBars, "overlapping_bars", kWarning,
     "Bars are closer than their length: check --bar-length."},
    {kBookMismatch, "book_mismatch", kWarning,
     "The source's book differs from what its messages build; it was re-seeded from the source's book."},
    {kTouchMismatch, "touch_mismatch", kNote,
     "Quotes and depth disagree for a moment; many in a row mean lost data."},
    {kNoSnapshot, "no_snapshot", kError,
     "Depth changes have no snapshot to apply to and were dropped: import the capture that precedes this one "
     "first."},
    {kStaleSnapshot, "stale_snapshot", kWarning, "A snapshot that the changes do not continue was ignored."},
    {kBarBounds, "bar_bounds", kError, "High and low do not bound open and close: check --columns."},
    {kUnknownMessage, "unknown_message", kNote, "Messages of other kinds were skipped."},
    {kOutOfWindow, "out_of_window", kNote, "Orders changed deeper than the window that the file declares."},
    {kNonPositivePrice, "non_positive_price", kWarning, "A price of zero or below: valid for spreads only."},
    {kSessionWithoutEnd, "cut_line", kNote,
     "The last line has no line feed: the capture may have been cut there."},
    {kAssumedTick, "assumed_tick", kWarning,
     "The input does not tell the tick size and a default was taken: give --tick, or the definitions first."},
    {kAssumedSize, "assumed_size", kNote,
     "The source tells no sizes: quotes stand with an assumed one, and fills are not limited by what was "
     "there."},
    {kFilesReordered, "files_reordered", kNote, "The files were taken in the order of their times."},
};

}  // namespace

void Doctor::Report(FindingCode code, const Place& place, absl::FunctionRef<std::string()> detail) {
  if (Count(code)) Describe(code, place, detail());
}

void Doctor::ReportMany(FindingCode code, std::uint64_t count, const Place& place,
                        absl::FunctionRef<std::string()> detail) {
  Report(code, place, detail);
  entries_[static_cast<std::size_t>(code)].count += count - 1;
}

void Doctor::Remember(std::string_view symbol) {
  if (std::ranges::find(passed_over_, symbol) == passed_over_.end()) passed_over_.emplace_back(symbol);
}

void Doctor::Describe(FindingCode code, Place place, std::string detail) {
  Entry& entry = entries_[static_cast<std::size_t>(code)];
  entry.first = std::move(place);
  entry.detail = std::move(detail);
}

void Doctor::SetMeasure(std::string_view name, std::int64_t value) {
  AddToMeasure(name, 0);
  for (Measure& measure : measures_) {
    if (measure.name == name) measure.value = value;
  }
}

void Doctor::AddToMeasure(std::string_view name, std::int64_t value) {
  for (Measure& measure : measures_) {
    if (measure.name != name) continue;
    measure.value += value;
    return;
  }
  measures_.push_back({std::string(name), value});
}

std::vector<Finding> Doctor::Findings() const {
  std::vector<Finding> findings;
  for (const Severity severity : {kError, kWarning, kNote}) {
    for (const CodeInfo& info : kCodeTable) {
      const Entry& found = entry(info.code);
      if (found.count == 0 || info.severity != severity) continue;
      findings.push_back({info.code, std::string(info.name), severity, found.count, found.first, found.detail,
                          std::string(info.advice)});
    }
  }
  return findings;
}

}  // namespace crucible::decode

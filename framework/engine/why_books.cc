// Books of the moments that an explanation shows: by executing the run again, or by reading one input.

#include <algorithm>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/str_format.h"
#include "framework/engine/engine.h"
#include "framework/engine/why.h"

namespace crucible::engine {

WhyBook BestLevels(const book::Book& book, std::size_t levels) {
  WhyBook best;
  for (const Side side : {Side::kBid, Side::kAsk}) {
    auto& out = side == Side::kBid ? best.bids : best.asks;
    for (std::size_t n = 0; n < levels; ++n) {
      const auto level = book.LevelAt(side, n);
      if (!level) break;
      out.push_back(*level);
    }
  }
  return best;
}

absl::StatusOr<WhyBook> BookAtDecision(Engine& engine, const Event& intent, std::size_t levels) {
  std::optional<WhyBook> seen;
  engine.StopAt(intent.seq,
                [&](const Desk& desk) { seen = BestLevels(desk.book({intent.instrument}), levels); });
  CRUCIBLE_RETURN_IF_ERROR(engine.Run());
  if (seen) return *std::move(seen);
  return absl::DataLossError("the re-execution never reached the order: replay the run with --verify");
}

absl::StatusOr<std::vector<WhyBook>> VenueBooks(Source& source, std::span<const BookMoment> moments,
                                                const std::function<book::BookOptions(InstrumentId)>& options,
                                                std::size_t levels) {
  std::vector<WhyBook> found(moments.size());
  absl::flat_hash_map<std::uint32_t, book::Book> books;  // lookup only
  for (const BookMoment& moment : moments)
    books.try_emplace(moment.instrument.value, options(moment.instrument));
  QueuedGroup next;
  std::vector<bool> reached(moments.size());
  std::size_t left = moments.size();
  while (left > 0 && source.Next(&next) == Source::Pull::kGroup) {
    const std::span<const Event> records = next.group.records;
    const auto book = books.find(next.group.instrument.value);
    if (book != books.end()) book->second.Apply(records);
    const auto first = std::ranges::lower_bound(moments, records.front().seq, {}, &BookMoment::seq);
    for (auto at = first; at != moments.end() && at->seq <= records.back().seq; ++at, --left) {
      const auto index = static_cast<std::size_t>(at - moments.begin());
      found[index] = BestLevels(books.at(at->instrument.value), levels);
      reached[index] = true;
    }
    source.Release(next);
  }
  CRUCIBLE_RETURN_IF_ERROR(source.status());
  if (left == 0) return found;
  const auto missing = std::ranges::find(reached, false) - reached.begin();
  return absl::DataLossError(absl::StrFormat("the input never reaches record %d, the cause of a fill",
                                             moments[static_cast<std::size_t>(missing)].seq));
}

}  // namespace crucible::engine

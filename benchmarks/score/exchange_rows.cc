// The matching core on the standard streams, beside an array-indexed floor of the same run.

#include <algorithm>

#include "absl/strings/str_format.h"
#include "benchmarks/exchange/matching_race.h"
#include "benchmarks/score/score.h"

namespace crucible::score {
namespace {

void AddStream(Rows& rows, const Options& options, bench::StreamShape shape, double limit_ns) {
  shape.messages = std::min<std::size_t>(shape.messages, 5'000'000);
  const bench::MarketStream stream = bench::MakeStream(shape);
  const int rounds = options.smoke ? 1 : 3;
  bench::RaceResult floor, dense, arbitrary;
  // In turn, so that a change of the machine's speed meets all three.
  for (int i = 0; i < rounds; ++i) {
    const auto keep = [&](bench::RaceResult& best, const bench::RaceResult& found) {
      if (i == 0 || found.ns_per_message < best.ns_per_message) best = found;
    };
    keep(floor, bench::RaceMatchingFloor(stream));
    keep(dense, bench::RaceMatching(stream, bench::Ids::kDense));
    keep(arbitrary, bench::RaceMatching(stream, bench::Ids::kArbitrary));
  }
  const bool same = floor.sum == dense.sum && floor.sum == arbitrary.sum;
  const std::string note =
      absl::StrFormat("%d symbols, %d live orders, %d messages, %d trades, one virtual listener; %s",
                      shape.symbols, shape.live_orders, stream.messages.size(), floor.trades,
                      same ? "trades and touches equal to the floor's" : "TRADES DIFFER from the floor's");
  rows.push_back(AtMost(absl::StrFormat("exchange/%s/64-bit-ids", shape.name), arbitrary.ns_per_message,
                        "ns/message", limit_ns, note));
  rows.push_back(RatioAtMost(absl::StrFormat("exchange/%s/dense-ids", shape.name), dense.ns_per_message,
                             "ns/message", "array floor", floor.ns_per_message, 1.5, note));
  rows.push_back(AtMost(absl::StrFormat("exchange/%s/memory", shape.name),
                        static_cast<double>(arbitrary.book_bytes) / static_cast<double>(arbitrary.orders),
                        "bytes/live order", 200, "books with their levels and id tables; 64-bit ids"));
}

}  // namespace

Rows ExchangeRows(Options& options) {
  constexpr double kLimits[] = {45, 120, 400};
  Rows rows;
  const auto shapes = bench::StandardShapes();
  for (std::size_t i = 0; i < shapes.size(); ++i) {
    if (Wanted(options, absl::StrFormat("exchange/%s", shapes[i].name)))
      AddStream(rows, options, shapes[i], kLimits[i]);
  }
  return rows;
}

}  // namespace crucible::score

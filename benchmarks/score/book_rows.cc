// Books on the standard streams, beside an array-indexed floor of the same run (benchmarks/book/race.h).

#include "absl/strings/str_format.h"
#include "benchmarks/book/book_race.h"
#include "benchmarks/book/l2_race.h"
#include "benchmarks/score/score.h"

namespace crucible::score {
namespace {

void AddStream(Rows& rows, const Options& options, const bench::StreamShape& shape) {
  const bench::MarketStream stream = bench::MakeStream(shape);
  const int rounds = options.smoke ? 1 : 3;
  double floor = 0, dense = 0, arbitrary = 0;
  // In turn, so that a change of the machine's speed meets all three.
  for (int i = 0; i < rounds; ++i) {
    const auto keep = [&](double& best, double nanos) { best = i == 0 ? nanos : std::min(best, nanos); };
    keep(floor, bench::RaceBookFloor(stream).ns_per_message);
    keep(dense, bench::RaceBooks(stream, bench::Ids::kDense).ns_per_message);
    keep(arbitrary, bench::RaceBooks(stream, bench::Ids::kArbitrary).ns_per_message);
  }
  const std::string note =
      absl::StrFormat("%d symbols, %d live orders, %d messages, one virtual listener", shape.symbols, shape.live_orders,
                      stream.messages.size());
  rows.push_back(RatioAtMost(absl::StrFormat("book/%s/dense-ids", shape.name), dense, "ns/message", "array floor", floor,
                             1.5, note));
  rows.push_back(RatioAtMost(absl::StrFormat("book/%s/64-bit-ids", shape.name), arbitrary, "ns/message", "array floor",
                             floor, 2.5, note));
}

// One level declared by the feed, and the touch kept up to date.
Row LevelDelta(const std::string& name, const Options& options) {
  const bench::MarketStream stream = bench::MakeStream(bench::StandardShapes()[0]);
  const bench::DeltaStream deltas = bench::MakeDeltas(stream);
  double floor = 0, book = 0;
  for (int i = 0; i < (options.smoke ? 1 : 5); ++i) {
    const auto keep = [&](double& best, double nanos) { best = i == 0 ? nanos : std::min(best, nanos); };
    keep(floor, bench::RaceL2<bench::L2Floor>(deltas).ns_per_message);
    keep(book, bench::RaceL2<bench::L2Books>(deltas).ns_per_message);
  }
  Row row = AtMost(name, book, "ns/delta", 5, absl::StrFormat("S1 as %d level updates", deltas.deltas.size()));
  row.baseline = "quantity per tick, bitmap";
  row.baseline_value = floor;
  row.ratio = book / floor;
  return row;
}

}  // namespace

Rows BookRows(Options& options) {
  Rows rows;
  if (Wanted(options, "book/L2/delta")) rows.push_back(LevelDelta("book/L2/delta", options));
  for (const bench::StreamShape& shape : bench::StandardShapes()) {
    if (Wanted(options, absl::StrFormat("book/%s", shape.name))) AddStream(rows, options, shape);
  }
  return rows;
}

}  // namespace crucible::score

#include "simulators/flow/zero_intelligence.h"

#include <gtest/gtest.h>

#include <map>
#include <string>
#include <vector>

#include "framework/book/l3_book.h"
#include "framework/event/kinds.h"
#include "framework/event/log_hash.h"

namespace crucible::flow {
namespace {

class MemorySink final : public RecordSink {
 public:
  absl::Status Append(std::span<const Event> records) override {
    if (records_.size() >= fail_at_) return absl::ResourceExhaustedError("full");
    records_.insert(records_.end(), records.begin(), records.end());
    hash_.Add(records);
    return absl::OkStatus();
  }
  absl::StatusOr<std::uint64_t> AppendText(std::string_view text) override {
    text_ = text;
    return 1;
  }
  Hash128 log_hash() const override { return hash_.value(); }

  std::vector<Event> records_;
  std::string text_;
  std::size_t fail_at_ = SIZE_MAX;

 private:
  LogHash hash_;
};

ZeroIntelligence Short() {
  ZeroIntelligence parameters;
  parameters.length = {300'000'000'000};
  return parameters;
}

MemorySink SessionOf(const ZeroIntelligence& parameters) {
  MemorySink sink;
  const absl::Status status = Generate(parameters, sink);
  EXPECT_TRUE(status.ok()) << status;
  return sink;
}

std::map<Kind, int> Counts(const MemorySink& sink) {
  std::map<Kind, int> counts;
  for (const Event& event : sink.records_) ++counts[event.kind];
  return counts;
}

TEST(ZeroIntelligenceTest, TheSameParametersGiveTheStoredRecords) {
  const MemorySink sink = SessionOf(Short());
  EXPECT_EQ(ToHex(sink.log_hash()), "ca1fbda3e67a2bd806a043485323e466");
  EXPECT_EQ(ToHex(SessionOf(Short()).log_hash()), ToHex(sink.log_hash()));
}

TEST(ZeroIntelligenceTest, TheSeedDecides) {
  ZeroIntelligence other = Short();
  other.seed = 2;
  EXPECT_NE(SessionOf(other).log_hash(), SessionOf(Short()).log_hash());
}

TEST(ZeroIntelligenceTest, IsAWellFormedSession) {
  const MemorySink sink = SessionOf(Short());
  const auto instrument = InstrumentFromRecords(sink.records_[0], sink.records_[1], sink.text_);
  ASSERT_TRUE(instrument.ok()) << instrument.status();
  EXPECT_EQ(*instrument, Short().instrument);
  std::int64_t time = 0;
  for (std::size_t i = 0; i < sink.records_.size(); ++i) {
    const Event& event = sink.records_[i];
    ASSERT_EQ(event.seq, i + 1);
    ASSERT_GE(event.time, time);
    ASSERT_EQ((event.at() - event.venue_time()).nanos, Short().feed_latency.nanos);
    time = event.time;
  }
  EXPECT_TRUE(sink.records_.back().EndsGroup());
  EXPECT_LT(time, (Short().start + Short().length + Short().feed_latency).since_epoch);
}

TEST(ZeroIntelligenceTest, TheBookIsNeverCrossedAndEveryOrderIsKnown) {
  const MemorySink sink = SessionOf(Short());
  book::L3Book book({.tick_size = Short().instrument.tick_size, .window_levels = 0, .dense_ids = false});
  std::size_t start = 0;
  for (std::size_t i = 0; i < sink.records_.size(); ++i) {
    if (!sink.records_[i].EndsGroup()) continue;
    const auto group = std::span(sink.records_).subspan(start, i + 1 - start);
    ASSERT_EQ(book.Apply(group).error, book::BookError::kNone) << "record " << group.front().seq;
    start = i + 1;
    if (i < 2) continue;
    ASSERT_TRUE(book.touch().HasBoth()) << "record " << i + 1;
    ASSERT_LT(book.touch().bid_price, book.touch().ask_price) << "record " << i + 1;
  }
  EXPECT_EQ(book.counters(), book::BookCounters{});
}

TEST(ZeroIntelligenceTest, ArrivesAtTheGivenRates) {
  ZeroIntelligence parameters = Short();
  parameters.length = {1'200'000'000'000};
  const MemorySink sink = SessionOf(parameters);
  std::map<Kind, int> counts = Counts(sink);
  const double adds = 1'200 * 2 * 40 * 0.5;
  const int opening = 2 * 40 * 5;
  EXPECT_NEAR(counts[Kind::kOrderAdd] - opening, adds, 5 * 220);
  const double left = counts[Kind::kOrderDelete] + counts[Kind::kOrderExecute];
  EXPECT_NEAR(left / counts[Kind::kOrderAdd], 1, 0.05) << "in balance, what comes goes";
  EXPECT_GT(counts[Kind::kOrderReduce], 1'000);
  EXPECT_GT(counts[Kind::kOrderExecute], 3'600 * 0.9);
}

TEST(ZeroIntelligenceTest, HoldsNoMoreThanTheGivenOrders) {
  ZeroIntelligence parameters = Short();
  parameters.cancels_per_order_second = 0;
  parameters.limits_per_tick_second = 5;
  parameters.max_orders = 32 * 40;
  const MemorySink sink = SessionOf(parameters);
  book::L3Book book({.tick_size = parameters.instrument.tick_size, .window_levels = 0, .dense_ids = false});
  std::size_t most = 0;
  for (const Event& event : sink.records_) {
    book.Apply({&event, 1});
    most = std::max(most, book.order_count());
  }
  EXPECT_EQ(most, parameters.max_orders);
}

TEST(ZeroIntelligenceTest, NamesAParameterOutOfRange) {
  ZeroIntelligence parameters = Short();
  parameters.band_ticks = 1;
  MemorySink sink;
  EXPECT_EQ(Generate(parameters, sink).message(), "band_ticks is 1, expected 2 to 10000");
  parameters = Short();
  parameters.instrument.tick_size = {3};
  EXPECT_EQ(Generate(parameters, sink).code(), absl::StatusCode::kInvalidArgument);
  EXPECT_TRUE(sink.records_.empty());
}

TEST(ZeroIntelligenceTest, StopsAtTheSinksFirstError) {
  MemorySink sink;
  sink.fail_at_ = 1;
  EXPECT_EQ(Generate(Short(), sink).code(), absl::StatusCode::kResourceExhausted);
  EXPECT_EQ(sink.records_.size(), 4096u);
}

}  // namespace
}  // namespace crucible::flow

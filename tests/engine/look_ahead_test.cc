// Nobody uses the future: not a decision, not a fill.
//
// A run is repeated with its market data changed after a moment t, and compared with the original up to t.
//
//   (a) records received after t differ       -> everything that the run recorded up to t is the same
//   (b) records that happened after t differ  -> every fill with venue time up to t is the same
//
// For (a) replies take as long as the slowest market message: a fill on its way to us is news of the market,
// and with faster replies it rightly is known before the market record that made it.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "framework/decode/import.h"
#include "tests/engine/markets.h"
#include "tests/engine/strategies.h"

namespace crucible::engine {
namespace {

constexpr int kMoments = 50;
constexpr std::size_t kDecisions = 1'000;

bool IsDecision(const Event& event) {
  return event.kind == Kind::kIntent || event.kind == Kind::kCancelIntent || event.kind == Kind::kAmendIntent;
}

std::vector<Event> RecordsOf(const Market& market, const std::vector<Event>& records,
                             const char* reply_latency) {
  KeepingSink sink;
  const std::vector<StrategySetup> strategies = {{TestStrategy("follower"), {}},
                                                 {TestStrategy("gambler"), {{"odds", "3"}}}};
  RunMarket(market, records, strategies, {"recorded", "exponential:300us+200us", reply_latency}, sink, {},
            UINT64_MAX / 16);
  ExpectWellFormed(sink.records);
  return std::move(sink.records);
}

// Another price and quantity for every record that `changes`; one group in five is lost. The last group
// stays, for the run ends with it.
template <class Changes>
std::vector<Event> Changed(const std::vector<Event>& records, RandomStream& random, Changes changes) {
  std::vector<Event> changed;
  std::size_t last_group = records.size() - 1;
  while (last_group > 0 && !records[last_group - 1].EndsGroup()) --last_group;
  bool dropping = false;
  for (std::size_t i = 0; i < records.size(); ++i) {
    Event event = records[i];
    const bool first_of_group = i == 0 || records[i - 1].EndsGroup();
    if (first_of_group) dropping = i < last_group && changes(event) && random.UniformBelow(5) == 0;
    if (dropping) continue;
    if (changes(event)) {
      event.body[0] += 1 + static_cast<std::int64_t>(random.UniformBelow(9));
      event.body[1] += 1 + static_cast<std::int64_t>(random.UniformBelow(9));
    }
    changed.push_back(event);
  }
  return changed;
}

// What the run recorded because of events up to t.
std::vector<Event> UpTo(const std::vector<Event>& run, std::int64_t t) {
  auto end = std::ranges::find_if(run, [&](const Event& event) { return event.time > t; });
  const auto is_sample = [](const Event& event) {
    return event.kind == Kind::kEquity || event.kind == Kind::kStateHash || event.kind == Kind::kRunEnd;
  };
  while (end != run.begin() && is_sample(*(end - 1))) --end;  // taken when the first later event came
  return {run.begin(), end};
}

std::vector<Event> FillsUpTo(const std::vector<Event>& run, std::int64_t t) {
  std::vector<Event> fills;
  for (std::size_t i = 0; i < run.size(); ++i) {
    if (run[i].kind != Kind::kFill || run[i].venue_time().since_epoch > t) continue;
    fills.insert(fills.end(), {run[i], run[i + 1]});
  }
  for (Event& event : fills) event.seq = 0;  // later decisions stand between the fill and its arrival
  return fills;
}

// Half of them at decisions from the thousandth on, at or just before the moment itself; half anywhere.
std::vector<std::int64_t> Moments(const std::vector<Event>& run) {
  std::vector<std::int64_t> decisions;
  for (const Event& event : run) {
    if (IsDecision(event)) decisions.push_back(event.time);
  }
  EXPECT_GE(decisions.size(), 2 * kDecisions);
  RandomStream random(1, "moments");
  std::vector<std::int64_t> moments;
  const auto span = static_cast<std::uint64_t>(run.back().time - run.front().time);
  for (int i = 0; i < kMoments; ++i) {
    const std::size_t later = kDecisions + random.UniformBelow(decisions.size() - kDecisions);
    moments.push_back(i % 2 == 0 ? decisions[later] - i / 2 % 2
                                 : run.front().time + static_cast<std::int64_t>(random.UniformBelow(span)));
  }
  return moments;
}

std::string FirstDifferent(const std::vector<Event>& a, const std::vector<Event>& b) {
  const auto [at, other] = std::ranges::mismatch(a, b);
  if (at == a.end() && other == b.end()) return "";
  if (at == a.end() || other == b.end()) return absl::StrFormat("%d records against %d", a.size(), b.size());
  return absl::StrFormat("%s at %d against %s at %d", Name(at->kind), at->time, Name(other->kind),
                         other->time);
}

void ExpectNoDecisionUsesTheFuture(const Market& market) {
  const std::vector<Event> original = RecordsOf(market, market.records, "2ms");
  RandomStream random(2, "change");
  int later_differs = 0;
  std::size_t fills = 0;
  for (const std::int64_t t : Moments(original)) {
    const std::vector<Event> run = RecordsOf(
        market, Changed(market.records, random, [&](const Event& event) { return event.time > t; }), "2ms");
    const std::vector<Event> before = UpTo(original, t);
    ASSERT_EQ(FirstDifferent(before, UpTo(run, t)), "") << "t = " << t;
    fills += static_cast<std::size_t>(std::ranges::count(before, Kind::kFill, &Event::kind));
    later_differs += run != original ? 1 : 0;
  }
  EXPECT_EQ(later_differs, kMoments) << "changes that change nothing prove nothing";
  EXPECT_GT(fills, 1'000U);
}

void ExpectNoFillUsesTheFuture(const Market& market) {
  const std::vector<Event> original = RecordsOf(market, market.records, "300us");
  RandomStream random(3, "change");
  int later_differs = 0;
  std::size_t fills = 0;
  for (const std::int64_t t : Moments(original)) {
    const std::vector<Event> run =
        RecordsOf(market,
                  Changed(market.records, random,
                          [&](const Event& event) { return event.venue_time().since_epoch > t; }),
                  "300us");
    const std::vector<Event> before = FillsUpTo(original, t);
    ASSERT_EQ(FirstDifferent(before, FillsUpTo(run, t)), "") << "t = " << t;
    fills += before.size() / 2;
    later_differs += FillsUpTo(run, INT64_MAX) != FillsUpTo(original, INT64_MAX) ? 1 : 0;
  }
  EXPECT_GE(later_differs, kMoments - 2) << "changes that change nothing prove nothing";
  EXPECT_GT(fills, 1'000U);
}

Market Late(Market market) {
  market.records = WithFeedLatency(market.records, 9);
  return market;
}

TEST(LookAheadTest, NoDecisionUsesTheFutureOfOrderByOrderSession) {
  ExpectNoDecisionUsesTheFuture(Late(GeneratedL3(400)));
}
TEST(LookAheadTest, NoFillUsesTheFutureOfOrderByOrderSession) {
  ExpectNoFillUsesTheFuture(Late(GeneratedL3(400)));
}
TEST(LookAheadTest, NoDecisionUsesTheFutureOfLevelSession) {
  ExpectNoDecisionUsesTheFuture(Late(GeneratedL2(20'000)));
}
TEST(LookAheadTest, NoFillUsesTheFutureOfLevelSession) {
  ExpectNoFillUsesTheFuture(Late(GeneratedL2(20'000)));
}

TEST(LookAheadTest, ChangeOfThePastIsNoticed) {
  const Market market = Late(GeneratedL2(20'000));
  const std::vector<Event> original = RecordsOf(market, market.records, "2ms");
  RandomStream random(4, "change");
  int noticed = 0;
  for (const std::int64_t t : Moments(original)) {
    const std::int64_t earlier = t - 5'000'000'000;
    const std::vector<Event> run = RecordsOf(
        market, Changed(market.records, random, [&](const Event& event) { return event.time > earlier; }),
        "2ms");
    if (UpTo(original, t) != UpTo(run, t)) ++noticed;
  }
  EXPECT_GE(noticed, kMoments - 10);
}

TEST(LookAheadTest, FasterRepliesThanMarketDataTellOfTheMarketFirst) {
  // The reason for the 2 ms above: with immediate replies (a) does not hold, and should not.
  const Market market = Late(GeneratedL2(20'000));
  const std::vector<Event> original = RecordsOf(market, market.records, "0");
  RandomStream random(5, "change");
  int differs = 0;
  std::vector<std::int64_t> fills;
  for (const Event& event : original) {
    if (event.kind == Kind::kFill && (event.flags & flag::kMaker) != 0) fills.push_back(event.time);
  }
  ASSERT_GT(fills.size(), 100U);
  for (std::size_t i = 50; i < 100; ++i) {
    const std::vector<Event> run = RecordsOf(
        market, Changed(market.records, random, [&](const Event& event) { return event.time > fills[i]; }),
        "0");
    if (UpTo(original, fills[i]) != UpTo(run, fills[i])) ++differs;
  }
  EXPECT_GT(differs, 10);
}

class RecordedLookAheadTest : public testing::Test {
 protected:
  void SetUp() override {
    const std::string folder = SharedData();
    if (folder.empty()) GTEST_SKIP() << "no recorded files (CRUCIBLE_SHARED_DIR)";
    KeepingSink sink;
    const std::vector<std::string> files = {folder +
                                            "/lobster/GOOG_2012-06-21_34200000_57600000_message_10.csv.zst"};
    auto report = decode::Import(files, {}, sink, {});
    ASSERT_TRUE(report.ok()) << report.status();
    std::size_t end = 80'000;
    while (!sink.records[end - 1].EndsGroup()) ++end;
    sink.records.resize(end);
    market_ = Late({report->instruments.at(0), Completeness::kWindowedL3,
                    static_cast<std::uint32_t>(report->window_levels), std::move(sink.records)});
  }
  Market market_;
};

TEST_F(RecordedLookAheadTest, NoDecisionUsesTheFutureOfGoog) { ExpectNoDecisionUsesTheFuture(market_); }
TEST_F(RecordedLookAheadTest, NoFillUsesTheFutureOfGoog) { ExpectNoFillUsesTheFuture(market_); }

}  // namespace
}  // namespace crucible::engine

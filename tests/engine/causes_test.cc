// A live causal graph in a run: every change stands in the journal with its reason and its bar, and reaches
// strategies before the bar that told it.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <bit>
#include <cstring>

#include "framework/event/link_codes.h"
#include "tests/engine/engine_fixture.h"

namespace crucible::engine {
namespace {

using testing::ElementsAre;
using testing::SizeIs;

constexpr std::size_t kDriven = 500;

// One-minute bars whose range drives the return of the next bar, for the first `kDriven` of them.
Tape DrivenBars(std::size_t bars) {
  RandomStream random(5, "causes");
  Tape tape;
  std::int64_t price = 1'000'000;
  double drive = 0;
  for (std::size_t t = 0; t < bars; ++t) {
    const std::int64_t open = price;
    const double moved = 200 * random.Normal() + (t < kDriven ? drive : 0);
    const auto reach = static_cast<std::int64_t>(random.UniformBelow(1'000));
    price = std::clamp<std::int64_t>(open + static_cast<std::int64_t>(moved), 500'000, 2'000'000);
    tape.Bar(static_cast<std::int64_t>(t + 1) * 60'000'000'000, open, std::max(open, price) + reach,
             std::min(open, price) - reach, price);
    drive = 0.5 * (static_cast<double>(reach) - 500);
  }
  return tape;
}

CausalObserver ReturnAndRange() {
  causal::LiveOptions options;
  options.max_lag = 2;
  options.window_rows = 200;
  options.pcmci.alpha = 0.001;
  auto watch = features::CausalWatch::Create({"return", "range"}, 0, options);
  EXPECT_TRUE(watch.ok()) << watch.status();
  auto observer =
      CausalObserver::Create({0}, *features::BarFeatures::Create({"return", "range"}), *std::move(watch));
  EXPECT_TRUE(observer.ok()) << observer.status();
  return *std::move(observer);
}

bool IsTheLink(const Event& change) {
  const auto link = As<LinkChangeBody>(change);
  return link.cause == 1 && link.effect == 0 && link.lag == 1;
}

class CausesTest : public testing::Test {
 protected:
  TestRun& Run(Probe& probe, std::size_t bars = 1'000) {
    tape_ = DrivenBars(bars);
    run_.config.causes = &observer_;
    run_.Session(tape_).At(venue_).With(probe).Go();
    EXPECT_TRUE(run_.status.ok()) << run_.status;
    EXPECT_EQ(run_.result.strategy_error, "");
    return run_;
  }
  CausalObserver observer_ = ReturnAndRange();
  ScriptedVenue venue_;
  TestRun run_{{TestInstrument()}, book::BookType::kQuotes};
  Tape tape_;
};

TEST_F(CausesTest, ALinkIsAddedAndWithdrawnWithItsReasonItsEvidenceAndItsBar) {
  Probe probe;
  const TestRun& run = Run(probe);
  EXPECT_THAT(run.Of(Kind::kCausalVariable), SizeIs(2));
  std::vector<LinkReason> reasons;
  for (const Event& change : run.Of(Kind::kLinkChange)) {
    const Event& evidence = run.sink.records.at(change.seq);
    ASSERT_EQ(evidence.kind, Kind::kLinkEvidence);
    EXPECT_TRUE(evidence.EndsGroup());
    const CauseRef bar = CauseRef::FromBits(change.origin);
    EXPECT_EQ(bar.input, 1);
    EXPECT_EQ(change.time, tape_.records().at(bar.seq - 1).time);
    if (!IsTheLink(change)) continue;
    reasons.push_back(static_cast<LinkReason>(As<LinkChangeBody>(change).reason));
    const auto body = As<LinkEvidenceBody>(evidence);
    if (IsAdded(reasons.back())) {
      EXPECT_GT(std::bit_cast<double>(body.value_bits), 0.2);
      EXPECT_LT(std::bit_cast<double>(body.q_bits), 0.001);
      EXPECT_EQ(change.time, (200 + 4 + 2 + 1) * 60'000'000'000) << "two tests after the first full window";
    } else {
      EXPECT_GT(std::bit_cast<double>(body.q_bits), 0.05);
      EXPECT_GT(change.time, static_cast<std::int64_t>(kDriven) * 60'000'000'000);
    }
  }
  EXPECT_THAT(reasons, ElementsAre(LinkReason::kDirected, LinkReason::kNotSignificant));
}

TEST_F(CausesTest, TheMaskThatStrategiesReadIsTheFoldOfTheRecords) {
  Probe probe;
  std::vector<bool> masks;  // by bar
  probe.on_bar = [&](const crucible_bar_event_v1&) {
    crucible_causes_v1 causes{};
    causes.size = sizeof causes;
    EXPECT_EQ(probe.host->causes(probe.engine, &causes), CRUCIBLE_OK);
    EXPECT_STREQ(causes.target, "return");
    bool driven = false;
    for (std::uint32_t k = 0; k < causes.parent_count; ++k) {
      const crucible_cause_v1& parent = causes.parents[k];
      if (std::strcmp(parent.variable, "range") == 0 && parent.lag == 1) driven = parent.value > 0;
    }
    EXPECT_EQ(causes.ready, causes.bars >= 204 ? 1U : 0U);
    masks.push_back(driven);
    return true;
  };
  const TestRun& run = Run(probe);
  ASSERT_THAT(masks, SizeIs(1'000));
  std::size_t bar = 0;
  bool driven = false;
  std::vector<bool> folded(1'000);
  for (const Event& change : run.Of(Kind::kLinkChange)) {
    const auto at = static_cast<std::size_t>(change.time / 60'000'000'000) - 1;
    for (; bar < at; ++bar) folded[bar] = driven;
    if (IsTheLink(change)) driven = IsAdded(static_cast<LinkReason>(As<LinkChangeBody>(change).reason));
  }
  for (; bar < folded.size(); ++bar) folded[bar] = driven;
  EXPECT_EQ(masks, folded);
  EXPECT_TRUE(masks[450]);
  EXPECT_FALSE(masks[900]);
}

TEST_F(CausesTest, AnOrderInAnswerToAChangeHasTheChangeAsItsCause) {
  Probe probe;
  probe.on_causes = [&](const crucible_causes_event_v1& event) {
    EXPECT_EQ(event.time, probe.Now());
    EXPECT_GE(event.added + event.withdrawn, 1U);
    probe.Limit(event.added > 0 ? CRUCIBLE_BUY : CRUCIBLE_SELL, 100, 1);
    return true;
  };
  const TestRun& run = Run(probe);
  const std::vector<Event> intents = run.Of(Kind::kIntent);
  ASSERT_GE(intents.size(), 2U);
  for (const Event& intent : intents) {
    const CauseRef cause = CauseRef::FromBits(intent.origin);
    ASSERT_EQ(cause.input, 0);
    EXPECT_EQ(run.sink.records.at(cause.seq - 1).kind, Kind::kLinkChange);
    EXPECT_EQ(As<LinkChangeBody>(run.sink.records.at(cause.seq - 1)).effect, 0U);
  }
}

TEST_F(CausesTest, ARunWithoutAGraphHasNothingToReadAndRecordsNothingOfIt) {
  Probe probe;
  probe.on_bar = [&](const crucible_bar_event_v1&) {
    crucible_causes_v1 causes{};
    causes.size = sizeof causes;
    EXPECT_EQ(probe.host->causes(probe.engine, &causes), CRUCIBLE_NOT_FOUND);
    return true;
  };
  run_.Session(DrivenBars(60)).At(venue_).With(probe).Go();
  EXPECT_TRUE(run_.status.ok());
  EXPECT_THAT(run_.Of(Kind::kCausalVariable), SizeIs(0));
  EXPECT_THAT(run_.Of(Kind::kLinkChange), SizeIs(0));
}

TEST(CausesLookAheadTest, TruncatingTheBarsChangesNoChangeAndNoOrderUpToTheCut) {
  const auto run_of = [](std::size_t bars) {
    CausalObserver observer = ReturnAndRange();
    ScriptedVenue venue;
    Probe probe;
    probe.on_causes = [&](const crucible_causes_event_v1& event) {
      return probe.Limit(event.added > 0 ? CRUCIBLE_BUY : CRUCIBLE_SELL, 100, 1) != 0;
    };
    TestRun run({TestInstrument()}, book::BookType::kQuotes);
    run.config.causes = &observer;
    run.Session(DrivenBars(bars)).At(venue).With(probe).Go();
    EXPECT_TRUE(run.status.ok()) << run.status;
    std::vector<Event> kept;
    for (const Kind kind : {Kind::kLinkChange, Kind::kLinkEvidence, Kind::kIntent}) {
      for (Event event : run.Of(kind)) {
        event.seq = 0;
        if (kind == Kind::kIntent) event.origin = 0;
        kept.push_back(event);
      }
    }
    return kept;
  };
  const std::vector<Event> all = run_of(1'000);
  for (const std::size_t cut : {150U, 207U, 640U}) {
    std::vector<Event> before;
    for (const Event& event : all) {
      if (event.time <= static_cast<std::int64_t>(cut) * 60'000'000'000) before.push_back(event);
    }
    EXPECT_EQ(run_of(cut), before) << cut;
    EXPECT_LT(before.size(), all.size()) << "a graph that never changes again proves nothing";
  }
}

}  // namespace
}  // namespace crucible::engine

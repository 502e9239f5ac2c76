// Trading days as a strategy sees them.

#include <gtest/gtest.h>

#include "framework/base/time_text.h"
#include "framework/base/trading_calendar.h"
#include "tests/engine/engine_fixture.h"

namespace crucible::engine {
namespace {

class CalendarTest : public testing::Test {
 protected:
  std::int32_t Ask(std::int64_t time) {
    session_ = {};
    session_.size = sizeof session_;
    return probe_.host->session(probe_.engine, time, &session_);
  }
  void Go() {
    Tape tape;
    tape.Touch(10, 10, 99, 101);
    run_.Session(tape).At(venue_).With(probe_).Go();
    ASSERT_TRUE(run_.status.ok()) << run_.status;
  }
  ScriptedVenue venue_;
  Probe probe_;
  TestRun run_;
  crucible_session_v1 session_{};
};

TEST_F(CalendarTest, TheSessionUnderWayOrTheNextIsKnown) {
  CalendarRules rules;
  rules.first_day = DayNumber(2024, 1, 1);
  rules.last_day = DayNumber(2024, 12, 31);
  rules.open = {9 * 3'600'000'000'000};
  rules.close = {17 * 3'600'000'000'000};
  rules.closed = {DayNumber(2024, 12, 25)};
  const auto calendar = TradingCalendar::Create(rules);
  ASSERT_TRUE(calendar.ok());
  run_.config.calendar = &*calendar;
  probe_.on_start = [&] {
    EXPECT_EQ(Ask(ParseTimestamp("2024-12-24T17:00:00Z")->since_epoch), CRUCIBLE_OK);
    EXPECT_EQ(session_.day, DayNumber(2024, 12, 26));
    EXPECT_EQ(session_.open, ParseTimestamp("2024-12-26T09:00:00Z")->since_epoch);
    EXPECT_EQ(session_.close, ParseTimestamp("2024-12-26T17:00:00Z")->since_epoch);
    return true;
  };
  Go();
}

TEST_F(CalendarTest, WithoutACalendarNobodyKnows) {
  probe_.on_start = [&] {
    EXPECT_EQ(Ask(0), CRUCIBLE_NOT_FOUND);
    return true;
  };
  Go();
}

}  // namespace
}  // namespace crucible::engine

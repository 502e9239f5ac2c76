// Calendars in a run: where they come from, what they refuse, and equity that is sampled at closes.

#include "framework/base/time_text.h"
#include "framework/runs/built_in_calendars.h"
#include "framework/runs/calendar_choice.h"
#include "framework/runs/session_file.h"
#include "tests/runs/run_fixture.h"

namespace crucible::runs {
namespace {

using testing::AllOf;
using testing::HasSubstr;

constexpr const char* kAnyCalendar = R"(from = "2014-12-01"
until = "2015-12-31"
utc_offset = "1h"
daylight = "eu"
open = "09:00"
close = "17:30"
closed = ["2015-01-01"]
half_day_close = "14:00"
half_days = ["2015-01-02"]
)";

class CalendarRunTest : public RunFixture {
 protected:
  std::string Refusal(const std::string& line) const {
    const auto calendar = ParseCalendar(std::string(kAnyCalendar) + line, "my.toml");
    return std::string(calendar.status().message());
  }
  std::string RefusalWithout(const std::string& from, const std::string& to) const {
    std::string text = kAnyCalendar;
    text.replace(text.find(from), from.size(), to);
    return std::string(ParseCalendar(text, "my.toml").status().message());
  }
};

TEST_F(CalendarRunTest, TheNyseTradesOnTheDaysThatItsNoticesSay) {
  const auto text = BuiltInCalendar("nyse");
  ASSERT_TRUE(text.ok());
  const auto calendar = ParseCalendar(*text, "nyse");
  ASSERT_TRUE(calendar.ok()) << calendar.status();
  // Published counts of trading days.
  const auto sessions = [&](int year) {
    int count = 0;
    for (std::int32_t day = DayNumber(year, 1, 1); day < DayNumber(year + 1, 1, 1); ++day)
      count += calendar->IsTradingDay(day) ? 1 : 0;
    return count;
  };
  EXPECT_EQ(sessions(2012), 250);  // two days of hurricane Sandy
  EXPECT_EQ(sessions(2018), 251);
  EXPECT_EQ(sessions(2020), 253);
  EXPECT_EQ(sessions(2023), 250);
  EXPECT_EQ(sessions(2024), 252);
  EXPECT_EQ(calendar->SessionOf(DayNumber(2012, 6, 21)).open, *ParseTimestamp("2012-06-21T13:30:00Z"));
  EXPECT_EQ(calendar->SessionOf(DayNumber(2024, 11, 29)).close, *ParseTimestamp("2024-11-29T18:00:00Z"));
}

TEST_F(CalendarRunTest, ACalendarsTextReadsBackToItself) {
  for (const std::string& text : {std::string(kAnyCalendar), *BuiltInCalendar("nyse")}) {
    const auto calendar = ParseCalendar(text, "a");
    ASSERT_TRUE(calendar.ok()) << calendar.status();
    const auto again = ParseCalendar(CalendarText(*calendar), "b");
    ASSERT_TRUE(again.ok()) << again.status();
    EXPECT_EQ(CalendarText(*again), CalendarText(*calendar));
  }
}

TEST_F(CalendarRunTest, ErrorsNameLineKeyAndWhatWouldBeValid) {
  EXPECT_EQ(Refusal(""), "");
  EXPECT_THAT(Refusal("holidays = []\n"), AllOf(HasSubstr("my.toml"), HasSubstr("holidays")));
  EXPECT_THAT(RefusalWithout("\"2015-01-01\"", "\"New Year\""),
              AllOf(HasSubstr("New Year"), HasSubstr("expected a date")));
  EXPECT_THAT(RefusalWithout("09:00", "9 am"), AllOf(HasSubstr("9 am"), HasSubstr("expected a local time")));
  EXPECT_THAT(RefusalWithout("14:00", "18:00"), HasSubstr("the half day 2015-01-02 closes at 18h"));
  EXPECT_THAT(RefusalWithout("\"eu\"", "\"asia\""), HasSubstr("none, us, eu"));
  EXPECT_THAT(RefusalWithout("1h", "20h"), HasSubstr("-14h to 14h"));
  EXPECT_THAT(RefusalWithout("closed", "weekdays = \"mon fun\"\nclosed"), HasSubstr("has \"fun\""));
  EXPECT_THAT(std::string(BuiltInCalendar("nasdaq").status().message()), HasSubstr("built in: nyse"));
}

TEST_F(CalendarRunTest, EquityIsSampledAtClosesAndTheRunCarriesItsCalendar) {
  const std::vector<std::string> bars = {
      Write("bitfinex_TSTUSD_1m.csv", SomeBars(10'000))};  // a week of 2015
  ASSERT_TRUE(ImportSession(bars, {}, Path("bars.session"), {}).ok());
  Write("days.toml", kAnyCalendar);
  const std::string strategy = "[[strategy]]\nplugin = \"moving_average_cross\"\n";
  const std::string session = "[[session]]\npath = \"bars.session\"\n";
  const auto setup = [&](const std::string& more) -> absl::StatusOr<RunSetup> {
    CRUCIBLE_ASSIGN_OR_RETURN(RunConfig config, ReadRunConfig(Write("run.toml", session + more + strategy)));
    std::vector<std::string> sessions = config.sessions;
    return RunSetup::Create(std::move(config), std::move(sessions));
  };
  auto with = setup("[calendar]\nfile = \"days.toml\"\n[account]\nequity_interval = \"session\"\n");
  ASSERT_TRUE(with.ok()) << with.status();
  const auto run = RunJournaled(*with, Path("a.run"), {});
  ASSERT_TRUE(run.ok()) << run.status();
  // 2015-01-01 is a holiday, the 2nd a half day; then the week of the 5th, whose 8th day the bars do not
  // reach.
  auto journal = journal::Journal::Open(Path("a.run"));
  ASSERT_TRUE(journal.ok());
  std::vector<std::string> samples;
  auto cursor = journal->Read(kRunStream);
  ASSERT_TRUE(cursor.ok());
  for (auto batch = (*cursor)->Next(); batch.ok() && !batch->empty(); batch = (*cursor)->Next()) {
    for (const Event& event : *batch) {
      if (event.kind == Kind::kEquity) samples.push_back(FormatTimestamp(event.at()).substr(0, 16));
    }
  }
  ASSERT_GT(samples.size(), 3U);
  EXPECT_EQ(samples[1], "2015-01-02T13:00");
  EXPECT_EQ(samples[2], "2015-01-05T16:30");
  EXPECT_EQ(samples[3], "2015-01-06T16:30");
  EXPECT_GT(run->result.metrics.equity.periods_per_year, 250);
  EXPECT_LT(run->result.metrics.equity.periods_per_year, 262);

  std::filesystem::remove(Path("days.toml"));
  auto stored = OpenRun(Path("a.run"), {});
  ASSERT_TRUE(stored.ok()) << stored.status();
  const auto replayed = Replay(*stored, {});
  ASSERT_TRUE(replayed.ok()) << replayed.status();
  EXPECT_FALSE(replayed->divergence.has_value());

  EXPECT_THAT(std::string(setup("[account]\nequity_interval = \"session\"\n").status().message()),
              HasSubstr("[calendar] is missing"));
  EXPECT_THAT(std::string(setup("[calendar]\nfile = \"days.toml\"\n").status().message()),
              HasSubstr("no such file"));
  EXPECT_THAT(std::string(setup("[calendar]\n").status().message()), HasSubstr("built in: nyse"));
  std::string early = kAnyCalendar;
  early.replace(early.find("2015-12-31"), 10, "2015-01-03");
  Write("early.toml", early);
  EXPECT_THAT(std::string(setup("[calendar]\nfile = \"early.toml\"\n").status().message()),
              HasSubstr("the calendar states holidays from 2014-12-01 until 2015-01-03"));
}

}  // namespace
}  // namespace crucible::runs

// Branches of a run: the parent's records up to a place, then other settings; and nothing else is different.

#include <nlohmann/json.hpp>

#include "tests/cli/cli_fixture.h"

namespace crucible::cli {
namespace {

using nlohmann::json;
using runs::kRunStream;
using runs::OpenRun;
using runs::RunConfig;
using runs::RunSetup;
using runs::RunUnjournaled;
using testing::AllOf;
using testing::HasSubstr;

class ForkTest : public CliFixture {
 protected:
  ForkTest() {
    SmallSession();
    Write("small.toml", kSmallRun);
    EXPECT_EQ(Crucible({"run", "small.toml", "-o", "a.run"}).exit_code, 0);
  }

  std::vector<Event> RecordsOf(const std::string& run) const {
    const auto journal = journal::Journal::Open(Path(run)).value();
    auto cursor = std::move(journal.Read(runs::kRunStream)).value();
    std::vector<Event> all;
    for (auto batch = cursor->Next(); batch.ok() && !batch->empty(); batch = cursor->Next())
      all.insert(all.end(), batch->begin(), batch->end());
    return all;
  }
  std::uint64_t FirstDifference(const std::string& a, const std::string& b) const {
    const ProgramResult diff = Crucible({"--json", "diff", a, b});
    EXPECT_EQ(diff.exit_code, 1) << diff.err;
    return json::parse(diff.out)["seq"].get<std::uint64_t>();
  }
  void Fork(const std::vector<std::string>& arguments) const {
    std::vector<std::string> all = {"fork", "a.run"};
    all.insert(all.end(), arguments.begin(), arguments.end());
    const ProgramResult result = Crucible(all);
    ASSERT_EQ(result.exit_code, 0) << result.err;
  }
  void ExpectRefused(const std::vector<std::string>& arguments,
                     const testing::Matcher<std::string>& message) const {
    const ProgramResult result = Crucible(arguments);
    EXPECT_EQ(result.exit_code, 2) << result.out;
    EXPECT_THAT(result.err, message);
  }
};

TEST_F(ForkTest, AForkThatSetsNothingIsItsParent) {
  const std::vector<Event> parent = RecordsOf("a.run");
  for (const std::size_t at : {std::size_t{2}, std::size_t{3}, std::size_t{700}, parent.size()}) {
    const std::string name = std::to_string(at) + ".run";
    ASSERT_NO_FATAL_FAILURE(Fork({"--at", std::to_string(at), "-o", name}));
    EXPECT_EQ(RecordsOf(name), parent) << at;
  }
}

// Whether it is paused between any two of its records must not matter to a run.
TEST_F(ForkTest, NoPlaceIsSpecial) {
  const auto parent = runs::OpenRun(Path("a.run"), {});
  ASSERT_TRUE(parent.ok()) << parent.status();
  runs::RunConfig config = parent->setup.config();
  for (std::uint64_t at = 2; at <= parent->head.last_seq; ++at)
    config.forks.push_back({static_cast<std::int64_t>(at), "", {}});
  auto setup = runs::RunSetup::Create(std::move(config), {Path("small.session")});
  ASSERT_TRUE(setup.ok()) << setup.status();
  const auto outcome = runs::RunUnjournaled(*setup, {});
  ASSERT_TRUE(outcome.ok()) << outcome.status();
  EXPECT_EQ(outcome->log_hash, parent->head.log_hash);
}

TEST_F(ForkTest, EachKindOfSettingTakesEffectFromThePlaceOn) {
  const std::vector<Event> parent = RecordsOf("a.run");
  const std::string at = std::to_string(parent.size() / 2);
  const std::pair<const char*, const char*> settings[] = {{"gamma", "strategy.parameters.gamma=0.1"},
                                                          {"entry", "venue.latency.entry=3ms"},
                                                          {"feed", "venue.latency.feed=20ms"},
                                                          {"drawn", "venue.latency.reply=exponential:2ms"},
                                                          {"risk", "risk.max_order_quantity=1"}};
  for (const auto& [name, setting] : settings) {
    const std::string fork = std::string(name) + ".run";
    ASSERT_NO_FATAL_FAILURE(Fork({"--at", at, "--set", setting, "-o", fork}));
    EXPECT_GE(FirstDifference("a.run", fork), parent.size() / 2) << name;
    EXPECT_LE(FirstDifference("a.run", fork), parent.size() / 2 + 400) << name;
    const ProgramResult verified = Crucible({"replay", fork, "--verify"});
    EXPECT_EQ(verified.exit_code, 0) << name << verified.out << verified.err;
  }
  // From its beginning on, a fork is the run of the changed configuration.
  ASSERT_NO_FATAL_FAILURE(Fork({"--at", "2", "--set", "venue.latency.entry=3ms", "-o", "early.run"}));
  ASSERT_EQ(Crucible({"run", "small.toml", "--set", "venue.latency.entry=3ms", "-o", "other.run"}).exit_code,
            0);
  std::vector<Event> early = RecordsOf("early.run");
  EXPECT_EQ(early, RecordsOf("other.run"));
}

TEST_F(ForkTest, TheFileNamesParentPlaceAndChange) {
  ASSERT_NO_FATAL_FAILURE(Fork({"--at", "500", "--set", "strategy.parameters.gamma=0.1"}));
  const auto parent = journal::Journal::Open(Path("a.run"));
  const auto fork = journal::Journal::Open(Path("a-fork-500.run"));
  ASSERT_TRUE(fork.ok()) << fork.status();
  EXPECT_THAT(
      fork->manifest().configuration,
      AllOf(HasSubstr("[[fork]]\nat = 500\n"), HasSubstr(ToHex(parent->Head(runs::kRunStream)->log_hash)),
            HasSubstr("'strategy.parameters.gamma' = '0.1'")));
  EXPECT_THAT(Crucible({"diff", "a.run", "a-fork-500.run"}).out,
              HasSubstr("only in a-fork-500.run: at = 500"));
}

TEST_F(ForkTest, AForkCanBeForkedExplainedAndResumed) {
  ASSERT_NO_FATAL_FAILURE(Fork({"--at", "500", "--set", "strategy.parameters.gamma=0.1", "-o", "b.run"}));
  const ProgramResult again =
      Crucible({"fork", "b.run", "--at", "900", "--set", "strategy.parameters.gamma=0.01", "-o", "c.run"});
  ASSERT_EQ(again.exit_code, 0) << again.err;
  EXPECT_GE(FirstDifference("b.run", "c.run"), 900U);
  EXPECT_EQ(Crucible({"replay", "c.run", "--verify"}).exit_code, 0);
  const ProgramResult why = Crucible({"why", "c.run", "60"});
  EXPECT_EQ(why.exit_code, 0) << why.err;
  ExpectRefused({"fork", "b.run", "--at", "400", "-o", "d.run"}, HasSubstr("expected 501 to"));
  const std::vector<Event> whole = RecordsOf("c.run");
  ASSERT_TRUE(journal::Journal::Open(Path("c.run"), {.read_only = false})->SetStatus("running").ok());
  ASSERT_EQ(
      Crucible({"fork", "b.run", "--at", "900", "--set", "strategy.parameters.gamma=0.01", "-o", "c.run"})
          .exit_code,
      0);
  EXPECT_EQ(RecordsOf("c.run"), whole);
}

TEST_F(ForkTest, WhatIsDecidedBeforeARunBeginsIsRefused) {
  ExpectRefused({"fork", "a.run", "--at", "500", "--set", "seed=4"},
                HasSubstr("seed is decided before a run begins; a fork changes strategy parameters"));
  ExpectRefused({"fork", "a.run", "--at", "500", "--set", "fees.per_trade=1"}, HasSubstr("fees.per_trade"));
  ExpectRefused({"fork", "a.run", "--at", "500", "--set", "strategy.parameters.gama=1"}, HasSubstr("gamma"));
  ExpectRefused({"fork", "a.run", "--at", "1"}, HasSubstr("expected 2 to"));
  ExpectRefused({"fork", "a.run", "--at", "99999999"}, HasSubstr("expected 2 to"));
  ExpectRefused({"fork", "small.session", "--at", "5"}, HasSubstr("expected a run"));
  EXPECT_FALSE(std::filesystem::exists(Path("a-fork-500.run")));
}

}  // namespace
}  // namespace crucible::cli

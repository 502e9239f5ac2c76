// The edges of the room: parameters, plugins from outside, and the story of an order.

#include <elf.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstddef>
#include <cstring>
#include <fstream>
#include <iterator>
#include <memory>

#include "framework/base/random.h"
#include "framework/engine/parameters.h"
#include "framework/engine/plugin_loader.h"
#include "framework/engine/why.h"
#include "tests/engine/engine_fixture.h"
#include "tests/engine/strategies.h"

namespace crucible::engine {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

// ---- parameters ----

class ParametersTest : public testing::Test {
 protected:
  void Declare(std::uint32_t type, const char* name, const char* value, const char* minimum = "",
               const char* maximum = "") {
    declared_.push_back(std::make_unique<crucible_parameter_v1>(crucible_parameter_v1{
        sizeof(crucible_parameter_v1), type, name, value, minimum, maximum, "what it does"}));
    pointers_.push_back(declared_.back().get());
    strategy_.size = sizeof strategy_;
    strategy_.name = "follow";
    strategy_.parameter_count = static_cast<std::uint32_t>(pointers_.size());
    strategy_.parameters = pointers_.data();
  }
  // "name=text integer number", or the error.
  std::vector<std::string> Resolved(const std::map<std::string, std::string>& given) const {
    const auto values = ResolveParameters(strategy_, given);
    if (!values.ok()) {
      EXPECT_EQ(values.status().code(), absl::StatusCode::kInvalidArgument);
      return {std::string(values.status().message())};
    }
    std::vector<std::string> texts;
    for (const ParameterValue& value : *values) {
      texts.push_back(absl::StrFormat("%s=%s %d %g", value.name, value.text, value.integer, value.number));
    }
    return texts;
  }

 private:
  std::vector<std::unique_ptr<crucible_parameter_v1>> declared_;
  std::vector<const crucible_parameter_v1*> pointers_;
  crucible_strategy_v1 strategy_{};
};

TEST_F(ParametersTest, EveryTypeIsReadAndDefaultsFillTheRest) {
  Declare(CRUCIBLE_PARAMETER_INT, "lots", "3");
  Declare(CRUCIBLE_PARAMETER_DOUBLE, "share", "0.5");
  Declare(CRUCIBLE_PARAMETER_TEXT, "label", "none");
  Declare(CRUCIBLE_PARAMETER_BOOL, "loud", "false");
  Declare(CRUCIBLE_PARAMETER_DURATION, "hold", "5s");
  EXPECT_THAT(Resolved({}), ElementsAre("lots=3 3 3", "share=0.5 0 0.5", "label=none 0 0", "loud=false 0 0",
                                        "hold=5s 5000000000 5e+09"));
  EXPECT_THAT(
      Resolved({{"hold", "250ms"}, {"lots", "-7"}, {"loud", "true"}, {"share", "1e-3"}, {"label", ""}}),
      ElementsAre("lots=-7 -7 -7", "share=1e-3 0 0.001", "label= 0 0", "loud=true 1 0",
                  "hold=250ms 250000000 2.5e+08"));
}

TEST_F(ParametersTest, RefusalNamesKeyValueAndWhatWouldBeValid) {
  Declare(CRUCIBLE_PARAMETER_INT, "lots", "3", "1", "10");
  EXPECT_THAT(Resolved({{"lots", "many"}}),
              ElementsAre("strategy follow: parameter lots is \"many\", expected a whole "
                          "number from 1 to 10 (what it does)"));
  EXPECT_THAT(Resolved({{"lots", "0"}}), ElementsAre(HasSubstr("parameter lots is \"0\"")));
  EXPECT_THAT(Resolved({{"lots", "11"}}), ElementsAre(HasSubstr("parameter lots is \"11\"")));
  EXPECT_THAT(Resolved({{"lots", "1.5"}}), ElementsAre(HasSubstr("expected a whole number")));
  EXPECT_THAT(Resolved({{"lots", ""}}), ElementsAre(HasSubstr("expected a whole number")));
  EXPECT_THAT(Resolved({{"lots", "1"}}), ElementsAre("lots=1 1 1"));
  EXPECT_THAT(Resolved({{"lots", "10"}}), ElementsAre("lots=10 10 10"));
}

TEST_F(ParametersTest, OneSidedAndAbsentBoundsAreSpelledOut) {
  Declare(CRUCIBLE_PARAMETER_DOUBLE, "share", "0.5", "0.1", "");
  EXPECT_THAT(Resolved({{"share", "0"}}), ElementsAre(HasSubstr("expected a number of at least 0.1")));
}

TEST_F(ParametersTest, UpperBoundAlone) {
  Declare(CRUCIBLE_PARAMETER_DURATION, "hold", "1s", "", "1m");
  EXPECT_THAT(Resolved({{"hold", "2m"}}),
              ElementsAre(HasSubstr("expected a duration such as 250ms of at most 1m")));
  EXPECT_THAT(Resolved({{"hold", "12"}}), ElementsAre(HasSubstr("a duration")));
}

TEST_F(ParametersTest, ChoiceIsTrueOrFalse) {
  Declare(CRUCIBLE_PARAMETER_BOOL, "loud", "true");
  EXPECT_THAT(Resolved({{"loud", "yes"}}), ElementsAre(HasSubstr("expected true or false")));
}

TEST_F(ParametersTest, NumberThatIsNoneIsRefused) {
  Declare(CRUCIBLE_PARAMETER_DOUBLE, "share", "0.5", "0", "1");
  EXPECT_THAT(Resolved({{"share", "nan"}}), ElementsAre(HasSubstr("parameter share is \"nan\"")));
  EXPECT_THAT(Resolved({{"share", "inf"}}), ElementsAre(HasSubstr("parameter share is \"inf\"")));
}

TEST_F(ParametersTest, UnboundedNumberMustStillBeFinite) {
  Declare(CRUCIBLE_PARAMETER_DOUBLE, "share", "0.5");
  EXPECT_THAT(Resolved({{"share", "nan"}}),
              ElementsAre(HasSubstr("parameter share is \"nan\", expected a number")));
  EXPECT_THAT(Resolved({{"share", "-inf"}}), ElementsAre(HasSubstr("parameter share is \"-inf\"")));
}

TEST_F(ParametersTest, LargeWholeNumbersAreHeldAgainstBoundsExactly) {
  Declare(CRUCIBLE_PARAMETER_INT, "lots", "1", "", "9007199254740992");
  EXPECT_THAT(Resolved({{"lots", "9007199254740993"}}),
              ElementsAre(HasSubstr("of at most 9007199254740992")));
}

TEST_F(ParametersTest, UnknownKeyNamesTheNearestDeclaredOne) {
  Declare(CRUCIBLE_PARAMETER_INT, "half_life", "1");
  Declare(CRUCIBLE_PARAMETER_INT, "quantity", "1");
  EXPECT_THAT(Resolved({{"halflife", "3"}}),
              ElementsAre("strategy follow has no parameter \"halflife\"; did you mean \"half_life\"?"));
  EXPECT_THAT(Resolved({{"zzzzzz", "3"}}), ElementsAre("strategy follow has no parameter \"zzzzzz\""));
}

TEST(NearestTest, FewestEditsWinAndFarWordsAreNoGuess) {
  EXPECT_EQ(Nearest("spred", {"size", "spread", "period"}), "spread");
  EXPECT_EQ(Nearest("a", {"bcdef"}), "");
  EXPECT_EQ(Nearest("", {}), "");
}

// ---- plugins ----

class PluginTest : public testing::Test {
 protected:
  PluginTest() : info_(*TestPlugin()), strategy_(*TestStrategy("sleeper")) {
    info_.strategy_count = 1;
    info_.strategies = &list_;
  }
  std::string Refusal() const {
    const auto plugin = Plugin::FromInfo(&info_, "test.so");
    EXPECT_FALSE(plugin.ok());
    EXPECT_EQ(plugin.status().code(), absl::StatusCode::kFailedPrecondition);
    return std::string(plugin.status().message());
  }
  crucible_plugin_info_v1 info_;
  crucible_strategy_v1 strategy_;
  const crucible_strategy_v1* list_ = &strategy_;
};

TEST_F(PluginTest, StrategiesAreFoundByName) {
  const auto plugin = Plugin::FromInfo(TestPlugin(), "test.so");
  ASSERT_TRUE(plugin.ok());
  EXPECT_THAT(plugin->StrategyNames(), Contains("quoter"));
  EXPECT_EQ(plugin->Find("quoter"), TestStrategy("quoter"));
  EXPECT_EQ(plugin->Find("quoterr"), nullptr);
  EXPECT_EQ(plugin->Find(""), nullptr) << "there are several";
  EXPECT_THAT(plugin->warnings(), IsEmpty());
  EXPECT_EQ(Plugin::FromInfo(&info_, "one.so")->Find(""), &strategy_);
}

TEST_F(PluginTest, OtherMajorVersionIsRefused) {
  info_.abi_major = CRUCIBLE_ABI_MAJOR + 1;
  EXPECT_EQ(Refusal(), "plugin test.so: speaks plugin interface 2.6, this build speaks 1.6; rebuild it");
}

TEST_F(PluginTest, NewerMinorVersionIsRefused) {
  info_.abi_minor = CRUCIBLE_ABI_MINOR + 1;
  EXPECT_EQ(Refusal(), "plugin test.so: needs plugin interface 1.7, this build has 1.6; update Crucible");
}

TEST_F(PluginTest, IncompleteDescriptionsAreRefused) {
  info_.size = sizeof info_ - 1;
  EXPECT_EQ(Refusal(), "plugin test.so: its description is too short");
  info_.size = sizeof info_;
  strategy_.size = offsetof(crucible_strategy_v1, hash) - 1;
  EXPECT_EQ(Refusal(), "plugin test.so: the description of strategy 1 is incomplete");
  strategy_.size = sizeof strategy_;
  strategy_.create = nullptr;
  EXPECT_THAT(Refusal(), HasSubstr("incomplete"));
  strategy_.create = TestStrategy("sleeper")->create;
  strategy_.destroy = nullptr;
  EXPECT_THAT(Refusal(), HasSubstr("incomplete"));
  strategy_.destroy = TestStrategy("sleeper")->destroy;
  strategy_.name = nullptr;
  EXPECT_THAT(Refusal(), HasSubstr("incomplete"));
  list_ = nullptr;
  EXPECT_THAT(Refusal(), HasSubstr("incomplete"));
  info_.strategy_count = 0;
  EXPECT_EQ(Refusal(), "plugin test.so: it has no strategy");
  EXPECT_FALSE(Plugin::FromInfo(nullptr, "test.so").ok());
}

TEST_F(PluginTest, OlderDescriptionWithoutLaterFieldsRuns) {
  // Its struct ends before hash, and what follows in memory is not ours to read.
  constexpr std::size_t kOldSize = offsetof(crucible_strategy_v1, hash);
  struct Old {
    alignas(crucible_strategy_v1) std::byte description[kOldSize];
    std::byte beyond[sizeof(crucible_strategy_v1) - kOldSize];
  } old;
  std::memset(&old, 0xFF, sizeof old);
  strategy_.size = kOldSize;
  std::memcpy(old.description, &strategy_, kOldSize);
  list_ = reinterpret_cast<const crucible_strategy_v1*>(old.description);
  ASSERT_TRUE(Plugin::FromInfo(&info_, "old.so").ok());
  ScriptedVenue venue;
  Tape tape;
  tape.Touch(20, 20, 99, 101).Touch(30, 30, 98, 101);
  TestRun run;
  run.config.strategies.push_back({list_, {}});
  run.Session(tape).At(venue).Go();
  EXPECT_TRUE(run.status.ok());
  EXPECT_EQ(run.result.strategy_error, "");
  EXPECT_EQ(run.result.market_records, 6U);
}

TEST_F(PluginTest, OlderStructsOfAStrategyAreFilledAsFarAsTheyGo) {
  ScriptedVenue venue;
  Probe probe;
  probe.on_start = [&] {
    crucible_account_v1 account;
    std::memset(&account, 0x7F, sizeof account);
    account.size = offsetof(crucible_account_v1, fees);
    EXPECT_EQ(probe.host->account(probe.engine, &account), CRUCIBLE_OK);
    EXPECT_EQ(account.size, offsetof(crucible_account_v1, fees));
    EXPECT_EQ(account.cash, 1'000'000'000'000);
    EXPECT_EQ(account.fees, 0x7F7F7F7F7F7F7F7F) << "beyond what the caller knows";
    account.size = 3;
    EXPECT_EQ(probe.host->account(probe.engine, &account), CRUCIBLE_INVALID);
    crucible_position_v1 position{};
    position.size = sizeof position + 8;  // of a newer plugin
    EXPECT_EQ(probe.host->position(probe.engine, 0, &position), CRUCIBLE_OK);
    EXPECT_EQ(position.size, sizeof position);
    EXPECT_EQ(probe.host->position(probe.engine, 1, &position), CRUCIBLE_NOT_FOUND);
    crucible_level_v1 level{1, 1, 1};
    EXPECT_EQ(probe.host->level(probe.engine, 0, 3, 0, &level), CRUCIBLE_NOT_FOUND);
    EXPECT_EQ(probe.host->level(probe.engine, 1, CRUCIBLE_BUY, 0, &level), CRUCIBLE_NOT_FOUND);
    EXPECT_EQ(level.quantity, 0);
    EXPECT_EQ(probe.host->quantity_at(probe.engine, 0, 0, 99), 0);
    std::int64_t value = 0;
    EXPECT_EQ(probe.host->parameter_int(probe.engine, 0, &value), CRUCIBLE_NOT_FOUND);
    return true;
  };
  Tape tape;
  TestRun run;
  run.Session(tape).At(venue).With(probe).Go();
  EXPECT_TRUE(run.status.ok());
}

TEST(PluginLoadTest, PluginFileIsLoadedAndWhatLeavesThePromiseIsNamed) {
  const auto plugin = Plugin::Load(CRUCIBLE_TEST_PLUGIN);
  ASSERT_TRUE(plugin.ok()) << plugin.status();
  EXPECT_THAT(plugin->StrategyNames(), ElementsAre("outside_the_promise"));
  EXPECT_NE(plugin->content_hash(), 0U);
  EXPECT_EQ(plugin->path(), CRUCIBLE_TEST_PLUGIN);
  EXPECT_THAT(plugin->warnings(),
              ElementsAre("imports tgamma: libm results change with the CPU; use the functions of Context",
                          "imports clock_gettime: reads a clock; use Context::Now()",
                          "imports rand: draws unseeded randomness; use Context::Random()"));
}

TEST(PluginLoadTest, PluginOfAnOlderMinorVersionFromAnotherCompilerRuns) {
  const auto plugin = Plugin::Load(CRUCIBLE_OLDER_PLUGIN);
  ASSERT_TRUE(plugin.ok()) << plugin.status();
  ScriptedVenue venue;
  Tape tape;
  tape.Touch(20, 20, 99, 101);
  tape.Record(25, 25, Kind::kTradingStatus, Side::kNone, StatusBody{2, 0, {}});  // newer than the plugin
  for (std::int64_t at = 30; at < 80; at += 10) tape.Touch(at, at, 100 + at, 200 + at);
  TestRun run;
  run.config.strategies.push_back({plugin->Find("of_1_0"), {}});
  run.Session(tape).At(venue).Go();
  ASSERT_TRUE(run.status.ok()) << run.status;
  EXPECT_EQ(run.result.strategy_error, "");
  EXPECT_EQ(run.Of(Kind::kIntent).size(), 3U);
  EXPECT_EQ(run.Of(Kind::kAccepted).size(), 3U);
}

TEST(PluginLoadTest, FilesThatAreNoPluginsAreRefusedByName) {
  EXPECT_EQ(Plugin::Load("/nowhere/x.so").status().code(), absl::StatusCode::kNotFound);
  const auto text = Plugin::Load(CRUCIBLE_SOURCE_DIR "/README.md");
  EXPECT_EQ(text.status().code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_THAT(std::string(text.status().message()), HasSubstr("README.md"));
  const auto other = Plugin::Load(CRUCIBLE_TEST_LIBRARY);
  EXPECT_EQ(other.status().code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_THAT(std::string(other.status().message()), HasSubstr("exports no crucible_plugin_v1()"));
}

TEST(DeterminismWarningsTest, BuildFlagsAndEachBanAreSaidOnce) {
  EXPECT_THAT(DeterminismWarnings({}, 0), IsEmpty());
  EXPECT_THAT(DeterminismWarnings({"malloc", "sqrt", "strlen"}, 0), IsEmpty());
  EXPECT_THAT(DeterminismWarnings({}, CRUCIBLE_BUILD_FAST_MATH), ElementsAre(HasSubstr("-ffast-math")));
  EXPECT_THAT(DeterminismWarnings({}, CRUCIBLE_BUILD_FMA), ElementsAre(HasSubstr("fused multiply-add")));
  EXPECT_THAT(DeterminismWarnings({"cos", "exp", "pthread_create", "time"}, 0),
              ElementsAre("imports exp, cos: libm results change with the CPU; use the functions of Context",
                          "imports time: reads a clock; use Context::Now()",
                          "imports pthread_create: starts a thread"));
}

template <class T>
T At(const std::string& image, std::uint64_t offset) {
  T value;
  std::memcpy(&value, image.data() + offset, sizeof value);
  return value;
}

std::string ReadFile(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

TEST(UndefinedSymbolsTest, ReadsWhatALibraryImports) {
  const std::vector<std::string> symbols = UndefinedSymbols(ReadFile(CRUCIBLE_TEST_PLUGIN));
  EXPECT_THAT(symbols, Contains("tgamma"));
  EXPECT_THAT(symbols, Contains("clock_gettime"));
  EXPECT_THAT(symbols, Not(Contains("crucible_plugin_v1"))) << "it is defined there";
  EXPECT_TRUE(std::ranges::is_sorted(symbols));
}

TEST(UndefinedSymbolsTest, WhatIsNoElfImageHasNone) {
  EXPECT_THAT(UndefinedSymbols(""), IsEmpty());
  EXPECT_THAT(UndefinedSymbols("\x7f"
                               "ELF"),
              IsEmpty());
  EXPECT_THAT(UndefinedSymbols(std::string(4'096, 'x')), IsEmpty());
}

TEST(UndefinedSymbolsTest, TruncatedImagesAreReadWithinTheirBounds) {
  const std::string image = ReadFile(CRUCIBLE_TEST_PLUGIN);
  ASSERT_GT(image.size(), 1'000U);
  const std::uint64_t section_table = At<Elf64_Ehdr>(image, 0).e_shoff;
  const std::vector<std::string> all = UndefinedSymbols(image);
  for (std::size_t size = 0; size < image.size();
       size += size < 200 || size > section_table ? 1 : image.size() / 97) {
    const std::vector<std::string> symbols = UndefinedSymbols(std::string(image.data(), size));
    ASSERT_TRUE(symbols.empty() || size > section_table) << size;
    ASSERT_TRUE(std::ranges::includes(all, symbols)) << size;
  }
}

TEST(UndefinedSymbolsTest, DamagedImagesAreReadWithinTheirBounds) {
  const std::string image = ReadFile(CRUCIBLE_TEST_PLUGIN);
  std::size_t with_symbols = 0;
  for (std::uint64_t seed = 1; seed <= 400; ++seed) {
    SCOPED_TRACE(seed);
    RandomStream random(seed, "elf");
    std::string damaged = image;
    // The header, the section table, or anywhere.
    const std::size_t table = damaged.size() - std::min<std::size_t>(damaged.size(), 2'200);
    for (std::uint64_t left = 1 + random.UniformBelow(6); left > 0; --left) {
      const std::size_t at = random.UniformBelow(3) == 0 ? 4 + random.UniformBelow(60)
                             : random.UniformBelow(2) == 0
                                 ? table + random.UniformBelow(damaged.size() - table)
                                 : random.UniformBelow(damaged.size());
      static constexpr char kValues[] = {'\x00', '\x7f', '\xff', '\x80', '\x01', '\x0b'};
      damaged[at] = kValues[random.UniformBelow(std::size(kValues))];
    }
    const std::vector<std::string> symbols = UndefinedSymbols(damaged);
    EXPECT_TRUE(std::ranges::is_sorted(symbols));
    with_symbols += symbols.empty() ? 0U : 1U;
  }
  EXPECT_GT(with_symbols, 50U);
}

TEST(UndefinedSymbolsTest, NamesThatNeverEndAreCutOff) {
  std::string image = ReadFile(CRUCIBLE_TEST_PLUGIN);
  const auto header = At<Elf64_Ehdr>(image, 0);
  for (std::uint32_t s = 0; s < header.e_shnum; ++s) {
    const std::uint64_t at = header.e_shoff + s * sizeof(Elf64_Shdr);
    auto section = At<Elf64_Shdr>(image, at);
    if (section.sh_type != SHT_STRTAB) continue;
    section.sh_offset = image.size();  // of the names appended below
    std::memcpy(image.data() + at, &section, sizeof section);
  }
  image.append(200'000, 'n');
  const std::vector<std::string> symbols = UndefinedSymbols(image);
  ASSERT_EQ(symbols.size(), 1U);
  EXPECT_EQ(symbols[0], std::string(4'096, 'n'));
}

// ---- the story of an order ----

TEST(OrderStoryTest, CollectsEverythingAboutOneOrderAndNothingElse) {
  ScriptedVenue venue;
  venue.on_command = [&](const trading::Command& command, Nanos at, Outbox& outbox) {
    if (command.type == trading::CommandType::kAmend)
      return venue.Reply(Kind::kAmended, command, at, 4, outbox);
    if (command.type == trading::CommandType::kCancel)
      return venue.Reply(Kind::kCanceled, command, at, 1, outbox);
    venue.Reply(Kind::kAccepted, command, at, 3, outbox);
    venue.Fill(command.order_id, command.terms.side, 99, 1, at, {1, 3}, outbox);
  };
  Probe probe;
  std::uint64_t feature = 0;
  probe.create = [&] { return probe.host->feature(probe.engine, "imbalance", &feature) == CRUCIBLE_OK; };
  probe.on_book = [&](const crucible_book_event_v1& event) {
    if (event.time == 20) {
      probe.Limit(CRUCIBLE_BUY, 98, 5);
      probe.host->observe(probe.engine, feature, 0.5);
      probe.Limit(CRUCIBLE_BUY, 99, 5);
      probe.Limit(CRUCIBLE_BUY, 99, 50);
    }
    if (event.time == 30) probe.host->amend(probe.engine, 2, 97, 4);
    if (event.time == 40) probe.host->cancel(probe.engine, 2);
    if (event.time == 50) probe.Limit(CRUCIBLE_BUY, 99, 5);
    return true;
  };
  Tape tape;
  for (const std::int64_t at : {20, 30, 40, 50, 60}) tape.Touch(at, at, 99, 100 + at);
  TestRun run;
  run.config.desk.risk.defaults.max_order_quantity = {10};
  run.Session(tape).At(venue).With(probe).Go();

  MemoryReader reader(run.sink.records, 3);
  const auto collected = CollectOrder(reader, {2});
  ASSERT_TRUE(collected.ok()) << collected.status();
  const OrderStory& story = collected->story;
  EXPECT_EQ(As<IntentBody>(*story.intent).price, Price{99});
  EXPECT_EQ(As<IntentTermsBody>(*story.terms).strategy, 1);
  EXPECT_EQ(story.terms->seq, story.intent->seq + 1);
  EXPECT_EQ(story.features.size(), 1U);
  EXPECT_FALSE(story.denial);
  std::vector<Kind> later;
  for (const Event& event : story.later) later.push_back(event.kind);
  EXPECT_THAT(later, ElementsAre(Kind::kAccepted, Kind::kFill, Kind::kFillDetail, Kind::kAmendIntent,
                                 Kind::kAmended, Kind::kCancelIntent, Kind::kCanceled));

  MemoryReader again(run.sink.records, 100);
  const auto denied = CollectOrder(again, {3});
  ASSERT_TRUE(denied.ok());
  EXPECT_TRUE(denied->story.denial);
  EXPECT_THAT(denied->story.later, IsEmpty());
  EXPECT_THAT(denied->story.features, IsEmpty());

  MemoryReader third(run.sink.records, 100);
  const auto none = CollectOrder(third, {9});
  EXPECT_EQ(none.status().code(), absl::StatusCode::kNotFound);
  EXPECT_EQ(none.status().message(), "the run has no order 9; it has 1 to 4");
}

TEST(OrderStoryTest, OrderOfMarketRecordsIsNobodys) {
  Tape tape;
  tape.Record(1, 1, Kind::kOrderAdd, Side::kBid, L3Body{{99}, {10}, {5}, 0});
  EXPECT_EQ(OrderOf(tape.records()[0]), OrderId{});
  Event event;
  event.kind = static_cast<Kind>(200);
  EXPECT_EQ(OrderOf(event), OrderId{});
}

}  // namespace
}  // namespace crucible::engine

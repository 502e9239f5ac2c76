// Sessions meet by (venue, symbol), and a run knows no definition before its time.

#include "framework/runs/instrument_map.h"

#include "framework/decode/record_writer.h"
#include "framework/event/hash_sink.h"
#include "framework/runs/run_setup.h"
#include "tests/runs/run_fixture.h"

namespace crucible::runs {
namespace {

using testing::AllOf;
using testing::HasSubstr;

constexpr std::int64_t kSecond = 1'000'000'000;

Instrument Future(const std::string& symbol, std::int64_t tick, std::int64_t lot = 1) {
  return {.venue = "exchange",
          .symbol = symbol,
          .currency = "USD",
          .settle_currency = "USD",
          .price_decimals = 2,
          .tick_size = {tick},
          .lot_size = {lot}};
}

// A session of depth, written in a few words; times in seconds.
class SessionScript {
 public:
  explicit SessionScript(RecordSink& sink) : writer_(sink) {}
  SessionScript& Define(std::int64_t at, const Instrument& instrument) {
    status_.Update(writer_.Define(instrument, {at * kSecond}).status());
    return *this;
  }
  SessionScript& Redefine(std::int64_t at, std::uint32_t id, const Instrument& instrument) {
    status_.Update(writer_.Redefine({id}, instrument, {at * kSecond}));
    return *this;
  }
  SessionScript& Touch(std::int64_t at, std::uint32_t id, std::int64_t bid, std::int64_t ask) {
    writer_.BeginGroup({at * kSecond}, {at * kSecond}, {id});
    writer_.Add(Kind::kBookClear, Side::kNone, 0, std::array<std::int64_t, 4>{});
    writer_.Add(Kind::kLevel, Side::kBid, 0, LevelBody{{bid}, {10}, 0, 0});
    writer_.Add(Kind::kLevel, Side::kAsk, 0, LevelBody{{ask}, {10}, 0, 0});
    status_.Update(writer_.EndGroup());
    return *this;
  }
  absl::Status Finish() {
    status_.Update(writer_.Flush());
    return status_;
  }

 private:
  decode::RecordWriter writer_;
  absl::Status status_;
};

class InstrumentMapTest : public RunFixture {
 protected:
  void Make(const std::string& name, const std::function<void(SessionScript&)>& write) {
    const absl::Status status = WriteSession(Path(name), "name = " + name + "\n",
                                             {decode::Completeness::kL2, {}}, [&](RecordSink& sink) {
                                               SessionScript script(sink);
                                               write(script);
                                               return script.Finish();
                                             });
    ASSERT_TRUE(status.ok()) << status;
    paths_.push_back(Path(name));
  }
  absl::StatusOr<RunSetup> Setup(const std::string& more = "") {
    CRUCIBLE_ASSIGN_OR_RETURN(RunConfig config,
                              ReadRunConfig(Write("run.toml", std::string(kConfig) + more)));
    return RunSetup::Create(std::move(config), paths_);
  }
  static std::vector<std::uint32_t> Ids(const RunSetup& setup, std::size_t session) {
    std::vector<std::uint32_t> ids;
    for (const InstrumentId id : setup.ids_of(session)) ids.push_back(id.value);
    return ids;
  }

  static constexpr const char* kConfig = R"(seed = 1
[[session]]
path = "unused"
[[strategy]]
plugin = "avellaneda_stoikov"
)";
  std::vector<std::string> paths_;
};

TEST_F(InstrumentMapTest, OneInstrumentWithThreeLocalIdsIsOneInstrument) {
  Make("monday", [](SessionScript& s) {
    s.Define(100, Future("A", 5))
        .Define(100, Future("B", 5))
        .Touch(101, 0, 1000, 1010)
        .Touch(102, 1, 2000, 2010);
  });
  Make("tuesday", [](SessionScript& s) {
    s.Define(200, Future("B", 5))
        .Define(200, Future("A", 5))
        .Touch(201, 1, 1005, 1015)
        .Touch(202, 0, 2005, 2015);
  });
  Make("wednesday", [](SessionScript& s) {
    s.Define(300, Future("C", 5))
        .Define(300, Future("0", 5))
        .Define(300, Future("A", 5))
        .Touch(301, 2, 1020, 1030);
  });
  auto setup = Setup();
  ASSERT_TRUE(setup.ok()) << setup.status();
  std::vector<std::string> names;
  for (const Instrument& instrument : setup->instruments()) names.push_back(instrument.symbol);
  EXPECT_EQ(names, (std::vector<std::string>{"0", "A", "B", "C"}));
  EXPECT_EQ(Ids(*setup, 0), (std::vector<std::uint32_t>{1, 2}));
  EXPECT_EQ(Ids(*setup, 1), (std::vector<std::uint32_t>{2, 1}));
  EXPECT_EQ(Ids(*setup, 2), (std::vector<std::uint32_t>{3, 0, 1}));
  HashSink sink;
  auto engine = setup->MakeEngine(sink);
  ASSERT_TRUE(engine.ok()) << engine.status();
  ASSERT_TRUE((*engine)->Run().ok());
  // A's book is what the third session said last of its id 2, B's what the second said of its id 0.
  EXPECT_EQ((*engine)->desk().book({1}).touch().bid_price, Price{1020});
  EXPECT_EQ((*engine)->desk().book({2}).touch().bid_price, Price{2005});
}

TEST_F(InstrumentMapTest, TheOrderOfTheSessionsDoesNotMatter) {
  Make("a", [](SessionScript& s) { s.Define(100, Future("A", 5)).Touch(101, 0, 1000, 1010); });
  Make("b", [](SessionScript& s) {
    s.Define(200, Future("B", 5)).Define(200, Future("A", 5)).Touch(201, 1, 1005, 1015);
  });
  const auto hash = [&] {
    auto setup = Setup();
    HashSink sink;
    auto engine = setup->MakeEngine(sink);
    EXPECT_TRUE((*engine)->Run().ok());
    return sink.log_hash();
  };
  const Hash128 first = hash();
  std::swap(paths_[0], paths_[1]);
  EXPECT_EQ(hash(), first);
}

TEST_F(InstrumentMapTest, ARunBeginsWithTheFirstDefinitionAndComesToTheOthers) {
  Make("a", [](SessionScript& s) {
    s.Define(100, Future("A", 1))
        .Touch(101, 0, 1000, 1010)
        .Redefine(150, 0, Future("A", 5, 2))
        .Touch(160, 0, 1000, 1010);
  });
  auto setup = Setup();
  ASSERT_TRUE(setup.ok()) << setup.status();
  EXPECT_EQ(setup->instruments().front(), Future("A", 1));
  ASSERT_EQ(setup->map().changes().size(), 1U);
  EXPECT_EQ(setup->map().changes()[0].definition.time, Nanos{150 * kSecond});
  EXPECT_EQ(setup->map().At({0}, {150 * kSecond - 1}).instrument->tick_size, PriceDelta{1});
  EXPECT_EQ(setup->map().At({0}, {150 * kSecond}).instrument->tick_size, PriceDelta{5});
  EXPECT_EQ(OpenSession(Path("a"))->journal->instruments().front(),
            Future("A", 5, 2));  // SQL shows the latest
  HashSink sink;
  auto engine = setup->MakeEngine(sink);
  ASSERT_TRUE(engine.ok()) << engine.status();
  ASSERT_TRUE((*engine)->Run().ok());
  EXPECT_EQ((*engine)->desk().instrument({0}), Future("A", 5, 2));
}

TEST_F(InstrumentMapTest, ALaterSessionMayDefineAnotherTick) {
  Make("monday", [](SessionScript& s) { s.Define(100, Future("A", 1)).Touch(101, 0, 1000, 1010); });
  Make("tuesday", [](SessionScript& s) { s.Define(200, Future("A", 5)).Touch(201, 0, 1000, 1010); });
  auto setup = Setup();
  ASSERT_TRUE(setup.ok()) << setup.status();
  EXPECT_EQ(setup->instruments().front(), Future("A", 1));
  ASSERT_EQ(setup->map().changes().size(), 1U);
  EXPECT_EQ(setup->map().changes()[0].session, 1U);
}

TEST_F(InstrumentMapTest, SessionsThatOverlapMustAgree) {
  Make("depth", [](SessionScript& s) { s.Define(100, Future("A", 1)).Touch(300, 0, 1000, 1010); });
  Make("trades", [](SessionScript& s) { s.Define(200, Future("A", 5)).Touch(201, 0, 1000, 1010); });
  const auto setup = Setup();
  EXPECT_EQ(setup.status().code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_THAT(std::string(setup.status().message()),
              AllOf(HasSubstr("exchange:A is defined differently in"), HasSubstr("tick 0.01, lot 1"),
                    HasSubstr("tick 0.05, lot 1"), HasSubstr("overlap in time")));
}

TEST_F(InstrumentMapTest, ADefinitionThatMakesAnotherContractIsRefused) {
  Make("a", [](SessionScript& s) {
    Instrument other = Future("A", 1);
    other.multiplier = 50;
    s.Define(100, Future("A", 1)).Touch(101, 0, 1000, 1010).Redefine(150, 0, other);
  });
  const auto setup = Setup();
  EXPECT_EQ(setup.status().code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_THAT(
      std::string(setup.status().message()),
      AllOf(HasSubstr("record 6 of"), HasSubstr("multiplier 50; before: "), HasSubstr("multiplier 1")));
}

TEST_F(InstrumentMapTest, AMarketThatAnswersTakesOneDefinition) {
  Make("a", [](SessionScript& s) {
    s.Define(100, Future("A", 1))
        .Touch(101, 0, 1000, 1010)
        .Redefine(150, 0, Future("A", 5))
        .Touch(160, 0, 1000, 1010);
  });
  const auto setup = Setup("[venue]\nfill_model = \"responsive\"\n");
  EXPECT_EQ(setup.status().code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_THAT(std::string(setup.status().message()), HasSubstr("exchange:A changes to tick 0.05, lot 1 at"));
}

// ---- contracts that follow each other ----

TEST_F(InstrumentMapTest, ARollNamesItsContractsAndRefusesWhatDoesNotFollow) {
  Make("old.session", [](SessionScript& script) { script.Define(1, Future("ESH4", 25)).Touch(2, 0, 475, 500); });
  Make("new.session", [](SessionScript& script) { script.Define(1, Future("ESM4", 25)).Touch(3, 0, 485, 510); });
  Instrument other = Future("NQM4", 25);
  other.multiplier = 20;
  Make("other.session", [&other](SessionScript& script) { script.Define(1, other).Touch(3, 0, 485, 510); });
  const auto refusal = [this](const std::string& roll) {
    return std::string(Setup("[[roll]]\n" + roll + "\n").status().message());
  };
  EXPECT_EQ(refusal("contracts = \"ESH4 ESM4\""), "");
  EXPECT_EQ(refusal("contracts = \"ESH4 exchange:ESM4\"\nat = \"2024-03-11T13:30:00Z\""), "");
  EXPECT_THAT(refusal("contracts = \"ESH4 ESZ4\""), AllOf(HasSubstr("\"ESZ4\""), HasSubstr("exchange:ESM4")));
  EXPECT_THAT(refusal("contracts = \"ESH4 NQM4\""), HasSubstr("exchange:NQM4 does not follow exchange:ESH4"));
  EXPECT_THAT(refusal("contracts = \"ESH4 ESH4\""), HasSubstr("twice"));
  EXPECT_THAT(refusal("contracts = \"ESH4\""), HasSubstr("contracts is missing or too short"));
  EXPECT_THAT(refusal("contracts = \"ESH4 ESM4\"\nrule = \"date\""), HasSubstr("at is missing"));
  EXPECT_THAT(refusal("contracts = \"ESH4 ESM4\"\nrule = \"open interest\""), HasSubstr("volume"));
  EXPECT_THAT(refusal("contracts = \"ESH4 ESM4\"\nat = \"2024-03-11T13:30:00Z 2024-06-11T13:30:00Z\""),
              HasSubstr("2 moments, expected 1"));
}

}  // namespace
}  // namespace crucible::runs

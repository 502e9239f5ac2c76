// A causal graph in a stream, as a page shows it: every record, and nothing that a damaged or strange file
// says.

#include "framework/report/causal_graph.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <stdlib.h>

#include <bit>
#include <filesystem>
#include <limits>
#include <memory>

#include "framework/engine/recorder.h"
#include "framework/report/run_facts.h"

namespace crucible::report {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

Event Of(Kind kind, std::uint64_t place, std::int64_t time) {
  Event event;
  event.kind = kind;
  event.time = time;
  event.origin = CauseRef{1, place}.bits();
  event.flags = flag::kGroupEnd;
  return event;
}

class CausalGraphTest : public testing::Test {
 protected:
  CausalGraphTest() {
    std::string pattern = (std::filesystem::temp_directory_path() / "crucible-test-XXXXXX").string();
    directory_ = mkdtemp(pattern.data());
    journal_ = std::make_unique<journal::Journal>(
        *journal::Journal::Create(directory_ / "g.journal", {"discover", "running", 0, "", "{}"}));
    appender_ = *journal_->OpenAppender("causal", journal::AppendMode::kContinue);
    recorder_ = std::make_unique<engine::Recorder>(*appender_);
  }
  ~CausalGraphTest() override { std::filesystem::remove_all(directory_); }

  void Document(const std::string& text) {
    Event event = Of(Kind::kConfiguration, 0, 0);
    SetBody(event, TextBody{recorder_->AppendText(text), {}});
    recorder_->Append(event);
  }
  void Variable(std::uint64_t number, const std::string& name) {
    Event event = Of(Kind::kCausalVariable, 0, 0);
    SetBody(event, CausalVariableBody{number, recorder_->AppendText(name), {}});
    recorder_->Append(event);
  }
  void Change(std::uint64_t cause, std::uint64_t effect, std::int64_t lag, std::int64_t reason,
              std::uint64_t place = 0) {
    Event event = Of(Kind::kLinkChange, place, static_cast<std::int64_t>(place) * 1'000'000);
    event.flags = 0;
    SetBody(event, LinkChangeBody{cause, effect, lag, reason});
    recorder_->Append(event);
  }
  void Evidence(double value, double p, double q, double frequency, std::uint64_t place = 0) {
    Event event = Of(Kind::kLinkEvidence, place, static_cast<std::int64_t>(place) * 1'000'000);
    SetBody(event, LinkEvidenceBody{std::bit_cast<std::int64_t>(value), std::bit_cast<std::int64_t>(p),
                                    std::bit_cast<std::int64_t>(q), std::bit_cast<std::int64_t>(frequency)});
    recorder_->Append(event);
  }
  absl::StatusOr<Json> Read() {
    recorder_->Flush();
    EXPECT_TRUE(recorder_->status().ok()) << recorder_->status();
    EXPECT_TRUE(appender_->Commit().ok());
    return GraphJson({"g.journal", journal_.get(), "causal"});
  }
  std::string Error() { return std::string(Read().status().message()); }

  std::filesystem::path directory_;
  std::unique_ptr<journal::Journal> journal_;
  std::unique_ptr<journal::Appender> appender_;
  std::unique_ptr<engine::Recorder> recorder_;
};

TEST_F(CausalGraphTest, WhatStandsAtTheEndIsWhatWasAddedLastAndNotWithdrawn) {
  Variable(0, "ret");
  Variable(1, "ofi");
  Change(1, 0, 1, 1, 5);
  Evidence(0.25, 0.001, 0.01, kNaN, 5);
  Change(1, 0, 2, 1, 6);
  Evidence(-0.5, 0.002, 0.02, kNaN, 6);
  Change(1, 0, 1, 16, 7);
  Evidence(0.125, 0.5, 0.75, kNaN, 7);
  Change(0, 0, 1, 1, 8);
  Evidence(0.75, 0, 0, kNaN, 8);
  Change(1, 0, 1, 1, 9);
  Evidence(0.375, 0.0001, 0.001, kNaN, 9);
  const Json graph = *Read();
  EXPECT_EQ(graph["variables"], Json({"ret", "ofi"}));
  std::vector<std::string> links, reasons;
  for (const Json& link : graph["links"])
    links.push_back(
        Json{link["cause"], link["effect"], link["lag"], link["value"], link["place"], link["t"]}.dump());
  EXPECT_THAT(links, ElementsAre("[1,0,2,-0.5,6,6000]", "[0,0,1,0.75,8,8000]", "[1,0,1,0.375,9,9000]"));
  for (const Json& change : graph["changes"])
    reasons.push_back(change["reason"].get<std::string>() + (change["added"] == true ? " +" : " -"));
  EXPECT_THAT(reasons,
              ElementsAre("directed +", "directed +", "not significant -", "directed +", "directed +"));
  EXPECT_EQ(graph["live"], true);
  EXPECT_EQ(graph["counts_rows"], true);
}

TEST_F(CausalGraphTest, WhatWasNotComputedIsNullAndAGraphWithoutALinkIsAGraph) {
  Variable(0, "alone");
  EXPECT_EQ((*Read())["links"], Json::array());
  EXPECT_EQ((*Read())["live"], false);
  Change(0, 0, 1, 1);
  Evidence(kNaN, 0.5, kNaN, kNaN);
  const Json link = (*Read())["links"][0];
  for (const char* key : {"value", "q", "frequency"}) EXPECT_TRUE(link[key].is_null()) << key;
  EXPECT_EQ(link["p"], 0.5);
  EXPECT_EQ((*Read())["live"], false) << "its origin is no row: the graph of a whole sample";
}

TEST_F(CausalGraphTest, AGraphThatWasFollowedAndNeverChangedIsLive) {
  Document(R"({"method": "live-pcmci", "last_us": 7000})");
  Variable(0, "alone");
  EXPECT_EQ((*Read())["live"], true);
  EXPECT_EQ((*Read())["method"]["last_us"], 7000);
}

TEST_F(CausalGraphTest, ARunOfAnInstrumentBeyondAllReasonIsDamaged) {
  Event event = Of(Kind::kTimer, 1, 1);
  event.instrument = std::numeric_limits<std::uint32_t>::max();
  recorder_->Append(event);
  recorder_->Flush();
  ASSERT_TRUE(appender_->Commit().ok());
  RunInput run;
  run.name = "g.run";
  run.journal = journal_.get();
  run.stream = "causal";
  EXPECT_EQ(ReadRun(run, {}).status().message(), "record 1 names more instruments than there are");
}

TEST_F(CausalGraphTest, TheDocumentIsReadAsFarAsItIsOfTheRightKind) {
  Document(
      R"({"method": "pcmci", "test": 7, "rows": 12, "alpha": "low", "fdr": "all", "links": [1, 2], "warnings": ["levels", 3],
               "false_positives": {"rate": 0.5, "tests": 10, "low": 0.1, "high": "much", "surrogates": 2}})");
  Variable(0, "x");
  EXPECT_EQ((*Read())["method"],
            Json::parse(R"({"method": "pcmci", "fdr": "all", "rows": 12, "warnings": ["levels"]})"));
  Document(
      R"({"alpha": 0.01, "false_positives": {"rate": 0.5, "tests": 10, "low": 0.1, "high": 0.9, "surrogates": 2}})");
  EXPECT_EQ((*Read())["method"]["false_positives"]["high"], 0.9);
  Document("no JSON");
  EXPECT_EQ((*Read())["method"], Json::object());
}

TEST_F(CausalGraphTest, OfManyChangesTheLastAreListedAndAllAreCounted) {
  Variable(0, "x");
  Variable(1, "y");
  Change(1, 1, 1, 1, 1);
  Evidence(0.5, 0.1, 0.1, kNaN, 1);
  for (std::uint64_t i = 2; i < 2 + kMaxLinkChanges; ++i) {
    Change(1, 0, 1, i % 2 == 0 ? 1 : 16, i);
    Evidence(0.5, 0.1, 0.1, kNaN, i);
  }
  const Json graph = *Read();
  EXPECT_EQ(graph["changes"].size(), kMaxLinkChanges);
  EXPECT_EQ(graph["changes"][0]["place"], 2);
  EXPECT_EQ(graph["changes_in_all"], kMaxLinkChanges + 1);
  ASSERT_EQ(graph["links"].size(), 1U);
  EXPECT_EQ(graph["links"][0]["place"], 1) << "it stands, although its change is not listed";
}

TEST_F(CausalGraphTest, AFileWithoutVariablesHoldsNoGraphYet) {
  Document("{}");
  EXPECT_EQ(Error(), "g.journal names no variables: it holds no causal graph yet");
}

TEST_F(CausalGraphTest, AVariableOutOfTurnIsDamage) {
  Variable(0, "x");
  Variable(2, "z");
  EXPECT_EQ(Error(), "record 2 names causal variable 2, expected 1");
}

TEST_F(CausalGraphTest, ALinkOfAnUnknownVariableIsDamage) {
  Variable(0, "x");
  Change(0, 1, 1, 1);
  EXPECT_EQ(Error(), "record 2 links causal variables 0 and 1 at lag 1, there are 1");
}

TEST_F(CausalGraphTest, ALinkFromTheFutureIsDamage) {
  Variable(0, "x");
  Change(0, 0, -1, 1);
  EXPECT_EQ(Error(), "record 2 links causal variables 0 and 0 at lag -1, there are 1");
}

TEST_F(CausalGraphTest, AReasonThatDoesNotExistIsDamage) {
  Variable(0, "x");
  Change(0, 0, 1, 9);
  EXPECT_EQ(Error(), "record 2 gives reason 9 for a causal link, which does not exist");
}

TEST_F(CausalGraphTest, EvidenceOfNoLinkIsDamage) {
  Variable(0, "x");
  Evidence(0, 0, 0, 0);
  EXPECT_EQ(Error(), "record 2 is evidence of no causal link");
}

TEST_F(CausalGraphTest, ALinkWithoutItsEvidenceIsDamage) {
  Variable(0, "x");
  Change(0, 0, 1, 1);
  EXPECT_THAT(Error(), HasSubstr("the last causal link has no evidence"));
}

}  // namespace
}  // namespace crucible::report

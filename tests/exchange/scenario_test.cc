// Plays every scenario of tests/exchange/scenarios on the exchange and on the naive model.

#include "tests/exchange/scenario.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <set>
#include <sstream>

#include "absl/strings/str_join.h"

namespace crucible::exchange {
namespace {

std::string ReadFile(const std::filesystem::path& path) {
  std::ifstream in(path);
  std::stringstream text;
  text << in.rdbuf();
  return text.str();
}

std::vector<Scenario> AllScenarios() {
  std::vector<std::filesystem::path> files;
  const std::filesystem::path directory = std::string(CRUCIBLE_SOURCE_DIR) + "/tests/exchange/scenarios";
  for (const auto& entry : std::filesystem::directory_iterator(directory)) files.push_back(entry.path());
  std::ranges::sort(files);
  std::vector<Scenario> all;
  for (const std::filesystem::path& file : files) {
    const auto scenarios = ReadScenarios(file.filename().string(), ReadFile(file));
    EXPECT_TRUE(scenarios.ok()) << scenarios.status();
    if (scenarios.ok()) all.insert(all.end(), scenarios->begin(), scenarios->end());
  }
  return all;
}

class ScenarioTest : public testing::TestWithParam<Scenario> {
 protected:
  static void ExpectHolds(bool naive) {
    const Scenario& scenario = GetParam();
    const auto transcript = Play(scenario, naive);
    ASSERT_TRUE(transcript.ok()) << transcript.status();
    if (*transcript == scenario.lines) return;
    ADD_FAILURE() << scenario.file << ":" << scenario.line << ": \"" << scenario.title
                  << "\" went otherwise:\n\n"
                  << absl::StrJoin(*transcript, "\n") << "\n";
  }
};

TEST_P(ScenarioTest, HoldsOnTheExchange) { ExpectHolds(false); }
TEST_P(ScenarioTest, HoldsOnTheNaiveModel) { ExpectHolds(true); }

std::string NameOf(const testing::TestParamInfo<Scenario>& info) {
  std::string name = info.param.file.substr(0, info.param.file.find('.')) + "_" + info.param.title;
  for (char& letter : name)
    if (std::isalnum(static_cast<unsigned char>(letter)) == 0) letter = '_';
  return name;
}

INSTANTIATE_TEST_SUITE_P(Rules, ScenarioTest, testing::ValuesIn(AllScenarios()), NameOf);

TEST(ScenarioFilesTest, ThereAreAtLeastSixtyWithTitlesOfTheirOwn) {
  std::set<std::string> titles;
  for (const Scenario& scenario : AllScenarios())
    EXPECT_TRUE(titles.insert(scenario.title).second) << scenario.title;
  EXPECT_GE(titles.size(), 60U);
}

TEST(ScenarioFilesTest, AnUnreadableLineIsNamed) {
  const auto scenarios = ReadScenarios("x.txt", "scenario: s\nalice buys ten @ 10.00 as a1\n");
  ASSERT_TRUE(scenarios.ok());
  const auto played = Play(scenarios->front(), false);
  ASSERT_FALSE(played.ok());
  EXPECT_NE(std::string(played.status().message()).find("cannot read \"ten\""), std::string::npos)
      << played.status();
}

}  // namespace
}  // namespace crucible::exchange

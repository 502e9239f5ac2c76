// Every PCMCI run of the shared set of known answers: values and p-values within its tolerances, graphs and
// sorted parents exactly.

#include <gtest/gtest.h>

#include "framework/models/causal/pcmci_plus.h"
#include "tests/models/causal/golden_graphs.h"

namespace crucible::causal {
namespace {

using models_test::GoldenFolder;

PcmciOptions ReadOptions(const Json& params) {
  PcmciOptions options;
  const auto size = [&](const char* key, std::size_t& into) {
    if (params.contains(key)) into = params[key];
  };
  size("tau_min", options.min_lag);
  size("max_conds_dim", options.selection.max_conditions);
  size("max_combinations", options.selection.max_combinations);
  size("max_conds_py", options.max_conditions_effect);
  size("max_conds_px", options.max_conditions_cause);
  options.pc_alpha =
      params["pc_alpha"].is_null() ? std::optional<double>() : params["pc_alpha"].get<double>();
  options.alpha = params.value("alpha_level", 0.05);
  if (params.contains("fdr_method")) options.false_discovery = FalseDiscovery::kLagged;
  return options;
}

PcmciPlusOptions ReadPlusOptions(const Json& params) {
  PcmciPlusOptions options;
  options.pc_alpha =
      params["pc_alpha"].is_null() ? std::optional<double>() : params["pc_alpha"].get<double>();
  const std::string rule = params.value("contemp_collider_rule", "majority");
  options.collider_rule = rule == "majority"       ? ColliderRule::kMajority
                          : rule == "conservative" ? ColliderRule::kConservative
                                                   : ColliderRule::kNone;
  options.mark_conflicts = params.value("conflict_resolution", true);
  options.reset_lagged_links = params.value("reset_lagged_links", false);
  if (params.contains("fdr_method")) options.false_discovery = FalseDiscovery::kLagged;
  return options;
}

std::vector<Triple> ReadTriples(const Json& triples) {
  std::vector<Triple> read;
  for (const Json& triple : triples) {
    read.push_back({ReadNode(triple[0]), triple[1].get<std::uint32_t>(), triple[2].get<std::uint32_t>()});
  }
  std::ranges::sort(read);
  return read;
}

Transform ReadTransform(const Json& run) {
  return run["test"] == "RobustParCorr" ? Transform::kNormalScores : Transform::kNone;
}

class GoldenTest : public testing::Test {
 protected:
  void SetUp() override {
    folder_ = GoldenFolder();
    if (folder_.empty()) GTEST_SKIP() << "no known answers (CRUCIBLE_SHARED_DIR)";
    for (const auto& entry : std::filesystem::directory_iterator(folder_ + "/pcmci")) {
      if (entry.path().extension() == ".json") cases_.push_back(entry.path().string());
    }
    std::ranges::sort(cases_);
    ASSERT_GE(cases_.size(), 15U);
  }
  Panel PanelOf(const Json& golden) const {
    return ReadPanel(folder_ + "/pcmci/" + golden["data"].get<std::string>());
  }

  std::string folder_;
  std::vector<std::string> cases_;
};

TEST_F(GoldenTest, SingleTestsMatchTheReference) {
  int compared = 0;
  for (const std::string& path : cases_) {
    const Json golden = models_test::ReadJson(path);
    for (const Json& spot : golden["ci_spot_tests"]) {
      const Linear linear(PanelOf(golden), spot["tau_max"], ReadTransform(spot));
      EXPECT_EQ(linear.data.rows(), spot["n_samples"].get<std::size_t>());
      const CiResult result =
          linear.test.Test(ReadNode(spot["X"]), ReadNode(spot["Y"]), ReadNodes(spot["Z"]));
      EXPECT_NEAR(result.value, models_test::Number(spot["val"]), 1e-9) << path << spot;
      ExpectP(result.p, models_test::Number(spot["p"]), path + spot.dump());
      ++compared;
    }
  }
  EXPECT_GE(compared, 100);
}

TEST_F(GoldenTest, PcmciMatchesTheReference) {
  int compared = 0;
  for (const std::string& path : cases_) {
    const Json golden = models_test::ReadJson(path);
    const Panel panel = PanelOf(golden);
    for (const Json& run : golden["runs"]) {
      if (run["method"] != "run_pcmci") continue;
      const std::string what = golden["name"].get<std::string>() + " " + run["test"].get<std::string>() +
                               " " + run["params"].dump();
      Linear linear(panel, run["params"]["tau_max"], ReadTransform(run));
      const auto graph = RunPcmci(linear.test, ReadOptions(run["params"]), linear.pool);
      ASSERT_TRUE(graph.ok()) << graph.status();
      ExpectGraph(*graph, run, what);
      EXPECT_EQ(graph->tests, run["ci_tests"].get<std::uint64_t>()) << what;
      ++compared;
    }
  }
  EXPECT_GE(compared, 25);
}

TEST_F(GoldenTest, PcmciPlusMatchesTheReference) {
  int compared = 0;
  for (const std::string& path : cases_) {
    const Json golden = models_test::ReadJson(path);
    const Panel panel = PanelOf(golden);
    for (const Json& run : golden["runs"]) {
      if (run["method"] != "run_pcmciplus") continue;
      const std::string what = golden["name"].get<std::string>() + " " + run["params"].dump();
      Linear linear(panel, run["params"]["tau_max"], ReadTransform(run));
      const auto graph = RunPcmciPlus(linear.test, ReadPlusOptions(run["params"]), linear.pool);
      ASSERT_TRUE(graph.ok()) << graph.status();
      ExpectGraph(*graph, run, what);
      EXPECT_EQ(graph->ambiguous, ReadTriples(run["ambiguous_triples"])) << what;
      EXPECT_EQ(graph->tests, run["ci_tests"].get<std::uint64_t>()) << what;
      ++compared;
    }
  }
  EXPECT_GE(compared, 25);
}

}  // namespace
}  // namespace crucible::causal

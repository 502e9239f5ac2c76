// Runs of the shared set of known answers, as options and as expectations.
#pragma once

#include <memory>
#include <string>

#include "framework/models/causal/linear_test.h"
#include "framework/models/causal/pcmci.h"
#include "tests/models/golden_json.h"

namespace crucible::causal {

using models_test::Json;

inline Panel ReadPanel(const std::string& path) {
  Panel panel;
  panel.sets.push_back({models_test::ReadColumns(path), {}});
  for (std::size_t v = 0; v < panel.sets[0].columns.size(); ++v)
    panel.names.push_back("X" + std::to_string(v));
  return panel;
}

// Data, correlations and a linear test that live together.
struct Linear {
  Linear(const Panel& panel, std::size_t max_lag, Transform transform, Errors errors = Errors::kStudent)
      : pool(1),
        data(*LaggedData::Create(panel, {.max_lag = max_lag, .transform = transform})),
        correlations(Correlate(data, pool)),
        test(correlations, &data, max_lag, errors) {}
  Linear(const Linear&) = delete;
  Linear& operator=(const Linear&) = delete;

  TaskPool pool;
  LaggedData data;
  Correlations correlations;
  LinearTest test;
};

inline Node ReadNode(const Json& pair) {
  return {pair[0].get<std::uint32_t>(), pair[1].get<std::uint32_t>()};
}

inline std::vector<Node> ReadNodes(const Json& pairs) {
  std::vector<Node> nodes;
  for (const Json& pair : pairs) nodes.push_back(ReadNode(pair));
  return nodes;
}

inline void ExpectP(double found, double expected, const std::string& what) {
  if (std::isnan(expected)) {
    EXPECT_TRUE(std::isnan(found)) << what;
  } else if (expected < 1e-3) {
    EXPECT_NEAR(found, expected, expected < 1e-280 ? 1e-280 : 1e-6 * expected) << what;
  } else {
    EXPECT_NEAR(found, expected, 1e-9) << what;
  }
}

inline void ExpectGraph(const CausalGraph& graph, const Json& run, const std::string& what) {
  const std::size_t n = graph.variables();
  for (std::size_t i = 0; i < n; ++i) {
    for (std::size_t j = 0; j < n; ++j) {
      for (std::size_t lag = 0; lag <= graph.max_lag(); ++lag) {
        const std::string link =
            what + " " + std::to_string(i) + "," + std::to_string(j) + "," + std::to_string(lag);
        EXPECT_EQ(ToText(graph.marks.at(i, j, lag)), run["graph"][i][j][lag].get<std::string>()) << link;
        EXPECT_NEAR(graph.values.at(i, j, lag), models_test::Number(run["val_matrix"][i][j][lag]), 1e-9)
            << link;
        ExpectP(graph.q.at(i, j, lag), models_test::Number(run["p_matrix"][i][j][lag]), link);
      }
    }
  }
  for (const auto& [effect, parents] : run["lagged_parents"].items()) {
    EXPECT_EQ(graph.parents[std::stoul(effect)], ReadNodes(parents)) << what << " parents of " << effect;
  }
}

}  // namespace crucible::causal

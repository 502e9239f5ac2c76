// Every case of the shared golden/hmm set: likelihoods, posteriors, filter, predictions, Viterbi paths and
// what EM makes of the start after 1, 2, 5, 20 iterations and at convergence.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "framework/models/regime/baum_welch.h"
#include "framework/models/regime/filter.h"
#include "framework/models/regime/forward_backward.h"
#include "framework/models/regime/viterbi.h"
#include "tests/models/golden_json.h"

namespace crucible::regime {
namespace {

using models_test::GoldenFolder;
using models_test::Json;

std::vector<double> Flat(const Json& json) {
  if (json.is_number()) return {json.get<double>()};
  std::vector<double> values;
  for (const Json& one : json) {
    const std::vector<double> inner = Flat(one);
    values.insert(values.end(), inner.begin(), inner.end());
  }
  return values;
}

CovarianceShape ShapeOf(const std::string& name) {
  return name == "diag" ? CovarianceShape::kDiagonal : *CovarianceShapeFromName(name);
}

// Parameters as the files write them: covariances in the shape of the covariance type.
GaussianHmm ModelOf(const Json& json, CovarianceShape shape, std::size_t k, std::size_t d) {
  GaussianHmm model = EmptyModel(shape, k, d);
  model.start = Flat(json["startprob"]);
  model.transition = Flat(json["transmat"]);
  model.mean = Flat(json["means"]);
  const std::vector<double> covars = Flat(json["covars"]);
  for (std::size_t r = 0; r < k; ++r) {
    for (std::size_t i = 0; i < d; ++i) {
      for (std::size_t j = 0; j < d; ++j) {
        double& value = model.Covariance(r)[i * d + j];
        switch (shape) {
          case CovarianceShape::kFull:
            value = covars[(r * d + i) * d + j];
            break;
          case CovarianceShape::kTied:
            value = covars[i * d + j];
            break;
          case CovarianceShape::kDiagonal:
            value = i == j ? covars[r * d + i] : 0;
            break;
          case CovarianceShape::kSpherical:
            value = i == j ? covars[r] : 0;
            break;
        }
      }
    }
  }
  return model;
}

// A file's name as the name of its test.
std::vector<std::string> CaseNames() {
  std::vector<std::string> names;
  const std::string folder = GoldenFolder();
  if (folder.empty()) return {"absent"};
  for (const auto& entry : std::filesystem::directory_iterator(folder + "/hmm")) {
    if (entry.path().extension() == ".json") names.push_back(entry.path().stem().string());
  }
  std::ranges::sort(names);
  return names;
}

class HmmGoldenTest : public testing::TestWithParam<std::string> {
 protected:
  void SetUp() override {
    CRUCIBLE_SKIP_WITHOUT_GOLDEN(folder);
    const std::string stem = folder + "/hmm/" + GetParam();
    json_ = models_test::ReadJson(stem + ".json");
    k_ = json_["K"];
    d_ = json_["d"];
    shape_ = ShapeOf(json_["covariance_type"]);
    const auto columns = models_test::ReadColumns(stem + ".csv");
    for (std::size_t t = 0; t < columns[0].size(); ++t) {
      for (std::size_t i = 0; i < d_; ++i) rows_.push_back(columns[i][t]);
    }
    std::vector<std::size_t> lengths;
    if (!json_["lengths"].is_null()) lengths = json_["lengths"].get<std::vector<std::size_t>>();
    x_ = std::make_unique<Observations>(*Observations::Create(rows_, d_, lengths));
    posteriors_ = models_test::ReadColumns(stem + "_post.csv");
    init_ = ModelOf(json_["init"], shape_, k_, d_);
    const Json& h = json_["hmmlearn_params"];
    em_.prior = {h["covars_prior"], h["covars_weight"], true};
    em_.floor = 0;
  }

  static void ExpectClose(const std::vector<double>& got, const Json& expected, double absolute,
                          double relative, const std::string& what) {
    const std::vector<double> want = Flat(expected);
    ASSERT_EQ(got.size(), want.size()) << what;
    for (std::size_t i = 0; i < got.size(); ++i) {
      const double allowed = std::max(absolute, relative * std::abs(want[i]));
      EXPECT_NEAR(got[i], want[i], allowed) << what << " " << i;
    }
  }

  void ExpectParameters(const GaussianHmm& got, const Json& expected, double absolute, double relative,
                        const std::string& what) const {
    const GaussianHmm want =
        shape_ == CovarianceShape::kDiagonal && Flat(expected["covars"]).size() == k_ * d_ * d_
            ? ModelOf(expected, CovarianceShape::kFull, k_, d_)
            : ModelOf(expected, shape_, k_, d_);
    ExpectClose(got.start, want.start, absolute, relative, what + " start");
    ExpectClose(got.transition, want.transition, absolute, relative, what + " transition");
    ExpectClose(got.mean, want.mean, absolute, relative, what + " mean");
    ExpectClose(got.covariance, want.covariance, absolute, relative, what + " covariance");
  }

  Json json_;
  std::size_t k_ = 0, d_ = 0;
  CovarianceShape shape_{};
  std::vector<double> rows_;
  std::unique_ptr<Observations> x_;
  std::vector<std::vector<double>> posteriors_;
  GaussianHmm init_;
  EmOptions em_;
};

TEST_P(HmmGoldenTest, LikelihoodAndSmoothedPosteriorsAreTheReferences) {
  ForwardBackward passes(*x_, k_);
  const double expected = json_["loglik"];
  EXPECT_NEAR(passes.LogLikelihood(init_), expected, 1e-9 * std::abs(expected));
  const std::vector<double> smoothed = passes.Smooth(init_).in_hindsight();
  for (std::size_t line = 0; line < posteriors_[0].size(); ++line) {
    const std::size_t t = static_cast<std::size_t>(posteriors_[0][line]);
    for (std::size_t k = 0; k < k_; ++k)
      EXPECT_NEAR(smoothed[t * k_ + k], posteriors_[1 + k][line], 1e-8) << t;
  }
}

TEST_P(HmmGoldenTest, TheFilterAndItsPredictionsAreTheReferences) {
  HmmFilter filter(init_);
  double log_likelihood = 0;
  std::size_t line = 0;
  for (std::size_t s = 0; s < x_->sequences(); ++s) {
    filter.Reset();
    for (std::size_t t = x_->Start(s); t < x_->Start(s) + x_->Length(s); ++t) {
      const RegimeState& now = filter.Update({rows_.data() + t * d_, d_}).value();
      log_likelihood += now.log_score;
      // Some files list every tenth row or so only.
      if (line == posteriors_[0].size() || posteriors_[0][line] != static_cast<double>(t)) continue;
      for (std::size_t k = 0; k < k_; ++k)
        EXPECT_NEAR(now.probability[k], posteriors_[1 + k_ + k][line], 1e-8) << t;
      ++line;
    }
  }
  EXPECT_EQ(line, posteriors_[0].size());
  EXPECT_NEAR(log_likelihood, json_["loglik"].get<double>(), 1e-9 * std::abs(json_["loglik"].get<double>()));
  ExpectClose(filter.state()->probability, json_["filtered_last"], 1e-8, 0, "filtered");
  for (const Json& step : json_["predictive_from_last"]) {
    ExpectClose(filter.Predict(step["h"]).value(), step["regime_probs"], 1e-8, 0, "predicted");
  }
  if (json_.contains("stationary"))
    ExpectClose(StationaryDistribution(init_), json_["stationary"], 1e-8, 0, "stationary");
}

TEST_P(HmmGoldenTest, TheMostProbablePathIsTheReferences) {
  const RegimePath path = MostProbablePath(init_, *x_).in_hindsight();
  std::string digits;
  for (const std::uint8_t regime : path.regime) digits += static_cast<char>('0' + regime);
  EXPECT_EQ(digits, json_["viterbi_path"].get<std::string>());
  const double expected = json_["viterbi_loglik"];
  EXPECT_NEAR(path.log_probability, expected, 1e-9 * std::abs(expected));
}

TEST_P(HmmGoldenTest, EachNumberOfIterationsGivesTheReferencesParameters) {
  for (const Json& run : json_["em"]) {
    EmOptions options = em_;
    options.tolerance = -1e300;
    options.max_iterations = run["iterations"];
    const EmResult fit = BaumWelch(init_, *x_, options);
    const bool few = options.max_iterations <= 5;
    const std::string what = std::to_string(options.max_iterations) + " iterations:";
    ExpectParameters(fit.model, run["params"], few ? 1e-7 : 1e-6, few ? 1e-9 : 1e-8, what);
    ExpectClose(fit.history, run["loglik_history"], 0, few ? 1e-9 : 1e-8, what + " history");
    const double after = run["loglik_after"];
    EXPECT_NEAR(fit.log_likelihood, after, (few ? 1e-9 : 1e-8) * std::abs(after)) << what;
  }
}

TEST_P(HmmGoldenTest, ConvergenceIsReachedWhereTheReferenceReachesIt) {
  if (!json_.contains("converged") || json_["converged"].is_null())
    GTEST_SKIP() << "the case has no such run";
  const Json& run = json_["converged"];
  EmOptions options = em_;
  options.tolerance = run["tol"];
  options.max_iterations = 10'000;
  const EmResult fit = BaumWelch(init_, *x_, options);
  const double expected = run["loglik"];
  EXPECT_TRUE(fit.converged);
  EXPECT_EQ(fit.history.size(), run["n_iter"].get<std::size_t>());
  EXPECT_NEAR(fit.log_likelihood, expected, 1e-6 * std::abs(expected));
}

INSTANTIATE_TEST_SUITE_P(Golden, HmmGoldenTest, testing::ValuesIn(CaseNames()),
                         [](const auto& one) { return one.param; });

}  // namespace
}  // namespace crucible::regime

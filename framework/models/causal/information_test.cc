#include "framework/models/causal/information_test.h"

#include <algorithm>
#include <string>

#include "framework/base/check.h"

namespace crucible::causal {
namespace {

std::string NameOf(Node node) { return std::to_string(node.variable) + "." + std::to_string(node.lag); }

// The stream's name; the order of Z does not matter.
std::string TestName(Node x, Node y, std::span<const Node> z) {
  std::vector<Node> sorted(z.begin(), z.end());
  std::ranges::sort(sorted);
  std::string name = "cmi/" + NameOf(x) + "/" + NameOf(y);
  for (const Node node : sorted) name += "/" + NameOf(node);
  return name;
}

}  // namespace

InformationTest::InformationTest(const LaggedData& data, const Options& options)
    : data_(data), options_(options), neighbours_(0) {
  const auto rows = static_cast<double>(data.rows());
  const double count = options.neighbours < 1 ? options.neighbours * rows : options.neighbours;
  CRUCIBLE_CHECK(count >= 1 && count < rows);
  neighbours_ = static_cast<std::size_t>(count);
}

CiResult InformationTest::Test(Node x, Node y, std::span<const Node> z) const {
  return TestAt(x, y, z, options_.permutation.alpha);
}

CiDecision InformationTest::Decide(Node x, Node y, std::span<const Node> z, double alpha) const {
  const CiResult result = TestAt(x, y, z, alpha);
  return {result.value, result.p <= alpha, result.outcome};
}

CiResult InformationTest::TestAt(Node x, Node y, std::span<const Node> z, double alpha) const {
  if (data_.IsConstant(x) || data_.IsConstant(y)) return {0, 1, CiOutcome::kConstant};
  const auto column = [&](Node node) {
    std::vector<double> values(data_.rows());
    data_.Column(node, values.data());
    return values;
  };
  std::vector<std::vector<double>> conditions;
  for (const Node node : z) {
    if (!data_.IsConstant(node)) conditions.push_back(column(node));
  }
  const std::vector<double> cause = column(x), effect = column(y);
  const information::ConditionalInformation estimator(cause, effect, conditions, neighbours_,
                                                      options_.scaling);
  information::PermutationOptions permutation = options_.permutation;
  permutation.alpha = alpha;
  const information::PermutationResult result = information::TestByPermutation(
      estimator, cause, permutation, Random(options_.seed).Stream(TestName(x, y, z)));
  return {result.information, result.p, CiOutcome::kTested};
}

}  // namespace crucible::causal

#include "framework/features/expression.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <vector>

#include "framework/features/variation.h"

namespace crucible::features {
namespace {

constexpr std::string_view kNames[] = {"spread", "below", "momentum"};

double Value(std::string_view text, std::vector<double> features = {3, 5, -2}) {
  const auto expression = Expression::Parse(text, kNames);
  EXPECT_TRUE(expression.ok()) << expression.status();
  return expression.ok() ? expression->Number(features) : -1e99;
}

std::string ErrorOf(std::string_view text) {
  return std::string(Expression::Parse(text, kNames).status().message());
}

TEST(ExpressionTest, OperatorsMeanWhatTheirNamesSay) {
  EXPECT_EQ(Value("add(spread, below)"), 8);
  EXPECT_EQ(Value("sub(spread, below)"), -2);
  EXPECT_EQ(Value("mul(spread, momentum)"), -6);
  EXPECT_EQ(Value("div(spread, momentum)"), -1.5);
  EXPECT_EQ(Value("min(spread, below)"), 3);
  EXPECT_EQ(Value("max(spread, below)"), 5);
  EXPECT_EQ(Value("neg(momentum)"), 2);
  EXPECT_EQ(Value("abs(momentum)"), 2);
  EXPECT_EQ(Value("if(gt(spread, below), 1, 2.5)"), 2.5);
  EXPECT_EQ(Value("if(lt(spread, below), 1, 2.5)"), 1);
  EXPECT_EQ(Value("and(gt(spread, 2), lt(below, 5))"), 0);
  EXPECT_EQ(Value("or(gt(spread, 2), lt(below, 5))"), 1);
  EXPECT_EQ(Value("not(gt(spread, 2))"), 0);
  EXPECT_EQ(Value("-0.125"), -0.125);
}

TEST(ExpressionTest, EveryValueIsFinite) {
  EXPECT_EQ(Value("div(1, 0)"), 0);
  const double inf = std::numeric_limits<double>::infinity();
  EXPECT_EQ(Value("spread", {inf, 0, 0}), 0);
  EXPECT_EQ(Value("spread", {std::numeric_limits<double>::quiet_NaN(), 0, 0}), 0);
  EXPECT_EQ(Value("mul(spread, spread)", {1e12, 0, 0}), Expression::kLargest);
  EXPECT_EQ(Value("mul(spread, neg(spread))", {1e12, 0, 0}), -Expression::kLargest);
}

TEST(ExpressionTest, ErrorsNameTheCharacterAndWhatWouldBeValid) {
  EXPECT_EQ(ErrorOf("gt(spread, 2"), "\"gt(spread, 2\", character 13: found the end, expected )");
  EXPECT_EQ(
      ErrorOf("and(spread, gt(1, 2))"),
      "\"and(spread, gt(1, 2))\", character 5: found \"spread, gt(1\", expected a truth (gt, lt, and, or, "
      "not)");
  EXPECT_NE(ErrorOf("gt(spead, 2)").find("expected a number, or one of add, sub"), std::string::npos);
  EXPECT_NE(ErrorOf("0.0001").find("at most three decimals"), std::string::npos);
  EXPECT_NE(ErrorOf("1 2").find("expected the end"), std::string::npos);
  std::string deep;
  for (int i = 0; i < 100; ++i) deep += "neg(";
  EXPECT_NE(ErrorOf(deep).find("at most 32 nodes"), std::string::npos);
}

// Values by definition, from the parsed tree and not from a stack.
double Naive(std::span<const Node> nodes, std::size_t& at, const std::vector<double>& features) {
  const Node node = nodes[at++];
  if (node.op == Operator::kFeature) return features[static_cast<std::size_t>(node.argument)];
  if (node.op == Operator::kConstant) return node.argument / 1000.0;
  double x[3] = {};
  for (int i = 0; i < Describe(node.op).arity; ++i) x[i] = Naive(nodes, at, features);
  const auto cut = [](double v) { return std::fmax(-1e12, std::fmin(1e12, v)); };
  const std::string_view name = Describe(node.op).name;
  if (name == "add") return cut(x[0] + x[1]);
  if (name == "sub") return cut(x[0] - x[1]);
  if (name == "mul") return cut(x[0] * x[1]);
  if (name == "div") return std::fabs(x[1]) < 1e-9 ? 0 : cut(x[0] / x[1]);
  if (name == "min") return std::fmin(x[0], x[1]);
  if (name == "max") return std::fmax(x[0], x[1]);
  if (name == "neg") return -x[0];
  if (name == "abs") return std::fabs(x[0]);
  if (name == "if") return x[0] != 0 ? x[1] : x[2];
  if (name == "gt") return x[0] > x[1];
  if (name == "lt") return x[0] < x[1];
  if (name == "and") return x[0] != 0 && x[1] != 0;
  if (name == "or") return x[0] != 0 || x[1] != 0;
  return x[0] == 0;
}

TEST(VariationTest, BredExpressionsAreValidKeepTheirTypeAndSurviveTheirText) {
  RandomStream random(7, "bred");
  Expression truth = RandomExpression(Type::kTruth, 3, std::size(kNames), random);
  int changed = 0;
  for (int i = 0; i < 5'000; ++i) {
    const Type type = i % 2 == 0 ? Type::kTruth : Type::kNumber;
    const Expression fresh = RandomExpression(type, 3, std::size(kNames), random);
    EXPECT_EQ(fresh.type(), type);
    const Expression child = Cross(Mutate(truth, std::size(kNames), random), fresh, random);
    ASSERT_TRUE(Expression::IsValid(child.nodes()));
    EXPECT_EQ(child.type(), Type::kTruth);
    const std::string text = child.Text(kNames);
    const auto again = Expression::Parse(text, kNames);
    ASSERT_TRUE(again.ok()) << text << ": " << again.status();
    EXPECT_EQ(*again, child) << text;
    const std::vector<double> features = {5 * random.Normal(), random.Normal(), 100 * random.Normal()};
    std::size_t at = 0;
    EXPECT_EQ(child.Number(features), Naive(child.nodes(), at, features)) << text;
    changed += child == truth ? 0 : 1;
    truth = child;
  }
  EXPECT_GT(changed, 3'000);
}

}  // namespace
}  // namespace crucible::features

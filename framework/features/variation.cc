#include "framework/features/variation.h"

#include <algorithm>
#include <vector>

#include "framework/base/check.h"

namespace crucible::features {
namespace {

using Nodes = std::vector<Node>;

std::size_t Below(std::size_t bound, RandomStream& random) {
  return static_cast<std::size_t>(random.UniformBelow(bound));
}

std::int32_t RandomConstant(RandomStream& random) {
  const double size = random.Exponential();
  const auto thousandths = static_cast<std::int32_t>(std::min(size, 30.0) * 5'000);
  return Below(5, random) == 0 ? -thousandths : thousandths;
}

Node RandomLeaf(std::size_t feature_count, RandomStream& random) {
  if (Below(3, random) == 0) return {Operator::kConstant, RandomConstant(random)};
  return {Operator::kFeature, static_cast<std::int32_t>(Below(feature_count, random))};
}

// Operators that are no leaves and give `type`; with `shallow` only those whose operands are numbers.
Operator RandomOperator(Type type, bool shallow, RandomStream& random) {
  std::array<Operator, kOperators> fit;
  std::size_t count = 0;
  for (int i = 2; i < kOperators; ++i) {
    const OperatorInfo& info = Describe(static_cast<Operator>(i));
    if (info.gives != type || (shallow && info.takes[0] == Type::kTruth)) continue;
    fit[count++] = static_cast<Operator>(i);
  }
  return fit[Below(count, random)];
}

void Grow(Type type, int depth, std::size_t feature_count, RandomStream& random, Nodes& nodes) {
  const bool leaf = type == Type::kNumber && (depth <= 0 || Below(3, random) == 0);
  if (leaf) {
    nodes.push_back(RandomLeaf(feature_count, random));
    return;
  }
  const Operator op = RandomOperator(type, depth <= 1, random);
  nodes.push_back({op, 0});
  const OperatorInfo& info = Describe(op);
  for (std::size_t i = 0; i < info.arity; ++i) Grow(info.takes[i], depth - 1, feature_count, random, nodes);
}

Type TypeAt(const Expression& expression, std::size_t at) {
  return Describe(expression.nodes()[at].op).gives;
}

// `whole` with [from, to) replaced; `whole` itself when that would be too long.
Expression Replace(const Expression& whole, std::size_t from, std::size_t to, std::span<const Node> part) {
  const std::span<const Node> old = whole.nodes();
  Nodes nodes(old.begin(), old.begin() + static_cast<std::ptrdiff_t>(from));
  nodes.insert(nodes.end(), part.begin(), part.end());
  nodes.insert(nodes.end(), old.begin() + static_cast<std::ptrdiff_t>(to), old.end());
  return Expression::IsValid(nodes) ? Expression(nodes) : whole;
}

// Another operator with the same operands and result.
Node Exchange(Node node, RandomStream& random) {
  const OperatorInfo& info = Describe(node.op);
  std::array<Operator, kOperators> same;
  std::size_t count = 0;
  for (int i = 2; i < kOperators; ++i) {
    const OperatorInfo& other = Describe(static_cast<Operator>(i));
    if (other.gives == info.gives && other.arity == info.arity && other.takes == info.takes)
      same[count++] = static_cast<Operator>(i);
  }
  return {same[Below(count, random)], 0};
}

}  // namespace

Expression RandomExpression(Type type, int depth, std::size_t feature_count, RandomStream& random) {
  CRUCIBLE_CHECK(depth >= (type == Type::kTruth ? 1 : 0));
  for (;;) {
    Nodes nodes;
    Grow(type, depth, feature_count, random, nodes);
    if (Expression::IsValid(nodes)) return Expression(nodes);
  }
}

Expression Mutate(const Expression& parent, std::size_t feature_count, RandomStream& random) {
  const std::size_t at = Below(parent.nodes().size(), random);
  const Node node = parent.nodes()[at];
  const bool regrow = Below(3, random) == 0;
  if (!regrow && node.op == Operator::kConstant && Below(4, random) != 0) {
    const double factor = 0.5 + 1.5 * random.Uniform01();
    const double moved = factor * static_cast<double>(node.argument);
    const Node near{Operator::kConstant, static_cast<std::int32_t>(std::clamp(moved, -1e9, 1e9))};
    return Replace(parent, at, at + 1, {&near, 1});
  }
  if (!regrow) {
    const bool leaf = Describe(node.op).arity == 0;
    const Node other = leaf ? RandomLeaf(feature_count, random) : Exchange(node, random);
    return Replace(parent, at, at + 1, {&other, 1});
  }
  Nodes part;
  Grow(TypeAt(parent, at), 2, feature_count, random, part);
  return Replace(parent, at, parent.EndOf(at), part);
}

Expression Cross(const Expression& mother, const Expression& father, RandomStream& random) {
  const std::size_t at = Below(mother.nodes().size(), random);
  std::array<std::size_t, Expression::kMaxNodes> fit;
  std::size_t count = 0;
  for (std::size_t i = 0; i < father.nodes().size(); ++i) {
    if (TypeAt(father, i) == TypeAt(mother, at)) fit[count++] = i;
  }
  if (count == 0) return mother;
  const std::size_t from = fit[Below(count, random)];
  return Replace(mother, at, mother.EndOf(at), father.nodes().subspan(from, father.EndOf(from) - from));
}

}  // namespace crucible::features

#include "framework/features/expression.h"

#include <algorithm>

#include "framework/base/check.h"

namespace crucible::features {
namespace {

constexpr Type kN = Type::kNumber, kT = Type::kTruth;
constexpr std::array<OperatorInfo, kOperators> kTable = {{
    {"", kN, 0, {}},
    {"", kN, 0, {}},
    {"add", kN, 2, {kN, kN}},
    {"sub", kN, 2, {kN, kN}},
    {"mul", kN, 2, {kN, kN}},
    {"div", kN, 2, {kN, kN}},
    {"min", kN, 2, {kN, kN}},
    {"max", kN, 2, {kN, kN}},
    {"neg", kN, 1, {kN}},
    {"abs", kN, 1, {kN}},
    {"if", kN, 3, {kT, kN, kN}},
    {"gt", kT, 2, {kN, kN}},
    {"lt", kT, 2, {kN, kN}},
    {"and", kT, 2, {kT, kT}},
    {"or", kT, 2, {kT, kT}},
    {"not", kT, 1, {kT}},
}};

double Closed(double value) {
  // A comparison with a value that is not a number is false.
  if (!(value > -Expression::kLargest)) return value < 0 ? -Expression::kLargest : 0;
  return std::min(value, Expression::kLargest);
}

double Divide(double a, double b) { return b > -1e-9 && b < 1e-9 ? 0 : a / b; }

// `x` are the operands, first operand first.
double Apply(Operator op, const double* x) {
  switch (op) {
    case Operator::kAdd:
      return x[0] + x[1];
    case Operator::kSubtract:
      return x[0] - x[1];
    case Operator::kMultiply:
      return x[0] * x[1];
    case Operator::kDivide:
      return Divide(x[0], x[1]);
    case Operator::kMinimum:
      return std::min(x[0], x[1]);
    case Operator::kMaximum:
      return std::max(x[0], x[1]);
    case Operator::kNegate:
      return -x[0];
    case Operator::kAbsolute:
      return x[0] < 0 ? -x[0] : x[0];
    case Operator::kChoose:
      return x[0] != 0 ? x[1] : x[2];
    case Operator::kGreater:
      return x[0] > x[1] ? 1 : 0;
    case Operator::kLess:
      return x[0] < x[1] ? 1 : 0;
    case Operator::kAnd:
      return x[0] != 0 && x[1] != 0 ? 1 : 0;
    case Operator::kOr:
      return x[0] != 0 || x[1] != 0 ? 1 : 0;
    case Operator::kNot:
      return x[0] != 0 ? 0 : 1;
    case Operator::kFeature:
    case Operator::kConstant:
      break;
  }
  return 0;
}

}  // namespace

const OperatorInfo& Describe(Operator op) { return kTable[static_cast<std::size_t>(op)]; }

Expression::Expression(std::span<const Node> nodes) : nodes_{}, size_(nodes.size()) {
  CRUCIBLE_CHECK(IsValid(nodes));
  std::ranges::copy(nodes, nodes_.begin());
}

// Types are checked from the back, as values are computed.
bool Expression::IsValid(std::span<const Node> nodes) {
  if (nodes.empty() || nodes.size() > kMaxNodes) return false;
  std::array<Type, kMaxNodes> stack;
  std::size_t depth = 0;
  for (std::size_t i = nodes.size(); i-- > 0;) {
    if (static_cast<int>(nodes[i].op) >= kOperators) return false;
    const OperatorInfo& info = Describe(nodes[i].op);
    if (depth < info.arity) return false;
    for (std::size_t operand = 0; operand < info.arity; ++operand) {
      if (stack[depth - 1 - operand] != info.takes[operand]) return false;
    }
    depth -= info.arity;
    stack[depth++] = info.gives;
  }
  return depth == 1;
}

std::size_t Expression::EndOf(std::size_t at) const {
  for (std::size_t open = 1; open > 0; ++at) open += Describe(nodes_[at].op).arity - std::size_t{1};
  return at;
}

double Expression::Number(std::span<const double> features) const {
  std::array<double, kMaxNodes> stack;  // the first operand is at the top
  std::size_t depth = 0;
  for (std::size_t i = size_; i-- > 0;) {
    const Node node = nodes_[i];
    double value;
    if (node.op == Operator::kFeature) {
      value = features[static_cast<std::size_t>(node.argument)];
      if (!(value >= -kLargest && value <= kLargest)) value = 0;
    } else if (node.op == Operator::kConstant) {
      value = static_cast<double>(node.argument) / 1000;
    } else {
      double operands[3] = {};
      for (std::size_t n = 0; n < Describe(node.op).arity; ++n) operands[n] = stack[--depth];
      value = Closed(Apply(node.op, operands));
    }
    stack[depth++] = value;
  }
  return stack[0];
}

}  // namespace crucible::features

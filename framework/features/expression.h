// A small program over named features, evaluated at one moment: the seed of the feature language.
//
//   constexpr std::string_view kNames[] = {"spread", "below"};
//   CRUCIBLE_ASSIGN_OR_RETURN(const auto when, Expression::Parse("and(gt(spread, 2), lt(below, 8))",
//   kNames)); const double values[] = {3, 5}; if (when.Truth(values)) ...
//
// Two types: numbers and truths; every operator fixes the types of its operands, and Parse checks them. All
// operators are closed: a feature that is not finite counts as 0, results are cut to +-kLargest, and a
// division by less than 1e-9 in size gives 0. So an expression always has a finite value, with the same bits
// everywhere: additions, multiplications, divisions and comparisons only.
//
// Nodes stand in prefix order in a fixed array. Constants are thousandths, so that text and program are one.
// Threads: a value. Allocation: none but for text.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "framework/base/status.h"

namespace crucible::features {

enum class Operator : std::uint8_t {
  kFeature,
  kConstant,  // leaves
  kAdd,
  kSubtract,
  kMultiply,
  kDivide,
  kMinimum,
  kMaximum,
  kNegate,
  kAbsolute,
  kChoose,  // numbers
  kGreater,
  kLess,
  kAnd,
  kOr,
  kNot,  // truths
};
inline constexpr int kOperators = 16;

enum class Type : std::uint8_t { kNumber, kTruth };

// What an operator takes and gives. `name` is its word in text; leaves have none.
struct OperatorInfo {
  std::string_view name;
  Type gives;
  std::uint8_t arity;
  std::array<Type, 3> takes;
};
const OperatorInfo& Describe(Operator op);

struct Node {
  Operator op = Operator::kConstant;
  std::int32_t argument = 0;  // kFeature: its index; kConstant: thousandths; else 0
  friend bool operator==(const Node&, const Node&) = default;
};

class Expression {
 public:
  static constexpr std::size_t kMaxNodes = 32;
  static constexpr double kLargest = 1e12;

  // The constant 0.
  Expression() : nodes_{}, size_(1) {}
  // kInvalidArgument says at which character what was found and what would be valid.
  static absl::StatusOr<Expression> Parse(std::string_view text, std::span<const std::string_view> features);
  // REQUIRES: IsValid(nodes).
  explicit Expression(std::span<const Node> nodes);
  // One whole, well-typed expression of at most kMaxNodes nodes.
  static bool IsValid(std::span<const Node> nodes);

  std::string Text(std::span<const std::string_view> features) const;
  Type type() const { return Describe(nodes_[0].op).gives; }
  std::span<const Node> nodes() const { return {nodes_.data(), size_}; }
  // One past the last node of the part that begins at `at`.
  std::size_t EndOf(std::size_t at) const;

  // REQUIRES: `features` has every feature that the text was parsed with.
  double Number(std::span<const double> features) const;
  bool Truth(std::span<const double> features) const { return Number(features) != 0; }

  friend bool operator==(const Expression& a, const Expression& b) {
    return std::ranges::equal(a.nodes(), b.nodes());
  }

 private:
  std::array<Node, kMaxNodes> nodes_;
  std::size_t size_;
};

}  // namespace crucible::features

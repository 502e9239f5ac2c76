#include <optional>
#include <vector>

#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "framework/base/decimal.h"
#include "framework/features/expression.h"

namespace crucible::features {
namespace {

constexpr int kConstantDecimals = 3;

bool IsWordCharacter(char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_'; }
bool StartsNumber(char c) { return (c >= '0' && c <= '9') || c == '-' || c == '.'; }

std::optional<Operator> OperatorOf(std::string_view word) {
  for (int i = 0; i < kOperators; ++i) {
    if (Describe(static_cast<Operator>(i)).name == word && !word.empty()) return static_cast<Operator>(i);
  }
  return std::nullopt;
}

std::string ConstantText(std::int32_t thousandths) {
  std::string text = FormatDecimal(thousandths, kConstantDecimals);
  text.erase(text.find_last_not_of('0') + 1);
  if (text.back() == '.') text.pop_back();
  return text;
}

// Recursive descent; depth is bounded by the number of nodes.
class Parser {
 public:
  Parser(std::string_view text, std::span<const std::string_view> features)
      : text_(text), features_(features) {}

  absl::StatusOr<std::vector<Node>> Parse() {
    CRUCIBLE_ASSIGN_OR_RETURN(const Type type, Part());
    static_cast<void>(type);
    SkipSpace();
    if (at_ != text_.size()) return Error("the end");
    return std::move(nodes_);
  }

 private:
  absl::Status Error(std::string_view expected) const {
    const std::string found =
        at_ < text_.size() ? "\"" + std::string(text_.substr(at_, 12)) + "\"" : "the end";
    return absl::InvalidArgumentError(absl::StrFormat("\"%s\", character %d: found %s, expected %s",
                                                      std::string(text_), at_ + 1, found,
                                                      std::string(expected)));
  }
  void SkipSpace() {
    while (at_ < text_.size() && text_[at_] == ' ') ++at_;
  }
  bool Take(char c) {
    SkipSpace();
    if (at_ >= text_.size() || text_[at_] != c) return false;
    ++at_;
    return true;
  }

  absl::StatusOr<Type> Part() {
    SkipSpace();
    if (nodes_.size() == Expression::kMaxNodes)
      return Error(absl::StrFormat("at most %d nodes", Expression::kMaxNodes));
    return at_ < text_.size() && StartsNumber(text_[at_]) ? Constant() : Word();
  }

  absl::StatusOr<Type> Constant() {
    std::size_t end = at_ + 1;
    while (end < text_.size() && StartsNumber(text_[end])) ++end;
    DecimalResult number;
    const DecimalError error = ParseDecimal(text_.substr(at_, end - at_), kConstantDecimals, &number);
    if (error != DecimalError::kNone || !number.exact || number.units > INT32_MAX ||
        number.units < -INT32_MAX)
      return Error("a number of at most three decimals between -2147483 and 2147483");
    at_ = end;
    nodes_.push_back({Operator::kConstant, static_cast<std::int32_t>(number.units)});
    return Type::kNumber;
  }

  absl::StatusOr<Type> Word() {
    std::size_t end = at_;
    while (end < text_.size() && IsWordCharacter(text_[end])) ++end;
    const std::string_view word = text_.substr(at_, end - at_);
    if (const auto feature = std::ranges::find(features_, word); feature != features_.end()) {
      nodes_.push_back({Operator::kFeature, static_cast<std::int32_t>(feature - features_.begin())});
      at_ = end;
      return Type::kNumber;
    }
    const std::optional<Operator> op = OperatorOf(word);
    if (!op) {
      std::vector<std::string> names;
      for (int i = 2; i < kOperators; ++i) names.emplace_back(Describe(static_cast<Operator>(i)).name);
      for (const std::string_view name : features_) names.emplace_back(name);
      return Error("a number, or one of " + absl::StrJoin(names, ", "));
    }
    at_ = end;
    return Operands(*op);
  }

  absl::StatusOr<Type> Operands(Operator op) {
    const OperatorInfo& info = Describe(op);
    nodes_.push_back({op, 0});
    for (std::size_t i = 0; i < info.arity; ++i) {
      if (!Take(i == 0 ? '(' : ',')) return Error(i == 0 ? "(" : ",");
      SkipSpace();
      const std::size_t begin = at_;
      CRUCIBLE_ASSIGN_OR_RETURN(const Type type, Part());
      if (type == info.takes[i]) continue;
      at_ = begin;
      return Error(info.takes[i] == Type::kTruth ? "a truth (gt, lt, and, or, not)" : "a number");
    }
    if (!Take(')')) return Error(")");
    return info.gives;
  }

  std::string_view text_;
  std::span<const std::string_view> features_;
  std::size_t at_ = 0;
  std::vector<Node> nodes_;
};

}  // namespace

absl::StatusOr<Expression> Expression::Parse(std::string_view text,
                                             std::span<const std::string_view> features) {
  CRUCIBLE_ASSIGN_OR_RETURN(const std::vector<Node> nodes, Parser(text, features).Parse());
  return Expression(nodes);
}

std::string Expression::Text(std::span<const std::string_view> features) const {
  std::string text;
  std::vector<std::uint8_t> missing;  // operands of the calls that are open
  for (const Node& node : nodes()) {
    if (node.op == Operator::kFeature) {
      text += features[static_cast<std::size_t>(node.argument)];
    } else if (node.op == Operator::kConstant) {
      text += ConstantText(node.argument);
    } else {
      text += Describe(node.op).name;
      text += "(";
      missing.push_back(Describe(node.op).arity);
      continue;
    }
    while (!missing.empty() && --missing.back() == 0) {
      text += ")";
      missing.pop_back();
    }
    if (!missing.empty()) text += ", ";
  }
  return text;
}

}  // namespace crucible::features

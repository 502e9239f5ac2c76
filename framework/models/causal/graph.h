// A causal graph over time: marks, values and p-values of the links X_i(t - lag) -> X_j(t).
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "framework/models/causal/lagged_data.h"

namespace crucible::causal {

// How a link looks from (i, lag) to j. Lagged links point forward in time. At lag 0 the entries (i, j) and
// (j, i) are mirror images.
enum class Mark : std::uint8_t {
  kNone,        // ""
  kForward,     // "-->"
  kBackward,    // "<--"
  kUndirected,  // "o-o": either direction explains the data
  kConflict,    // "x-x": rules disagreed on the direction
};
std::string_view ToText(Mark mark);
Mark Reverse(Mark mark);

// A square table by (cause, effect, lag 0 to max_lag).
template <typename Value>
class LinkTable {
 public:
  LinkTable() = default;
  LinkTable(std::size_t variables, std::size_t max_lag, Value value)
      : variables_(variables), lags_(max_lag + 1), values_(variables * variables * lags_, value) {}

  Value& at(std::size_t i, std::size_t j, std::size_t lag) {
    return values_[(i * variables_ + j) * lags_ + lag];
  }
  const Value& at(std::size_t i, std::size_t j, std::size_t lag) const {
    return values_[(i * variables_ + j) * lags_ + lag];
  }
  std::size_t variables() const { return variables_; }
  std::size_t max_lag() const { return lags_ - 1; }
  std::vector<Value>& values() { return values_; }
  const std::vector<Value>& values() const { return values_; }
  bool operator==(const LinkTable&) const = default;

 private:
  std::size_t variables_ = 0;
  std::size_t lags_ = 1;
  std::vector<Value> values_;
};

// An unshielded triple (i, lag) - k - j whose separating sets do not agree on whether k is a collider.
struct Triple {
  Node i;
  std::uint32_t k = 0;
  std::uint32_t j = 0;
  friend constexpr auto operator<=>(const Triple&, const Triple&) = default;
};

struct CausalGraph {
  LinkTable<Mark> marks;
  LinkTable<double> values;  // of the test that kept or removed the link
  LinkTable<double> p;       // as tested, symmetric at lag 0
  LinkTable<double> q;       // corrected for the number of tests where that was asked for; else p
  std::vector<std::vector<Node>> parents;  // lagged parents by effect, strongest first, as selected
  std::vector<Triple> ambiguous;           // PCMCI+ only, ascending
  std::vector<Triple> collinear;           // links that could not be tested: (i, lag) and j; k = j
  std::uint64_t tests = 0;
  double pc_alpha = 0;  // as given, or as chosen

  std::size_t variables() const { return marks.variables(); }
  std::size_t max_lag() const { return marks.max_lag(); }
};

}  // namespace crucible::causal

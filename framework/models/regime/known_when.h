// When a quantity may be known, in its type.
//
// A Filtered<T> at row t is a function of the rows up to t; a Smoothed<T> looks at later rows too. Whatever
// feeds a decision (the router, a strategy's view) takes Filtered and nothing else: Smoothed does not convert
// to it, and only a filter can make one. So look-ahead by smoothed posteriors or Viterbi paths does not
// compile.
#pragma once

#include <utility>

namespace crucible::regime {

template <typename T>
class Smoothed {
 public:
  explicit Smoothed(T value) : value_(std::move(value)) {}
  // For looking back only.
  const T& in_hindsight() const& { return value_; }
  T in_hindsight() && { return std::move(value_); }

 private:
  T value_;
};

template <typename T>
class Filtered;

// Passed by those who may vouch that nothing later was read: each filter befriends itself here.
class FilterKey {
  FilterKey() = default;
  friend Filtered<struct RegimeForecast> NoForecast();
  friend class HmmFilter;
  friend class HsmmFilter;
  friend class DrivenFilter;
};

template <typename T>
class Filtered {
 public:
  Filtered(FilterKey, T value) : value_(std::move(value)) {}
  const T& value() const& { return value_; }
  T value() && { return std::move(value_); }
  const T* operator->() const { return &value_; }
  // For the filter itself.
  T& Change(FilterKey) { return value_; }

 private:
  T value_;
};

}  // namespace crucible::regime

// Doubles in fixed lanes: element by element arithmetic that both compilers turn into the vector instructions
// of the baseline, and whose sums have one stated order.
#pragma once

#include <cstddef>
#include <cstring>

namespace crucible::regime {

using Pair = double __attribute__((vector_size(16)));

inline Pair LoadPair(const double* from) {
  Pair value;
  std::memcpy(&value, from, sizeof value);
  return value;
}
inline void Store(double* to, Pair value) { std::memcpy(to, &value, sizeof value); }
inline Pair Both(double value) { return Pair{value, value}; }

// Four lanes in two registers of the baseline.
struct Lanes {
  Pair low, high;
  static Lanes Load(const double* from) { return {LoadPair(from), LoadPair(from + 2)}; }
  static Lanes All(double value) { return {Both(value), Both(value)}; }
  void StoreTo(double* to) const {
    Store(to, low);
    Store(to + 2, high);
  }
  friend Lanes operator+(Lanes a, Lanes b) { return {a.low + b.low, a.high + b.high}; }
  friend Lanes operator-(Lanes a, Lanes b) { return {a.low - b.low, a.high - b.high}; }
  friend Lanes operator*(Lanes a, Lanes b) { return {a.low * b.low, a.high * b.high}; }
  Lanes& operator+=(Lanes b) { return *this = *this + b; }
  double Sum() const {
    const Pair both = low + high;
    return both[0] + both[1];
  }
};

}  // namespace crucible::regime

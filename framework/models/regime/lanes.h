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

// Calls with `size` as a constant where it is 1 to kMost, so that loops are unrolled; with 0 for any other size.
template <std::size_t kMost, std::size_t kAt = 1, typename Call>
decltype(auto) WithConstant(std::size_t size, const Call& call) {
  if constexpr (kAt > kMost) {
    return call.template operator()<0>();
  } else {
    if (size == kAt) return call.template operator()<kAt>();
    return WithConstant<kMost, kAt + 1>(size, call);
  }
}

}  // namespace crucible::regime

// Prints one hash over the results of every function of math.h: the same on every CPU.
#include <cstdio>

#include "framework/base/hash.h"
#include "framework/base/math.h"
#include "framework/base/random.h"

int main() {
  using namespace crucible;
  RandomStream random(1, "math-bits");
  StateHasher hasher;
  for (int i = 0; i < 100'000; ++i) {
    const double x = 40 * random.Normal();
    const double y = random.Exponential();
    for (const double value : {Exp(x), Expm1(x / 100), Log(y), Log1p(y), Log2(y), Pow(y, x / 10), Sin(x),
                               Cos(x), Tanh(y), Erfc(x / 20), Sqrt(y)}) {
      hasher.Add(value);
    }
  }
  std::printf("%s\n", ToHex(hasher.value()).c_str());
}

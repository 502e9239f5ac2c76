#include "framework/base/math.h"

#include <gtest/gtest.h>

#include <cstdio>
#include <limits>
#include <string>

#include "framework/base/random.h"

namespace crucible {
namespace {

std::string OutputOf(const std::string& command) {
  FILE* const pipe = popen(command.c_str(), "r");
  if (pipe == nullptr) return "";
  char line[64] = "";
  const bool read = std::fgets(line, sizeof(line), pipe) != nullptr;
  return pclose(pipe) == 0 && read ? std::string(line) : "";
}

TEST(MathTest, GivesTheSameBitsWhenTheCpuHidesItsExtensions) {
  const std::string program = CRUCIBLE_MATH_BITS;
  const std::string here = OutputOf(program);
  ASSERT_EQ(here.size(), 33u);
  EXPECT_EQ(
      OutputOf("GLIBC_TUNABLES=glibc.cpu.hwcaps=-AVX2_Usable,-FMA_Usable,-AVX2,-FMA,-AVX512F " + program),
      here);
}

TEST(MathTest, GivesTheStoredBits) {
  EXPECT_EQ(OutputOf(CRUCIBLE_MATH_BITS), "d38cbaf0300ce21c861057c0ad4b1521\n");
}

TEST(MathTest, KnowsItsConstants) {
  EXPECT_DOUBLE_EQ(Exp(1), 2.718281828459045);
  EXPECT_DOUBLE_EQ(Expm1(1e-10), 1.00000000005e-10);
  EXPECT_DOUBLE_EQ(Log(10), 2.302585092994046);
  EXPECT_DOUBLE_EQ(Log1p(1e-10), 9.9999999995e-11);
  EXPECT_DOUBLE_EQ(Log2(8), 3);
  EXPECT_DOUBLE_EQ(Pow(2, 0.5), 1.4142135623730951);
  EXPECT_DOUBLE_EQ(Sin(1), 0.8414709848078965);
  EXPECT_DOUBLE_EQ(Cos(1), 0.5403023058681398);
  EXPECT_DOUBLE_EQ(Tanh(1), 0.7615941559557649);
  EXPECT_DOUBLE_EQ(Erfc(1), 0.15729920705028513);
  EXPECT_EQ(Sqrt(2), 1.4142135623730951);
  EXPECT_EQ(Log(0), -std::numeric_limits<double>::infinity());
}

TEST(MathTest, ExponentialsOfManyHaveTheBitsOfOne) {
  std::vector<double> values;
  RandomStream random(1, "exp-each");
  for (int i = 0; i < 100'001; ++i) values.push_back(-300 * random.Exponential() + 300 * random.Uniform01());
  const double infinity = std::numeric_limits<double>::infinity();
  values.insert(values.end(), {0, -0.0, 709, -708, -745, -746, -1e300, -infinity, 5e-324});
  for (const std::size_t count : {std::size_t{0}, std::size_t{1}, values.size()}) {
    std::vector<double> each = values;
    ExpEach(each.data(), count);
    for (std::size_t i = 0; i < count; ++i) ASSERT_EQ(each[i], Exp(values[i])) << values[i];
  }
}

TEST(MathTest, ExponentialAndLogarithmAreInverse) {
  RandomStream random(3, "inverse");
  for (int i = 0; i < 10'000; ++i) {
    const double x = 20 * random.Normal();
    ASSERT_NEAR(Log(Exp(x)), x, 1e-13 * (1 + (x < 0 ? -x : x)));
    ASSERT_NEAR(Sin(x) * Sin(x) + Cos(x) * Cos(x), 1, 1e-15);
  }
}

}  // namespace
}  // namespace crucible

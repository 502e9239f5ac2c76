// Numbers from text, random draws and transcendental functions.
#include <benchmark/benchmark.h>

#include <array>
#include <string>
#include <vector>

#include "framework/base/decimal.h"
#include "framework/base/math.h"
#include "framework/base/random.h"

namespace crucible {
namespace {

// Prices or quantities as feeds print them: "61234.50", "0.012"; with `padded`, "61234.50000000".
std::vector<std::string> Texts(bool padded) {
  RandomStream random(1, "bench/decimal");
  std::vector<std::string> texts;
  for (int i = 0; i < 1'024; ++i) {
    const auto units = static_cast<std::int64_t>(random.UniformBelow(i % 2 == 0 ? 9'000'000 : 90'000));
    texts.push_back(FormatDecimal(units, 2) + (padded ? "000000" : ""));
  }
  return texts;
}

void BM_Decimal_Parse(benchmark::State& state) {
  const std::vector<std::string> texts = Texts(state.range(0) == 1);
  std::size_t i = 0;
  DecimalResult result;
  for (auto _ : state) {
    benchmark::DoNotOptimize(ParseDecimal(texts[i++ % 1'024], 2, &result));
    benchmark::DoNotOptimize(result);
  }
  state.SetItemsProcessed(state.iterations());
}
BENCHMARK(BM_Decimal_Parse)->ArgName("padded")->Arg(0)->Arg(1);

template <class Draw>
void Measure(benchmark::State& state, Draw draw) {
  RandomStream random(1, "bench/draws");
  for (auto _ : state) benchmark::DoNotOptimize(draw(random));
  state.SetItemsProcessed(state.iterations());
}

void BM_RandomStream_Draw(benchmark::State& state) {
  Measure(state, [](RandomStream& random) { return random(); });
}
BENCHMARK(BM_RandomStream_Draw);
void BM_RandomStream_Exponential(benchmark::State& state) {
  Measure(state, [](RandomStream& random) { return random.Exponential(); });
}
BENCHMARK(BM_RandomStream_Exponential);
void BM_RandomStream_Normal(benchmark::State& state) {
  Measure(state, [](RandomStream& random) { return random.Normal(); });
}
BENCHMARK(BM_RandomStream_Normal);
void BM_RandomStream_UniformBelow(benchmark::State& state) {
  Measure(state, [](RandomStream& random) { return random.UniformBelow(1'000); });
}
BENCHMARK(BM_RandomStream_UniformBelow);

template <class Function>
void MeasureFunction(benchmark::State& state, Function function) {
  RandomStream random(1, "bench/math");
  std::array<double, 1'024> inputs{};
  for (double& x : inputs) x = 0.1 + random.Exponential();
  std::size_t i = 0;
  for (auto _ : state) benchmark::DoNotOptimize(function(inputs[i++ % inputs.size()]));
  state.SetItemsProcessed(state.iterations());
}

void BM_Math_Exp(benchmark::State& state) { MeasureFunction(state, Exp); }
BENCHMARK(BM_Math_Exp);
void BM_Math_Log(benchmark::State& state) { MeasureFunction(state, Log); }
BENCHMARK(BM_Math_Log);
void BM_Math_Pow(benchmark::State& state) {
  MeasureFunction(state, [](double x) { return Pow(x, 2.5); });
}
BENCHMARK(BM_Math_Pow);

}  // namespace
}  // namespace crucible

BENCHMARK_MAIN();

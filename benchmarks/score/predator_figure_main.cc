// The figure of evolved predators in full: crucible_predator_figure [SEEDS] [THREADS]; 200 seeds by default.

#include <cstdio>
#include <cstdlib>

#include "benchmarks/score/predator_figure.h"

namespace crucible::score {
namespace {

void Print(const PredatorArm& arm) {
  const auto harm = Mean(arm.harm), profit = Mean(arm.profit), alone = Mean(arm.alone);
  std::printf("%-32s %8.2f [%8.2f, %8.2f] %10.2f [%9.2f, %9.2f] %10.2f [%9.2f, %9.2f]\n", arm.name.c_str(),
              harm.mean, harm.low, harm.high, profit.mean, profit.low, profit.high, alone.mean, alone.low,
              alone.high);
}
void Compare(const char* what, const PredatorArm& a, const PredatorArm& b) {
  const auto difference = MeanDifference(a.harm, b.harm);
  std::printf("%-32s %8.2f [%8.2f, %8.2f]\n", what, difference.mean, difference.low, difference.high);
}

void PrintByPrey(const PredatorFigure& figure) {
  std::printf("\n%-32s %29s %29s %29s\n", "harm to", "evolved", "over random", "over hand-written");
  for (std::size_t i = 0; i < figure.preys.size(); ++i) {
    const std::vector<double>& harm = figure.evolved.harm_to[i];
    std::printf("%-32s", figure.preys[i].c_str());
    for (const auto& estimate : {Mean(harm), MeanDifference(harm, figure.random.harm_to[i]),
                                 MeanDifference(harm, figure.hand_written.harm_to[i])})
      std::printf(" %9.2f [%8.2f, %8.2f]", estimate.mean, estimate.low, estimate.high);
    std::printf("\n");
  }
}

int Main(std::int64_t seeds, std::size_t threads) {
  const auto figure = MeasurePredators(CRUCIBLE_PREDATORS, seeds, threads);
  if (!figure.ok()) {
    std::fprintf(stderr, "error: %s\n", std::string(figure.status().message()).c_str());
    return 2;
  }
  std::printf(
      "%lld seeds, %zu strategies not bred on; USD per run, mean [95 %% interval]\n%-32s %29s %33s %33s\n",
      static_cast<long long>(seeds), figure->preys.size(), "predator", "harm", "own P&L", "without the prey");
  Print(figure->evolved);
  Print(figure->random);
  Print(figure->hand_written);
  Compare("evolved over random", figure->evolved, figure->random);
  Compare("evolved over hand-written", figure->evolved, figure->hand_written);
  PrintByPrey(*figure);
  return 0;
}

}  // namespace
}  // namespace crucible::score

int main(int argc, char** argv) {
  const long seeds = argc > 1 ? std::atol(argv[1]) : 200, threads = argc > 2 ? std::atol(argv[2]) : 2;
  if (seeds >= 2 && threads >= 1) return crucible::score::Main(seeds, static_cast<std::size_t>(threads));
  std::fprintf(stderr, "usage: crucible_predator_figure [SEEDS] [THREADS]\n");
  return 2;
}

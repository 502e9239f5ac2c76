// A plugin that breaks the rules on purpose: libm, a clock, unseeded randomness.

#include <crucible/strategy.h>

#include <cmath>
#include <cstdlib>
#include <ctime>

namespace {

class OutsideThePromise : public crucible::Strategy {
 public:
  static constexpr crucible::Parameter kParameters[] = {
      {"x", crucible::ParameterType::kDouble, "0.5", "", "", "an argument"}};
  explicit OutsideThePromise(crucible::Context& context) : x_(context.Double("x")) {}
  void OnStart(crucible::Context& context) {
    timespec now{};
    clock_gettime(CLOCK_REALTIME, &now);
    context.Print(std::to_string(std::tgamma(x_) + static_cast<double>(now.tv_sec + std::rand())));
  }

 private:
  double x_;
};

}  // namespace

CRUCIBLE_PLUGIN(CRUCIBLE_STRATEGY(OutsideThePromise, "outside_the_promise", "Breaks the rules."))

#include "framework/base/math.h"

#include <emmintrin.h>
#include <sleef.h>

namespace crucible {

double Exp(double x) { return Sleef_cinz_expd1_u10purec(x); }
double Expm1(double x) { return Sleef_cinz_expm1d1_u10purec(x); }
double Log(double x) { return Sleef_cinz_logd1_u10purec(x); }
double Log1p(double x) { return Sleef_cinz_log1pd1_u10purec(x); }
double Log2(double x) { return Sleef_cinz_log2d1_u10purec(x); }
double Pow(double base, double exponent) { return Sleef_cinz_powd1_u10purec(base, exponent); }
double Sin(double x) { return Sleef_cinz_sind1_u10purec(x); }
double Cos(double x) { return Sleef_cinz_cosd1_u10purec(x); }
double Tanh(double x) { return Sleef_cinz_tanhd1_u10purec(x); }
double Erfc(double x) { return Sleef_cinz_erfcd1_u15purec(x); }
// IEEE 754 requires the one right answer, and the instruction gives it.
double Sqrt(double x) { return _mm_cvtsd_f64(_mm_sqrt_sd(_mm_set_sd(x), _mm_set_sd(x))); }

void ExpEach(double* values, std::size_t count) {
  std::size_t i = 0;
  for (; i + 2 <= count; i += 2) {
    _mm_storeu_pd(values + i, Sleef_cinz_expd2_u10sse2(_mm_loadu_pd(values + i)));
  }
  for (; i < count; ++i) values[i] = Exp(values[i]);
}

}  // namespace crucible

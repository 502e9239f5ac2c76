#include "framework/base/random.h"

#include <boost/random/uniform_int_distribution.hpp>

#include "framework/base/check.h"
#include "framework/base/math.h"

namespace crucible {
namespace {

constexpr std::uint32_t Low(std::uint64_t word) { return static_cast<std::uint32_t>(word); }
constexpr std::uint32_t High(std::uint64_t word) { return static_cast<std::uint32_t>(word >> 32); }
constexpr std::uint64_t Join(std::uint32_t low, std::uint32_t high) {
  return (std::uint64_t{high} << 32) | low;
}

// c[0] + c[1] x + c[2] x^2 + ...
template <std::size_t N>
constexpr double Polynomial(const std::array<double, N>& c, double x) {
  double sum = c[N - 1];
  for (std::size_t i = N - 1; i > 0; --i) sum = sum * x + c[i - 1];
  return sum;
}

// Coefficients of PPND16 in AS 241: centre, middle and tail, numerators and denominators.
constexpr std::array<double, 8> kCentreTop = {
    3.3871328727963666080,    1.3314166789178437745e+2, 1.9715909503065514427e+3, 1.3731693765509461125e+4,
    4.5921953931549871457e+4, 6.7265770927008700853e+4, 3.3430575583588128105e+4, 2.5090809287301226727e+3};
constexpr std::array<double, 8> kCentreBottom = {1.0,
                                                 4.2313330701600911252e+1,
                                                 6.8718700749205790830e+2,
                                                 5.3941960214247511077e+3,
                                                 2.1213794301586595867e+4,
                                                 3.9307895800092710610e+4,
                                                 2.8729085735721942674e+4,
                                                 5.2264952788528545610e+3};
constexpr std::array<double, 8> kMiddleTop = {
    1.42343711074968357734, 4.63033784615654529590,    5.76949722146069140550,    3.64784832476320460504,
    1.27045825245236838258, 2.41780725177450611770e-1, 2.27238449892691845833e-2, 7.74545014278341407640e-4};
constexpr std::array<double, 8> kMiddleBottom = {1.0,
                                                 2.05319162663775882187,
                                                 1.67638483018380384940,
                                                 6.89767334985100004550e-1,
                                                 1.48103976427480074590e-1,
                                                 1.51986665636164571966e-2,
                                                 5.47593808499534494600e-4,
                                                 1.05075007164441684324e-9};
constexpr std::array<double, 8> kTailTop = {6.65790464350110377720,    5.46378491116411436990,
                                            1.78482653991729133580,    2.96560571828504891230e-1,
                                            2.65321895265761230930e-2, 1.24266094738807843860e-3,
                                            2.71155556874348757815e-5, 2.01033439929228813265e-7};
constexpr std::array<double, 8> kTailBottom = {1.0,
                                               5.99832206555887937690e-1,
                                               1.36929880922735805310e-1,
                                               1.48753612908506148525e-2,
                                               7.86869131145613259100e-4,
                                               1.84631831751005468180e-5,
                                               1.42151175831644588870e-7,
                                               2.04426310338993978564e-15};

}  // namespace

std::array<std::uint32_t, 4> Philox4x32(std::array<std::uint32_t, 4> counter,
                                        std::array<std::uint32_t, 2> key) {
  for (int round = 0; round < 10; ++round) {
    const std::uint64_t first = std::uint64_t{0xD2511F53} * counter[0];
    const std::uint64_t second = std::uint64_t{0xCD9E8D57} * counter[2];
    counter = {High(second) ^ counter[1] ^ key[0], Low(second), High(first) ^ counter[3] ^ key[1],
               Low(first)};
    key[0] += 0x9E3779B9;
    key[1] += 0xBB67AE85;
  }
  return counter;
}

RandomStream::RandomStream(std::uint64_t seed, std::string_view name) {
  StateHasher identity;
  identity.Add(seed);
  identity.Add(name);
  key_ = identity.value().low;
  lane_ = identity.value().high;
}

void RandomStream::Refill(std::uint64_t block) {
  const std::array<std::uint32_t, 4> words =
      Philox4x32({Low(block), High(block), Low(lane_), High(lane_)}, {Low(key_), High(key_)});
  block_ = {Join(words[0], words[1]), Join(words[2], words[3])};
}

void RandomStream::Seek(std::uint64_t position) {
  position_ = position;
  if (position % 2 == 1) Refill(position / 2);
}

std::uint64_t RandomStream::UniformBelow(std::uint64_t bound) {
  CRUCIBLE_CHECK(bound > 0);
  return boost::random::uniform_int_distribution<std::uint64_t>(0, bound - 1)(*this);
}

double RandomStream::Exponential() { return -Log(UniformOpen()); }

double RandomStream::Normal() { return NormalQuantile(UniformOpen()); }

void RandomStream::Hash(StateHasher& hasher) const {
  hasher.Add(key_);
  hasher.Add(lane_);
  hasher.Add(position_);
}

double NormalQuantile(double probability) {
  const double q = probability - 0.5;
  if (q >= -0.425 && q <= 0.425) {
    const double r = 0.180625 - q * q;
    return q * Polynomial(kCentreTop, r) / Polynomial(kCentreBottom, r);
  }
  const double r = Sqrt(-Log(q < 0 ? probability : 1 - probability));
  const double magnitude = r <= 5 ? Polynomial(kMiddleTop, r - 1.6) / Polynomial(kMiddleBottom, r - 1.6)
                                  : Polynomial(kTailTop, r - 5) / Polynomial(kTailBottom, r - 5);
  return q < 0 ? -magnitude : magnitude;
}

}  // namespace crucible

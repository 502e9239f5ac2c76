#include "framework/models/regime/forward_backward.h"

#include <algorithm>
#include <array>
#include <utility>

#include "framework/base/check.h"
#include "framework/base/math.h"
#include "framework/models/regime/lanes.h"
#include "framework/models/regime/scaled_recursion.h"

namespace crucible::regime {
namespace {

constexpr double kLn2 = 0.69314718055994530942;
constexpr double kLeastScale = 1e-250;
constexpr double kLargestBeta = 1e300;

template <std::size_t kPairs>
using Row = std::array<Pair, kPairs == 0 ? kMaxPairs : kPairs>;

// Rows of a block's densities: divided by the largest of the row, whose log goes to `shift`, regime by
// regime.
void DivideByLargest(std::size_t regimes, std::size_t rows, double* log_density, double* __restrict shift) {
  for (std::size_t t = 0; t < rows; ++t) shift[t] = log_density[t];
  for (std::size_t k = 1; k < regimes; ++k) {
    const double* __restrict one = log_density + k * kBlockRows;
    for (std::size_t t = 0; t < rows; ++t) shift[t] = one[t] > shift[t] ? one[t] : shift[t];
  }
  for (std::size_t k = 0; k < regimes; ++k) {
    double* __restrict one = log_density + k * kBlockRows;
    for (std::size_t t = 0; t < rows; ++t) one[t] -= shift[t];
    ExpEach(one, rows);
  }
}

double SumInOrder(const double* values, std::size_t count) {
  double sum = 0;
  for (std::size_t i = 0; i < count; ++i) sum += values[i];
  return sum;
}

}  // namespace

struct ForwardBackward::Model {
  explicit Model(const GaussianHmm& hmm) : densities(hmm), mean(hmm.mean.data()) {
    const std::size_t k = hmm.regimes, padded = 2 * PairsOf(k);
    start.assign(padded, 0);
    forward.assign(padded * padded, 0);
    backward.assign(padded * padded, 0);
    for (std::size_t i = 0; i < k; ++i) {
      start[i] = hmm.start[i];
      for (std::size_t j = 0; j < k; ++j) {
        forward[i * padded + j] = hmm.Transition(i, j);
        backward[j * padded + i] = hmm.Transition(i, j);
      }
    }
  }
  Densities densities;
  const double* mean;
  std::vector<double> start, forward, backward;  // backward: transposed
};

ForwardBackward::ForwardBackward(const Observations& observations, std::size_t regimes)
    : x_(observations),
      regimes_(regimes),
      padded_(2 * PairsOf(regimes)),
      density_(observations.rows() * padded_),
      alpha_(observations.rows() * padded_),
      rate_(observations.rows()),
      shift_(observations.rows()) {}

// Shifts row `row` by the best of what the chain can reach instead of by the best of all; unreachable regimes
// get density 0, which changes no posterior. Returns the sum of the forward row, which it writes.
template <std::size_t kPairs>
double ForwardBackward::Rescue(const Model& model, std::size_t row, const double* predicted) {
  std::array<double, GaussianHmm::kMaxFeatures> values;
  std::array<double, GaussianHmm::kMaxRegimes> log_density;
  x_.CopyRow(row, values.data());
  model.densities.LogDensities(values.data(), log_density.data());
  double best = 0;
  bool any = false;
  for (std::size_t k = 0; k < regimes_; ++k) {
    if (!(predicted[k] > 0)) continue;
    const double joint = log_density[k] + Log(predicted[k]);
    if (!any || joint > best) best = joint;
    any = true;
  }
  CRUCIBLE_CHECK(any);
  shift_[row] = best;
  double sum = 0;
  for (std::size_t k = 0; k < regimes_; ++k) {
    const double density = predicted[k] > 0 ? Exp(log_density[k] - best) : 0;
    density_[row * padded_ + k] = density;
    alpha_[row * padded_ + k] = predicted[k] > 0 ? Exp(log_density[k] + Log(predicted[k]) - best) : 0;
    sum += alpha_[row * padded_ + k];
  }
  return sum;
}

template <std::size_t kPairs>
double ForwardBackward::Forward(const Model& model, std::size_t sequence) {
  const std::size_t pairs = kPairs == 0 ? padded_ / 2 : kPairs, padded = 2 * pairs;
  const std::size_t begin = x_.Start(sequence), length = x_.Length(sequence);
  std::vector<double> block(regimes_ * kBlockRows);
  ScaleProduct product;
  double shifts = 0, rate = 1;
  Row<kPairs> alpha{}, predicted{};
  for (std::size_t p = 0; p < pairs; ++p) predicted[p] = LoadPair(model.start.data() + 2 * p);
  for (std::size_t first = 0; first < length; first += kBlockRows) {
    const std::size_t rows = std::min(kBlockRows, length - first), origin = begin + first;
    model.densities.LogDensities(x_, origin, rows, block.data());
    DivideByLargest(regimes_, rows, block.data(), shift_.data() + origin);
    for (std::size_t k = 0; k < regimes_; ++k) {
      for (std::size_t t = 0; t < rows; ++t) density_[(origin + t) * padded + k] = block[k * kBlockRows + t];
    }
    for (std::size_t row = origin; row < origin + rows; ++row) {
      if (row != begin) Move<kPairs>(alpha.data(), model.forward.data(), pairs, predicted.data());
      const Pair scale = Both(rate);
      for (std::size_t p = 0; p < pairs; ++p) {
        alpha[p] = predicted[p] * (LoadPair(density_.data() + row * padded + 2 * p) * scale);
        Store(alpha_.data() + row * padded + 2 * p, alpha[p]);
      }
      double sum = SumOf<kPairs>(alpha.data(), pairs);
      if (!(sum > kLeastScale)) [[unlikely]] {
        std::array<double, 2 * kMaxPairs> reach;
        for (std::size_t p = 0; p < pairs; ++p) Store(reach.data() + 2 * p, predicted[p] * scale);
        sum = Rescue<kPairs>(model, row, reach.data());
        for (std::size_t p = 0; p < pairs; ++p) alpha[p] = LoadPair(alpha_.data() + row * padded + 2 * p);
      }
      rate = 1 / sum;
      rate_[row] = rate;
      product.Multiply(sum);
    }
    product.Normalize();
    shifts += SumInOrder(shift_.data() + origin, rows);
  }
  return Log(product.mantissa()) + static_cast<double>(product.exponent()) * kLn2 + shifts;
}

template <std::size_t kPairs>
void ForwardBackward::Backward(const Model& model, std::size_t sequence, Expectation& sums,
                               double* gamma_out) {
  const std::size_t pairs = kPairs == 0 ? padded_ / 2 : kPairs, padded = 2 * pairs;
  const std::size_t begin = x_.Start(sequence), length = x_.Length(sequence);
  std::vector<double> gamma(2 * pairs * kBlockRows);
  std::vector<double> moves(padded * padded);
  Row<kPairs> q, v, beta;  // q_t = rate_t * beta_t
  for (std::size_t p = 0; p < pairs; ++p) q[p] = Both(rate_[begin + length - 1]);
  const std::size_t blocks = (length + kBlockRows - 1) / kBlockRows;
  for (std::size_t block = blocks; block-- > 0;) {
    const std::size_t origin = begin + block * kBlockRows;
    const std::size_t rows = std::min(kBlockRows, begin + length - origin);
    std::array<Pair, kPairs == 0 ? 1 : 2 * kPairs * kPairs> near{};
    Pair* move = kPairs == 0 ? nullptr : near.data();
    std::vector<Pair> far(kPairs == 0 ? padded * pairs : 0, Both(0));
    if (kPairs == 0) move = far.data();
    for (std::size_t row = origin + rows; row-- > origin;) {
      const double* alpha = alpha_.data() + row * padded;
      for (std::size_t p = 0; p < pairs; ++p) {
        const Pair joint = LoadPair(alpha + 2 * p) * q[p];
        gamma[(2 * p) * kBlockRows + row - origin] = joint[0];
        gamma[(2 * p + 1) * kBlockRows + row - origin] = joint[1];
        v[p] = LoadPair(density_.data() + row * padded + 2 * p) * q[p];
      }
      if (row == begin) break;
      const double rate = rate_[row - 1];
      const double* before = alpha_.data() + (row - 1) * padded;
      for (std::size_t i = 0; i < padded; ++i) {
        const Pair from = Both(before[i] * rate);
        for (std::size_t p = 0; p < pairs; ++p) move[i * pairs + p] += from * v[p];
      }
      Move<kPairs>(v.data(), model.backward.data(), pairs, beta.data());
      for (std::size_t p = 0; p < pairs; ++p) {
        const Pair next = beta[p] * Both(rate);
        q[p] = next < Both(kLargestBeta) ? next : Both(kLargestBeta);
      }
    }
    for (std::size_t i = 0; i < padded; ++i) {
      for (std::size_t p = 0; p < pairs; ++p) {
        moves[i * padded + 2 * p] += move[i * pairs + p][0];
        moves[i * padded + 2 * p + 1] += move[i * pairs + p][1];
      }
    }
    if (gamma_out != nullptr) {
      for (std::size_t t = 0; t < rows; ++t) {
        for (std::size_t k = 0; k < regimes_; ++k) {
          gamma_out[(origin + t) * regimes_ + k] = gamma[k * kBlockRows + t];
        }
      }
      continue;
    }
    for (std::size_t k = 0; k < regimes_; ++k) {
      for (std::size_t t = rows; t % 4 != 0; ++t) gamma[k * kBlockRows + t] = 0;
      if (block == 0) sums.start[k] += gamma[k * kBlockRows];
    }
    sums.moments.AddBlock(x_, origin, rows, model.mean, gamma.data());
  }
  if (gamma_out != nullptr) return;
  for (std::size_t i = 0; i < regimes_; ++i) {
    for (std::size_t j = 0; j < regimes_; ++j) {
      sums.transition[i * regimes_ + j] += moves[i * padded + j] * model.forward[i * padded + j];
    }
  }
}

Expectation ForwardBackward::Expect(const GaussianHmm& hmm, TaskPool* pool) {
  CRUCIBLE_CHECK(hmm.regimes == regimes_ && hmm.features == x_.features());
  const Model model(hmm);
  const auto zero = [&] {
    return Expectation{0, std::vector<double>(regimes_), std::vector<double>(regimes_ * regimes_),
                       MomentSums::For(hmm)};
  };
  std::vector<Expectation> parts(x_.sequences(), zero());
  const auto one = [&](std::size_t sequence, std::size_t) {
    WithConstant<kUnrolledPairs>(padded_ / 2, [&]<std::size_t kPairs>() {
      parts[sequence].log_likelihood = Forward<kPairs>(model, sequence);
      Backward<kPairs>(model, sequence, parts[sequence], nullptr);
    });
  };
  if (pool != nullptr) {
    pool->Run(parts.size(), one);
  } else {
    for (std::size_t s = 0; s < parts.size(); ++s) one(s, 0);
  }
  Expectation total = std::move(parts.front());
  for (std::size_t s = 1; s < parts.size(); ++s) {
    total.log_likelihood += parts[s].log_likelihood;
    for (std::size_t i = 0; i < total.start.size(); ++i) total.start[i] += parts[s].start[i];
    for (std::size_t i = 0; i < total.transition.size(); ++i) total.transition[i] += parts[s].transition[i];
    total.moments.Add(parts[s].moments);
  }
  return total;
}

double ForwardBackward::LogLikelihood(const GaussianHmm& hmm) {
  const Model model(hmm);
  double sum = 0;
  for (std::size_t s = 0; s < x_.sequences(); ++s) {
    sum += WithConstant<kUnrolledPairs>(padded_ / 2, [&]<std::size_t kPairs>() { return Forward<kPairs>(model, s); });
  }
  return sum;
}

Smoothed<std::vector<double>> ForwardBackward::Smooth(const GaussianHmm& hmm) {
  const Model model(hmm);
  std::vector<double> posteriors(x_.rows() * regimes_);
  Expectation unused{0, {}, {}, MomentSums::For(hmm)};
  for (std::size_t s = 0; s < x_.sequences(); ++s) {
    WithConstant<kUnrolledPairs>(padded_ / 2, [&]<std::size_t kPairs>() {
      Forward<kPairs>(model, s);
      Backward<kPairs>(model, s, unused, posteriors.data());
    });
  }
  return Smoothed<std::vector<double>>(std::move(posteriors));
}

}  // namespace crucible::regime

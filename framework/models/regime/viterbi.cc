#include "framework/models/regime/viterbi.h"

#include <limits>

#include "framework/base/math.h"
#include "framework/models/regime/emission.h"

namespace crucible::regime {
namespace {

double LogOrMinusInfinity(double p) { return p > 0 ? Log(p) : -std::numeric_limits<double>::infinity(); }

class Viterbi {
 public:
  Viterbi(const GaussianHmm& model, const Observations& x)
      : x_(x), k_(model.regimes), densities_(model), from_(x.rows() * k_), density_(k_ * kBlockRows) {
    for (const double p : model.start) log_start_.push_back(LogOrMinusInfinity(p));
    for (std::size_t j = 0; j < k_; ++j) {
      for (std::size_t i = 0; i < k_; ++i) log_move_.push_back(LogOrMinusInfinity(model.Transition(i, j)));
    }
  }

  double Trace(std::size_t sequence, std::vector<std::uint8_t>& path) {
    const std::size_t begin = x_.Start(sequence), length = x_.Length(sequence);
    std::vector<double> best(k_), next(k_);
    for (std::size_t t = 0; t < length; ++t) {
      if (t % kBlockRows == 0)
        densities_.LogDensities(x_, begin + t, std::min(kBlockRows, length - t), density_.data());
      for (std::size_t j = 0; j < k_; ++j) {
        double reach = log_start_[j];
        if (t > 0) reach = BestMove(best, j, from_[(begin + t) * k_ + j]);
        next[j] = reach + density_[j * kBlockRows + t % kBlockRows];
      }
      best.swap(next);
    }
    std::size_t regime = 0;
    for (std::size_t j = 1; j < k_; ++j) regime = best[j] > best[regime] ? j : regime;
    const double log_probability = best[regime];
    for (std::size_t t = length; t-- > 0;) {
      path[begin + t] = static_cast<std::uint8_t>(regime);
      regime = from_[(begin + t) * k_ + regime];
    }
    return log_probability;
  }

 private:
  double BestMove(const std::vector<double>& best, std::size_t to, std::uint8_t& from) const {
    const double* move = log_move_.data() + to * k_;
    double most = best[0] + move[0];
    std::size_t chosen = 0;
    for (std::size_t i = 1; i < k_; ++i) {
      const double reach = best[i] + move[i];
      if (reach > most) most = reach, chosen = i;
    }
    from = static_cast<std::uint8_t>(chosen);
    return most;
  }

  const Observations& x_;
  std::size_t k_;
  Densities densities_;
  std::vector<double> log_start_, log_move_;  // log_move: [to][from]
  std::vector<std::uint8_t> from_;
  std::vector<double> density_;
};

}  // namespace

Smoothed<RegimePath> MostProbablePath(const GaussianHmm& model, const Observations& observations) {
  Viterbi viterbi(model, observations);
  RegimePath path{std::vector<std::uint8_t>(observations.rows()), 0};
  for (std::size_t s = 0; s < observations.sequences(); ++s)
    path.log_probability += viterbi.Trace(s, path.regime);
  return Smoothed<RegimePath>(std::move(path));
}

}  // namespace crucible::regime

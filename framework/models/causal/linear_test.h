// Partial correlation (ParCorr; with normal scores, RobustParCorr), from one correlation matrix.
//
// The value is the correlation of what Z leaves of X and of Y, r = -P_xy / sqrt(P_xx P_yy) of the precision
// matrix of (X, Y, Z), computed by eliminating Z. p is that of Student's t with rows - 2 - |Z| degrees of
// freedom. Constant members of Z are dropped and do not count.
//
// Elimination squares the condition number: where a pivot falls below 1e-7 (relative to the variable's
// variance) the test is done again on the rows by orthogonalisation (orthogonal_test.h), which also decides
// on kCollinear. A test without rows (a live graph keeps none) calls every pivot below 1e-10 collinear.
//
// Cost: (|Z| + 2)^3 / 6 multiplications, about 0.5 microseconds for |Z| = 10; no allocation up to |Z| = 46.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "framework/models/causal/ci_test.h"
#include "framework/models/causal/correlations.h"

namespace crucible::causal {

// How a graph's p-values treat changing variance.
enum class Errors : std::uint8_t {
  kStudent,  // residuals of constant variance: the reference's
  // The score sum(x y) of the residuals over the square root of sum(x^2 y^2) (White 1980, Eicker 1967),
  // Student's t: valid when the variances of X and Y change together (GARCH, a common volatility). Needs
  // rows; 10-50 us each.
  kHeteroscedastic,
};

// What elimination leaves of the variances and the covariance of x and y.
struct Partial {
  double xx = 1, yy = 1, xy = 0;
  double least_pivot = 1;  // over Z, x and y
};
Partial Eliminate(const Correlations& correlations, std::size_t x, std::size_t y,
                  std::span<const std::size_t> z);

// Of |r| at a level, by |Z|: computing them costs more than a graph of a few variables.
struct Thresholds {
  double alpha = -1;
  std::size_t rows = 0;
  std::vector<double> r;
};

class LinearTest final : public CiTest {
 public:
  // Keeps references to both. `data` may be null: then there is no fallback. `row_weights` (by row of the
  // sample, or empty) are those behind `correlations`, for the fallback.
  LinearTest(const Correlations& correlations, const LaggedData* data, std::size_t max_lag,
             Errors errors = Errors::kStudent);

  std::size_t variables() const override { return correlations_.variables; }
  std::size_t max_lag() const override { return max_lag_; }
  CiResult Test(Node x, Node y, std::span<const Node> z) const override;
  CiDecision Decide(Node x, Node y, std::span<const Node> z, double alpha) const override;
  CiResult Confirm(Node x, Node y, std::span<const Node> z) const override;
  double SelectionScore(Node y, std::span<const Node> parents) const override;

  // Computes the thresholds of |r| at `alpha`, so that Decide() needs no p-value. Not thread-safe against
  // Decide().
  void Prepare(double alpha) { Prepare(alpha, thresholds_); }
  // The same, with those of an earlier test where level and rows are the same; `kept` is brought up to date.
  void Prepare(double alpha, Thresholds& kept);

 private:
  struct Value {
    double r = 0;
    double dof = 0;
    CiOutcome outcome = CiOutcome::kTested;
    double least_pivot = 1;
  };
  Value Compute(Node x, Node y, std::span<const Node> z) const;

  const Correlations& correlations_;
  const LaggedData* data_;
  std::size_t max_lag_;
  Errors errors_;
  Thresholds thresholds_;
};

}  // namespace crucible::causal

// The most probable sequence of regimes (Viterbi 1967). Looks at all rows: for pictures and reports, never
// for a decision at a row.
#pragma once

#include <cstdint>
#include <vector>

#include "framework/models/regime/gaussian_hmm.h"
#include "framework/models/regime/known_when.h"
#include "framework/models/regime/observations.h"

namespace crucible::regime {

struct RegimePath {
  std::vector<std::uint8_t> regime;  // by row
  double log_probability = 0;        // of path and rows together, all sequences
};

// Ties go to the lower number. Time rows x regimes^2; memory rows x regimes bytes.
Smoothed<RegimePath> MostProbablePath(const GaussianHmm& model, const Observations& observations);

}  // namespace crucible::regime

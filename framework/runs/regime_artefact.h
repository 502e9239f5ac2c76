// A fitted regime model as a file: JSON text with exact doubles, a version and a hash, so that a run can
// carry it.
//
// docs/formats/regime-model.md describes the format; keep the two together.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "framework/base/status.h"
#include "framework/models/regime/driven.h"
#include "framework/models/regime/gaussian_hmm.h"
#include "framework/models/regime/hsmm.h"

namespace crucible::runs {

struct RegimeArtefact {
  std::variant<regime::GaussianHmm, regime::Hsmm, regime::DrivenHmm> model;
  std::vector<std::string> features;  // columns of the emissions
  std::vector<std::string> drivers;   // columns after them; of driven models
  std::string source;                 // "bars" or "csv": what the columns are names of
  std::string instrument;             // of bars, "venue/symbol"
  // How it was fitted; not part of the hash.
  std::uint64_t rows = 0;
  double log_likelihood = 0;
  bool converged = false;

  const regime::GaussianHmm& emissions() const;
  std::vector<std::string> columns() const;  // features, then drivers
  std::string_view kind() const;             // "hmm", "hsmm", "driven"
  // Of the model's bits and what its columns are.
  Hash128 Hash() const;
  std::unique_ptr<regime::RegimeFilter> MakeFilter() const;
};

std::string ToText(const RegimeArtefact& artefact);
// kInvalidArgument: not such a text, a newer version, a model that is not valid; kDataLoss: the hash does not
// fit. `name` stands in errors.
absl::StatusOr<RegimeArtefact> ParseRegimeArtefact(std::string_view text, const std::string& name);
absl::StatusOr<RegimeArtefact> ReadRegimeArtefact(const std::string& path);

}  // namespace crucible::runs

// A fitted order flow as a file and as text: the records that `crucible calibrate` writes, and the text that
// a run's configuration carries, so that it needs no file.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "framework/base/status.h"
#include "framework/event/event.h"
#include "simulators/flow/flow_model.h"
#include "simulators/flow/hawkes_fit.h"

namespace crucible::runs {

inline constexpr std::string_view kCalibrationStream = "calibration";

// Of FlowParameterBody: append, never renumber. docs/formats/records.md says what each is.
enum class FlowParameter : std::int64_t {
  kBase = 1,
  kDecay = 2,
  kBranching = 3,
  kRescaling = 4,
  kLots = 5,
  kImproving = 6,
  kDistance = 7,
};

// A fit with the marks of its types, numbered from 1. `fit` numbers types as `model` does.
std::vector<Event> FlowRecords(const flow::FlowModel& model, const flow::HawkesFit& fit);

// kInvalidArgument: the file is no calibration, or one of a build whose records had no marks; kNotFound: no
// such file.
absl::StatusOr<flow::FlowModel> ReadFlowArtefact(const std::string& path);

// Doubles are exact. `name` stands in errors.
std::string ToText(const flow::FlowModel& model);
absl::StatusOr<flow::FlowModel> ParseFlow(std::string_view text, const std::string& name);

}  // namespace crucible::runs

#include "framework/runs/flow_artefact.h"

#include <algorithm>
#include <bit>
#include <nlohmann/json.hpp>
#include <optional>

#include "absl/strings/str_format.h"
#include "framework/engine/journal_reader.h"
#include "framework/event/kinds.h"
#include "framework/journal/journal.h"

namespace crucible::runs {
namespace {

using flow::FlowModel;
using flow::FlowType;
using Json = nlohmann::ordered_json;

constexpr const char* kFormat = "crucible flow 1";

// The target type, and one more than the source type above it.
std::int64_t TypesCode(FlowType target, std::optional<FlowType> source) {
  return static_cast<std::int64_t>(target) |
         (source ? static_cast<std::int64_t>(*source) + 1 : std::int64_t{0}) << 8;
}

Event ParameterRecord(FlowParameter parameter, std::int64_t types, double value, double error) {
  Event event;
  event.kind = Kind::kFlowParameter;
  event.flags = flag::kGroupEnd;
  SetBody(event, FlowParameterBody{static_cast<std::int64_t>(parameter), types,
                                   std::bit_cast<std::int64_t>(value), std::bit_cast<std::int64_t>(error)});
  return event;
}

// ---- records to model ----

class ModelReader {
 public:
  // kInvalidArgument: a type that there is not, or one whose base rate has not come.
  absl::Status Add(const FlowParameterBody& body) {
    const std::int64_t code = body.types & 0xff;
    if (code >= static_cast<std::int64_t>(flow::kFlowTypes)) {
      return absl::InvalidArgumentError(absl::StrFormat("a parameter of type %d, expected 0 to %d", code, flow::kFlowTypes - 1));
    }
    const auto target = static_cast<FlowType>(code);
    const double value = std::bit_cast<double>(body.value_bits);
    const auto row = static_cast<std::size_t>(std::ranges::find(model_.types, target) - model_.types.begin());
    switch (static_cast<FlowParameter>(body.parameter)) {
      case FlowParameter::kBase:
        if (row < model_.types.size()) break;
        model_.types.push_back(target);
        model_.process.base.push_back(value);
        model_.process.branching.emplace_back();
        break;
      case FlowParameter::kDecay:
        model_.process.decay.push_back(value);
        break;
      case FlowParameter::kBranching:
        if (row == model_.types.size())
          return absl::InvalidArgumentError(absl::StrFormat("a branching ratio of type %d before its base rate", code));
        model_.process.branching[row].push_back(value);
        break;
      case FlowParameter::kLots:
        MarkOf(target).lots = value;
        has_marks_ = true;
        break;
      case FlowParameter::kImproving:
        MarkOf(target).improving = value;
        break;
      case FlowParameter::kDistance:
        MarkOf(target).distance = value;
        break;
      case FlowParameter::kRescaling:
        break;
    }
    return absl::OkStatus();
  }
  bool has_marks() const { return has_marks_; }
  FlowModel Take() { return std::move(model_); }

 private:
  flow::FlowMarks& MarkOf(FlowType type) { return model_.marks[static_cast<std::size_t>(type)]; }

  FlowModel model_;
  bool has_marks_ = false;
};

}  // namespace

std::vector<Event> FlowRecords(const FlowModel& model, const flow::HawkesFit& fit) {
  std::vector<Event> records;
  const auto add = [&](FlowParameter parameter, std::int64_t types, double value, double error) {
    records.push_back(ParameterRecord(parameter, types, value, error));
    records.back().seq = records.size();
  };
  for (std::size_t i = 0; i < model.types.size(); ++i) {
    const std::int64_t target = TypesCode(model.types[i], {});
    add(FlowParameter::kBase, target, fit.base[i].value, fit.base[i].standard_error);
    add(FlowParameter::kDecay, target, fit.decay[i].value, fit.decay[i].standard_error);
    for (std::size_t j = 0; j < model.types.size(); ++j) {
      add(FlowParameter::kBranching, TypesCode(model.types[i], model.types[j]), fit.branching[i][j].value,
          fit.branching[i][j].standard_error);
    }
    add(FlowParameter::kRescaling, target, fit.rescaling[i].distance, fit.rescaling[i].p_value);
    const flow::FlowMarks& marks = model.marks[static_cast<std::size_t>(model.types[i])];
    add(FlowParameter::kLots, target, marks.lots, 0);
    add(FlowParameter::kImproving, target, marks.improving, 0);
    add(FlowParameter::kDistance, target, marks.distance, 0);
  }
  return records;
}

absl::StatusOr<FlowModel> ReadFlowArtefact(const std::string& path) {
  CRUCIBLE_ASSIGN_OR_RETURN(const journal::Journal file, journal::Journal::Open(path));
  auto reader = engine::ReadStream(file, kCalibrationStream);
  if (!reader.ok() && !absl::IsNotFound(reader.status())) return reader.status();
  if (!reader.ok()) {
    return absl::InvalidArgumentError(
        absl::StrFormat("%s is no fitted flow (what crucible calibrate writes)", path));
  }
  std::vector<Event> storage((*reader)->max_batch());
  ModelReader model;
  for (;;) {
    CRUCIBLE_ASSIGN_OR_RETURN(const std::size_t count, (*reader)->Read(storage));
    if (count == 0) break;
    for (std::size_t i = 0; i < count; ++i) {
      if (storage[i].kind != Kind::kFlowParameter) continue;
      if (const absl::Status added = model.Add(As<FlowParameterBody>(storage[i])); !added.ok())
        return absl::InvalidArgumentError(
            absl::StrFormat("%s, record %d: %s", path, storage[i].seq, std::string(added.message())));
    }
  }
  if (!model.has_marks()) {
    return absl::InvalidArgumentError(absl::StrFormat(
        "%s says nothing of sizes and places of orders: write it again with crucible calibrate", path));
  }
  FlowModel read = model.Take();
  if (const absl::Status valid = read.Validate(); !valid.ok())
    return absl::InvalidArgumentError(absl::StrFormat("%s: %s", path, std::string(valid.message())));
  return read;
}

// ---- text ----

std::string ToText(const FlowModel& model) {
  Json types = Json::array();
  for (std::size_t i = 0; i < model.types.size(); ++i) {
    const flow::FlowMarks& marks = model.marks[static_cast<std::size_t>(model.types[i])];
    types.push_back({{"type", Name(model.types[i])},
                     {"base", model.process.base[i]},
                     {"decay", model.process.decay[i]},
                     {"branching", model.process.branching[i]},
                     {"lots", marks.lots},
                     {"improving", marks.improving},
                     {"distance", marks.distance}});
  }
  return Json{{"format", kFormat}, {"types", types}}.dump();
}

absl::StatusOr<FlowModel> ParseFlow(std::string_view text, const std::string& name) {
  FlowModel model;
  try {
    const Json json = Json::parse(text);
    if (json.at("format").get<std::string>() != kFormat) throw std::invalid_argument("format is another one");
    for (const Json& each : json.at("types")) {
      const auto type = flow::FlowTypeFromName(each.at("type").get<std::string>());
      if (!type) throw std::invalid_argument("no type \"" + each.at("type").get<std::string>() + "\"");
      model.types.push_back(*type);
      model.process.base.push_back(each.at("base").get<double>());
      model.process.decay.push_back(each.at("decay").get<double>());
      model.process.branching.push_back(each.at("branching").get<std::vector<double>>());
      model.marks[static_cast<std::size_t>(*type)] = {each.at("lots").get<double>(),
                                                      each.at("improving").get<double>(),
                                                      each.at("distance").get<double>()};
    }
  } catch (const std::exception& error) {
    return absl::InvalidArgumentError(
        absl::StrFormat("%s is no text of a fitted flow: %s", name, error.what()));
  }
  if (const absl::Status valid = model.Validate(); !valid.ok())
    return absl::InvalidArgumentError(absl::StrFormat("%s: %s", name, std::string(valid.message())));
  return model;
}

}  // namespace crucible::runs

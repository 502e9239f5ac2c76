#include "framework/runs/regime_artefact.h"

#include <fstream>
#include <iterator>
#include <nlohmann/json.hpp>

#include "absl/strings/str_format.h"
#include "framework/models/regime/filter.h"

namespace crucible::runs {
namespace {

using Json = nlohmann::ordered_json;
using regime::DrivenHmm;
using regime::GaussianHmm;
using regime::Hsmm;

constexpr const char* kFormat = "crucible regime model";
constexpr int kVersion = 1;

// nlohmann writes the shortest decimal that reads back to the same double.
void WriteEmissions(const GaussianHmm& model, Json& json) {
  json["shape"] = std::string(regime::Name(model.shape));
  json["regimes"] = model.regimes;
  json["start"] = model.start;
  json["transition"] = model.transition;
  json["mean"] = model.mean;
  json["covariance"] = model.covariance;
}

GaussianHmm ReadEmissions(const Json& json, std::size_t features) {
  const absl::StatusOr<regime::CovarianceShape> shape =
      regime::CovarianceShapeFromName(json.at("shape").get<std::string>());
  if (!shape.ok()) throw std::invalid_argument(std::string(shape.status().message()));
  GaussianHmm model;
  model.shape = *shape;
  model.regimes = json.at("regimes").get<std::size_t>();
  model.features = features;
  model.start = json.at("start").get<std::vector<double>>();
  model.transition = json.at("transition").get<std::vector<double>>();
  model.mean = json.at("mean").get<std::vector<double>>();
  model.covariance = json.at("covariance").get<std::vector<double>>();
  return model;
}

void ReadModel(const Json& json, RegimeArtefact& artefact) {
  GaussianHmm emissions = ReadEmissions(json, artefact.features.size());
  const std::string kind = json.at("kind").get<std::string>();
  if (kind == "hmm") {
    artefact.model = std::move(emissions);
  } else if (kind == "hsmm") {
    artefact.model = Hsmm{std::move(emissions), json.at("ages").get<std::size_t>(),
                          json.at("hazard").get<std::vector<double>>()};
  } else if (kind == "driven") {
    artefact.model =
        DrivenHmm{std::move(emissions), artefact.drivers.size(), json.at("centre").get<std::vector<double>>(),
                  json.at("scale").get<std::vector<double>>(), json.at("weight").get<std::vector<double>>()};
  } else {
    throw std::invalid_argument("kind is \"" + kind + "\", expected hmm, hsmm or driven");
  }
}

}  // namespace

const GaussianHmm& RegimeArtefact::emissions() const {
  if (const auto* hsmm = std::get_if<Hsmm>(&model)) return hsmm->emissions;
  if (const auto* driven = std::get_if<DrivenHmm>(&model)) return driven->emissions;
  return std::get<GaussianHmm>(model);
}

std::vector<std::string> RegimeArtefact::columns() const {
  std::vector<std::string> columns = features;
  columns.insert(columns.end(), drivers.begin(), drivers.end());
  return columns;
}

std::string_view RegimeArtefact::kind() const {
  static constexpr std::string_view kKinds[] = {"hmm", "hsmm", "driven"};
  return kKinds[model.index()];
}

Hash128 RegimeArtefact::Hash() const {
  StateHasher hasher;
  hasher.Add(kind());
  for (const std::string& column : columns()) hasher.Add(std::string_view(column));
  hasher.Add(std::string_view(source));
  hasher.Add(std::string_view(instrument));
  const Hash128 of_model = std::visit([](const auto& one) { return one.Hash(); }, model);
  hasher.Add(of_model.low);
  hasher.Add(of_model.high);
  return hasher.value();
}

std::unique_ptr<regime::RegimeFilter> RegimeArtefact::MakeFilter() const {
  if (const auto* hsmm = std::get_if<Hsmm>(&model)) return std::make_unique<regime::HsmmFilter>(*hsmm);
  if (const auto* driven = std::get_if<DrivenHmm>(&model))
    return std::make_unique<regime::DrivenFilter>(*driven);
  return std::make_unique<regime::HmmFilter>(std::get<GaussianHmm>(model));
}

std::string ToText(const RegimeArtefact& artefact) {
  Json json;
  json["format"] = kFormat;
  json["version"] = kVersion;
  json["kind"] = std::string(artefact.kind());
  json["source"] = artefact.source;
  json["instrument"] = artefact.instrument;
  json["features"] = artefact.features;
  json["drivers"] = artefact.drivers;
  WriteEmissions(artefact.emissions(), json);
  if (const auto* hsmm = std::get_if<Hsmm>(&artefact.model)) {
    json["ages"] = hsmm->ages;
    json["hazard"] = hsmm->hazard;
  }
  if (const auto* driven = std::get_if<DrivenHmm>(&artefact.model)) {
    json["centre"] = driven->centre;
    json["scale"] = driven->scale;
    json["weight"] = driven->weight;
  }
  json["fit"] = {{"rows", artefact.rows},
                 {"log_likelihood", artefact.log_likelihood},
                 {"converged", artefact.converged}};
  json["hash"] = ToHex(artefact.Hash());
  return json.dump(1) + "\n";
}

absl::StatusOr<RegimeArtefact> ParseRegimeArtefact(std::string_view text, const std::string& name) {
  RegimeArtefact artefact;
  std::string hash;
  try {
    const Json json = Json::parse(text);
    if (json.at("format").get<std::string>() != kFormat) throw std::invalid_argument("format is another one");
    if (json.at("version").get<int>() != kVersion) {
      throw std::invalid_argument(
          absl::StrFormat("version is %d, this build reads %d", json.at("version").get<int>(), kVersion));
    }
    artefact.source = json.at("source").get<std::string>();
    artefact.instrument = json.at("instrument").get<std::string>();
    artefact.features = json.at("features").get<std::vector<std::string>>();
    artefact.drivers = json.at("drivers").get<std::vector<std::string>>();
    ReadModel(json, artefact);
    artefact.rows = json.at("fit").at("rows").get<std::uint64_t>();
    artefact.log_likelihood = json.at("fit").at("log_likelihood").get<double>();
    artefact.converged = json.at("fit").at("converged").get<bool>();
    hash = json.at("hash").get<std::string>();
  } catch (const std::exception& error) {
    return absl::InvalidArgumentError(absl::StrFormat(
        "%s is not a regime model (what crucible regimes fit writes): %s", name, error.what()));
  }
  const absl::Status valid = std::visit([](const auto& one) { return one.Validate(); }, artefact.model);
  if (!valid.ok())
    return absl::InvalidArgumentError(absl::StrFormat("%s: %s", name, std::string(valid.message())));
  if (ToHex(artefact.Hash()) != hash) {
    return absl::DataLossError(absl::StrFormat("%s has been changed: its parameters have hash %s, it says %s",
                                               name, ToHex(artefact.Hash()), hash));
  }
  return artefact;
}

absl::StatusOr<RegimeArtefact> ReadRegimeArtefact(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) return absl::NotFoundError(absl::StrFormat("%s: no such regime model", path));
  const std::string text{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
  return ParseRegimeArtefact(text, path);
}

}  // namespace crucible::runs

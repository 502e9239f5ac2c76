#include "simulators/latency/latency_model.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_format.h"
#include "framework/base/check.h"
#include "framework/base/decimal.h"
#include "framework/base/math.h"
#include "framework/base/time_text.h"

namespace crucible::latency {
namespace {

constexpr double kMaxSigma = 4;

Duration Cut(double nanos) {
  if (!(nanos < static_cast<double>(kMaxLatency.nanos))) return kMaxLatency;
  return {static_cast<std::int64_t>(nanos + 0.5)};
}

absl::Status BadSpec(std::string_view text, std::string_view why) {
  return absl::InvalidArgumentError(absl::StrFormat(
      "latency \"%s\": %s; write for example \"1ms\", \"recorded\", \"exponential:500us+1ms\", "
      "\"lognormal:500us,0.4+1ms\" or \"empirical:1ms,2ms,9ms\"",
      text, why));
}

absl::StatusOr<Duration> ParseLength(std::string_view text, std::string_view part) {
  const absl::StatusOr<Duration> length = ParseDuration(part);
  if (!length.ok()) return BadSpec(text, absl::StrFormat("\"%s\" is no duration such as 250us or 1ms", part));
  if (*length < Duration{0} || *length > kMaxLatency) {
    return BadSpec(text, absl::StrFormat("%s is outside 0 to 1h", FormatDuration(*length)));
  }
  return *length;
}

std::vector<std::string_view> SplitAtCommas(std::string_view text) {
  std::vector<std::string_view> parts;
  for (std::size_t comma = text.find(','); comma != std::string_view::npos; comma = text.find(',')) {
    parts.push_back(text.substr(0, comma));
    text.remove_prefix(comma + 1);
  }
  parts.push_back(text);
  return parts;
}

absl::StatusOr<std::unique_ptr<LatencyModel>> ParseLognormal(std::string_view text,
                                                             std::string_view parameters, Duration shift,
                                                             RandomStream stream) {
  const std::vector<std::string_view> parts = SplitAtCommas(parameters);
  if (parts.size() != 2) return BadSpec(text, "lognormal takes a median and a sigma");
  CRUCIBLE_ASSIGN_OR_RETURN(const Duration median, ParseLength(text, parts[0]));
  DecimalResult sigma;
  const bool read = ParseDecimal(parts[1], 6, &sigma) == DecimalError::kNone;
  const double value = static_cast<double>(sigma.units) * 1e-6;
  if (!read || value < 0 || value > kMaxSigma) {
    return BadSpec(text, absl::StrFormat("sigma \"%s\" is no number of 0 to %g", parts[1], kMaxSigma));
  }
  return std::make_unique<LognormalLatency>(median, value, shift, stream);
}

absl::StatusOr<std::unique_ptr<LatencyModel>> ParseEmpirical(std::string_view text,
                                                             std::string_view parameters, Duration shift,
                                                             RandomStream stream) {
  std::vector<Duration> quantiles;
  for (const std::string_view part : SplitAtCommas(parameters)) {
    CRUCIBLE_ASSIGN_OR_RETURN(const Duration quantile, ParseLength(text, part));
    quantiles.push_back(quantile);
  }
  if (quantiles.size() < 2) return BadSpec(text, "empirical takes at least two quantiles");
  if (!std::ranges::is_sorted(quantiles)) return BadSpec(text, "quantiles must ascend");
  return std::make_unique<EmpiricalLatency>(std::move(quantiles), shift, stream);
}

absl::StatusOr<std::unique_ptr<LatencyModel>> ParseModel(std::string_view text, std::string_view name,
                                                         std::string_view parameters, Duration shift,
                                                         RandomStream stream) {
  if (name == "exponential") {
    CRUCIBLE_ASSIGN_OR_RETURN(const Duration mean, ParseLength(text, parameters));
    return std::make_unique<ExponentialLatency>(mean, shift, stream);
  }
  if (name == "lognormal") return ParseLognormal(text, parameters, shift, stream);
  if (name == "empirical") return ParseEmpirical(text, parameters, shift, stream);
  return BadSpec(text, absl::StrFormat("there is no model \"%s\"", name));
}

}  // namespace

ExponentialLatency::ExponentialLatency(Duration mean, Duration shift, RandomStream stream)
    : mean_(mean), shift_(shift), stream_(stream) {}

Duration ExponentialLatency::Sample(Nanos) {
  return Cut(static_cast<double>(shift_.nanos) + static_cast<double>(mean_.nanos) * stream_.Exponential());
}

void ExponentialLatency::Hash(StateHasher& hasher) const { stream_.Hash(hasher); }

LognormalLatency::LognormalLatency(Duration median, double sigma, Duration shift, RandomStream stream)
    : median_(median), shift_(shift), sigma_(sigma), stream_(stream) {}

Duration LognormalLatency::Sample(Nanos) {
  return Cut(static_cast<double>(shift_.nanos) +
             static_cast<double>(median_.nanos) * Exp(sigma_ * stream_.Normal()));
}

void LognormalLatency::Hash(StateHasher& hasher) const { stream_.Hash(hasher); }

EmpiricalLatency::EmpiricalLatency(std::vector<Duration> quantiles, Duration shift, RandomStream stream)
    : quantiles_(std::move(quantiles)), shift_(shift), stream_(stream) {
  CRUCIBLE_CHECK(quantiles_.size() >= 2);
}

Duration EmpiricalLatency::Sample(Nanos) {
  const double place = stream_.Uniform01() * static_cast<double>(quantiles_.size() - 1);
  const auto below = static_cast<std::size_t>(place);
  const double low = static_cast<double>(quantiles_[below].nanos);
  const double high = static_cast<double>(quantiles_[below + 1].nanos);
  return Cut(static_cast<double>(shift_.nanos) + low + (high - low) * (place - static_cast<double>(below)));
}

void EmpiricalLatency::Hash(StateHasher& hasher) const { stream_.Hash(hasher); }

absl::StatusOr<LatencySpec> ParseLatency(std::string_view text, RandomStream stream) {
  LatencySpec spec;
  const std::size_t colon = text.find(':');
  const std::size_t plus = text.find('+');
  if (plus != std::string_view::npos) {
    CRUCIBLE_ASSIGN_OR_RETURN(spec.shift, ParseLength(text, text.substr(plus + 1)));
  }
  const std::string_view body = text.substr(0, plus);
  if (body == "recorded") {
    spec.recorded = true;
    return spec;
  }
  if (colon != std::string_view::npos) {
    CRUCIBLE_ASSIGN_OR_RETURN(
        spec.model, ParseModel(text, body.substr(0, colon), body.substr(std::min(colon + 1, body.size())),
                               spec.shift, stream));
    return spec;
  }
  if (plus != std::string_view::npos) return BadSpec(text, "a constant takes no shift");
  CRUCIBLE_ASSIGN_OR_RETURN(spec.shift, ParseLength(text, text));
  return spec;
}

}  // namespace crucible::latency

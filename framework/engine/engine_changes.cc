// Branches: what a run changes between two of its steps.

#include <algorithm>
#include <utility>

#include "absl/strings/str_format.h"
#include "framework/engine/engine.h"

namespace crucible::engine {

absl::Status Engine::PrepareChanges() {
  std::vector<std::map<std::string, std::string>> before;
  for (const StrategySetup& setup : config_.strategies) before.push_back(setup.parameters);
  std::uint64_t last = 1;
  for (const ConfigChange& change : config_.changes) {
    if (change.at <= last || change.parameters.size() != before.size() ||
        change.limits.size() != due_.size()) {
      return absl::InvalidArgumentError(
          absl::StrFormat("a change at record %d, expected after %d", change.at, last));
    }
    last = change.at;
    CRUCIBLE_RETURN_IF_ERROR(change.risk.Validate());
    CRUCIBLE_RETURN_IF_ERROR(latency::MakeChannels(change.latency, Random(config_.seed), "").status());
    auto& values = changed_parameters_.emplace_back(before.size());
    for (std::size_t i = 0; i < before.size(); ++i) {
      if (change.parameters[i] == before[i]) continue;
      if (!strategies_[i]->takes_parameters()) {
        return absl::FailedPreconditionError(absl::StrFormat(
            "strategy %s keeps the parameters it was made with: give it OnParameters, and it takes new ones",
            strategies_[i]->name()));
      }
      const StrategySetup& setup = config_.strategies[i];
      CRUCIBLE_ASSIGN_OR_RETURN(values[i], ResolveByRoute(*setup.strategy, setup.by_route, change.parameters[i], routes()));
    }
    before = change.parameters;
    recorder_.Watch(change.at - 1, [this] { stopped_ = change_due_ = true; });
  }
  return absl::OkStatus();
}

// Between two steps. False when none is due, and the run is over.
bool Engine::Change() {
  if (!change_due_ || failed_) return false;
  stopped_ = change_due_ = false;
  // What parameters bring about may reach the place of the next change, and so may one step.
  while (next_change_ < config_.changes.size() &&
         config_.changes[next_change_].at - 1 <= recorder_.last_seq()) {
    const ConfigChange& change = config_.changes[next_change_];
    desk_->ChangeRisk(change.risk, change.limits);
    ChangeLatency(change.latency, change.at);
    ChangeParameters(next_change_++);
  }
  return true;
}

// A leg that stays as it is goes on with its random stream; a new one begins a stream of its own.
void Engine::ChangeLatency(const latency::LatencyConfig& latency, std::uint64_t at) {
  const Random random(config_.seed);
  const auto change = [&](latency::Channel& channel, const std::string& old, const std::string& spec,
                          const std::string& name) {
    if (spec == old) return;
    channel.Change(
        latency::ParseLatency(spec, random.Stream(absl::StrFormat("%s/from %d", name, at))).value());
  };
  for (std::uint32_t i = 0; i < desk_->instrument_count(); ++i) {
    const Instrument& instrument = desk_->instrument({i});
    for (std::size_t kind = 0; kind < feeds_[i].size(); ++kind) {
      change(feeds_[i][kind], config_.latency.feed, latency.feed,
             absl::StrFormat("latency/%s/feed/%s", FullName(instrument), kFeedNames[kind]));
    }
    const bool first_of_venue = std::ranges::find(channels_of_, channels_of_[i]) == channels_of_.begin() + i;
    if (!first_of_venue) continue;
    VenueChannels& venue = *channels_of_[i];
    change(venue.entry, config_.latency.entry, latency.entry, "latency/" + instrument.venue + "/entry");
    change(venue.reply, config_.latency.reply, latency.reply, "latency/" + instrument.venue + "/reply");
  }
  config_.latency = latency;
}

void Engine::ChangeParameters(std::size_t change) {
  desk_->SetCause(now_, {0, recorder_.last_seq()});
  for (std::size_t i = 0; i < strategies_.size() && !failed_; ++i) {
    RouteParameters& values = changed_parameters_[change][i];
    if (!values.empty()) strategies_[i]->TakeParameters(std::move(values));
  }
}

}  // namespace crucible::engine

// From a configuration to something that can run: sessions, instruments, plugins, venues, source.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "framework/base/status.h"
#include "framework/engine/engine.h"
#include "framework/engine/plugin_loader.h"
#include "framework/journal/journal.h"
#include "framework/runs/instrument_map.h"
#include "framework/runs/run_config.h"
#include "framework/runs/session_file.h"
#include "framework/runs/simulated_market.h"
#include "simulators/history/history_venue.h"
#include "simulators/responsive/responsive_market.h"

namespace crucible::runs {

// Owns all that an engine refers to; keep it as long as the engine. One engine per setup: sources are read
// once.
class RunSetup {
 public:
  // Inputs are put into canonical order (first time, log hash), instruments into (venue, symbol) order, so
  // the order of files and of configuration lines cannot matter.
  static absl::StatusOr<RunSetup> Create(RunConfig config, std::vector<std::string> session_paths);

  RunSetup(RunSetup&&) = default;
  RunSetup& operator=(RunSetup&&) = default;

  absl::StatusOr<std::unique_ptr<engine::Engine>> MakeEngine(RecordSink& sink);

  // Complete and canonical: what the run is, without where its inputs lie.
  const std::string& configuration() const { return configuration_; }
  // Of everything that a run's records depend on: source revision, plugins, inputs, configuration, seed.
  Hash128 identity() const;
  std::uint64_t seed() const { return static_cast<std::uint64_t>(config_.seed); }
  const RunConfig& config() const { return config_; }
  const std::vector<Session>& sessions() const { return sessions_; }
  const std::vector<Instrument>& instruments() const { return instruments_; }
  // Run-level ids of a session's instruments, by file-local id.
  const std::vector<InstrumentId>& ids_of(std::size_t session) const { return map_.ids_of(session); }
  const InstrumentMap& map() const { return map_; }
  std::vector<journal::InputRef> inputs() const;
  // What lies outside the determinism promise, and downgrades of fill models; for the user.
  const std::vector<std::string>& warnings() const { return warnings_; }
  std::uint64_t market_records() const;
  // Of the regime model, by number; empty without one.
  const std::vector<std::string>& routes() const { return routes_; }
  // The simulated market; empty over recorded sessions.
  const SimulatedMarket& market() const { return market_; }
  // What became of an instrument's recorded flow; nullptr unless its market is responsive.
  const responsive::ResponsiveMarket* flow(std::size_t instrument) const {
    if (market_.flow != nullptr) return market_.flow.get();
    return instrument < flows_.size() ? flows_[instrument].get() : nullptr;
  }
  // The venue makes the run's market, whether of sessions or of its own.
  bool makes_market() const { return config_.market.simulated || config_.fill_model == "responsive"; }
  book::BookOptions BookFor(std::size_t instrument) const;
  bool has_bars(std::size_t instrument) const {
    return !config_.market.simulated &&
           sessions_[map_.first_session(instrument)].completeness == decode::Completeness::kBars;
  }

 private:
  RunSetup() = default;
  absl::Status OpenSessions(std::vector<std::string> paths);
  absl::Status LoadStrategies();
  absl::StatusOr<const crucible_strategy_v1*> LoadStrategy(StrategyChoice& choice);
  absl::Status MakeVenues();
  absl::Status JoinMargin();
  absl::Status MakeSimulatedMarket();
  absl::Status MakeRecordedMarket();
  absl::Status PlanForks();
  absl::Status PrepareRegimes();
  absl::Status PrepareRolls();
  absl::Status PrepareCalendar();
  absl::Status PrepareCauses();
  std::unique_ptr<engine::Source> MakeSource(std::vector<std::unique_ptr<engine::Source>> sources) const;
  absl::Status ChooseDefaults();
  bool OnlyBars() const;

  RunConfig config_;
  std::string configuration_;
  std::vector<Session> sessions_;
  std::vector<Instrument> instruments_;  // as the run begins
  InstrumentMap map_;                    // of the sessions; empty without
  std::vector<engine::Plugin> plugins_;
  std::vector<const crucible_strategy_v1*> strategies_;
  std::vector<engine::ConfigChange> changes_;
  std::vector<trading::FeeConfig> fees_;
  std::unique_ptr<history::TradeIds> trade_ids_ = std::make_unique<history::TradeIds>();
  SimulatedMarket market_;
  std::vector<std::unique_ptr<responsive::ResponsiveMarket>> flows_;  // outlive the venues
  std::vector<std::unique_ptr<engine::Venue>> venues_;
  std::vector<history::HistoryVenue*> fill_models_;      // those of venues_ that fill from history
  std::unique_ptr<history::MarginVenue> margin_;         // in front of all of them; null without [margin]
  std::unique_ptr<engine::Source> source_;
  std::unique_ptr<engine::RegimeObserver> regimes_;
  std::unique_ptr<engine::Rolls> rolls_;
  std::shared_ptr<const TradingCalendar> calendar_;  // null: none
  std::unique_ptr<engine::CausalObserver> causes_;
  std::vector<std::string> routes_;
  std::vector<std::string> warnings_;
};

// At which a run's markouts are taken.
std::vector<Duration> MarkoutHorizons(bool bars);

}  // namespace crucible::runs

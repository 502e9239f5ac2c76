// Which instruments a run has, and which of them each session's local ids mean.
//
// Instruments are told apart by (venue, symbol) and numbered in that order; ids of a session file mean
// nothing outside it. A run begins with the earliest definition of each instrument; later ones take effect
// when the run comes to their records. Within a run only tick and lot size may change: with other decimals,
// another currency or multiplier the position that is held would be another one.
//
// Sessions that overlap in time must agree on an instrument's definition, and it may not change in them: each
// would undo what the other says.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "framework/base/status.h"
#include "framework/event/instrument.h"
#include "framework/runs/session_file.h"

namespace crucible::runs {

class InstrumentMap {
 public:
  // A definition of the run's, and the input that holds it.
  struct Change {
    std::size_t session = 0;
    journal::Journal::TimedDefinition definition;  // id is run-level
  };

  InstrumentMap() = default;
  // REQUIRES: in order of first_time. kFailedPrecondition: the sessions cannot be one market; names both
  // files, the instrument, and what differs.
  static absl::StatusOr<InstrumentMap> Create(std::span<const Session> sessions);

  // As the run begins, by run-level id.
  const std::vector<Instrument>& instruments() const { return instruments_; }
  // Run-level ids of a session's instruments, by file-local id.
  const std::vector<InstrumentId>& ids_of(std::size_t session) const { return ids_[session]; }
  // The first session that has the instrument.
  std::size_t first_session(std::size_t instrument) const { return first_session_[instrument]; }
  // Where tick or lot size become other ones, in order of time.
  const std::vector<Change>& changes() const { return changes_; }
  // What holds at the venue at `time`, and the change that made it so; nullptr: none did.
  struct InForce {
    const Instrument* instrument;
    const Change* since;
  };
  InForce At(InstrumentId id, Nanos time) const;
  // kFailedPrecondition: tick or lot size change.
  absl::Status RequireConstant(std::size_t instrument) const;

 private:
  void NameInstruments(std::span<const Session> sessions);
  absl::Status CheckSession(std::span<const Session> sessions, std::size_t session) const;
  void CollectChanges(std::span<const Session> sessions);

  std::vector<Instrument> instruments_;
  std::vector<std::size_t> first_session_;
  std::vector<std::vector<InstrumentId>> ids_;
  std::vector<Change> changes_;
};

}  // namespace crucible::runs

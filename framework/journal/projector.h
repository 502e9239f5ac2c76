// Room-internal: the tables that are functions of the records: instrument, equity, state_checkpoint.
//
// Rows are written in the transaction that appends their records. A group is projected when its last record
// is there; a group that a commit has cut is taken up again by replaying from last_seq() + 1. So is the group of a
// fill, which had a row up to file format 2: how far the tables of a file are does not depend on its format.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <span>
#include <string>

#include "framework/event/event.h"
#include "framework/event/kinds.h"
#include "framework/journal/sqlite.h"

namespace crucible::journal {

class Projector {
 public:
  using TextReader = std::function<absl::StatusOr<std::string>(std::uint64_t seq)>;

  // Writes to the tables of `schema` ("main", or "temp" when verify rebuilds them).
  static absl::StatusOr<Projector> Open(sqlite3* database, std::string_view schema, std::uint64_t stream_id,
                                        TextReader read_text);
  // Whether Apply looks at records of this kind.
  static bool Projects(Kind kind) { return kProjects[static_cast<std::uint8_t>(kind)]; }
  absl::Status Apply(std::span<const Event> records);
  // The same where the places of the records that are projected are known already.
  absl::Status Apply(std::span<const Event> records, std::span<const std::uint16_t> places);
  // Stores how far the tables are, in the same transaction.
  absl::Status SaveProgress();
  // The last record whose group is complete in the tables.
  std::uint64_t last_seq() const { return last_seq_; }

 private:
  static constexpr std::array<bool, 256> kProjects = [] {
    std::array<bool, 256> projects{};
    for (const Kind kind : {Kind::kDefinition, Kind::kDefinitionUnits, Kind::kFill, Kind::kFillDetail, Kind::kEquity,
                            Kind::kStateHash}) {
      projects[static_cast<std::uint8_t>(kind)] = true;
    }
    return projects;
  }();

  Projector() = default;
  absl::Status ApplyOne(const Event& event);
  void Reach(std::uint64_t seq);
  bool ClosesGroup(const Event& event, Kind head);
  absl::Status Define(const Event& units);
  absl::Status Equity(const Event& event);
  absl::Status Checkpoint(const Event& event);

  std::uint64_t stream_id_ = 0;
  TextReader read_text_;
  std::uint64_t last_seq_ = 0;
  bool group_open_ = false;
  std::uint64_t saved_seq_ = UINT64_MAX;
  Event head_;  // the first record of the open definition or fill
  Statement define_;
  Statement equity_;
  Statement checkpoint_;
  Statement progress_;
};

}  // namespace crucible::journal

#include "framework/report/group_reader.h"

#include "absl/strings/str_format.h"
#include "framework/event/kinds.h"

namespace crucible::report {

absl::StatusOr<GroupReader> GroupReader::Open(const journal::Journal& journal, const std::string& stream) {
  CRUCIBLE_ASSIGN_OR_RETURN(auto cursor, journal.Read(stream));
  return GroupReader(std::move(cursor));
}

absl::StatusOr<std::span<const Event>> GroupReader::Next() {
  group_.clear();
  while (true) {
    if (block_.empty()) {
      CRUCIBLE_ASSIGN_OR_RETURN(block_, cursor_->Next());
      if (block_.empty()) break;
    }
    group_.push_back(block_.front());
    block_ = block_.subspan(1);
    if (!group_.back().EndsGroup()) continue;
    if (IsMarketData(group_.front().kind)) return group_;
    group_.clear();
  }
  if (group_.empty()) return group_;
  return absl::DataLossError(absl::StrFormat("the group at record %d has no end", group_.front().seq));
}

}  // namespace crucible::report

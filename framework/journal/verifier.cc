#include "framework/journal/verifier.h"

namespace crucible::journal {

absl::StatusOr<VerifyReport> VerifyJournal(Connection&, VerifyLevel, const VerifyProgress&) {
  return absl::UnimplementedError("verify is not there yet");
}

}  // namespace crucible::journal

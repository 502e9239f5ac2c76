// Room-internal: the checks behind Journal::Verify.
#pragma once

#include "framework/journal/connection.h"

namespace crucible::journal {

absl::StatusOr<VerifyReport> VerifyJournal(Connection& connection, VerifyLevel level,
                                           const VerifyProgress& progress);

}  // namespace crucible::journal

// Early returns for absl::Status and absl::StatusOr, and error construction with a std::string.
//
//   CRUCIBLE_RETURN_IF_ERROR(file.Close());
//   CRUCIBLE_ASSIGN_OR_RETURN(Journal journal, Journal::Open(path));
#pragma once

#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

#define CRUCIBLE_RETURN_IF_ERROR(expression)                          \
  do {                                                                \
    if (absl::Status crucible_status = (expression); !crucible_status.ok()) return crucible_status; \
  } while (false)

#define CRUCIBLE_STATUS_JOIN_(a, b) a##b
#define CRUCIBLE_STATUS_JOIN(a, b) CRUCIBLE_STATUS_JOIN_(a, b)
#define CRUCIBLE_ASSIGN_OR_RETURN_(temporary, target, expression) \
  auto temporary = (expression);                                  \
  if (!temporary.ok()) return std::move(temporary).status();      \
  target = std::move(temporary).value()
#define CRUCIBLE_ASSIGN_OR_RETURN(target, expression) \
  CRUCIBLE_ASSIGN_OR_RETURN_(CRUCIBLE_STATUS_JOIN(crucible_or_, __LINE__), target, expression)

// Many runs of a program, a few at a time: each in a process of its own, so that a strategy that crashes
// takes only its own run with it, and memory goes back to the system after every run.
#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <vector>

#include "framework/base/status.h"

namespace crucible::cli {

struct ProcessResult {
  int exit_code = -1;  // -1: ended by `signal`
  int signal = 0;
  std::string out;
  std::string err;
};

// A program's path, then its arguments.
using CommandLine = std::vector<std::string>;

// Runs all commands, at most `workers` (>= 1) at once, and calls `done(index, result)` as each ends, in any
// order. Returning false ends the others; that is kCancelled. kInternal: a process could not be started.
absl::Status RunProcesses(const std::vector<CommandLine>& commands, int workers,
                          const std::function<bool(std::size_t, ProcessResult)>& done);

// The running program's own file.
std::string OwnProgram();

}  // namespace crucible::cli

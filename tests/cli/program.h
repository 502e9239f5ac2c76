// The built program as a child process, for tests that look at what a user sees.
#pragma once

#include <sys/types.h>

#include <string>
#include <vector>

namespace crucible::cli {

struct ProgramResult {
  int exit_code = -1;  // -1: ended by a signal
  std::string out;
  std::string err;
};

// build/PRESET/bin/crucible of the build under test.
std::string ProgramPath();

// Runs `program` with `arguments` in `directory`, to its end. Standard streams go through files in
// `directory`.
ProgramResult RunIn(const std::string& directory, const std::string& program,
                    const std::vector<std::string>& arguments);
// Starts the crucible program, silent; the caller waits for it.
pid_t StartSilently(const std::vector<std::string>& arguments);

}  // namespace crucible::cli

// What a user sees: the program, run in a directory of the test's own.
#pragma once

#include <string>
#include <vector>

#include "tests/cli/program.h"
#include "tests/runs/run_fixture.h"

namespace crucible::cli {

using runs::kHuntedRun;
using runs::kSmallRun;
using runs::SomeBars;

class CliFixture : public runs::RunFixture {
 protected:
  ProgramResult Crucible(const std::vector<std::string>& arguments) const {
    return RunIn(directory_.string(), ProgramPath(), arguments);
  }
};

}  // namespace crucible::cli

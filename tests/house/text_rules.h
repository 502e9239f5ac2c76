// Rules that are checked on text alone: the determinism bans, file length, names.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "tests/house/source_tree.h"

namespace crucible::house {

// Files longer than this want to be two.
inline constexpr std::size_t kMostLines = 600;

// One thing that makes a replay depend on something other than its events (docs/determinism.md).
struct Ban {
  std::string_view what;                // as the message says it
  std::vector<std::string_view> hints;  // a line without any of them is not searched
  std::string_view pattern;             // ECMAScript regular expression
  std::string_view instead;
  std::vector<std::string_view> allowed;  // directories
};
std::vector<Ban> Bans();

std::vector<Violation> CheckBans(const std::vector<SourceFile>& files);
// Range-for or begin() over a name that the file, or the header or source of the same name, declares as a
// hash container.
std::vector<Violation> CheckHashIteration(const std::vector<SourceFile>& files);
// -ffast-math and its kin in CMake files and presets.
std::vector<Violation> CheckCompilerFlags(const std::vector<SourceFile>& files);
std::vector<Violation> CheckFileLength(const std::vector<SourceFile>& files);
// Directories of the root beyond the rooms of the house; `names` are its entries, hidden ones and build
// output too.
std::vector<Violation> CheckTopLevel(const std::vector<std::string>& names);
// No utils, common, helpers, misc.
std::vector<Violation> CheckFileNames(const std::vector<SourceFile>& files);

}  // namespace crucible::house

// The repository as the house test sees it: files with their text, and C++ text without its comments.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace crucible::house {

struct SourceFile {
  std::string path;  // from the repository root, '/' between parts
  std::string text;
};

// What one check found: where, and what would be right.
struct Violation {
  std::string path;
  std::size_t line = 0;  // 1, 2, ...; 0 for the whole file
  std::string message;
};
std::string ToString(const std::vector<Violation>& violations);

// Reads the files and everything under the directories that `names` gives below `root`, ordered by path.
// Build output is left out, and so is a name that does not exist.
std::vector<SourceFile> ReadTree(const std::string& root, const std::vector<std::string>& names);

std::string_view Extension(std::string_view path);
// Directory part, empty for a file in the root.
std::string_view Directory(std::string_view path);
bool IsCpp(std::string_view path);
bool IsCMake(std::string_view path);
bool IsUnder(std::string_view path, std::string_view directory);

// The lines of `text`, without their ends.
std::vector<std::string_view> Lines(std::string_view text);

// `cpp` with comments and the contents of string and character literals blanked; lines keep their numbers.
// Raw strings are blanked too. Include directives stay whole.
std::string StripComments(std::string_view cpp);
// `cmake` without comments; quoted '#' is not met in this tree.
std::string StripCMakeComments(std::string_view cmake);

}  // namespace crucible::house

// Rooms as CMake declares them, against what their files include.
#pragma once

#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "tests/house/source_tree.h"

namespace crucible::house {

// A directory whose CMakeLists.txt declares targets. `name` is the crucible_room() in it, empty for a
// directory that only has programs or plugins; `links` are rooms from DEPENDS and from any crucible::NAME in
// the file.
struct Room {
  std::string name;
  std::string directory;
  std::set<std::string> links;
};

struct Include {
  std::size_t line = 0;
  std::string path;
  bool quoted = false;
};

// Prefixes of includes that belong to a room, and where they stand in the repository.
struct Root {
  std::string_view prefix;
  std::string_view place;
};
inline constexpr Root kRoots[] = {{"framework/", "framework/"},
                                  {"simulators/", "simulators/"},
                                  {"strategies/", "strategies/"},
                                  {"replays/", "replays/"},
                                  {"crucible/", "framework/plugin/crucible/"}};

// A directory whose files see one prefix, files beside them and the standard library, whatever they link.
struct NarrowView {
  std::string_view directory;
  std::string_view may_include;
};
std::vector<NarrowView> NarrowViews();

// A third-party header (or prefix) and the directories that may include it; none means everybody.
struct ThirdParty {
  std::string_view prefix;
  std::vector<std::string_view> directories;
  bool sources_only = false;  // .cc files, not headers
};
std::vector<ThirdParty> ThirdPartyHeaders();

std::vector<Room> ParseRooms(const std::vector<SourceFile>& files);
std::vector<Include> ParseIncludes(std::string_view cpp);

// Links that lead back to where they began: one violation per room on a cycle.
std::vector<Violation> CheckLinksFormADag(const std::vector<Room>& rooms);
// Every include from the root belongs to a room that is linked, directly or through another room.
std::vector<Violation> CheckIncludesMatchLinks(const std::vector<SourceFile>& files,
                                               const std::vector<Room>& rooms);
// Third-party headers stay where ThirdPartyHeaders() says.
std::vector<Violation> CheckThirdPartyHeaders(const std::vector<SourceFile>& files);
// The table in docs/architecture.md has exactly the declared rooms, with their directories and links.
std::vector<Violation> CheckArchitectureTable(const SourceFile& document, const std::vector<Room>& rooms);
// Every room's directory holds a README.md.
std::vector<Violation> CheckRoomsHaveReadme(const std::vector<SourceFile>& files,
                                            const std::vector<Room>& rooms);

}  // namespace crucible::house

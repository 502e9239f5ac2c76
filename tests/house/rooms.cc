#include "tests/house/rooms.h"

#include <algorithm>
#include <optional>
#include <regex>

#include "absl/strings/str_format.h"

namespace crucible::house {
namespace {

using Reach = std::map<std::string, std::set<std::string>>;

std::set<std::string> AllMatches(const std::string& text, const std::regex& pattern) {
  std::set<std::string> found;
  for (auto it = std::sregex_iterator(text.begin(), text.end(), pattern); it != std::sregex_iterator();
       ++it) {
    found.insert((*it)[1].str());
  }
  return found;
}

// The words of DEPENDS in a crucible_room() call's arguments.
std::set<std::string> DependsOf(const std::string& arguments) {
  static const std::regex kSection(R"(\bDEPENDS\s+((?:[a-z0-9_]+\s*)+))");
  static const std::regex kWord(R"(([a-z0-9_]+))");
  std::smatch section;
  if (!std::regex_search(arguments, section, kSection)) return {};
  return AllMatches(section[1].str(), kWord);
}

Room ParseRoom(const SourceFile& file) {
  static const std::regex kCall(R"(\bcrucible_room\s*\(\s*([a-z0-9_]+)([^)]*)\))");
  static const std::regex kHeaderOnly(R"(\badd_library\s*\(\s*crucible_([a-z0-9_]+)\s+INTERFACE)");
  static const std::regex kLink(R"(\bcrucible::([a-z0-9_]+))");
  const std::string text = StripCMakeComments(file.text);
  Room room{"", std::string(Directory(file.path)), AllMatches(text, kLink)};
  std::smatch call;
  if (std::regex_search(text, call, kCall)) {
    room.name = call[1];
    room.links.merge(DependsOf(call[2]));
  } else if (std::regex_search(text, call, kHeaderOnly)) {
    room.name = call[1];
  }
  room.links.erase(room.name);
  return room;
}

bool DeclaresTargets(const SourceFile& file) {
  static const std::regex kTarget(R"(\b(crucible_room|add_library|add_executable)\s*\()");
  return std::regex_search(StripCMakeComments(file.text), kTarget);
}

// The innermost declaring directory that holds `path`.
const Room* RoomOf(const std::vector<Room>& rooms, std::string_view path) {
  const Room* best = nullptr;
  for (const Room& room : rooms) {
    if (IsUnder(path, room.directory) &&
        (best == nullptr || room.directory.size() > best->directory.size())) {
      best = &room;
    }
  }
  return best;
}

Reach ReachableRooms(const std::vector<Room>& rooms) {
  Reach reach;
  for (const Room& room : rooms) reach[room.directory] = room.links;
  std::map<std::string, const Room*> by_name;
  for (const Room& room : rooms) {
    if (!room.name.empty()) by_name[room.name] = &room;
  }
  for (bool grew = true; grew;) {
    grew = false;
    for (auto& [directory, links] : reach) {
      const std::set<std::string> before = links;
      for (const std::string& name : before) {
        if (by_name.contains(name)) links.insert(by_name[name]->links.begin(), by_name[name]->links.end());
      }
      grew = grew || links.size() > before.size();
    }
  }
  return reach;
}

// Where an include stands in the repository; nullopt for one that belongs to no room.
std::optional<std::string> PlaceOf(std::string_view include) {
  for (const Root& root : kRoots) {
    if (include.starts_with(root.prefix)) {
      return std::string(root.place) + std::string(include.substr(root.prefix.size()));
    }
  }
  return std::nullopt;
}

std::optional<NarrowView> NarrowViewOf(std::string_view path) {
  for (const NarrowView& view : NarrowViews()) {
    if (IsUnder(path, view.directory)) return view;
  }
  return std::nullopt;
}

// What is wrong with an include of a file with a narrow view; empty if nothing.
std::string CheckNarrow(const NarrowView& view, const Include& include) {
  const bool beside_or_standard = include.path.find('/') == std::string::npos;
  if (include.path.starts_with(view.may_include) || beside_or_standard) return "";
  return absl::StrFormat("%s/ may include %s, files beside it and the standard library; found %s",
                         view.directory, view.may_include, include.path);
}

// What is wrong with an include from the root by a room's file; empty if nothing.
std::string CheckLinked(const std::vector<Room>& rooms, const Reach& reach, const Room& from,
                        const Include& include) {
  const std::optional<std::string> place = PlaceOf(include.path);
  if (!place) return "";
  const Room* to = RoomOf(rooms, *place);
  if (to == nullptr || to->name.empty()) {
    return absl::StrFormat("\"%s\" is in no room: no CMakeLists.txt above it declares one", include.path);
  }
  if (to->directory == from.directory || reach.at(from.directory).contains(to->name)) return "";
  return absl::StrFormat("\"%s\" belongs to room %s, which %s does not link", include.path, to->name,
                         from.directory);
}

// The beginning of a room's row in docs/architecture.md.
std::string ArchitectureRow(const Room& room) {
  std::string links;
  for (const std::string& link : room.links) links += (links.empty() ? "" : " ") + link;
  return absl::StrFormat("| `%s` | %s | %s |", room.name, room.directory, links.empty() ? "-" : links);
}

const ThirdParty* FindThirdParty(const std::vector<ThirdParty>& table, std::string_view include) {
  const auto found =
      std::ranges::find_if(table, [&](const ThirdParty& t) { return include.starts_with(t.prefix); });
  return found == table.end() ? nullptr : &*found;
}

std::string CheckThirdParty(const ThirdParty& header, std::string_view path, const Include& include) {
  const bool at_home =
      header.directories.empty() ||
      std::ranges::any_of(header.directories, [&](std::string_view home) { return IsUnder(path, home); });
  if (!at_home) return absl::StrFormat("%s stays in %s/", include.path, header.directories.front());
  if (header.sources_only && Extension(path) != ".cc") return include.path + " is for .cc files only";
  return "";
}

}  // namespace

std::vector<NarrowView> NarrowViews() { return {{"strategies", "crucible/"}}; }

std::vector<ThirdParty> ThirdPartyHeaders() {
  return {
      {"sqlite3", {"framework/journal"}},
      {"openssl/", {"framework/journal"}},
      {"xxhash.h", {"framework/journal"}},
      {"xxh_x86dispatch.h", {"framework/journal"}},
      {"simdjson", {"framework/decode"}},
      {"zstd", {"framework/decode"}},
      {"zlib.h", {"framework/decode"}},
      {"sleef", {"framework/base"}},
      {"boost/random", {"framework/base"}},
      {"boost/asio", {"framework/live"}},
      {"CLI/", {"framework/cli"}},
      {"toml++", {"framework/runs"}},
      {"nlohmann/", {"framework/cli", "framework/report", "framework/runs"}},
      {"Eigen/", {"framework/models"}},
      {"spdlog/", {}, true},
      {"absl/", {}},
      {"boost/", {}},
  };
}

std::vector<Room> ParseRooms(const std::vector<SourceFile>& files) {
  std::vector<Room> rooms;
  for (const SourceFile& file : files) {
    if (file.path.ends_with("CMakeLists.txt") && DeclaresTargets(file)) rooms.push_back(ParseRoom(file));
  }
  return rooms;
}

std::vector<Include> ParseIncludes(std::string_view cpp) {
  static const std::regex kInclude(R"(^\s*#\s*include\s*(["<])([^">]+)[">])");
  std::vector<Include> includes;
  const std::string text = StripComments(cpp);
  const std::vector<std::string_view> lines = Lines(text);
  for (std::size_t i = 0; i < lines.size(); ++i) {
    if (lines[i].find("include") == std::string_view::npos) continue;
    std::match_results<std::string_view::const_iterator> match;
    if (!std::regex_search(lines[i].begin(), lines[i].end(), match, kInclude)) continue;
    includes.push_back({i + 1, match[2].str(), match[1].str() == "\""});
  }
  return includes;
}

std::vector<Violation> CheckLinksFormADag(const std::vector<Room>& rooms) {
  std::vector<Violation> violations;
  const Reach reach = ReachableRooms(rooms);
  for (const Room& room : rooms) {
    if (!room.name.empty() && reach.at(room.directory).contains(room.name)) {
      violations.push_back({room.directory + "/CMakeLists.txt", 0,
                            absl::StrFormat("room %s links itself through its links", room.name)});
    }
  }
  return violations;
}

std::vector<Violation> CheckIncludesMatchLinks(const std::vector<SourceFile>& files,
                                               const std::vector<Room>& rooms) {
  std::vector<Violation> violations;
  const Reach reach = ReachableRooms(rooms);
  for (const SourceFile& file : files) {
    if (!IsCpp(file.path)) continue;
    const std::optional<NarrowView> view = NarrowViewOf(file.path);
    const Room* room = RoomOf(rooms, file.path);
    if (room == nullptr && !view) {
      violations.push_back({file.path, 0, "no CMakeLists.txt above this file declares a target"});
      continue;
    }
    for (const Include& include : ParseIncludes(file.text)) {
      const std::string message =
          view ? CheckNarrow(*view, include) : CheckLinked(rooms, reach, *room, include);
      if (!message.empty()) violations.push_back({file.path, include.line, message});
    }
  }
  return violations;
}

std::vector<Violation> CheckThirdPartyHeaders(const std::vector<SourceFile>& files) {
  std::vector<Violation> violations;
  const std::vector<ThirdParty> table = ThirdPartyHeaders();
  for (const SourceFile& file : files) {
    if (!IsCpp(file.path)) continue;
    for (const Include& include : ParseIncludes(file.text)) {
      const ThirdParty* header = FindThirdParty(table, include.path);
      std::string message;
      if (header != nullptr) {
        message = CheckThirdParty(*header, file.path, include);
      } else if (include.quoted && !PlaceOf(include.path) && !NarrowViewOf(file.path)) {
        message = absl::StrFormat(
            "\"%s\" is neither spelled from the root nor a known package (ThirdPartyHeaders)", include.path);
      }
      if (!message.empty()) violations.push_back({file.path, include.line, message});
    }
  }
  return violations;
}

std::vector<Violation> CheckArchitectureTable(const SourceFile& document, const std::vector<Room>& rooms) {
  std::vector<Violation> violations;
  std::set<std::string> expected;
  for (const Room& room : rooms) {
    if (room.name.empty()) continue;
    const std::string row = ArchitectureRow(room);
    expected.insert(row);
    if (document.text.find("\n" + row) == std::string::npos) {
      violations.push_back({document.path, 0, "missing row: " + row + " purpose |"});
    }
  }
  const std::vector<std::string_view> lines = Lines(document.text);
  for (std::size_t i = 0; i < lines.size(); ++i) {
    const bool known =
        std::ranges::any_of(expected, [&](const std::string& row) { return lines[i].starts_with(row); });
    if (lines[i].starts_with("| `") && !known) {
      violations.push_back(
          {document.path, i + 1, "no CMakeLists.txt declares this room: " + std::string(lines[i])});
    }
  }
  return violations;
}

std::vector<Violation> CheckRoomsHaveReadme(const std::vector<SourceFile>& files,
                                            const std::vector<Room>& rooms) {
  std::vector<Violation> violations;
  for (const Room& room : rooms) {
    const std::string readme = room.directory + "/README.md";
    if (room.name.empty() ||
        std::ranges::any_of(files, [&](const SourceFile& f) { return f.path == readme; })) {
      continue;
    }
    violations.push_back(
        {readme, 0, "missing: ten lines on purpose, main types and what the room does not do"});
  }
  return violations;
}

}  // namespace crucible::house

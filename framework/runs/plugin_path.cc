#include "framework/runs/plugin_path.h"

#include <algorithm>
#include <cstdlib>
#include <filesystem>

#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "framework/engine/parameters.h"

namespace crucible::runs {
namespace {

namespace fs = std::filesystem;

fs::path ProgramDirectory() {
  std::error_code error;
  const fs::path program = fs::read_symlink("/proc/self/exe", error);
  return error ? fs::path(".") : program.parent_path();
}

}  // namespace

std::vector<std::string> PluginDirectories() {
  std::vector<std::string> directories;
  if (const char* path = std::getenv("CRUCIBLE_PLUGIN_PATH")) {
    for (absl::string_view part : absl::StrSplit(path, ':', absl::SkipEmpty()))
      directories.emplace_back(part);
  }
  directories.push_back((ProgramDirectory().parent_path() / "lib" / "crucible" / "plugins").string());
  return directories;
}

absl::StatusOr<std::string> FindPlugin(const std::string& name) {
  if (name.find('/') != std::string::npos || name.ends_with(".so")) return name;
  std::vector<std::string> available;
  for (const std::string& directory : PluginDirectories()) {
    const fs::path candidate = fs::path(directory) / (name + ".so");
    if (fs::exists(candidate)) return candidate.string();
    std::error_code error;
    for (const auto& entry : fs::directory_iterator(directory, error)) {
      if (entry.path().extension() == ".so") available.push_back(entry.path().stem().string());
    }
  }
  std::ranges::sort(available);
  const std::string near = engine::Nearest(name, available);
  return absl::NotFoundError(absl::StrFormat("no plugin \"%s\"%s; there are: %s; looked in %s", name,
                                             near.empty() ? "" : " (did you mean \"" + near + "\"?)",
                                             absl::StrJoin(available, ", "),
                                             absl::StrJoin(PluginDirectories(), ", ")));
}

}  // namespace crucible::runs

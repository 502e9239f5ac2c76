#include <CLI/CLI.hpp>
#include <cctype>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <memory>

#include "absl/strings/str_format.h"
#include "absl/strings/str_replace.h"
#include "framework/cli/commands.h"
#include "framework/cli/output.h"
#include "framework/cli/templates.h"
#include "framework/runs/demo_session.h"

namespace crucible::cli {
namespace {

namespace fs = std::filesystem;

struct NewStrategyArguments {
  std::string name;
  std::string directory;
};

// my_strategy -> MyStrategy
std::string ClassName(const std::string& name) {
  std::string result;
  bool upper = true;
  for (const char c : name) {
    if (c == '_') {
      upper = true;
    } else {
      result += upper ? static_cast<char>(std::toupper(static_cast<unsigned char>(c))) : c;
      upper = false;
    }
  }
  return result;
}

absl::Status CheckName(const std::string& name) {
  const bool good = !name.empty() && name.size() <= 64 &&
                    std::islower(static_cast<unsigned char>(name.front())) != 0 &&
                    name.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789_") == std::string::npos;
  if (good) return absl::OkStatus();
  return absl::InvalidArgumentError(absl::StrFormat(
      "\"%s\" is no name for a strategy: use lower-case letters, digits and _, a letter first", name));
}

fs::path InstallPrefix() {
  std::error_code error;
  const fs::path program = fs::read_symlink("/proc/self/exe", error);
  return program.parent_path().parent_path();
}

absl::Status Write(const fs::path& path, const char* text, const std::string& name) {
  std::ofstream file(path);
  file << absl::StrReplaceAll(
      text, {{"@NAME@", name}, {"@CLASS@", ClassName(name)}, {"@PREFIX@", InstallPrefix().string()}});
  file.close();
  if (!file) return absl::PermissionDeniedError(absl::StrFormat("cannot write %s", path.string()));
  return absl::OkStatus();
}

absl::Status DoNewStrategy(const Terminal& terminal, const NewStrategyArguments& arguments) {
  CRUCIBLE_RETURN_IF_ERROR(CheckName(arguments.name));
  const fs::path directory = arguments.directory.empty() ? arguments.name : arguments.directory;
  if (fs::exists(directory) && !fs::is_empty(directory)) {
    return absl::AlreadyExistsError(absl::StrFormat("%s is there already and not empty", directory.string()));
  }
  std::error_code error;
  fs::create_directories(directory, error);
  if (error)
    return absl::PermissionDeniedError(
        absl::StrFormat("cannot create %s: %s", directory.string(), error.message()));
  CRUCIBLE_RETURN_IF_ERROR(Write(directory / (arguments.name + ".cc"), kStrategySource, arguments.name));
  CRUCIBLE_RETURN_IF_ERROR(Write(directory / "CMakeLists.txt", kStrategyCMake, arguments.name));
  CRUCIBLE_RETURN_IF_ERROR(Write(directory / "run.toml", kStrategyRun, arguments.name));
  CRUCIBLE_RETURN_IF_ERROR(runs::WriteDemoSession((directory / "demo.session").string(), {600'000'000'000}));
  if (terminal.json) {
    const nlohmann::ordered_json json = {{"name", arguments.name}, {"directory", directory.string()}};
    std::printf("%s\n", json.dump(2).c_str());
    return absl::OkStatus();
  }
  std::printf(
      "wrote %s: %s.cc, CMakeLists.txt, run.toml and a generated demo.session\nnext:\n"
      "  cd %s && cmake -B build && cmake --build build && crucible run run.toml\n",
      directory.c_str(), arguments.name.c_str(), directory.c_str());
  return absl::OkStatus();
}

}  // namespace

void AddNewStrategy(CLI::App& app, Terminal& terminal) {
  CLI::App* command =
      app.add_subcommand("new-strategy", "Write a plugin project that builds and runs at once");
  const auto arguments = std::make_shared<NewStrategyArguments>();
  command->add_option("name", arguments->name, "lower-case name, such as my_strategy")->required();
  command->add_option("-o,--output", arguments->directory, "directory to write (default: NAME)");
  command->callback([&terminal, arguments] {
    if (const absl::Status status = DoNewStrategy(terminal, *arguments); !status.ok())
      PrintError(terminal, status);
  });
}

}  // namespace crucible::cli

#include "framework/cli/output_file.h"

#include <signal.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <utility>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"

namespace crucible::cli {
namespace {

namespace fs = std::filesystem;

constexpr const char* kWriting = "-writing-";  // and the writer's process id

void RemoveAll(const fs::path& path) {
  std::error_code ignored;
  fs::remove_all(path, ignored);
}

void RemoveOrphans(const fs::path& output) {
  const std::string prefix = output.filename().string() + kWriting;
  const fs::path directory = output.has_parent_path() ? output.parent_path() : fs::path(".");
  std::error_code error;
  std::vector<fs::path> orphans;
  for (const auto& entry : fs::directory_iterator(directory, error)) {
    const std::string name = entry.path().filename().string();
    int writer = 0;
    if (!name.starts_with(prefix) || !absl::SimpleAtoi(name.substr(prefix.size()), &writer)) continue;
    if (kill(writer, 0) != 0 && errno == ESRCH) orphans.push_back(entry.path());
  }
  for (const fs::path& orphan : orphans) RemoveAll(orphan);
}

}  // namespace

UnfinishedOutput::UnfinishedOutput(std::string output)
    : output_(std::move(output)), path_(absl::StrCat(output_, kWriting, getpid())) {
  RemoveOrphans(output_);
  RemoveAll(path_);
}

UnfinishedOutput::~UnfinishedOutput() { RemoveAll(path_); }

absl::Status UnfinishedOutput::Publish() {
  std::error_code error;
  fs::rename(path_, output_, error);
  if (!error) return absl::OkStatus();
  return absl::PermissionDeniedError(absl::StrFormat("cannot write %s: %s", output_, error.message()));
}

absl::Status WriteWhole(const std::string& path, const std::string& text) {
  UnfinishedOutput output(path);
  {
    std::ofstream file(output.path(), std::ios::binary | std::ios::trunc);
    file.write(text.data(), static_cast<std::streamsize>(text.size()));
    if (!file.flush())
      return absl::UnavailableError(absl::StrFormat("cannot write %s: %s", path, std::strerror(errno)));
  }
  return output.Publish();
}

}  // namespace crucible::cli

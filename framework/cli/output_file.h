// Files and directories that appear whole or not at all.
#pragma once

#include <string>

#include "framework/base/status.h"

namespace crucible::cli {

// What is being written, under a name of this process beside its own; removed unless it was published. What a
// killed process left there is removed by the next writer of the same output.
class UnfinishedOutput {
 public:
  explicit UnfinishedOutput(std::string output);
  ~UnfinishedOutput();
  UnfinishedOutput(const UnfinishedOutput&) = delete;
  UnfinishedOutput& operator=(const UnfinishedOutput&) = delete;

  const std::string& path() const { return path_; }
  // Gives it its own name. A file is replaced; kPermissionDenied where the system refuses.
  absl::Status Publish();

 private:
  std::string output_;
  std::string path_;
};

// The file `path` with this text, in place of what was there.
absl::Status WriteWhole(const std::string& path, const std::string& text);

}  // namespace crucible::cli

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <utility>

#include "absl/strings/str_format.h"
#include "framework/journal/connection.h"

namespace crucible::journal {
namespace {

// True when `path` still names the file that `descriptor` has open: its last holder may have removed it.
bool IsSameFile(const std::string& path, int descriptor) {
  struct stat named{};
  struct stat open{};
  return stat(path.c_str(), &named) == 0 && fstat(descriptor, &open) == 0 && named.st_ino == open.st_ino;
}

}  // namespace

absl::StatusOr<WriterLock> WriterLock::Acquire(const std::string& journal_path) {
  std::string path = journal_path + "-lock";
  while (true) {
    const int descriptor = open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644);
    if (descriptor < 0) {
      return absl::PermissionDeniedError(absl::StrFormat("%s: %s", path, std::strerror(errno)));
    }
    if (flock(descriptor, LOCK_EX | LOCK_NB) != 0) {
      close(descriptor);
      return absl::FailedPreconditionError(absl::StrFormat(
          "%s: another writer has this journal open; a journal has one writer", journal_path));
    }
    if (IsSameFile(path, descriptor)) return WriterLock(std::move(path), descriptor);
    close(descriptor);
  }
}

WriterLock::WriterLock(WriterLock&& other) noexcept
    : path_(std::move(other.path_)), descriptor_(std::exchange(other.descriptor_, -1)) {}

WriterLock::~WriterLock() {
  if (descriptor_ < 0) return;
  unlink(path_.c_str());
  close(descriptor_);
}

}  // namespace crucible::journal

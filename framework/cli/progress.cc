#include "framework/cli/progress.h"

#include <unistd.h>

#include <cstdio>
#include <utility>

#include "absl/strings/str_format.h"
#include "framework/base/readable.h"

namespace crucible::cli {

Progress::Progress(std::string what, std::string unit)
    : what_(std::move(what)), unit_(std::move(unit)), terminal_(isatty(STDERR_FILENO) == 1) {}

double Progress::seconds() const { return std::chrono::duration<double>(Clock::now() - start_).count(); }

void Progress::Update(double share, std::uint64_t count) {
  if (!terminal_) return;
  const Clock::time_point now = Clock::now();
  if (now - start_ < std::chrono::seconds(2) || now - last_ < std::chrono::milliseconds(100)) return;
  last_ = now;
  drawn_ = true;
  const double elapsed = seconds();
  const double left = share > 0 ? elapsed / share - elapsed : 0;
  const std::string line = absl::StrFormat(
      "\r\x1b[K%s %5.1f %%  %s %s, %s/s, %.0f s left%s", what_, 100 * share, WithThousands(count), unit_,
      WithThousands(static_cast<std::uint64_t>(static_cast<double>(count) / elapsed)), left,
      note_.empty() ? "" : "; " + note_);
  std::fputs(line.c_str(), stderr);
  std::fflush(stderr);
}

void Progress::Clear() {
  if (drawn_) std::fputs("\r\x1b[K", stderr);
  drawn_ = false;
}

std::string WithThousands(std::uint64_t value) {
  return GroupDigits(std::to_string(value));
}

}  // namespace crucible::cli

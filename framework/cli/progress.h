// Progress of long work on a terminal: share, rate, time left. Silent for the first two seconds, and always
// when standard error is not a terminal.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <utility>

namespace crucible::cli {

class Progress {
 public:
  // `what`: "importing"; `unit`: "records".
  Progress(std::string what, std::string unit);
  ~Progress() { Clear(); }
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;

  // `share` done, 0 to 1; `count` of units so far. Cheap: draws at most ten times a second.
  void Update(double share, std::uint64_t count);
  // Shown after the rest from the next Update on.
  void Say(std::string note) { note_ = std::move(note); }
  void Clear();
  double seconds() const;

 private:
  using Clock = std::chrono::steady_clock;
  std::string what_, unit_, note_;
  bool terminal_;
  bool drawn_ = false;
  Clock::time_point start_ = Clock::now();
  Clock::time_point last_ = start_;
};

// 12,345,678
std::string WithThousands(std::uint64_t value);

}  // namespace crucible::cli

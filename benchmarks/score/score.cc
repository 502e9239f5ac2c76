#include "benchmarks/score/score.h"

#include <sys/resource.h>

#include <algorithm>
#include <filesystem>
#include <utility>

#include "absl/strings/str_format.h"

namespace crucible::score {

absl::Status ImportFresh(const std::vector<std::string>& files, const decode::ImportOptions& options,
                         const std::string& session) {
  if (runs::ImportSession(files, options, session, {}).ok()) return absl::OkStatus();
  std::filesystem::remove(session);
  return runs::ImportSession(files, options, session, {}).status();
}

double CpuSeconds() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  const auto seconds = [](const timeval& time) {
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) * 1e-6;
  };
  return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

double CallerSeconds() {
  rusage usage{};
  getrusage(RUSAGE_THREAD, &usage);
  return static_cast<double>(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) +
         static_cast<double>(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) * 1e-6;
}

double BusierSeconds(const std::function<void()>& work) {
  const double all = CpuSeconds(), caller = CallerSeconds();
  work();
  const double mine = CallerSeconds() - caller, others = CpuSeconds() - all - mine;
  return std::max(mine, others);
}

double Best(int rounds, const std::function<double()>& measure) {
  double best = measure();
  for (int i = 1; i < rounds; ++i) best = std::min(best, measure());
  return best;
}

bool Wanted(const Options& options, const std::string& name) {
  return options.only.empty() || name.find(options.only) != std::string::npos;
}

Row AtMost(std::string name, double value, std::string unit, double limit, std::string note) {
  return {std::move(name), value, std::move(unit), "", 0, 0, absl::StrFormat("<= %g", limit), value <= limit,
          std::move(note)};
}

Row RatioAtMost(std::string name, double value, std::string unit, std::string baseline, double baseline_value,
                double limit, std::string note) {
  const double ratio = value / baseline_value;
  return {std::move(name), value, std::move(unit), std::move(baseline), baseline_value, ratio,
          absl::StrFormat("<= %gx", limit), ratio <= limit, std::move(note)};
}

Row RatioAtLeast(std::string name, double value, std::string unit, std::string baseline, double baseline_value,
                 double limit, std::string note) {
  const double ratio = baseline_value / value;
  return {std::move(name), value, std::move(unit), std::move(baseline), baseline_value, ratio,
          absl::StrFormat(">= %gx faster", limit), ratio >= limit, std::move(note)};
}

}  // namespace crucible::score

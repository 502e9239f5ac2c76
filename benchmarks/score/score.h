// One figure of the scoreboard, and where figures come from.
#pragma once

#include <functional>
#include <set>
#include <string>
#include <vector>

#include "framework/runs/session_file.h"

namespace crucible::score {

struct Row {
  std::string name;      // "backtest/l2/run-to-end"
  double value = 0;
  std::string unit;      // "ns/event"
  std::string baseline;  // what it is compared with, of the same run; "" when there is none
  double baseline_value = 0;
  double ratio = 0;      // value / baseline where there is one
  std::string target;    // "<= 25"
  bool holds = false;
  std::string note;      // workload: stream, counts, what is included
};

struct Options {
  std::string shared;    // recorded data; rows that need it are left out where it is absent
  std::string scratch;   // directory for files of the run
  bool smoke = false;    // small inputs: proves that the rows work, not what they say
  std::string only;      // rows whose name contains this
  std::set<std::string> skipped;  // files that are absent
};

using Rows = std::vector<Row>;
Rows BookRows(Options& options);
Rows JournalRows(Options& options);
Rows BacktestRows(Options& options);
Rows CausalRows(Options& options);
Rows CalibrationRows(Options& options);
Rows ExchangeRows(Options& options);
Rows AgentRows(Options& options);
Rows PredatorRows(Options& options);
Rows RegimeRows(Options& options);
Rows SweepRows(Options& options);
Rows ResponsiveRows(Options& options);

// Imports `files` into `session`, which may be there already, and in place of what a build of another file format left
// there; the status is that of the import.
absl::Status ImportFresh(const std::vector<std::string>& files, const decode::ImportOptions& options,
                         const std::string& session);

// Runs one backtest over a session, quotes every 10 ms; the most anonymous memory that this process had resident,
// for a process that does nothing else.
long PeakKilobytesOf(const std::string& session, const std::string& scratch);
Rows InstructionRows(Options& options);

// Row judged by value <= limit, and by value / baseline <= limit.
Row AtMost(std::string name, double value, std::string unit, double limit, std::string note);
Row RatioAtMost(std::string name, double value, std::string unit, std::string baseline, double baseline_value,
                double limit, std::string note);
Row RatioAtLeast(std::string name, double value, std::string unit, std::string baseline, double baseline_value,
                 double limit, std::string note);

// User and system CPU seconds of all threads of this process so far.
double CpuSeconds();
// Of the calling thread.
double CallerSeconds();
// CPU seconds of the busier of the caller and all other threads while `work` runs: what two idle cores would take.
double BusierSeconds(const std::function<void()>& work);
// The smallest of `rounds` measurements: the one least disturbed by neighbours.
double Best(int rounds, const std::function<double()>& measure);
bool Wanted(const Options& options, const std::string& name);

}  // namespace crucible::score

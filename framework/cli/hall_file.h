// A search for predators as a file: every genome tried and what it did, a journal with one stream. The search
// is a function of its trials, so it goes on where it was stopped, by whatever means.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "framework/base/status.h"
#include "framework/journal/journal.h"
#include "simulators/agents/predator_search.h"

namespace crucible::cli {

// What a search is, beside its trials. The same for every part of one search.
struct HallSetup {
  std::string prey;       // the strategies' configuration, canonical, seed included
  std::int64_t runs = 0;  // per trial
  agents::PredatorSearch::Options search;
};
// Trials of a search run on these seeds, which lie apart from those of stress tests.
std::int64_t TrainingSeed(const HallSetup& setup, std::int64_t run);

class HallFile {
 public:
  // Opens the search in `path`, or begins it. kAlreadyExists: the file is of another search, or something
  // else.
  static absl::StatusOr<HallFile> Open(const std::string& path, const HallSetup& setup);

  // As far as the file knows.
  const agents::PredatorSearch& search() const { return search_; }
  // One whole batch; durable when it returns.
  absl::Status Add(const std::vector<agents::PredatorTrial>& batch);
  // Of all trials: equal for equal searches.
  Hash128 log_hash() const { return appender_->log_hash(); }
  absl::Status Close();

 private:
  HallFile(journal::Journal file, agents::PredatorSearch search)
      : file_(std::move(file)), search_(std::move(search)) {}

  journal::Journal file_;
  agents::PredatorSearch search_;
  std::unique_ptr<journal::Appender> appender_;
};

// The hall of fame of a finished or unfinished search, best first. kInvalidArgument: `path` holds no search.
absl::StatusOr<std::vector<agents::PredatorTrial>> ReadHall(const std::string& path, std::size_t most);

}  // namespace crucible::cli

// A journal of what a model said: one stream that begins with a configuration record, its text the model or
// the result itself.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "framework/base/status.h"
#include "framework/engine/recorder.h"
#include "framework/journal/journal.h"

namespace crucible::cli {

class ModelJournal {
 public:
  struct Head {
    std::string kind;    // of the journal: "regimes", "discover"
    std::string stream;  // "regimes", "causal"
    std::uint64_t seed = 0;
    std::string configuration;               // of the manifest
    std::string text;                        // of the configuration record
    std::optional<journal::InputRef> input;  // where causes point to
    Nanos first_time;
  };
  // kAlreadyExists: there is such a file, which is left alone.
  static absl::StatusOr<ModelJournal> Create(const std::string& path, const Head& head);
  ~ModelJournal();  // a journal that was not closed is removed
  ModelJournal(ModelJournal&&) = default;
  ModelJournal& operator=(ModelJournal&&) = default;  // REQUIRES: *this was moved from, or is closed

  // The first error of either is what Close() returns.
  std::uint64_t Add(const Event& event) { return recorder_->Append(event); }
  std::uint64_t AddText(std::string_view text) { return recorder_->AppendText(text); }
  absl::Status status() const { return recorder_->status(); }
  absl::Status Close();

  std::uint64_t records() const { return recorder_->last_seq(); }
  Hash128 log_hash() const { return appender_->log_hash(); }

 private:
  ModelJournal() = default;
  std::unique_ptr<journal::Journal> journal_;
  std::unique_ptr<journal::Appender> appender_;
  std::unique_ptr<engine::Recorder> recorder_;
  bool closed_ = false;
};

// kAlreadyExists says what to do.
absl::Status CheckAbsent(const std::string& path);

}  // namespace crucible::cli

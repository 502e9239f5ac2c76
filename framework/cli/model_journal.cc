#include "framework/cli/model_journal.h"

#include <array>
#include <filesystem>

#include "absl/strings/str_format.h"
#include "framework/event/kinds.h"
#include "framework/runs/build_info.h"
#include "framework/runs/session_file.h"

namespace crucible::cli {

absl::Status CheckAbsent(const std::string& path) {
  if (!std::filesystem::exists(path)) return absl::OkStatus();
  return absl::AlreadyExistsError(
      absl::StrFormat("%s exists; choose another output with -o, or remove it", path));
}

absl::StatusOr<ModelJournal> ModelJournal::Create(const std::string& path, const Head& head) {
  CRUCIBLE_RETURN_IF_ERROR(CheckAbsent(path));
  const journal::Manifest manifest{head.kind, "running", head.seed, head.configuration,
                                   runs::BuildInfoJson()};
  absl::StatusOr<journal::Journal> file = journal::Journal::Create(path, manifest);
  if (!file.ok()) runs::RemoveJournal(path);  // what it left under its unfinished name
  CRUCIBLE_RETURN_IF_ERROR(file.status());
  ModelJournal result;
  result.journal_ = std::make_unique<journal::Journal>(*std::move(file));
  if (head.input) CRUCIBLE_RETURN_IF_ERROR(result.journal_->SetInputs(std::array{*head.input}));
  CRUCIBLE_ASSIGN_OR_RETURN(result.appender_,
                            result.journal_->OpenAppender(head.stream, journal::AppendMode::kContinue));
  result.recorder_ = std::make_unique<engine::Recorder>(*result.appender_);
  Event configuration;
  configuration.time = head.first_time.since_epoch;
  configuration.kind = Kind::kConfiguration;
  configuration.flags = flag::kGroupEnd;
  SetBody(configuration, TextBody{result.AddText(head.text), {}});
  result.Add(configuration);
  return result;
}

ModelJournal::~ModelJournal() {
  if (journal_ == nullptr || closed_) return;
  const std::string path = journal_->path();
  recorder_.reset();
  appender_.reset();
  journal_.reset();
  runs::RemoveJournal(path);
}

absl::Status ModelJournal::Close() {
  recorder_->Flush();
  CRUCIBLE_RETURN_IF_ERROR(recorder_->status());
  CRUCIBLE_RETURN_IF_ERROR(appender_->Close());
  CRUCIBLE_RETURN_IF_ERROR(journal_->SetStatus("ended"));
  closed_ = true;
  return absl::OkStatus();
}

}  // namespace crucible::cli

#include "framework/runs/run_file.h"

#include <algorithm>
#include <filesystem>
#include <span>
#include <utility>

#include "absl/strings/str_format.h"
#include "framework/engine/journal_reader.h"
#include "framework/runs/build_info.h"

namespace crucible::runs {
namespace {

namespace fs = std::filesystem;
using journal::AppendMode;
using journal::Journal;
using journal::Manifest;

bool SameInputs(const std::vector<journal::InputRef>& a, const std::vector<journal::InputRef>& b) {
  return std::ranges::equal(a, b, [](const journal::InputRef& x, const journal::InputRef& y) {
    return x.ordinal == y.ordinal && x.count == y.count && x.log_hash == y.log_hash;
  });
}

absl::StatusOr<Journal> OpenForRun(const RunSetup& setup, const std::string& output) {
  const Manifest manifest{"backtest", "running", setup.seed(), setup.configuration(), BuildInfoJson()};
  if (!fs::exists(output)) {
    CRUCIBLE_ASSIGN_OR_RETURN(Journal journal, Journal::Create(output, manifest));
    CRUCIBLE_RETURN_IF_ERROR(journal.SetInputs(setup.inputs()));
    return journal;
  }
  CRUCIBLE_ASSIGN_OR_RETURN(Journal journal, Journal::Open(output, {.read_only = false}));
  const Manifest& found = journal.manifest();
  const std::vector<journal::InputRef> inputs = journal.inputs();
  // Killed between creation and SetInputs: nothing else is in the file yet.
  if (inputs.empty() && found.configuration == manifest.configuration) {
    CRUCIBLE_RETURN_IF_ERROR(journal.SetInputs(setup.inputs()));
    return journal;
  }
  if (found.configuration == manifest.configuration && SameInputs(inputs, setup.inputs())) return journal;
  return absl::AlreadyExistsError(absl::StrFormat(
      "%s holds another %s; choose another output with -o, or remove it", output, found.kind));
}

// Passes records on, the first ones only if they are the parent's.
class SharedBeginning final : public RecordSink {
 public:
  SharedBeginning(std::unique_ptr<engine::RecordReader> stored, std::uint64_t count, std::string parent)
      : compare_(std::move(stored)), left_(count), parent_(std::move(parent)) {}

  void PassOnTo(RecordSink& sink) { next_ = &sink; }
  absl::Status Append(std::span<const Event> records) override {
    const std::size_t compared = static_cast<std::size_t>(std::min<std::uint64_t>(left_, records.size()));
    left_ -= compared;
    if (const absl::Status same = compare_.Append(records.first(compared)); !same.ok()) {
      return absl::FailedPreconditionError(absl::StrFormat(
          "%s: %s: this build does not repeat the run, so nothing can branch off it (crucible replay --verify)",
          parent_, std::string(same.message())));
    }
    return next_->Append(records);
  }
  absl::StatusOr<std::uint64_t> AppendText(std::string_view text) override { return next_->AppendText(text); }
  Hash128 log_hash() const override { return next_->log_hash(); }

 private:
  engine::CompareSink compare_;
  std::uint64_t left_;
  std::string parent_;
  RecordSink* next_ = nullptr;
};

absl::StatusOr<RunOutcome> RunInto(RunSetup& setup, const std::string& output,
                                   const engine::Engine::Progress& progress, SharedBeginning* beginning) {
  {
    // What cannot run leaves no file.
    HashSink nowhere;
    CRUCIBLE_RETURN_IF_ERROR(setup.MakeEngine(nowhere).status());
  }
  CRUCIBLE_ASSIGN_OR_RETURN(Journal journal, OpenForRun(setup, output));
  RunOutcome outcome;
  outcome.was_there = journal.manifest().status != "running";
  if (absl::StatusOr<journal::StreamHead> head = journal.Head(kRunStream); head.ok())
    outcome.resumed_at = head->last_seq;
  CRUCIBLE_ASSIGN_OR_RETURN(auto appender, journal.OpenAppender(kRunStream, AppendMode::kReplayPrefix));
  if (beginning != nullptr) beginning->PassOnTo(*appender);
  RecordSink& sink = beginning != nullptr ? static_cast<RecordSink&>(*beginning) : *appender;
  CRUCIBLE_ASSIGN_OR_RETURN(auto engine, setup.MakeEngine(sink));
  CRUCIBLE_RETURN_IF_ERROR(engine->Run(progress));
  CRUCIBLE_RETURN_IF_ERROR(appender->Close());
  outcome.result = engine->result();
  outcome.log_hash = appender->log_hash();
  if (!outcome.was_there) {
    CRUCIBLE_RETURN_IF_ERROR(journal.SetStatus(outcome.result.strategy_error.empty() ? "ended" : "failed"));
  }
  return outcome;
}

}  // namespace

absl::StatusOr<std::string> FindInput(const journal::InputRef& input, const std::string& run_path,
                                      const std::vector<std::string>& search) {
  const fs::path name = fs::path(input.path_hint).filename();
  std::vector<fs::path> candidates = {input.path_hint, fs::path(run_path).parent_path() / name};
  for (const std::string& directory : search) candidates.push_back(fs::path(directory) / name);
  for (const fs::path& candidate : candidates) {
    if (!fs::exists(candidate)) continue;
    CRUCIBLE_ASSIGN_OR_RETURN(const Session session, OpenSession(candidate.string()));
    if (session.head.last_seq == input.count && session.head.log_hash == input.log_hash)
      return candidate.string();
  }
  return absl::NotFoundError(absl::StrFormat(
      "input %d of %s is missing: %s with %d records and log hash %s; name its directory with --inputs",
      input.ordinal, run_path, name.string(), input.count, ToHex(input.log_hash)));
}

absl::StatusOr<RunOutcome> RunUnjournaled(RunSetup& setup, const engine::Engine::Progress& progress) {
  HashSink sink;
  CRUCIBLE_ASSIGN_OR_RETURN(auto engine, setup.MakeEngine(sink));
  CRUCIBLE_RETURN_IF_ERROR(engine->Run(progress));
  return RunOutcome{engine->result(), sink.log_hash(), 0, false};
}

absl::StatusOr<RunOutcome> RunJournaled(RunSetup& setup, const std::string& output,
                                        const engine::Engine::Progress& progress) {
  return RunInto(setup, output, progress, nullptr);
}

absl::StatusOr<RunOutcome> RunFork(StoredRun& parent, ForkChoice fork, const std::string& output,
                                   const engine::Engine::Progress& progress) {
  RunConfig config = parent.setup.config();
  const std::int64_t earliest = config.forks.empty() ? 2 : config.forks.back().at + 1;
  if (fork.at < earliest || static_cast<std::uint64_t>(fork.at) > parent.head.last_seq) {
    return absl::InvalidArgumentError(absl::StrFormat("the fork is at record %d, expected %d to %d: the run's records%s",
                                                      fork.at, earliest, parent.head.last_seq,
                                                      config.forks.empty() ? "" : " behind its own fork"));
  }
  fork.parent = ToHex(parent.head.log_hash);
  const auto shared = static_cast<std::uint64_t>(fork.at - 1);
  config.forks.push_back(std::move(fork));
  std::vector<std::string> paths;
  for (const Session& session : parent.setup.sessions()) paths.push_back(session.path);
  CRUCIBLE_ASSIGN_OR_RETURN(RunSetup setup, RunSetup::Create(std::move(config), std::move(paths)));
  CRUCIBLE_ASSIGN_OR_RETURN(auto stored, engine::ReadStream(*parent.journal, kRunStream));
  SharedBeginning beginning(std::move(stored), shared, parent.journal->path());
  return RunInto(setup, output, progress, &beginning);
}

absl::StatusOr<StoredRun> OpenRun(const std::string& path, const std::vector<std::string>& search) {
  CRUCIBLE_ASSIGN_OR_RETURN(Journal journal, Journal::Open(path));
  if (journal.manifest().kind != "backtest") {
    return absl::FailedPreconditionError(
        absl::StrFormat("%s is a file of kind \"%s\", expected a run", path, journal.manifest().kind));
  }
  CRUCIBLE_ASSIGN_OR_RETURN(const journal::StreamHead head, journal.Head(kRunStream));
  CRUCIBLE_ASSIGN_OR_RETURN(RunConfig config,
                            ParseRunConfig(journal.manifest().configuration, path + " (configuration)"));
  std::vector<std::string> paths;
  for (const journal::InputRef& input : journal.inputs()) {
    CRUCIBLE_ASSIGN_OR_RETURN(std::string found, FindInput(input, path, search));
    paths.push_back(std::move(found));
  }
  CRUCIBLE_ASSIGN_OR_RETURN(RunSetup setup, RunSetup::Create(std::move(config), std::move(paths)));
  return StoredRun{std::make_unique<Journal>(std::move(journal)), head, std::move(setup)};
}

absl::StatusOr<ReplayOutcome> Replay(StoredRun& run, const engine::Engine::Progress& progress) {
  CRUCIBLE_ASSIGN_OR_RETURN(auto stored, engine::ReadStream(*run.journal, kRunStream));
  engine::CompareSink sink(std::move(stored));
  CRUCIBLE_ASSIGN_OR_RETURN(auto engine, run.setup.MakeEngine(sink));
  absl::Status status = engine->Run(progress);
  if (status.ok()) status = sink.Finish();
  if (!status.ok() && !sink.divergence()) return status;
  ReplayOutcome outcome{engine->result(), sink.log_hash(), sink.compared(), sink.divergence(), false};
  outcome.interrupted = run.journal->manifest().status == "running" &&
                        outcome.compared == run.head.last_seq &&
                        (!outcome.divergence || !outcome.divergence->stored);
  if (outcome.interrupted) outcome.divergence.reset();
  return outcome;
}

}  // namespace crucible::runs

#include <CLI/CLI.hpp>
#include <chrono>
#include <cstdio>
#include <memory>
#include <nlohmann/json.hpp>
#include <thread>

#include "absl/strings/str_format.h"
#include "framework/cli/commands.h"
#include "framework/cli/event_text.h"
#include "framework/cli/output.h"
#include "framework/event/kinds.h"
#include "framework/journal/journal.h"

namespace crucible::cli {
namespace {

struct FollowArguments {
  std::string file, stream, kind;
  std::uint64_t from = 0;  // 0: what is new
  int poll_ms = 200;
};

class Follower {
 public:
  Follower(const Terminal& terminal, const FollowArguments& arguments, std::optional<Kind> kind)
      : json_(terminal.json), arguments_(arguments), kind_(kind), next_(arguments.from) {}

  // Prints what is new; false when the file will not grow any more. The file is open only meanwhile, so that
  // a follower never keeps the writer from tidying its log.
  absl::StatusOr<bool> Poll() {
    CRUCIBLE_ASSIGN_OR_RETURN(const journal::Journal journal, journal::Journal::Open(arguments_.file));
    const std::vector<std::string> streams = journal.streams();
    const bool growing = journal.manifest().status == "running";
    if (streams.empty()) return growing;
    const std::string& stream = arguments_.stream.empty() ? streams.front() : arguments_.stream;
    CRUCIBLE_ASSIGN_OR_RETURN(const journal::StreamHead head, journal.Head(stream));
    if (next_ == 0) next_ = head.last_seq + 1;
    CRUCIBLE_ASSIGN_OR_RETURN(const auto cursor, journal.Read(stream, {.first_seq = next_}));
    while (true) {
      CRUCIBLE_ASSIGN_OR_RETURN(const std::span<const Event> records, cursor->Next());
      if (records.empty()) break;
      for (const Event& event : records) Print(event);
      next_ = records.back().seq + 1;
    }
    std::fflush(stdout);
    return growing;
  }

 private:
  void Print(const Event& event) const {
    if (kind_ && event.kind != *kind_) return;
    if (json_) {
      std::printf("%s\n", EventJson(event).dump().c_str());
    } else {
      std::printf("%llu %s\n", static_cast<unsigned long long>(event.seq), EventText(event).c_str());
    }
  }

  bool json_;
  const FollowArguments& arguments_;
  std::optional<Kind> kind_;
  std::uint64_t next_;
};

absl::Status DoFollow(const Terminal& terminal, const FollowArguments& arguments) {
  std::optional<Kind> kind;
  if (!arguments.kind.empty()) {
    kind = KindFromName(arguments.kind);
    if (!kind) return UnknownKind(arguments.kind);
  }
  Follower follower(terminal, arguments, kind);
  while (true) {
    CRUCIBLE_ASSIGN_OR_RETURN(const bool growing, follower.Poll());
    if (!growing) return absl::OkStatus();
    std::this_thread::sleep_for(std::chrono::milliseconds(arguments.poll_ms));
  }
}

}  // namespace

void AddFollow(CLI::App& app, Terminal& terminal) {
  CLI::App* command = app.add_subcommand(
      "follow",
      "Print the records of a file as they are appended, until its writer ends; --json: an object a line");
  const auto arguments = std::make_shared<FollowArguments>();
  command->add_option("file", arguments->file, "session or run file")->required();
  command->add_option("--from", arguments->from, "sequence to start from, 1 for all (default: what is new)");
  command->add_option("--stream", arguments->stream, "stream to follow (default: the first)");
  command->add_option("--kind", arguments->kind, "only records of this kind, such as fill");
  command->add_option("--poll", arguments->poll_ms, "milliseconds between two looks (200)")
      ->check(CLI::Range(1, 60'000));
  command->callback([&terminal, arguments] {
    if (const absl::Status status = DoFollow(terminal, *arguments); !status.ok())
      PrintError(terminal, status);
  });
}

}  // namespace crucible::cli

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <nlohmann/json.hpp>
#include <set>

#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "framework/cli/commands.h"
#include "framework/cli/event_text.h"
#include "framework/cli/output.h"
#include "framework/cli/progress.h"
#include "framework/engine/sinks.h"
#include "framework/event/kinds.h"
#include "framework/journal/diff.h"
#include "framework/journal/journal.h"

namespace crucible::cli {
namespace {

using journal::Journal;

struct DiffArguments {
  std::string a, b, stream;
};

// All that is told of two files.
struct Findings {
  std::string stream;
  std::uint64_t records_a = 0, records_b = 0;
  std::optional<journal::StreamDifference> difference;
  std::string field;
  std::string cause;
  journal::ComponentDifference components;
  std::vector<std::string> configuration_a, configuration_b;  // lines that the other one does not have
  bool same_inputs = true;
};

// The components of state hashes (docs/formats/records.md).
std::string ComponentName(std::uint64_t component) {
  static constexpr const char* kNames[] = {"venues",    "books",   "orders", "account",
                                           "timers",    "risk gate", "regimes", "rolls",
                                           "causes"};
  constexpr std::uint64_t kFirstStrategy = 64;
  if (component >= 1 && component <= std::size(kNames)) return kNames[component - 1];
  return absl::StrFormat("strategy %d", component - kFirstStrategy);
}

std::vector<std::string> LinesOf(const std::string& text) {
  return absl::StrSplit(text, '\n', absl::SkipWhitespace());
}

std::vector<std::string> OnlyIn(const std::vector<std::string>& lines,
                                const std::vector<std::string>& others) {
  const std::set<std::string> known(others.begin(), others.end());
  std::vector<std::string> own;
  std::ranges::copy_if(lines, std::back_inserter(own),
                       [&](const std::string& line) { return !known.contains(line); });
  return own;
}

absl::StatusOr<std::string> ChooseStream(const Journal& a, const Journal& b, const std::string& wanted) {
  if (!wanted.empty()) return wanted;
  const std::vector<std::string> others = b.streams();
  for (const std::string& name : a.streams()) {
    if (std::ranges::find(others, name) != others.end()) return name;
  }
  return absl::FailedPreconditionError(absl::StrFormat("no stream is in both files: %s has %s, %s has %s",
                                                       a.path(), absl::StrJoin(a.streams(), ", "), b.path(),
                                                       absl::StrJoin(others, ", ")));
}

bool HasContent(const Journal& journal, const journal::InputRef& input) {
  if (journal.streams().empty()) return false;
  const auto head = journal.Head(journal.streams()[0]);
  return head.ok() && head->last_seq == input.count && head->log_hash == input.log_hash;
}

// "input 1, record 51 of day.session: order_add bid price=...", as far as the input can be reached.
std::string CauseText(const Journal& run, const Event& event) {
  const KindInfo* kind = FindKind(event.kind);
  if (kind == nullptr) return "";
  if (kind->origin != OriginMeaning::kCause) {
    const auto slot = std::ranges::find(kind->slots, SlotType::kOrderId, &SlotInfo::type);
    const bool reply =
        event.kind >= Kind::kAccepted && event.kind <= Kind::kTriggered && slot != kind->slots.end();
    if (!reply) return "";
    const std::int64_t order = event.body[static_cast<std::size_t>(slot - kind->slots.begin())];
    return absl::StrFormat("order %d: crucible why %s %d", order, run.path(), order);
  }
  const CauseRef cause = CauseRef::FromBits(event.origin);
  if (cause.seq == 0) return "the start of the run";
  const auto described = [&](const Journal& journal, const std::string& stream) -> std::string {
    auto cursor = journal.Read(stream, {.first_seq = cause.seq, .last_seq = cause.seq});
    if (!cursor.ok()) return "";
    const auto records = (*cursor)->Next();
    return records.ok() && !records->empty() ? ": " + EventText((*records)[0]) : "";
  };
  if (cause.input == 0)
    return absl::StrFormat("record %s of the run", WithThousands(cause.seq)) +
           described(run, run.streams()[0]);
  std::string text = absl::StrFormat("input %d, record %s", cause.input, WithThousands(cause.seq));
  for (const journal::InputRef& input : run.inputs()) {
    if (input.ordinal != cause.input) continue;
    const std::filesystem::path hint(input.path_hint);
    text += " of " + hint.filename().string();
    for (const std::filesystem::path& path :
         {hint, std::filesystem::path(run.path()).parent_path() / hint.filename()}) {
      const auto journal = Journal::Open(path.string());
      if (journal.ok() && HasContent(*journal, input))
        return text + described(*journal, journal->streams()[0]);
    }
  }
  return text;
}

absl::StatusOr<Findings> Compare(const Journal& a, const Journal& b, const std::string& stream) {
  Findings findings;
  CRUCIBLE_ASSIGN_OR_RETURN(findings.stream, ChooseStream(a, b, stream));
  CRUCIBLE_ASSIGN_OR_RETURN(const journal::StreamHead head_a, a.Head(findings.stream));
  CRUCIBLE_ASSIGN_OR_RETURN(const journal::StreamHead head_b, b.Head(findings.stream));
  findings.records_a = head_a.last_seq;
  findings.records_b = head_b.last_seq;
  const std::vector<std::string> lines_a = LinesOf(a.manifest().configuration);
  const std::vector<std::string> lines_b = LinesOf(b.manifest().configuration);
  findings.configuration_a = OnlyIn(lines_a, lines_b);
  findings.configuration_b = OnlyIn(lines_b, lines_a);
  findings.same_inputs = std::ranges::equal(a.inputs(), b.inputs(), [](const auto& x, const auto& y) {
    return x.ordinal == y.ordinal && x.count == y.count && x.log_hash == y.log_hash;
  });
  CRUCIBLE_ASSIGN_OR_RETURN(findings.difference,
                            journal::FindDifference(a, findings.stream, b, findings.stream));
  if (!findings.difference) return findings;
  const journal::StreamDifference& at = *findings.difference;
  findings.field = at.a && at.b ? engine::FirstDifference(*at.a, *at.b) : "(the stream ended)";
  findings.cause = at.a ? CauseText(a, *at.a) : CauseText(b, *at.b);
  CRUCIBLE_ASSIGN_OR_RETURN(findings.components,
                            journal::FindComponents(a, findings.stream, b, findings.stream, at.seq));
  return findings;
}

std::string RecordText(const std::optional<Event>& event) {
  return event ? EventText(*event) : "(the stream ended)";
}

std::vector<std::string> ComponentNames(const Findings& findings) {
  std::vector<std::string> names;
  for (const std::uint64_t component : findings.components.components)
    names.push_back(ComponentName(component));
  return names;
}

void PrintComponents(const Findings& findings) {
  const journal::ComponentDifference& found = findings.components;
  if (found.agreed_seq == 0 && found.inputs == 0) return;
  const std::string agreed =
      found.agreed_seq == 0 ? ""
                            : absl::StrFormat("all agreed at record %s", WithThousands(found.agreed_seq));
  const std::string moved = found.inputs == 0 ? ""
                                              : absl::StrFormat("%s differ after %s market records",
                                                                absl::StrJoin(ComponentNames(findings), ", "),
                                                                WithThousands(found.inputs));
  std::printf("  components  %s%s%s\n", agreed.c_str(), agreed.empty() || moved.empty() ? "" : "; ",
              moved.c_str());
}

void PrintFindings(const DiffArguments& arguments, const Findings& findings) {
  if (!findings.difference) {
    std::printf("%s and %s have the same %s records in stream %s\n", arguments.a.c_str(), arguments.b.c_str(),
                WithThousands(findings.records_a).c_str(), findings.stream.c_str());
  } else {
    const journal::StreamDifference& at = *findings.difference;
    std::printf("stream %s differs first at record %s, in %s\n", findings.stream.c_str(),
                WithThousands(at.seq).c_str(), findings.field.c_str());
    std::printf("  %s (of %s records)\n    %s\n  %s (of %s records)\n    %s\n", arguments.a.c_str(),
                WithThousands(findings.records_a).c_str(), RecordText(at.a).c_str(), arguments.b.c_str(),
                WithThousands(findings.records_b).c_str(), RecordText(at.b).c_str());
    if (!findings.cause.empty()) std::printf("  cause       %s\n", findings.cause.c_str());
    PrintComponents(findings);
  }
  if (!findings.same_inputs) std::printf("  inputs      differ\n");
  for (const auto& [file, lines] :
       {std::pair{arguments.a, findings.configuration_a}, std::pair{arguments.b, findings.configuration_b}}) {
    for (const std::string& line : lines) std::printf("  only in %s: %s\n", file.c_str(), line.c_str());
  }
}

nlohmann::ordered_json FindingsJson(const Findings& findings) {
  nlohmann::ordered_json json = {{"same", !findings.difference},
                                 {"stream", findings.stream},
                                 {"records_a", findings.records_a},
                                 {"records_b", findings.records_b},
                                 {"same_inputs", findings.same_inputs},
                                 {"configuration_a", findings.configuration_a},
                                 {"configuration_b", findings.configuration_b}};
  if (!findings.difference) return json;
  const journal::StreamDifference& at = *findings.difference;
  json["seq"] = at.seq;
  json["field"] = findings.field;
  json["a"] = RecordText(at.a);
  json["b"] = RecordText(at.b);
  json["cause"] = findings.cause;
  json["components"] = ComponentNames(findings);
  json["components_agreed_at"] = findings.components.agreed_seq;
  json["components_differ_after_market_records"] = findings.components.inputs;
  return json;
}

absl::Status DoDiff(Terminal& terminal, const DiffArguments& arguments) {
  CRUCIBLE_ASSIGN_OR_RETURN(const Journal a, Journal::Open(arguments.a));
  CRUCIBLE_ASSIGN_OR_RETURN(const Journal b, Journal::Open(arguments.b));
  CRUCIBLE_ASSIGN_OR_RETURN(const Findings findings, Compare(a, b, arguments.stream));
  if (findings.difference) terminal.exit_code = 1;
  if (terminal.json) {
    std::printf("%s\n", FindingsJson(findings).dump(2).c_str());
  } else {
    PrintFindings(arguments, findings);
  }
  return absl::OkStatus();
}

}  // namespace

void AddDiff(CLI::App& app, Terminal& terminal) {
  CLI::App* command = app.add_subcommand(
      "diff", "Name the first record in which two runs or sessions differ, and why; exit code 1 if they do");
  const auto arguments = std::make_shared<DiffArguments>();
  command->add_option("a", arguments->a, "session or run file")->required();
  command->add_option("b", arguments->b, "the file to compare with")->required();
  command->add_option("--stream", arguments->stream, "stream to compare (default: the first that both have)");
  command->callback([&terminal, arguments] {
    if (const absl::Status status = DoDiff(terminal, *arguments); !status.ok()) PrintError(terminal, status);
  });
}

}  // namespace crucible::cli

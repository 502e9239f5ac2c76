// What the run is: identity by content, how it was made, whether it was verified, what is missing.
#include <string>

#include "absl/strings/str_format.h"
#include "framework/base/time_text.h"
#include "framework/report/sections/sections.h"
#include "framework/report/text.h"

namespace crucible::report {
namespace {

Json Fact(const char* label, std::string value, const char* definition = "") {
  return {{"label", label}, {"value", std::move(value)}, {"definition", definition}};
}

std::string FileName(const std::string& path) { return path.substr(path.find_last_of('/') + 1); }

// One field of the manifest's build, which is a small JSON object; the text as it is where it is not.
std::string BuildText(const std::string& build) {
  const Json json = Json::parse(build, nullptr, false);
  if (!json.is_object()) return build;
  std::string text;
  for (const auto& [key, value] : json.items()) {
    text += (text.empty() ? "" : ", ") + key + " " +
            (value.is_string() ? value.get<std::string>() : value.dump());
  }
  return text;
}

const char* VerificationState(const Verification& verification) {
  if (!verification.done) return "unverified";
  return verification.same ? "verified" : "differs";
}

std::string VerificationText(const Verification& verification) {
  if (!verification.done)
    return "Not re-executed for this report: crucible report --verify does, and says so here.";
  const std::string compared = Grouped(static_cast<std::int64_t>(verification.compared)) + " records";
  if (verification.same) return "Executed again: " + compared + ", every one equal.";
  return "Executed again, and it DIFFERS: " + verification.difference;
}

Json Inputs(const RunView& view) {
  Json inputs = Json::array();
  for (const journal::InputRef& input : view.input.journal->inputs()) {
    const SessionInput* found = nullptr;
    for (const auto* sessions : {&view.input.sessions, &view.input.flow}) {
      for (const SessionInput& session : *sessions) {
        if (session.ordinal == input.ordinal) found = &session;
      }
    }
    Json json = {{"ordinal", input.ordinal},
                 {"name", FileName(input.path_hint)},
                 {"records", input.count},
                 {"log_hash", ToHex(input.log_hash)},
                 {"found", found != nullptr}};
    if (found != nullptr) {
      json["completeness"] = std::string(Name(found->completeness));
      if (found->utc_offset) json["utc_offset_minutes"] = found->utc_offset->nanos / 60'000'000'000;
    }
    inputs.push_back(std::move(json));
  }
  return inputs;
}

Json Notes(const RunView& view) {
  Json notes = Json::array();
  if (!view.market.complete) {
    notes.push_back(
        "The sessions that this run traded were not found, so there is no market here: prices, book, "
        "markouts and "
        "slippage are missing, and amounts are counts of unknown units. Name the directory with --inputs.");
  } else if (view.hears_late()) {
    notes.push_back(
        "Market data is drawn at its recorded receive times; the run heard it later, by its feed latency " +
        Parameter(view.parameters, "venue.latency.feed") + ".");
  }
  if (view.input.journal->manifest().status == "failed") {
    notes.push_back("The run ended early, by an error of a strategy.");
  } else if (view.input.journal->manifest().status != "ended") {
    notes.push_back("The run has not ended: this is what is durable so far.");
  }
  return notes;
}

}  // namespace

Json IdentitySection(const RunView& view) {
  const journal::Journal& journal = *view.input.journal;
  const journal::Manifest& manifest = journal.manifest();
  Json facts = Json::array();
  if (const auto head = journal.Head(view.input.stream); head.ok()) {
    facts.push_back(
        Fact("Log hash", ToHex(head->log_hash), "Identity of the run: 128 bits over its records."));
    facts.push_back(
        Fact("Records", Grouped(static_cast<std::int64_t>(head->last_seq)), "Of the run's own stream."));
  }
  facts.push_back(Fact("Seed", std::to_string(manifest.seed), "Of every random stream."));
  facts.push_back(Fact("Kind", manifest.kind));
  facts.push_back(Fact("Status", manifest.status));
  facts.push_back(Fact("Build", BuildText(manifest.build), "The program that made the run."));
  facts.push_back(Fact("File", journal.uuid(), "Identifies this one file; the log hash identifies the run."));
  if (view.market.complete) {
    facts.push_back(Fact("Market records", Grouped(static_cast<std::int64_t>(view.market.records))));
  }
  Json parameters = Json::array();
  for (const auto& [key, value] : view.parameters) parameters.push_back({key, value});
  return {{"verification", VerificationState(view.input.verification)},
          {"verification_text", VerificationText(view.input.verification)},
          {"from", FormatTimestamp(view.run.start)},
          {"to", FormatTimestamp(view.run.end)},
          {"facts", std::move(facts)},
          {"inputs", Inputs(view)},
          {"own_market", view.input.has_own_market()},
          {"notes", Notes(view)},
          {"parameters", std::move(parameters)}};
}

}  // namespace crucible::report

#include "framework/runs/roll_choice.h"

#include <algorithm>
#include <sstream>

#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "framework/base/time_text.h"
#include "framework/runs/bar_instrument.h"
#include "framework/runs/config_table.h"

namespace crucible::runs {
namespace {

std::vector<std::string> Words(const std::string& text) {
  return absl::StrSplit(text, absl::ByAnyChar(" ,"), absl::SkipEmpty());
}

absl::StatusOr<InstrumentId> FindContract(const std::string& name,
                                          const std::vector<Instrument>& instruments) {
  const std::vector<InstrumentId> named = InstrumentsNamed(name, instruments);
  if (named.size() == 1) return named.front();
  std::vector<std::string> names;
  for (const Instrument& instrument : instruments) names.push_back(FullName(instrument));
  return absl::InvalidArgumentError(absl::StrFormat("roll.contracts names \"%s\"%s; the run's sessions have %s", name,
                                                    named.empty() ? "" : ", which is several",
                                                    absl::StrJoin(names, ", ")));
}

// But for its name, tick and lot: a position in one is a position in the other.
absl::Status CheckSuccessor(const Instrument& from, const Instrument& to) {
  Instrument same = to;
  same.venue = from.venue;
  same.symbol = from.symbol;
  same.tick_size = from.tick_size;
  same.lot_size = from.lot_size;
  if (same == from) return absl::OkStatus();
  return absl::InvalidArgumentError(
      absl::StrFormat("%s does not follow %s: currency, multiplier, contract and decimals must be the same",
                      FullName(to), FullName(from)));
}

absl::StatusOr<std::vector<Nanos>> ReadMoments(const RollChoice& choice, std::size_t rolls) {
  std::vector<Nanos> moments;
  for (const std::string& word : Words(choice.at)) {
    CRUCIBLE_ASSIGN_OR_RETURN(const Nanos moment, ParseTimestamp(word));
    if (!moments.empty() && moment <= moments.back())
      return absl::InvalidArgumentError(
          absl::StrFormat("roll.at \"%s\": the moments must ascend", choice.at));
    moments.push_back(moment);
  }
  if (moments.size() == rolls) return moments;
  return absl::InvalidArgumentError(
      absl::StrFormat("roll.at has %d moments, expected %d: one between each two of \"%s\"", moments.size(),
                      rolls, choice.contracts));
}

}  // namespace

void ReadRoll(ConfigTable& table, std::vector<RollChoice>& rolls) {
  RollChoice& choice = rolls.emplace_back();
  table.Text("contracts", choice.contracts);
  const bool has_rule = table.Has("rule");
  table.Choice("rule", {"volume", "date"}, choice.rule);
  table.Text("at", choice.at);
  table.Duration("day", choice.day);
  table.Choice("positions", {"move", "tell"}, choice.positions);
  if (!has_rule && !choice.at.empty()) choice.rule = "date";
  if (Words(choice.contracts).size() < 2)
    table.Fail("",
               "contracts is missing or too short: symbols in the order in which they are held, such as "
               "\"ESH4 ESM4\"");
  if ((choice.rule == "date") == choice.at.empty())
    table.Fail("",
               choice.at.empty()
                   ? "at is missing: rule \"date\" needs a moment per roll, such as \"2024-03-11T13:30:00Z\""
                   : "at belongs to rule \"date\"; rule \"volume\" finds the moments");
  if (choice.day.nanos <= 0) table.Fail("day", "expected more than 0");
}

std::string CanonicalText(const std::vector<RollChoice>& rolls) {
  std::ostringstream out;
  for (const RollChoice& roll : rolls) {
    out << "[[roll]]\ncontracts = " << QuotedText(absl::StrJoin(Words(roll.contracts), " ")) << "\n";
    out << "rule = " << QuotedText(roll.rule) << "\n";
    if (roll.rule == "date") out << "at = " << QuotedText(absl::StrJoin(Words(roll.at), " ")) << "\n";
    if (roll.rule == "volume") out << "day = " << QuotedText(FormatDuration(roll.day)) << "\n";
    out << "positions = " << QuotedText(roll.positions) << "\n";
  }
  return out.str();
}

absl::StatusOr<std::vector<engine::RollPlan>> MakeRolls(const std::vector<RollChoice>& rolls,
                                                        const std::vector<Instrument>& instruments) {
  std::vector<engine::RollPlan> plans;
  std::vector<InstrumentId> taken;  // by any series: a position follows one successor
  for (const RollChoice& choice : rolls) {
    engine::RollPlan& plan = plans.emplace_back();
    for (const std::string& name : Words(choice.contracts)) {
      CRUCIBLE_ASSIGN_OR_RETURN(const InstrumentId id, FindContract(name, instruments));
      if (std::ranges::find(taken, id) != taken.end())
        return absl::InvalidArgumentError(absl::StrFormat("roll.contracts names %s twice", name));
      if (!plan.contracts.empty()) {
        CRUCIBLE_RETURN_IF_ERROR(
            CheckSuccessor(instruments[plan.contracts.back().value], instruments[id.value]));
      }
      plan.contracts.push_back(id);
      taken.push_back(id);
    }
    if (choice.rule == "date") {
      CRUCIBLE_ASSIGN_OR_RETURN(plan.at, ReadMoments(choice, plan.contracts.size() - 1));
    }
    plan.day = choice.day;
    plan.moves_positions = choice.positions == "move";
  }
  return plans;
}

}  // namespace crucible::runs

#include "framework/report/attacks.h"

#include <map>
#include <optional>
#include <utility>

#include "framework/event/attack.h"
#include "framework/event/kinds.h"

namespace crucible::report {
namespace {

class Fold {
 public:
  explicit Fold(Nanos end) : end_(end) {}
  void Apply(const Event& event);
  std::vector<Attack> Take() { return std::move(attacks_); }

 private:
  void Begin(const Event& event, const AgentActionBody& body, AttackKind kind);
  void End(std::uint64_t participant, Nanos at);

  Nanos end_;
  std::vector<Attack> attacks_;
  std::map<std::uint64_t, std::size_t> open_;  // participant -> its attack
};

void Fold::Begin(const Event& event, const AgentActionBody& body, AttackKind kind) {
  End(body.participant, event.at());
  open_[body.participant] = attacks_.size();
  Attack& attack = attacks_.emplace_back();
  attack.participant = body.participant;
  attack.kind = static_cast<std::uint8_t>(kind);
  attack.side = event.side;
  attack.from = event.at();
  attack.until = end_;
  attack.aim = {body.detail};
}

// An attack whose predator never said that it was over ended, at the latest, on its way out.
void Fold::End(std::uint64_t participant, Nanos at) {
  const auto found = open_.find(participant);
  if (found == open_.end()) return;
  Attack& attack = attacks_[found->second];
  attack.until = attack.way_out == kEndOfTime ? at : std::min(at, attack.way_out);
  open_.erase(found);
}

void Fold::Apply(const Event& event) {
  const auto body = As<AgentActionBody>(event);
  const std::optional<AttackAction> action = ParseAction(body.action);
  if (!action) return;
  if (action->step == AttackStep::kStrike) return Begin(event, body, action->kind);
  const auto found = open_.find(body.participant);
  if (found == open_.end()) return;
  Attack& attack = attacks_[found->second];
  switch (action->step) {
    case AttackStep::kUnwind:
      attack.way_out = event.at();
      return;
    case AttackStep::kTrade:
      attack.trades.push_back(static_cast<std::uint64_t>(body.detail));
      return;
    case AttackStep::kDone:
    case AttackStep::kRuined:
      attack.until = event.at();
      attack.ruined = action->step == AttackStep::kRuined;
      if (action->step == AttackStep::kDone) attack.earned = {body.detail};
      open_.erase(found);
      return;
    default:
      return;
  }
}

}  // namespace

std::vector<Attack> ReadAttacks(std::span<const Event> actions, Nanos end) {
  Fold fold(end);
  for (const Event& event : actions) fold.Apply(event);
  return fold.Take();
}

}  // namespace crucible::report

#include "framework/engine/attacks.h"

#include <algorithm>
#include <optional>

namespace crucible::engine {

void AttackCollector::Begin(const Event& event, const AgentActionBody& body, AttackKind kind) {
  if (const auto last = open_.find(body.participant); last != open_.end()) {
    Attack& attack = attacks_[last->second];
    attack.end = std::min(event.at(), attack.way_out);
  }
  open_[body.participant] = attacks_.size();
  Attack& attack = attacks_.emplace_back();
  attack.participant = body.participant;
  attack.kind = kind;
  attack.direction = event.side;
  attack.target = {body.detail};
  attack.strike_seq = event.seq;
  attack.begin = event.at();
}

void AttackCollector::Add(const Event& event) {
  if (event.kind != Kind::kAgentAction) return;
  const auto body = As<AgentActionBody>(event);
  const std::optional<AttackAction> action = ParseAction(body.action);
  if (!action) return;
  if (action->step == AttackStep::kStrike) return Begin(event, body, action->kind);
  const auto open = open_.find(body.participant);
  if (open == open_.end()) return;
  Attack& attack = attacks_[open->second];
  switch (action->step) {
    case AttackStep::kUnwind:
      attack.way_out = event.at();
      return;
    case AttackStep::kTrade:
      attack.trades.push_back({event.seq, event.at(), event.side, static_cast<std::uint64_t>(body.detail)});
      return;
    case AttackStep::kDone:
    case AttackStep::kRuined:
      attack.end_seq = event.seq;
      attack.end = event.at();
      attack.ruined = action->step == AttackStep::kRuined;
      if (!attack.ruined) attack.earned = {body.detail};
      open_.erase(open);
      return;
    default:
      return;
  }
}

}  // namespace crucible::engine

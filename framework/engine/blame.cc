#include "framework/engine/blame.h"

#include <algorithm>

namespace crucible::engine {

void AttackCollector::Add(const Event& event) {
  if (event.kind != Kind::kAgentAction) return;
  const auto body = As<AgentActionBody>(event);
  const std::optional<AttackAction> action = ParseAction(body.action);
  if (!action) return;
  if (action->step == AttackStep::kStrike) {
    last_of_[body.participant] = attacks_.size();
    attacks_.push_back({.participant = body.participant,
                        .kind = action->kind,
                        .direction = event.side,
                        .target = {body.detail},
                        .strike_seq = event.seq,
                        .begin = event.at(),
                        .earned = {},
                        .trades = {}});
    return;
  }
  const auto last = last_of_.find(body.participant);
  if (last == last_of_.end()) return;
  Attack& attack = attacks_[last->second];
  if (action->step == AttackStep::kTrade) {
    attack.trades.push_back({event.seq, event.at(), event.side, static_cast<std::uint64_t>(body.detail)});
  } else if (action->step == AttackStep::kDone || action->step == AttackStep::kRuined) {
    attack.end_seq = event.seq;
    attack.end = event.at();
    if (action->step == AttackStep::kDone) attack.earned = {body.detail};
  }
}

absl::StatusOr<std::vector<Attack>> CollectAttacks(RecordReader& run) {
  AttackCollector collector;
  std::vector<Event> batch(run.max_batch());
  for (;;) {
    CRUCIBLE_ASSIGN_OR_RETURN(const std::size_t count, run.Read(batch));
    if (count == 0) return collector.Take();
    for (const Event& event : std::span(batch).first(count)) collector.Add(event);
  }
}

std::vector<Guilt> Blame(std::span<const Attack> attacks, const Event& reply) {
  const Nanos at = reply.venue_time();
  const bool fill = reply.kind == Kind::kFill;
  std::vector<Guilt> direct, context;
  for (std::size_t i = 0; i < attacks.size(); ++i) {
    const Attack& attack = attacks[i];
    const auto guilty = std::ranges::find_if(attack.trades, [&](const AttackTrade& trade) {
      return fill ? trade.trade_id == As<FillBody>(reply).trade_id : trade.at == at;
    });
    if (guilty != attack.trades.end()) {
      direct.push_back({i, *guilty});
    } else if (attack.begin <= at && at <= attack.end) {
      context.push_back({i, std::nullopt});
    }
  }
  direct.insert(direct.end(), context.begin(), context.end());
  return direct;
}

}  // namespace crucible::engine

#include "framework/engine/blame.h"

#include <algorithm>

namespace crucible::engine {

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

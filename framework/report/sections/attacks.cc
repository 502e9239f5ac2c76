// Attacks of predators in a simulated market: each with what became of our account and of the mid while it
// lasted, and by kind.
#include <map>
#include <vector>

#include "framework/report/sections/sections.h"
#include "framework/report/statistics.h"

namespace crucible::report {
namespace {

double InCurrency(const RunView& view, Money amount) {
  return static_cast<double>(amount.units) /
         static_cast<double>(trading::PowerOfTen(view.market.currency_decimals));
}

double MoveBps(const AttackContext& context) {
  if (!context.mid_before.known() || !context.mid_after.known()) return 0;
  return static_cast<double>(context.mid_after.doubled - context.mid_before.doubled) /
         static_cast<double>(context.mid_before.doubled) * 1e4;
}

struct OfKind {
  std::vector<double> change, earned;
  std::uint64_t fills = 0, against_us = 0;
  std::int64_t nanos = 0;
};

Json ByKind(const RunView& view) {
  std::map<AttackKind, OfKind> kinds;
  for (std::size_t i = 0; i < view.run.attacks.size(); ++i) {
    const engine::Attack& attack = view.run.attacks[i];
    OfKind& kind = kinds[attack.kind];
    kind.nanos += (attack.end - attack.begin).nanos;
    if (!view.market.complete) continue;
    const AttackContext& context = view.market.attacks[i];
    kind.change.push_back(InCurrency(view, context.equity_after - context.equity_before));
    kind.earned.push_back(InCurrency(view, attack.earned));
    kind.fills += context.fills;
    kind.against_us += context.against_us;
  }
  Json json = Json::array();
  for (const auto& [kind, of] : kinds) {
    json.push_back({{"kind", static_cast<int>(kind)},
                    {"name", Name(kind)},
                    {"ns", of.nanos},
                    {"change", MeanJson(of.change)},
                    {"earned", MeanJson(of.earned)},
                    {"fills", of.fills},
                    {"against_us", of.against_us}});
  }
  return json;
}

}  // namespace

Json AttacksSection(const RunView& view) {
  if (view.run.attacks.empty()) return nullptr;
  Json rows = Json::array();
  for (std::size_t i = 0; i < view.run.attacks.size(); ++i) {
    const engine::Attack& attack = view.run.attacks[i];
    Json row = {{"t", Micros(attack.begin, view.run.start)},
                {"length", Micros(attack.end, attack.begin)},
                {"kind", static_cast<int>(attack.kind)},
                {"participant", attack.participant},
                {"side", static_cast<int>(attack.direction)},
                {"aim", attack.target.units},
                {"trades", attack.trades.size()},
                {"earned", InCurrency(view, attack.earned)},
                {"ruined", attack.ruined}};
    if (view.market.complete) {
      const AttackContext& context = view.market.attacks[i];
      row["change"] = InCurrency(view, context.equity_after - context.equity_before);
      row["move"] = MoveBps(context);
      row["fills"] = context.fills;
      row["against_us"] = context.against_us;
    }
    rows.push_back(std::move(row));
  }
  return {{"rows", std::move(rows)}, {"by_kind", ByKind(view)}};
}

}  // namespace crucible::report

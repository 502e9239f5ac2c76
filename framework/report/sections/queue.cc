// What became of the orders: ends, rules that filled, and the share filled by the queue that stood ahead of
// them.
#include <algorithm>
#include <map>

#include "framework/report/sections/sections.h"
#include "framework/report/statistics.h"
#include "framework/report/text.h"

namespace crucible::report {
namespace {

constexpr std::size_t kClasses = 8;

// Orders that joined a queue of known length, in classes of equally many.
Json ByQueue(const RunView& view, std::uint32_t instrument) {
  std::vector<const OrderFact*> joined;
  for (const OrderFact& order : view.run.orders) {
    if (order.intent.instrument == instrument && order.queue_ahead >= 0) joined.push_back(&order);
  }
  std::ranges::stable_sort(joined, {}, &OrderFact::queue_ahead);
  Json classes = Json::array();
  for (std::size_t begin = 0; begin < joined.size();) {
    std::size_t end = std::min(joined.size(), begin + std::max<std::size_t>(joined.size() / kClasses, 1));
    while (end < joined.size() && joined[end]->queue_ahead == joined[end - 1]->queue_ahead) ++end;
    std::uint64_t filled = 0;
    std::vector<double> waits;
    for (std::size_t i = begin; i < end; ++i) {
      if (joined[i]->fills.empty()) continue;
      ++filled;
      const Event& first = view.run.fills[joined[i]->fills.front()].fill;
      waits.push_back(static_cast<double>((first.venue_time() - joined[i]->at_venue).nanos));
    }
    const Interval interval = WilsonInterval(filled, end - begin);
    const std::string low = QuantityText(joined[begin]->queue_ahead, view.instrument(instrument));
    const std::string high = QuantityText(joined[end - 1]->queue_ahead, view.instrument(instrument));
    classes.push_back({{"label", low == high ? low : low + " \u2013 " + high},
                       {"n", end - begin},
                       {"share", static_cast<double>(filled) / static_cast<double>(end - begin)},
                       {"low", interval.low},
                       {"high", interval.high},
                       {"wait", QuantilesJson(waits)}});
    begin = end;
  }
  return classes;
}

}  // namespace

Json QueueSection(const RunView& view) {
  if (view.run.orders.empty()) return nullptr;
  std::map<std::string, std::uint64_t> rules;
  for (const FillFact& fill : view.run.fills)
    ++rules[std::string(Name(static_cast<FillRule>(fill.more.rule)))];
  std::map<OrderEnd, std::uint64_t> ends;
  std::map<std::string, std::uint64_t> reasons;
  for (const OrderFact& order : view.run.orders) {
    ++ends[order.end];
    if (order.reason != Reason::kNone) ++reasons[std::string(Name(order.reason))];
  }
  Json json = {{"ends", Json::array()},
               {"reasons", Json::array()},
               {"rules", Json::array()},
               {"by_queue", Json::array()}};
  for (const auto& [end, count] : ends) json["ends"].push_back({std::string(Name(end)), count});
  for (const auto& [reason, count] : reasons) json["reasons"].push_back({reason, count});
  for (const auto& [rule, count] : rules) json["rules"].push_back({rule, count});
  for (std::uint32_t id = 0; id < view.run.instruments; ++id) {
    Json classes = ByQueue(view, id);
    if (!classes.empty()) json["by_queue"].push_back({{"instrument", id}, {"classes", std::move(classes)}});
  }
  return json;
}

}  // namespace crucible::report

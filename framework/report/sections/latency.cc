// The legs of the journey: market data to us, orders to the venue, replies back; and how long orders waited.
#include "framework/report/sections/sections.h"
#include "framework/report/statistics.h"

namespace crucible::report {
namespace {

Json Leg(const char* name, const char* definition, std::vector<double>& nanos) {
  return {{"name", name}, {"definition", definition}, {"ns", QuantilesJson(nanos)}};
}

}  // namespace

Json LatencySection(const RunView& view) {
  std::vector<double> feed, entry, reply, fill_reply, wait;
  for (const auto& [cause, event] : view.market.causes) {
    feed.push_back(static_cast<double>((event.at() - event.venue_time()).nanos));
  }
  for (const OrderFact& order : view.run.orders) {
    if (order.at_venue.since_epoch == 0) continue;
    entry.push_back(static_cast<double>((order.at_venue - order.intent.at()).nanos));
    reply.push_back(static_cast<double>((order.acknowledged - order.at_venue).nanos));
  }
  for (const FillFact& fill : view.run.fills) {
    fill_reply.push_back(static_cast<double>((fill.fill.at() - fill.fill.venue_time()).nanos));
    const OrderFact& order = view.run.orders[fill.order];
    if (order.at_venue.since_epoch == 0 || !fill.maker()) continue;
    wait.push_back(static_cast<double>((fill.fill.venue_time() - order.at_venue).nanos));
  }
  Json legs = Json::array();
  const auto add = [&](const char* name, const char* definition, std::vector<double>& values) {
    if (!values.empty()) legs.push_back(Leg(name, definition, values));
  };
  add("Feed", "From the venue's time of a market event that caused an order or a fill, to our receipt.",
      feed);
  add("Entry", "From the decision to the order's arrival at the venue.", entry);
  add("Reply", "From the venue's acknowledgement to our receipt of it.", reply);
  add("Fill reply", "From the fill at the venue to our receipt of it.", fill_reply);
  add("Queue wait", "From the order's arrival to its fill, for fills of resting orders.", wait);
  return legs.empty() ? Json(nullptr) : legs;
}

}  // namespace crucible::report

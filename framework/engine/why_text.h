// An explanation of an order in sentences, as `crucible why` prints them and a report shows them. Prices, quantities and
// money are in the instrument's own units, as decimal text; times are UTC.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "framework/engine/why.h"
#include "framework/event/instrument.h"
#include "framework/event/kinds.h"

namespace crucible::engine {

// What the run calls things.
struct WhyNames {
  std::vector<Instrument> instruments;  // by run-level id; every one that the explanation names
  std::vector<std::string> strategies;  // by ordinal - 1
  std::vector<std::string> routes;      // by number; empty: the run has none
  std::vector<std::string> variables;   // of the causal graph, by number; empty: the run has none
  std::string run;                      // what the run is called in commands

  // Who decided on the order: a strategy ("?" for an ordinal that there is not), the venue (a liquidation), or a roll
  // of the run's.
  std::string Decider(const Why& why) const;
};

struct WhyLine {
  std::string what;  // "" continues the line before
  std::string text;
};

std::vector<WhyLine> WhyText(const Why& why, const WhyNames& names);
// A line per record of the chain. A reply to `told` needs no word on whose it is.
std::vector<WhyLine> CauseText(const WhyCause& cause, const WhyNames& names, OrderId told = {});

// A slot of a record in its instrument's units; a plain number where it has none.
std::string SlotText(SlotType type, std::int64_t value, const Instrument& of);
// Kind, side and every slot by its name: "order_add bid price=99.94 ...".
std::string FieldsText(const Event& event, const Instrument& of);

}  // namespace crucible::engine

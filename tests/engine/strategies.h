// Strategies written as authors write them, against <crucible/strategy.h>. In a unit of their own, because
// that header's names (crucible::Instrument, ...) are not the framework's.
#pragma once

#include <string_view>

#include "crucible/plugin.h"

namespace crucible::engine {

// The plugin that holds them.
const crucible_plugin_info_v1* TestPlugin();
//   thrower   throws in the handler that parameter `where` names
//   asker     prints what Context answers
//   quoter    replaces a two-sided quote at the touch every `every`, without allocating
//   follower  re-quotes both sides when the touch has moved, by amending; without allocating
//   gambler   takes at random at touch changes, holding at most a few lots
//   averager  trades bars against their mean, without allocating
//   sleeper   looks at each book event and does nothing
const crucible_strategy_v1* TestStrategy(std::string_view name);

}  // namespace crucible::engine

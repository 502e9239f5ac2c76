#include <algorithm>
#include <array>
#include <cstring>

#include "framework/engine/plugin_loader.h"
#include "tests/fuzz/entries.h"

namespace crucible::fuzz {
namespace {

crucible_strategy_v1 StrategyFrom(unsigned char bits) {
  crucible_strategy_v1 strategy{};
  strategy.size = (bits & 1) != 0 ? sizeof strategy : bits;
  strategy.name = (bits & 2) != 0 ? "s" : nullptr;
  if ((bits & 4) != 0)
    strategy.create = [](const crucible_host_v1*, crucible_engine*) noexcept -> void* { return nullptr; };
  if ((bits & 8) != 0) strategy.destroy = [](void*) noexcept {};
  return strategy;
}

// Five words of the description, a byte per strategy, the image.
void Plugin(std::string_view bytes) {
  std::array<std::uint32_t, 5> words{};
  std::memcpy(words.data(), bytes.data(), std::min(bytes.size(), sizeof words));
  bytes.remove_prefix(std::min(bytes.size(), sizeof words));
  std::array<crucible_strategy_v1, 3> strategies{};
  std::array<const crucible_strategy_v1*, 3> pointers{};
  for (std::size_t i = 0; i < strategies.size() && i < bytes.size(); ++i) {
    strategies[i] = StrategyFrom(static_cast<unsigned char>(bytes[i]));
    pointers[i] = (bytes[i] & 16) != 0 ? &strategies[i] : nullptr;
  }
  crucible_plugin_info_v1 info{};
  info.size = words[0];
  info.abi_major = words[1];
  info.abi_minor = words[2];
  info.build_flags = words[3];
  info.strategy_count =
      words[4] % (pointers.size() + 1);  // a count that lies cannot be told from one that does not
  info.strategies = (words[4] & 0x80) != 0 ? nullptr : pointers.data();
  const auto plugin = engine::Plugin::FromInfo(&info, "plugin.so");
  if (plugin.ok()) {
    for (const std::string& name : plugin->StrategyNames()) static_cast<void>(plugin->Find(name));
    static_cast<void>(plugin->Find(""));
  }
  static_cast<void>(engine::DeterminismWarnings(engine::UndefinedSymbols(bytes), words[3]));
}

std::vector<std::string> PluginSeeds() {
  const std::array<std::uint32_t, 5> words = {sizeof(crucible_plugin_info_v1), CRUCIBLE_ABI_MAJOR,
                                              CRUCIBLE_ABI_MINOR, 0, 2};
  std::string good(sizeof words, '\0');
  std::memcpy(good.data(), words.data(), sizeof words);
  return {good + "\x1f\x1f", good +
                                 std::string("\x7f"
                                             "ELF\2\1\1",
                                             7) +
                                 std::string(200, '\1')};
}

}  // namespace

Entry PluginEntry() { return {"plugin", Plugin, PluginSeeds}; }

}  // namespace crucible::fuzz

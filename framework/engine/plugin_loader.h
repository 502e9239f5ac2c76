// Loads strategy plugins: shared libraries behind the C interface of <crucible/plugin.h>.
//
// The loader refuses what it cannot call, and names what it cannot promise: a plugin that imports libm, clocks or
// random devices, or was built with fast-math, still loads, but its run is marked as outside the determinism
// promise (docs/determinism.md).
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "crucible/plugin.h"
#include "framework/base/status.h"

namespace crucible::engine {

// A loaded library; unloads when the last copy goes.
class Plugin {
 public:
  // kNotFound: no such file. kFailedPrecondition: no entry function, other major version, or a malformed table;
  // the message names the file, what was found and what this build speaks.
  static absl::StatusOr<Plugin> Load(const std::string& path);
  // A plugin that is part of the program (tests, embedded demo).
  static absl::StatusOr<Plugin> FromInfo(const crucible_plugin_info_v1* info, std::string name);

  const std::string& path() const { return path_; }
  const crucible_plugin_info_v1& info() const { return *info_; }
  // nullptr when the plugin has none of that name; an empty name means its only strategy.
  const crucible_strategy_v1* Find(std::string_view strategy) const;
  std::vector<std::string> StrategyNames() const;
  // Sentences about what lies outside the determinism promise; empty when nothing does.
  const std::vector<std::string>& warnings() const { return warnings_; }
  // SHA-independent identity of the file's bytes, for the manifest; 0 for FromInfo.
  std::uint64_t content_hash() const { return content_hash_; }

 private:
  Plugin() = default;
  absl::Status Check() const;

  std::string path_;
  std::shared_ptr<void> handle_;
  const crucible_plugin_info_v1* info_ = nullptr;
  std::vector<std::string> warnings_;
  std::uint64_t content_hash_ = 0;
};

// The undefined dynamic symbols of a 64-bit little-endian ELF image, sorted; empty when it is none.
std::vector<std::string> UndefinedSymbols(std::string_view elf_image);
// Which of them leave the determinism promise, one sentence each.
std::vector<std::string> DeterminismWarnings(const std::vector<std::string>& undefined, std::uint32_t build_flags);

}  // namespace crucible::engine

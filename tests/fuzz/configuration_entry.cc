#include "framework/runs/run_config.h"
#include "tests/fuzz/entries.h"

namespace crucible::fuzz {
namespace {

void Configuration(std::string_view bytes) {
  const auto config = runs::ParseRunConfig(bytes, "run.toml");
  if (!config.ok()) {
    Require(!config.status().message().empty());
    return;
  }
  // What was understood can be written, and reads as the same.
  const std::string canonical = runs::CanonicalText(*config);
  const auto again = runs::ParseRunConfig(canonical, "run.toml");
  Require(again.ok() && runs::CanonicalText(*again) == canonical);
}

std::vector<std::string> ConfigurationSeeds() {
  return {
      "seed = 7\n[[session]]\npath = \"a.session\"\n[venue.latency]\nentry = \"1ms\"\nreply = \"1ms\"\n"
      "[[strategy]]\nplugin = \"x\"\n[strategy.parameters]\nsize = 3\n",
      "checkpoint_records = 10\n[venue]\nfill = \"l2\"\n[[strategy]]\nplugin = \"x\"\nstrategy = \"y\"\n",
  };
}

}  // namespace

Entry ConfigurationEntry() { return {"configuration", Configuration, ConfigurationSeeds}; }

}  // namespace crucible::fuzz

// A directory of its own per test, the shipped plugins within reach, and small sessions to work on.
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <stdlib.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <string>

#include "absl/strings/str_format.h"
#include "framework/base/random.h"
#include "framework/runs/demo_session.h"
#include "framework/runs/run_file.h"

namespace crucible::runs {

class RunFixture : public testing::Test {
 protected:
  RunFixture() {
    std::string pattern = (std::filesystem::temp_directory_path() / "crucible-test-XXXXXX").string();
    directory_ = mkdtemp(pattern.data());
    setenv("CRUCIBLE_PLUGIN_PATH", CRUCIBLE_BINARY_DIR "/lib/crucible/plugins", 1);
  }
  ~RunFixture() override { std::filesystem::remove_all(directory_); }

  std::string Path(const std::string& name) const { return (directory_ / name).string(); }
  std::string Write(const std::string& name, const std::string& text) const {
    std::ofstream(Path(name), std::ios::binary) << text;
    return Path(name);
  }
  // Three minutes of generated order flow: a few thousand records.
  std::string SmallSession() const {
    EXPECT_TRUE(WriteDemoSession(Path("small.session"), {180'000'000'000}).ok());
    return Path("small.session");
  }

  std::filesystem::path directory_;
};

// A market maker that trades `small.session` hundreds of times.
inline constexpr const char* kSmallRun = R"(seed = 3
[[session]]
path = "small.session"
[venue.latency]
feed = "recorded"
entry = "2ms"
reply = "1ms"
[fees]
maker_bps = -0.2
taker_bps = 0.5
[[strategy]]
plugin = "avellaneda_stoikov"
[strategy.parameters]
quantity = 2
gamma = 0.01
kappa = 0.5
)";

// A market maker in a market of its own, with a participant who spoofs; dozens of fills.
inline constexpr const char* kHuntedRun = R"(seed = 5
[market]
length = "2m"
activity = 20
market_maker_lots = 100
[market.predators]
spoofing = 1
[fees]
maker_bps = -0.2
per_trade = "0.01"
[venue.latency]
feed = "1ms"
entry = "2ms"
reply = "1ms"
[[strategy]]
plugin = "avellaneda_stoikov"
[strategy.parameters]
quantity = 5
gamma = 0.001
kappa = 2
)";

// One-minute bars in Bitfinex's column order: a seeded walk that is the same everywhere.
inline std::string SomeBars(std::uint64_t count) {
  std::string text;
  std::uint64_t state = 42;
  std::int64_t price = 25'000;
  for (std::uint64_t minute = 0; minute < count; ++minute) {
    state = state * 6'364'136'223'846'793'005U + 1'442'695'040'888'963'407U;
    const std::int64_t open = price;
    price = std::max<std::int64_t>(1000, price + static_cast<std::int64_t>(state >> 33) % 41 - 20);
    const std::int64_t high = std::max(open, price) + static_cast<std::int64_t>(state >> 40) % 10;
    const std::int64_t low = std::min(open, price) - static_cast<std::int64_t>(state >> 50) % 10;
    const auto decimal = [](std::int64_t cents) {
      return std::to_string(cents / 100) + "." + std::to_string(cents / 10 % 10) + std::to_string(cents % 10);
    };
    text += std::to_string(1'420'070'400'000 + minute * 60'000) + "," + decimal(open) + "," + decimal(price) +
            "," + decimal(high) + "," + decimal(low) + "," + std::to_string(1 + (state >> 60)) + ".5\n";
  }
  return text;
}

// The same columns: calm and wild returns in turn, 100 bars each.
inline std::string CalmAndWildBars(std::size_t count) {
  RandomStream random(4, "bars");
  std::string text;
  double price = 100;
  for (std::size_t t = 0; t < count; ++t) {
    const double open = price;
    price *= 1 + (t / 100 % 2 == 1 ? 0.004 : 0.001) * random.Normal();
    text += absl::StrFormat("%d,%.4f,%.4f,%.4f,%.4f,%.3f\n", 1'420'070'400'000 + 60'000 * static_cast<long long>(t), open,
                            price, std::max(open, price) + 0.01, std::min(open, price) - 0.01, 1 + random.Uniform01());
  }
  return text;
}

}  // namespace crucible::runs

#include "simulators/history/queue_model.h"

#include <gtest/gtest.h>

#include <string>

#include "framework/base/math.h"

namespace crucible::history {
namespace {

double Behind(std::string_view model, double front, double behind, std::int64_t lot = 1) {
  const auto parsed = QueueModel::Parse(model, {lot});
  EXPECT_TRUE(parsed.ok()) << parsed.status();
  return parsed->BehindProbability(front, behind);
}

TEST(QueueModelTest, ComputesThePublishedFunctions) {
  EXPECT_EQ(Behind("risk-averse", 30, 10), 1);
  EXPECT_EQ(Behind("optimistic", 30, 10), 0);
  EXPECT_DOUBLE_EQ(Behind("power:2", 30, 10), 100.0 / 1000);
  EXPECT_DOUBLE_EQ(Behind("power2:2", 30, 10), 1.0 / 16);
  EXPECT_DOUBLE_EQ(Behind("power3:3", 30, 10), 1 - 27.0 / 64);
  EXPECT_DOUBLE_EQ(Behind("power:0.5", 9, 4), 2.0 / 5);
  EXPECT_DOUBLE_EQ(Behind("log", 7, 3), 2.0 / 5);
  EXPECT_DOUBLE_EQ(Behind("log2", 4, 3), 2.0 / 3);
}

TEST(QueueModelTest, LogarithmsCountLots) { EXPECT_DOUBLE_EQ(Behind("log", 7'000, 3'000, 1'000), 2.0 / 5); }

TEST(QueueModelTest, EveryModelIsAProbability) {
  for (const std::string_view model : {"risk-averse", "optimistic", "power:1", "power2:3", "power3:0.3", "log", "log2"}) {
    for (const double front : {0.0, 0.5, 1.0, 1e6, 9e15}) {
      for (const double behind : {0.0, 0.5, 1.0, 1e6, 9e15}) {
        const double p = Behind(model, front, behind);
        EXPECT_TRUE(p >= 0 && p <= 1) << model << ' ' << front << ' ' << behind << ": " << p;
      }
    }
    EXPECT_EQ(Behind(model, 0, 10), 1) << model << ": nothing stands ahead";
  }
}

TEST(QueueModelTest, RefusesUnknownModels) {
  for (const std::string_view text :
       {"", "power", "power:", "power:0", "power3:101", "log:2", "fifo", "power:x"}) {
    const absl::Status status = QueueModel::Parse(text, {1}).status();
    EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument) << text;
    EXPECT_NE(std::string(status.message()).find("power3:N"), std::string::npos);
  }
}

}  // namespace
}  // namespace crucible::history

#include "framework/decode/touch_check.h"

#include <gtest/gtest.h>

#include <vector>

#include "framework/base/random.h"

namespace crucible::decode {
namespace {

book::Touch TouchAt(std::int64_t price) { return {Price{price}, Quantity{1}, Price{price + 1}, Quantity{1}}; }

struct Message {
  bool is_quote = false;
  std::uint64_t id = 0;
  std::int64_t price = 0;
};

struct Counts {
  std::int64_t compared = 0;
  std::int64_t equal = 0;
  friend bool operator==(Counts, Counts) = default;
};

// Looks at the whole of both channels for every depth message.
Counts Offline(const std::vector<Message>& messages) {
  Counts counts;
  for (const Message& depth : messages) {
    if (depth.is_quote) continue;
    const Message* latest = nullptr;
    for (const Message& quote : messages) {
      if (quote.is_quote && quote.id <= depth.id) latest = &quote;
    }
    if (latest == nullptr) continue;
    ++counts.compared;
    counts.equal += latest->price == depth.price ? 1 : 0;
  }
  return counts;
}

TEST(TouchCheckTest, AgreesWithAComparisonOfTheWholeChannelsInAnyInterleaving) {
  for (std::uint64_t seed = 0; seed < 200; ++seed) {
    RandomStream random(seed, "touch");
    std::vector<Message> messages;
    std::uint64_t ids[2] = {1, 1};
    for (int i = 0; i < 200; ++i) {
      const bool quote = random.UniformBelow(3) != 0;
      std::uint64_t& id = ids[quote ? 1 : 0];
      id += random.UniformBelow(4) + (quote ? 0 : 1);
      messages.push_back({quote, id, static_cast<std::int64_t>(random.UniformBelow(3))});
    }
    TouchCheck check;
    for (const Message& message : messages) {
      if (message.is_quote) {
        check.OnQuote(message.id, TouchAt(message.price));
      } else {
        check.OnDepth(message.id, TouchAt(message.price));
      }
    }
    check.Finish();
    EXPECT_EQ((Counts{check.compared(), check.equal()}), Offline(messages)) << "seed " << seed;
  }
}

TEST(TouchCheckTest, RestartForgetsIdsAndKeepsCounts) {
  TouchCheck check;
  check.OnQuote(10, TouchAt(5));
  check.OnDepth(11, TouchAt(5));
  check.Restart();
  check.OnDepth(1, TouchAt(5));
  check.OnQuote(2, TouchAt(5));
  check.Finish();
  EXPECT_EQ(check.compared(), 1);
  EXPECT_EQ(check.equal(), 1);
}

}  // namespace
}  // namespace crucible::decode

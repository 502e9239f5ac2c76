#include "framework/journal/diff.h"

#include <random>

#include "tests/journal/journal_fixture.h"

namespace crucible::journal {
namespace {

class DiffTest : public JournalFixture {
 protected:
  // A journal whose last `tail` records are committed and not sealed.
  Journal Make(const std::string& name, std::span<const Event> records, std::uint32_t block_records,
               std::size_t tail = 0) {
    auto journal = Journal::Create(Path(name), TestManifest(), {.block_records = block_records});
    EXPECT_TRUE(journal.ok()) << journal.status();
    auto appender = std::move(journal->OpenAppender("run", AppendMode::kContinue)).value();
    EXPECT_TRUE(appender->Append(records.first(records.size() - tail)).ok());
    EXPECT_TRUE((tail == 0 ? appender->Close() : appender->Commit()).ok());
    if (tail != 0) {
      EXPECT_TRUE(appender->Append(records.last(tail)).ok());
      EXPECT_TRUE(appender->Commit().ok());
    }
    return std::move(*journal);
  }
};

TEST_F(DiffTest, EqualStreamsHaveNoDifferenceHoweverTheyAreCut) {
  const std::vector<Event> records = SomeRecords(1, 20'000);
  const Journal a = Make("a", records, 8192), b = Make("b", records, 100, 50);
  const auto found = FindDifference(a, "run", b, "run");
  ASSERT_OK(found.status());
  EXPECT_FALSE(found->has_value());
}

TEST_F(DiffTest, TheFirstDifferenceIsFoundWhereverItIs) {
  std::mt19937_64 random(11);
  constexpr std::uint32_t kCuts[] = {1, 7, 100, 1000, 8192};
  for (int round = 0; round < 60; ++round) {
    const std::size_t count = 1 + random() % 30'000;
    const std::vector<Event> records = SomeRecords(1, count);
    std::vector<Event> others = records;
    const std::size_t at = random() % count;
    if (random() % 4 == 0) {
      others.resize(at);
    } else {
      for (std::size_t i = at; i < count; i += 1 + random() % 1000) others[i].body[random() % 4] ^= 1;
    }
    const std::uint32_t cut_a = kCuts[random() % 5], cut_b = random() % 2 == 0 ? cut_a : kCuts[random() % 5];
    if (count > 3000 && std::min(cut_a, cut_b) < 100) continue;
    const std::string name = std::to_string(round);
    const Journal a = Make(name + "a", records, cut_a, random() % 2 == 0 ? 0 : count / 10);
    const Journal b = Make(name + "b", others, cut_b);
    const auto found = FindDifference(a, "run", b, "run");
    ASSERT_OK(found.status());
    ASSERT_TRUE(found->has_value()) << "round " << round;
    EXPECT_EQ((*found)->seq, at + 1) << "round " << round;
    EXPECT_EQ((*found)->a, records[at]);
    EXPECT_EQ((*found)->b, at < others.size() ? std::optional(others[at]) : std::nullopt);
  }
}

TEST_F(DiffTest, ComponentsAreNamedWhereTheyFirstDiffer) {
  const auto state = [](std::uint64_t seq, std::uint64_t component, std::uint64_t inputs,
                        std::uint64_t hash) {
    Event event = SomeRecords(seq, 1)[0];
    event.kind = Kind::kStateHash;
    SetBody(event, StateHashBody{component, hash, 0, inputs});
    return event;
  };
  std::vector<Event> records = {state(1, 1, 100, 5), state(2, 3, 100, 6), SomeRecords(3, 1)[0],
                                state(4, 1, 200, 7), state(5, 3, 200, 8), state(6, 1, 300, 9)};
  std::vector<Event> others = records;
  others[2].body[0] += 1;
  others[4] = state(5, 3, 200, 80);
  others[5] = state(6, 1, 300, 90);
  const Journal a = Make("a", records, 8192), b = Make("b", others, 8192);
  const auto found = FindComponents(a, "run", b, "run", 3);
  ASSERT_OK(found.status());
  EXPECT_EQ(found->agreed_seq, 2u);
  EXPECT_EQ(found->inputs, 200u);
  EXPECT_EQ(found->components, std::vector<std::uint64_t>{3});
}

TEST_F(DiffTest, TheHeadAtASequenceIsTheHashUpToIt) {
  const std::vector<Event> records = SomeRecords(1, 1000);
  const Journal journal = Make("a", records, 100, 30);
  for (const std::size_t seq : {1u, 99u, 100u, 101u, 555u, 970u, 971u, 1000u}) {
    LogHash hash;
    hash.Add(std::span(records).first(seq));
    const auto head = journal.HeadAt("run", seq);
    ASSERT_OK(head.status());
    EXPECT_EQ(head->log_hash, hash.value()) << seq;
  }
  EXPECT_EQ(journal.HeadAt("run", 1001).status().code(), absl::StatusCode::kOutOfRange);
}

}  // namespace
}  // namespace crucible::journal

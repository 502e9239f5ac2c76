// Every form of the kernels against the plainest one, bit for bit, also at the ragged ends of columns.
#include <gtest/gtest.h>

#include <random>
#include <vector>

#include "framework/journal/bit_pack.h"
#include "framework/journal/column_kernels.h"
#include "framework/journal/record_kernels.h"

namespace crucible::journal {
namespace {

using Words = std::vector<std::uint64_t>;
using Bytes = std::vector<std::uint8_t>;

constexpr std::size_t kLengths[] = {1, 2, 7, 8, 9, 15, 16, 17, 63, 64, 65, 127, 200, 512};

class KernelsTest : public testing::Test {
 protected:
  // What stands behind a column is seen by kernels that round up, and must not matter.
  Words RandomWords(std::size_t count, int width = 64) {
    Words words(count + 64);
    for (std::uint64_t& word : words) word = random_() & LowBits(width);
    return words;
  }
  Bytes RandomBytes(std::size_t count) {
    Bytes bytes(count + 64);
    for (std::uint8_t& byte : bytes) byte = static_cast<std::uint8_t>(random_());
    return bytes;
  }
  // Numbers below `streams`, most of them 0 in every second column.
  Bytes StreamNumbers(std::size_t count, std::size_t streams) {
    Bytes numbers(count + 64, kNoStream);
    const bool sparse = random_() % 2 == 0;
    for (std::size_t i = 0; i < count; ++i)
      numbers[i] = sparse && random_() % 20 != 0 ? 0 : static_cast<std::uint8_t>(random_() % streams);
    return numbers;
  }

  std::mt19937_64 random_{17};
};

template <class T>
void ExpectSame(const std::vector<T>& got, const std::vector<T>& expected, std::size_t count,
                std::string_view what) {
  for (std::size_t i = 0; i < count; ++i)
    ASSERT_EQ(got[i], expected[i]) << what << ", place " << i << " of " << count;
}

TEST_F(KernelsTest, ThisProcessorRunsThePlainFormAndChoosesTheLast) {
  ASSERT_EQ(ColumnKernelForms().front()->name, "baseline");
  ASSERT_EQ(RecordKernelForms().front()->name, "baseline");
  EXPECT_EQ(&Kernels(), ColumnKernelForms().back());
  EXPECT_EQ(&ChosenRecordKernels(), RecordKernelForms().back());
}

TEST_F(KernelsTest, FormsUnpackEveryWidthAlike) {
  const ColumnKernels& plain = *ColumnKernelForms().front();
  for (int width = 0; width <= 64; ++width) {
    if (!IsPackedWidth(width)) continue;
    const std::size_t count = kLengths[random_() % std::size(kLengths)];
    const Bytes packed = RandomBytes(PackedBytes(count, width) + kPackSlack);
    const std::uint64_t base = random_(), factor = random_() % 2 == 0 ? 1 : random_();
    Words plain_values(count + 64), scaled(count + 64);
    plain.unpack(packed.data(), count, width, plain_values.data());
    plain.unpack_scaled(packed.data(), count, width, base, factor, scaled.data());
    for (const ColumnKernels* form : ColumnKernelForms()) {
      Words out(count + 64);
      form->unpack(packed.data(), count, width, out.data());
      ExpectSame(out, plain_values, count, form->name);
      form->unpack_scaled(packed.data(), count, width, base, factor, out.data());
      ExpectSame(out, scaled, count, form->name);
    }
  }
}

TEST_F(KernelsTest, FormsSumUpAlike) {
  for (const std::size_t count : kLengths) {
    const Words residuals = RandomWords(count);
    for (const std::uint64_t factor : {std::uint64_t{1}, std::uint64_t{1'000'000}, random_()}) {
      const std::uint64_t base = random_(), start = random_();
      Words expected = residuals;
      std::uint64_t sum = start;
      for (std::size_t i = 0; i < count; ++i) expected[i] = sum += base + residuals[i] * factor;
      for (const ColumnKernels* form : ColumnKernelForms()) {
        Words out = residuals;
        const std::uint64_t last = form->sum_up(out.data(), count, base, factor, start);
        ExpectSame(out, expected, count, form->name);
        if (count % 8 == 0) {
          EXPECT_EQ(last, sum) << form->name;
        }
      }
    }
  }
}

TEST_F(KernelsTest, FormsMeasureColumnsAlike) {
  const ColumnKernels& plain = *ColumnKernelForms().front();
  for (const std::size_t count : kLengths) {
    for (const std::uint64_t factor : {std::uint64_t{1}, std::uint64_t{100}, std::uint64_t{4096}}) {
      Words values = RandomWords(count, 20);
      for (std::uint64_t& value : values) value *= factor;
      if (random_() % 3 == 0) values[random_() % count] += 1;
      // 100 = 2^2 x 25, whose inverse modulo 2^64 is that of 25.
      const ExactDivisor divisor{2, 0x8F5C28F5C28F5C29, INT64_MAX / 25};
      for (const ColumnKernels* form : ColumnKernelForms()) {
        EXPECT_EQ(form->all_equal(values.data(), count), plain.all_equal(values.data(), count)) << form->name;
        EXPECT_EQ(form->all_divisible(values.data(), count, divisor),
                  plain.all_divisible(values.data(), count, divisor))
            << form->name;
        const SignedBounds bounds = form->bounds(values.data(), count);
        EXPECT_EQ(bounds.low, plain.bounds(values.data(), count).low) << form->name;
        EXPECT_EQ(bounds.high, plain.bounds(values.data(), count).high) << form->name;
        Words out(count + 64), expected(count + 64), parts = values, plain_parts = values;
        form->subtract_both(values.data(), values.data() + 1, count, 7, out.data());
        plain.subtract_both(values.data(), values.data() + 1, count, 7, expected.data());
        ExpectSame(out, expected, count, form->name);
        form->subtract(values.data(), count, 7, out.data());
        plain.subtract(values.data(), count, 7, expected.data());
        ExpectSame(out, expected, count, form->name);
        form->divide(parts.data(), count, divisor);
        plain.divide(plain_parts.data(), count, divisor);
        ExpectSame(parts, plain_parts, count, form->name);
      }
    }
  }
}

TEST_F(KernelsTest, FormsLookUpAlike) {
  const RecordKernels& plain = *RecordKernelForms().front();
  for (const std::size_t count : kLengths) {
    for (int width = 0; width <= 8; ++width) {
      const Bytes packed = RandomBytes(PackedBytes(count, width) + kPackSlack);
      const Bytes table = RandomBytes(256);
      Bytes numbers(count + 64), looked(count + 64);
      std::vector<std::uint32_t> words(256), kinds(count + 64);
      for (std::uint32_t& word : words) word = static_cast<std::uint32_t>(random_());
      plain.unpack_bytes(packed.data(), count, width, numbers.data());
      plain.lookup_bytes(numbers.data(), count, table.data(), looked.data());
      plain.lookup_words(numbers.data(), count, words.data(), kinds.data());
      for (const RecordKernels* form : RecordKernelForms()) {
        Bytes out(count + 64), found(count + 64);
        std::vector<std::uint32_t> kind(count + 64);
        form->unpack_bytes(packed.data(), count, width, out.data());
        ExpectSame(out, numbers, count, form->name);
        form->lookup_bytes(out.data(), count, table.data(), found.data());
        ExpectSame(found, looked, count, form->name);
        form->lookup_words(out.data(), count, words.data(), kind.data());
        ExpectSame(kind, kinds, count, form->name);
      }
    }
  }
}

TEST_F(KernelsTest, FormsLookUpInTablesOfEverySizeAlike) {
  const RecordKernels& plain = *RecordKernelForms().front();
  for (const std::size_t size : {1u, 2u, 8u, 9u, 16u, 17u, 31u, 32u, 33u, 100u}) {
    const std::size_t count = kLengths[random_() % std::size(kLengths)];
    Words index = RandomWords(count);
    for (std::uint64_t& at : index) at = random_() % 50 == 0 ? random_() : random_() % size;
    const Words table = RandomWords(size), before = RandomWords(count);
    std::vector<std::uint32_t> ids(size), expected_ids(count + 64);
    for (std::uint32_t& id : ids) id = static_cast<std::uint32_t>(random_());
    Words expected = before;
    plain.add_lookup(index.data(), count, table.data(), size, expected.data());
    plain.lookup_ids(index.data(), count, ids.data(), size, expected_ids.data());
    for (const RecordKernels* form : RecordKernelForms()) {
      Words out = before;
      std::vector<std::uint32_t> found(count + 64);
      form->add_lookup(index.data(), count, table.data(), size, out.data());
      ExpectSame(out, expected, count, form->name);
      form->lookup_ids(index.data(), count, ids.data(), size, found.data());
      ExpectSame(found, expected_ids, count, form->name);
    }
  }
}

TEST_F(KernelsTest, FormsMergeAndSplitAlike) {
  for (const std::size_t count : kLengths) {
    for (std::size_t streams = 1; streams <= 16; ++streams) {
      const Bytes numbers = StreamNumbers(count, streams);
      const Words values = RandomWords(count), others = RandomWords(count);
      for (const RecordKernels* form : RecordKernelForms()) {
        std::vector<Words> parts(streams, Words(count + 64));
        std::vector<std::uint64_t*> ends;
        for (Words& part : parts) ends.push_back(part.data());
        form->split(numbers.data(), count, values.data(), ends.data(), streams);
        std::vector<const std::uint64_t*> next;
        for (std::size_t s = 0; s < streams; ++s) {
          Words own;
          for (std::size_t i = 0; i < count; ++i) {
            if (numbers[i] == s) own.push_back(values[i]);
          }
          ASSERT_EQ(static_cast<std::size_t>(ends[s] - parts[s].data()), own.size()) << form->name;
          ExpectSame(parts[s], own, own.size(), form->name);
          next.push_back(parts[s].data());
        }
        Words merged(count + 64), replaced = values, added = values;
        form->merge(numbers.data(), count, next.data(), streams, merged.data());
        ExpectSame(merged, values, count, form->name);
        for (std::size_t s = 0; s < streams; ++s) EXPECT_EQ(next[s], ends[s]) << form->name;

        for (std::size_t s = 0; s < streams; ++s) next[s] = parts[s].data();
        for (std::size_t i = 0; i < count; ++i) replaced[i] = numbers[i] == 0 ? values[i] : 0;
        form->replace(numbers.data(), count, next.data(), replaced.data());
        ExpectSame(replaced, values, count, form->name);
        form->add_where(numbers.data(), count, 1, others.data(), added.data());
        for (std::size_t i = 0; i < count; ++i)
          ASSERT_EQ(added[i], values[i] + (numbers[i] == 1 ? others[i] : 0)) << form->name;
      }
    }
  }
}

TEST_F(KernelsTest, FormsFillAlike) {
  for (const std::size_t count : kLengths) {
    for (const std::size_t streams : {1u, 2u, 5u}) {
      const Bytes numbers = StreamNumbers(count, streams);
      const Words values = RandomWords(count + 16);
      for (const RecordKernels* form : RecordKernelForms()) {
        Words out(count + 64);
        const std::uint64_t* last = form->fill(numbers.data(), count, 1, values.data(), out.data());
        const std::uint64_t* at = values.data();
        for (std::size_t i = 0; i < count; ++i) ASSERT_EQ(out[i], *(at += numbers[i] == 1)) << form->name;
        EXPECT_EQ(last, at) << form->name;
      }
    }
  }
}

TEST_F(KernelsTest, FormsTurnColumnsIntoRecordsAndBackAlike) {
  for (const std::size_t count : kLengths) {
    std::vector<Words> words;
    for (int c = 0; c < 6; ++c) words.push_back(RandomWords(count));
    std::vector<std::uint32_t> instruments(count + 64), kinds(count + 64);
    for (std::size_t i = 0; i < count; ++i) instruments[i] = static_cast<std::uint32_t>(random_());
    for (std::size_t i = 0; i < count; ++i) kinds[i] = static_cast<std::uint32_t>(random_());
    const RecordColumns columns{words[0].data(),
                                words[1].data(),
                                instruments.data(),
                                kinds.data(),
                                {words[2].data(), words[3].data(), words[4].data(), words[5].data()}};
    for (const RecordKernels* form : RecordKernelForms()) {
      Words rows(count * 8), back(7 * (count + 64));
      form->to_rows(columns, count, 41, rows.data());
      form->from_rows(rows.data(), count, back.data(), count + 64);
      for (std::size_t i = 0; i < count; ++i) {
        const std::uint64_t word = std::uint64_t{kinds[i]} << 32 | instruments[i];
        const std::uint64_t expected[] = {41 + i,      words[0][i], words[1][i], word,
                                          words[2][i], words[3][i], words[4][i], words[5][i]};
        for (std::size_t w = 0; w < 8; ++w) ASSERT_EQ(rows[i * 8 + w], expected[w]) << form->name;
        for (std::size_t w = 1; w < 8; ++w)
          ASSERT_EQ(back[(w - 1) * (count + 64) + i], expected[w]) << form->name;
      }
    }
  }
}

}  // namespace
}  // namespace crucible::journal

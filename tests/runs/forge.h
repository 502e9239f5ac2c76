// Runs that somebody tampered with.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <string>
#include <vector>

#include "framework/journal/journal.h"
#include "framework/runs/run_file.h"

namespace crucible::runs {

// A copy of the run with `change` applied to every record, its chain and checksums intact.
inline void ForgeRun(const std::string& run, const std::string& forged,
                     const std::function<void(Event&)>& change, std::uint64_t keep = UINT64_MAX) {
  auto source = journal::Journal::Open(run);
  ASSERT_TRUE(source.ok()) << source.status();
  auto copy = journal::Journal::Create(forged, source->manifest());
  ASSERT_TRUE(copy.ok()) << copy.status();
  ASSERT_TRUE(copy->SetInputs(source->inputs()).ok());
  auto appender = copy->OpenAppender(kRunStream, journal::AppendMode::kContinue);
  ASSERT_TRUE(appender.ok()) << appender.status();
  for (std::uint64_t text = 1; text <= source->Size(kRunStream)->texts; ++text) {
    ASSERT_TRUE((*appender)->AppendText(*source->Text(kRunStream, text)).ok());
  }
  auto cursor = source->Read(kRunStream, {1, std::min(keep, source->Head(kRunStream)->last_seq)});
  ASSERT_TRUE(cursor.ok()) << cursor.status();
  for (auto batch = (*cursor)->Next(); batch.ok() && !batch->empty(); batch = (*cursor)->Next()) {
    std::vector<Event> records(batch->begin(), batch->end());
    for (Event& record : records) change(record);
    const absl::Status appended = (*appender)->Append(records);
    ASSERT_TRUE(appended.ok()) << appended;
  }
  ASSERT_TRUE((*appender)->Close().ok());
}

}  // namespace crucible::runs

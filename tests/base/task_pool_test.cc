#include "framework/base/task_pool.h"

#include <gtest/gtest.h>

#include <atomic>
#include <vector>

namespace crucible {
namespace {

TEST(TaskPoolTest, RunsEveryTaskOnceOnAnyNumberOfThreads) {
  for (const std::size_t threads : std::vector<std::size_t>{1, 2, 5}) {
    TaskPool pool(threads);
    EXPECT_EQ(pool.threads(), threads);
    for (int round = 0; round < 50; ++round) {
      std::vector<int> calls(97, 0);
      std::atomic<bool> worker_in_range = true;
      pool.Run(calls.size(), [&](std::size_t task, std::size_t worker) {
        ++calls[task];
        if (worker >= threads) worker_in_range = false;
      });
      EXPECT_EQ(calls, std::vector<int>(97, 1));
      EXPECT_TRUE(worker_in_range);
    }
  }
}

TEST(TaskPoolTest, NoTasksIsNoWork) {
  TaskPool pool(3);
  pool.Run(0, [](std::size_t, std::size_t) { FAIL(); });
}

}  // namespace
}  // namespace crucible

// Runs independent tasks on a fixed number of threads. What a task computes depends on its index only, so
// results are the same for any number of threads; whoever combines them does it in index order.
//
//   TaskPool pool(2);
//   std::vector<double> sums(chunks);
//   pool.Run(chunks, [&](std::size_t task, std::size_t worker) { sums[task] = Sum(chunk(task),
//   scratch[worker]); });
//
// Threads: one caller at a time; Run() may not be called from a task. Allocation: none in Run().
#pragma once

#include <cstddef>
#include <memory>

namespace crucible {

class TaskPool {
 public:
  // `threads` includes the caller; 1 makes no thread at all. REQUIRES: threads >= 1.
  explicit TaskPool(std::size_t threads);
  ~TaskPool();
  TaskPool(const TaskPool&) = delete;
  TaskPool& operator=(const TaskPool&) = delete;

  // Calls task(index, worker) once for each index below `tasks`, worker < threads(); returns when all have
  // returned. Tasks start in index order. A task may not throw.
  template <typename Task>
  void Run(std::size_t tasks, const Task& task) {
    RunErased(
        tasks,
        [](const void* erased, std::size_t index, std::size_t worker) {
          (*static_cast<const Task*>(erased))(index, worker);
        },
        &task);
  }

  std::size_t threads() const;

 private:
  using Call = void (*)(const void* task, std::size_t index, std::size_t worker);
  struct State;

  void RunErased(std::size_t tasks, Call call, const void* task);

  std::unique_ptr<State> state_;
};

}  // namespace crucible

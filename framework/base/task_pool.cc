#include "framework/base/task_pool.h"

#include <atomic>
#include <condition_variable>
#include <mutex>
#include <thread>
#include <vector>

#include "framework/base/check.h"

namespace crucible {

struct TaskPool::State {
  // Takes indices until none is left.
  void Work(std::size_t worker) {
    for (std::size_t index = next.fetch_add(1); index < tasks; index = next.fetch_add(1)) {
      call(task, index, worker);
    }
  }

  void Serve(std::size_t worker) {
    std::uint64_t served = 0;
    for (;;) {
      {
        std::unique_lock lock(mutex);
        wake.wait(lock, [&] { return stop || round != served; });
        if (stop) return;
        served = round;
      }
      Work(worker);
      const std::lock_guard lock(mutex);
      if (--busy == 0) done.notify_one();
    }
  }

  std::mutex mutex;
  std::condition_variable wake, done;
  std::uint64_t round = 0;  // of Run() calls, so that a worker serves each once
  std::size_t busy = 0;     // workers that have not finished the round
  bool stop = false;

  std::size_t tasks = 0;
  Call call = nullptr;
  const void* task = nullptr;
  std::atomic<std::size_t> next{0};
  std::vector<std::thread> workers;
};

TaskPool::TaskPool(std::size_t threads) : state_(std::make_unique<State>()) {
  CRUCIBLE_CHECK(threads >= 1);
  for (std::size_t worker = 1; worker < threads; ++worker) {
    state_->workers.emplace_back([state = state_.get(), worker] { state->Serve(worker); });
  }
}

TaskPool::~TaskPool() {
  {
    const std::lock_guard lock(state_->mutex);
    state_->stop = true;
  }
  state_->wake.notify_all();
  for (std::thread& worker : state_->workers) worker.join();
}

std::size_t TaskPool::threads() const { return state_->workers.size() + 1; }

void TaskPool::RunErased(std::size_t tasks, Call call, const void* task) {
  State& state = *state_;
  if (state.workers.empty() || tasks < 2) {
    for (std::size_t index = 0; index < tasks; ++index) call(task, index, 0);
    return;
  }
  {
    const std::lock_guard lock(state.mutex);
    state.tasks = tasks;
    state.call = call;
    state.task = task;
    state.next = 0;
    state.busy = state.workers.size();
    ++state.round;
  }
  state.wake.notify_all();
  state.Work(0);
  std::unique_lock lock(state.mutex);
  state.done.wait(lock, [&] { return state.busy == 0; });
}

}  // namespace crucible

#include "framework/cli/process_pool.h"

#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <filesystem>

#include "absl/strings/str_format.h"

namespace crucible::cli {
namespace {

// A started process and the read ends of its standard output and error.
struct Worker {
  std::size_t index = 0;
  pid_t process = 0;
  std::array<int, 2> pipes = {-1, -1};
  ProcessResult result;

  bool finished() const { return pipes[0] < 0 && pipes[1] < 0; }
};

absl::Status SystemError(const std::string& what, int code) {
  return absl::InternalError(absl::StrFormat("%s: %s", what, std::strerror(code)));
}

absl::Status Start(const CommandLine& command, Worker& worker) {
  int out[2], err[2];
  if (pipe2(out, O_CLOEXEC) != 0) return SystemError("pipe", errno);
  if (pipe2(err, O_CLOEXEC) != 0) {
    close(out[0]);
    close(out[1]);
    return SystemError("pipe", errno);
  }
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
  posix_spawn_file_actions_adddup2(&actions, out[1], STDOUT_FILENO);
  posix_spawn_file_actions_adddup2(&actions, err[1], STDERR_FILENO);
  std::vector<char*> words;
  for (const std::string& word : command) words.push_back(const_cast<char*>(word.c_str()));
  words.push_back(nullptr);
  const int code = posix_spawn(&worker.process, words.front(), &actions, nullptr, words.data(), environ);
  posix_spawn_file_actions_destroy(&actions);
  close(out[1]);
  close(err[1]);
  worker.pipes = {out[0], err[0]};
  if (code == 0) return absl::OkStatus();
  close(out[0]);
  close(err[0]);
  return SystemError(command.front(), code);
}

// Reads what is there; closes the pipe at its end.
void Drain(int& pipe, std::string& text) {
  char buffer[1 << 16];
  const ssize_t count = read(pipe, buffer, sizeof buffer);
  if (count > 0) {
    text.append(buffer, static_cast<std::size_t>(count));
  } else if (count == 0 || errno != EINTR) {
    close(pipe);
    pipe = -1;
  }
}

void Await(Worker& worker) {
  int status = 0;
  while (waitpid(worker.process, &status, 0) < 0 && errno == EINTR) {
  }
  if (WIFEXITED(status)) worker.result.exit_code = WEXITSTATUS(status);
  if (WIFSIGNALED(status)) worker.result.signal = WTERMSIG(status);
}

void Stop(std::vector<Worker>& running) {
  for (Worker& worker : running) {
    kill(worker.process, SIGTERM);
    for (int& pipe : worker.pipes) {
      if (pipe >= 0) close(pipe);
    }
    Await(worker);
  }
  running.clear();
}

void WaitForOutput(std::vector<Worker>& running) {
  std::vector<pollfd> polled;
  for (const Worker& worker : running) {
    for (const int pipe : worker.pipes) polled.push_back({pipe, POLLIN, 0});
  }
  if (poll(polled.data(), polled.size(), -1) <= 0) return;
  for (std::size_t i = 0; i < polled.size(); ++i) {
    if (polled[i].revents == 0) continue;
    Worker& worker = running[i / 2];
    Drain(worker.pipes[i % 2], i % 2 == 0 ? worker.result.out : worker.result.err);
  }
}

}  // namespace

absl::Status RunProcesses(const std::vector<CommandLine>& commands, int workers,
                          const std::function<bool(std::size_t, ProcessResult)>& done) {
  std::vector<Worker> running;
  std::size_t next = 0;
  while (next < commands.size() || !running.empty()) {
    while (next < commands.size() && running.size() < static_cast<std::size_t>(workers)) {
      Worker worker{next, 0, {-1, -1}, {}};
      if (absl::Status started = Start(commands[next], worker); !started.ok()) {
        Stop(running);
        return started;
      }
      ++next;
      running.push_back(std::move(worker));
    }
    WaitForOutput(running);
    const auto ended =
        std::ranges::stable_partition(running, [](const Worker& each) { return !each.finished(); });
    std::vector<Worker> finished(std::make_move_iterator(ended.begin()),
                                 std::make_move_iterator(ended.end()));
    running.erase(ended.begin(), ended.end());
    for (Worker& worker : finished) {
      Await(worker);
      if (done(worker.index, std::move(worker.result))) continue;
      Stop(running);
      return absl::CancelledError("stopped");
    }
  }
  return absl::OkStatus();
}

std::string OwnProgram() { return std::filesystem::read_symlink("/proc/self/exe").string(); }

}  // namespace crucible::cli

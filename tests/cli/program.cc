#include "tests/cli/program.h"

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <fstream>
#include <iterator>

namespace crucible::cli {
namespace {

void SendTo(int descriptor, const std::string& file) {
  const int target = open(file.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0600);
  if (target < 0 || dup2(target, descriptor) < 0) _exit(126);
  close(target);
}

[[noreturn]] void Become(const std::string& program, const std::vector<std::string>& arguments) {
  std::vector<char*> words = {const_cast<char*>(program.c_str())};
  for (const std::string& argument : arguments) words.push_back(const_cast<char*>(argument.c_str()));
  words.push_back(nullptr);
  execvp(program.c_str(), words.data());
  _exit(127);
}

std::string Contents(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

}  // namespace

std::string ProgramPath() { return CRUCIBLE_BINARY_DIR "/bin/crucible"; }

ProgramResult RunIn(const std::string& directory, const std::string& program,
                    const std::vector<std::string>& arguments) {
  const std::string out = directory + "/.out";
  const std::string err = directory + "/.err";
  const pid_t child = fork();
  if (child == 0) {
    SendTo(STDOUT_FILENO, out);
    SendTo(STDERR_FILENO, err);
    if (chdir(directory.c_str()) != 0) _exit(126);
    Become(program, arguments);
  }
  int status = 0;
  waitpid(child, &status, 0);
  return {WIFEXITED(status) ? WEXITSTATUS(status) : -1, Contents(out), Contents(err)};
}

pid_t StartSilently(const std::vector<std::string>& arguments) {
  const pid_t child = fork();
  if (child != 0) return child;
  SendTo(STDOUT_FILENO, "/dev/null");
  SendTo(STDERR_FILENO, "/dev/null");
  Become(ProgramPath(), arguments);
}

}  // namespace crucible::cli

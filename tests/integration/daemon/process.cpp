// SPDX-License-Identifier: Apache-2.0
#include "tests/integration/daemon/process.h"

#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include <fstream>
#include <sstream>
#include <stdexcept>

#include "tests/xenstored/xenstored_fixture.h"

namespace xenacm::test {

namespace {

int status_of(int raw) { return WIFEXITED(raw) ? WEXITSTATUS(raw) : 128 + WTERMSIG(raw); }

pid_t spawn(const std::vector<std::string>& command, const Environment& environment, const std::filesystem::path& out,
            const std::filesystem::path& err, const std::filesystem::path& in = "/dev/null") {
  const pid_t child = ::fork();
  if (child < 0) throw std::runtime_error("cannot fork");
  if (child > 0) return child;
  const int in_fd = ::open(in.c_str(), O_RDONLY);
  const int out_fd = ::open(out.c_str(), O_WRONLY | O_CREAT | O_APPEND, 0644);
  const int err_fd = ::open(err.c_str(), O_WRONLY | O_CREAT | O_APPEND, 0644);
  ::dup2(in_fd, 0);
  ::dup2(out_fd, 1);
  ::dup2(err_fd, 2);
  for (const auto& [name, value] : environment) ::setenv(name.c_str(), value.c_str(), 1);
  std::vector<char*> words;
  for (const std::string& word : command) words.push_back(const_cast<char*>(word.c_str()));
  words.push_back(nullptr);
  ::execv(words[0], words.data());
  ::_exit(127);
}

}  // namespace

std::string contents(const std::filesystem::path& file) {
  std::ifstream in(file, std::ios::binary);
  std::ostringstream text;
  text << in.rdbuf();
  return text.str();
}

Finished run(const std::vector<std::string>& command, const Environment& environment,
             const std::filesystem::path& input) {
  const TemporaryDirectory folder("xenacm-run");
  const auto out = folder.path() / "out";
  const auto err = folder.path() / "err";
  int raw = 0;
  ::waitpid(spawn(command, environment, out, err, input), &raw, 0);
  return {status_of(raw), contents(out), contents(err)};
}

Background::Background(const std::vector<std::string>& command, const Environment& environment,
                       const std::filesystem::path& log)
    : pid_(spawn(command, environment, log, log)) {}

Background::~Background() {
  if (over_) return;
  signal(SIGKILL);
  wait();
}

bool Background::ended() {
  if (over_) return true;
  int raw = 0;
  if (::waitpid(pid_, &raw, WNOHANG) != pid_) return false;
  over_ = true;
  status_ = status_of(raw);
  return true;
}

void Background::signal(int number) const { ::kill(pid_, number); }

int Background::wait() {
  if (!over_) {
    int raw = 0;
    ::waitpid(pid_, &raw, 0);
    over_ = true;
    status_ = status_of(raw);
  }
  return status_;
}

}  // namespace xenacm::test

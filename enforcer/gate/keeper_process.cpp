// SPDX-License-Identifier: Apache-2.0
#include "enforcer/gate/keeper_process.h"

#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

extern "C" {  // which glibc 2.36 forgets
#include <sys/pidfd.h>
}

#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <utility>
#include <vector>

#include "enforcer/gate/failure.h"

namespace xenacm::gate {
namespace {

constexpr int kPatienceMs = 2000;

// INVARIANT: the keeper has nothing of this process but what is named here, whatever a library has left open.
class Plan {
 public:
  Plan(int listener, int connection) {
    ::posix_spawn_file_actions_init(&files_);
    ::posix_spawn_file_actions_adddup2(&files_, listener, kKeeperListener);
    ::posix_spawn_file_actions_adddup2(&files_, connection, kKeeperDaemon);
    ::posix_spawn_file_actions_addclosefrom_np(&files_, kKeeperFirstFree);
    ::posix_spawnattr_init(&attributes_);
    // A session of its own: a terminal's Ctrl-C is for the daemon, which says goodbye to its keeper.
    ::posix_spawnattr_setflags(&attributes_, POSIX_SPAWN_SETSID | POSIX_SPAWN_SETSIGDEF);
    sigset_t own;
    ::sigemptyset(&own);
    for (const int signal : {SIGTERM, SIGINT, SIGHUP}) ::sigaddset(&own, signal);
    ::posix_spawnattr_setsigdefault(&attributes_, &own);
  }
  Plan(const Plan&) = delete;
  Plan& operator=(const Plan&) = delete;
  ~Plan() {
    ::posix_spawn_file_actions_destroy(&files_);
    ::posix_spawnattr_destroy(&attributes_);
  }

  [[nodiscard]] int run(const std::filesystem::path& program, const Keeping& keeping, pid_t& pid) const {
    std::vector<std::string> words{"acm-gate-keeper", kKeeperOption};
    for (std::string& word : to_words(keeping)) words.push_back(std::move(word));
    std::vector<char*> arguments;
    for (std::string& word : words) arguments.push_back(word.data());
    arguments.push_back(nullptr);
    return ::posix_spawn(&pid, program.c_str(), &files_, &attributes_, arguments.data(), environ);
  }

 private:
  posix_spawn_file_actions_t files_{};
  posix_spawnattr_t attributes_{};
};

// A copy that stands in the way of no number that the keeper knows its own by.
Descriptor out_of_the_way(int fd) { return Descriptor(::fcntl(fd, F_DUPFD_CLOEXEC, kKeeperFirstFree)); }

}  // namespace

std::expected<KeeperProcess, std::string> KeeperProcess::start(const std::filesystem::path& program,
                                                               const Keeping& keeping, int listener) {
  std::array<int, 2> ends{};
  if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends.data()) != 0) return failure("socketpair", errno);
  Descriptor own(ends[0]);
  const Descriptor given(ends[1]);
  const Descriptor its_listener = out_of_the_way(listener);
  const Descriptor its_end = out_of_the_way(given.get());
  if (its_listener.get() < 0 || its_end.get() < 0) return failure("no descriptor for the socket's keeper", errno);
  pid_t pid = 0;
  if (const int error = Plan(its_listener.get(), its_end.get()).run(program, keeping, pid); error != 0) {
    return failure("can not start the socket's keeper, " + program.string(), error);
  }
  Descriptor ended(::pidfd_open(pid, 0));
  if (ended.get() < 0) {
    const int error = errno;
    ::kill(pid, SIGKILL);
    ::waitpid(pid, nullptr, 0);
    return failure("can not watch the socket's keeper", error);
  }
  return KeeperProcess(pid, std::move(ended), std::move(own));
}

KeeperProcess::KeeperProcess(pid_t pid, Descriptor ended, Descriptor connection)
    : pid_(pid), ended_(std::move(ended)), connection_(std::move(connection)) {}

KeeperProcess::KeeperProcess(KeeperProcess&& other) noexcept
    : pid_(std::exchange(other.pid_, 0)), ended_(std::move(other.ended_)), connection_(std::move(other.connection_)) {}

void KeeperProcess::dismiss() {
  if (pid_ == 0) return;
  (void)!::send(connection_.get(), "q", 1, MSG_NOSIGNAL | MSG_DONTWAIT);
  pollfd end{ended_.get(), POLLIN, 0};
  if (::poll(&end, 1, kPatienceMs) <= 0) ::kill(pid_, SIGKILL);
  (void)collect();
}

std::string KeeperProcess::collect() {
  int status = 0;
  ::waitpid(std::exchange(pid_, 0), &status, 0);
  return WIFSIGNALED(status) ? "signal " + std::to_string(WTERMSIG(status))
                             : "status " + std::to_string(WEXITSTATUS(status));
}

}  // namespace xenacm::gate

// SPDX-License-Identifier: Apache-2.0
// The daemon tells systemd that it decides, and falls silent where it does not (watchdog.h)
#include <gtest/gtest.h>
#include <poll.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <system_error>

#include "tests/integration/daemon/daemon.h"

namespace xenacm::test {
namespace {

constexpr int kSilenceMs = 2000;  // ten times what systemd would wait

// systemd's end of sd_notify(3).
class Systemd {
 public:
  Systemd() : socket_(::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0)) {
    sockaddr_un address{.sun_family = AF_UNIX, .sun_path = {}};
    const std::string name = folder_.path() / "notify";
    name.copy(static_cast<char*>(address.sun_path), sizeof address.sun_path - 1);
    // NOLINTNEXTLINE(cppcoreguidelines-pro-type-reinterpret-cast): the interface of bind(2)
    if (::bind(socket_, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0)
      throw std::system_error(errno, std::generic_category(), name);
    ::setenv("NOTIFY_SOCKET", name.c_str(), 1);
    ::setenv("WATCHDOG_USEC", "200000", 1);
  }
  Systemd(const Systemd&) = delete;
  Systemd& operator=(const Systemd&) = delete;
  ~Systemd() {
    ::unsetenv("NOTIFY_SOCKET");
    ::unsetenv("WATCHDOG_USEC");
    ::close(socket_);
  }

  // The next message; empty if none comes for so long.
  [[nodiscard]] std::string told() const {
    pollfd ready{socket_, POLLIN, 0};
    if (::poll(&ready, 1, kSilenceMs) <= 0) return {};
    std::array<char, 256> text{};
    const ssize_t length = ::recv(socket_, text.data(), text.size(), 0);
    return {text.data(), static_cast<std::size_t>(length)};
  }

  // More signs of life than can have been on their way.
  [[nodiscard]] bool is_fed() const {
    constexpr int kOnTheirWay = 3;
    for (int signs = 0; signs <= kOnTheirWay; ++signs) {
      if (told() != "WATCHDOG=1") return false;
    }
    return true;
  }

 private:
  TemporaryDirectory folder_{"xenacm-notify"};
  int socket_;
};

// One thread of the daemon stands still.
class Stuck {
 public:
  explicit Stuck(pid_t thread) : thread_(thread) {
    if (::ptrace(PTRACE_SEIZE, thread_, nullptr, nullptr) != 0 ||
        ::ptrace(PTRACE_INTERRUPT, thread_, nullptr, nullptr) != 0 || ::waitpid(thread_, nullptr, __WALL) != thread_)
      throw std::system_error(errno, std::generic_category(), "ptrace");
  }
  Stuck(const Stuck&) = delete;
  Stuck& operator=(const Stuck&) = delete;
  ~Stuck() { ::ptrace(PTRACE_DETACH, thread_, nullptr, nullptr); }

 private:
  pid_t thread_;
};

TEST(Watchdog, IsFedWhileTheDaemonDecidesAndNotWhenTheGateOrTheCommitterIsStuck) {
  const Systemd systemd;
  Dom0 dom0;
  dom0.start();
  EXPECT_EQ(systemd.told(), "READY=1");
  ASSERT_TRUE(systemd.is_fed());

  int threads = 0;
  int silent = 0;
  for (const auto& task : std::filesystem::directory_iterator("/proc/" + std::to_string(dom0.pid()) + "/task")) {
    const pid_t thread = std::stoi(task.path().filename());
    ++threads;
    bool fed = false;
    {
      const Stuck stuck(thread);
      fed = systemd.is_fed();
    }
    silent += fed ? 0 : 1;
    if (thread == dom0.pid()) {
      EXPECT_FALSE(fed) << "the gate's loop";
    }
    ASSERT_TRUE(systemd.is_fed()) << "it goes on when it is stuck no more";
  }
  EXPECT_EQ(silent, 2) << "the gate's loop and the committer, of " << threads;
}

}  // namespace
}  // namespace xenacm::test

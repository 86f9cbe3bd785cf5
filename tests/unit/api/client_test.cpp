// SPDX-License-Identifier: Apache-2.0
// A client that was given a limit keeps it, whatever the other side does.
#include "enforcer/api/client.h"

#include <gtest/gtest.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cstring>
#include <thread>

namespace xenacm::api {
namespace {

using namespace std::chrono_literals;

// A socket that somebody listens at, and says nothing or `says` to whoever comes.
class Listener {
 public:
  explicit Listener(std::string says = {}) {
    char folder[] = "/tmp/xenacm-client-XXXXXX";
    folder_ = ::mkdtemp(folder);
    fd_ = ::socket(AF_UNIX, SOCK_STREAM, 0);
    sockaddr_un address{.sun_family = AF_UNIX};
    std::strncpy(address.sun_path, path().c_str(), sizeof address.sun_path - 1);
    ::bind(fd_, reinterpret_cast<const sockaddr*>(&address), sizeof address);
    ::listen(fd_, 1);
    if (says.empty()) return;
    speaker_ = std::jthread([this, says = std::move(says)] {
      const int client = ::accept(fd_, nullptr, nullptr);
      (void)!::write(client, says.data(), says.size());
      char byte = 0;
      while (::read(client, &byte, 1) > 0) {
      }
      ::close(client);
    });
  }
  ~Listener() {
    if (speaker_.joinable()) speaker_.join();
    ::close(fd_);
    std::filesystem::remove_all(folder_);
  }
  [[nodiscard]] std::filesystem::path path() const { return folder_ / "socket"; }

 private:
  std::filesystem::path folder_;
  int fd_ = -1;
  std::jthread speaker_;
};

TEST(Client, GivesUpOnADaemonThatNeverAnswers) {
  const Listener listener;
  const auto before = std::chrono::steady_clock::now();
  const auto answer = Client(listener.path(), 200ms).call("GET", "/v1/status");
  const auto took = std::chrono::steady_clock::now() - before;
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error(), "acm-enforcerd at " + listener.path().string() + " does not answer");
  EXPECT_GE(took, 150ms);
  EXPECT_LT(took, 10s);
}

TEST(Client, GivesUpOnAnAnswerThatNeverEnds) {
  const Listener listener("HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\nhalf");
  const auto answer = Client(listener.path(), 200ms).call("GET", "/v1/status");
  ASSERT_FALSE(answer);
  EXPECT_NE(answer.error().find("does not answer"), std::string::npos) << answer.error();
}

TEST(Client, TakesNoRubbishForAnAnswer) {
  const Listener listener("no HTTP\r\n\r\n");
  EXPECT_FALSE(Client(listener.path(), 5s).call("GET", "/v1/status"));
}

TEST(Client, SaysWhereNobodyServes) {
  const auto answer = Client("/nonexistent/socket", 5s).call("GET", "/v1/status");
  ASSERT_FALSE(answer);
  EXPECT_NE(answer.error().find("acm-enforcerd is not running (nobody serves /nonexistent/socket)"), std::string::npos);
}

TEST(Client, SurvivesAPathThatNoSocketCanHave) {
  EXPECT_FALSE(Client("/" + std::string(200, 'x'), 5s).call("GET", "/v1/status"));
}

}  // namespace
}  // namespace xenacm::api

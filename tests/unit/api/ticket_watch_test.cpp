// SPDX-License-Identifier: Apache-2.0
// What ends a ticket
#include "enforcer/api/ticket_watch.h"

#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <vector>

namespace xenacm::api {
namespace {

using namespace std::chrono_literals;

// A process that does nothing until it is killed.
class Sleeper {
 public:
  Sleeper() : pid_(::fork()) {
    if (pid_ != 0) return;
    while (true) ::pause();
  }
  ~Sleeper() { end(); }
  Sleeper(const Sleeper&) = delete;
  Sleeper& operator=(const Sleeper&) = delete;

  [[nodiscard]] pid_t pid() const { return pid_; }
  void end() {
    if (!alive_) return;
    ::kill(pid_, SIGKILL);
    ::waitpid(pid_, nullptr, 0);
    alive_ = false;
  }

 private:
  pid_t pid_;
  bool alive_ = true;
};

struct Watched {
  explicit Watched(std::chrono::seconds limit)
      : tickets(loop, limit, [this](const std::string& ticket) { lapsed.push_back(ticket); }) {}
  boost::asio::io_context loop;
  std::vector<std::string> lapsed;
  TicketWatch tickets;
};

TEST(Holder, IsTheCallerOrOneOfItsAncestors) {
  const Sleeper child;
  EXPECT_TRUE(Holder::open(child.pid(), child.pid()));
  EXPECT_TRUE(Holder::open(::getpid(), child.pid()));
  EXPECT_TRUE(Holder::open(::getppid(), child.pid()));
  const auto stranger = Holder::open(child.pid(), ::getpid());
  ASSERT_FALSE(stranger);
  EXPECT_NE(stranger.error().find("is neither the caller"), std::string::npos) << stranger.error();
}

TEST(Holder, MustBeThere) {
  Sleeper child;
  const pid_t gone = child.pid();
  child.end();
  EXPECT_FALSE(Holder::open(gone, gone));
  EXPECT_FALSE(Holder::open(-1, ::getpid()));
  EXPECT_FALSE(Holder::open(0, ::getpid()));
}

TEST(TicketWatch, ATicketEndsWithItsHolder) {
  Watched watched(600s);
  Sleeper holder;
  watched.tickets.watch("t", *Holder::open(holder.pid(), holder.pid()));
  EXPECT_EQ(watched.tickets.held().at("t").holder, holder.pid());
  watched.loop.poll();
  EXPECT_TRUE(watched.lapsed.empty());
  holder.end();
  watched.loop.run_for(20s);
  EXPECT_EQ(watched.lapsed, std::vector<std::string>{"t"});
  EXPECT_TRUE(watched.tickets.held().empty());
}

TEST(TicketWatch, ATicketEndsInTimeWhoeverHoldsIt) {
  Watched watched(0s);
  Sleeper holder;
  watched.tickets.watch("held", *Holder::open(holder.pid(), holder.pid()));
  watched.tickets.watch("free", std::nullopt);
  watched.loop.run_for(20s);
  EXPECT_EQ(watched.lapsed.size(), 2u);
}

TEST(TicketWatch, OneThatIsForgottenDoesNotEnd) {
  Watched watched(0s);
  Sleeper holder;
  watched.tickets.watch("t", *Holder::open(holder.pid(), holder.pid()));
  watched.tickets.forget("t");
  watched.tickets.forget("t");
  holder.end();
  watched.loop.run_for(20s);
  EXPECT_TRUE(watched.lapsed.empty());
}

TEST(TicketWatch, ThereIsAnEndToTheirNumber) {
  Watched watched(600s);
  for (int i = 0; !watched.tickets.full(); ++i) {
    ASSERT_LT(i, 100'000);
    watched.tickets.watch(std::to_string(i), std::nullopt);
  }
}

}  // namespace
}  // namespace xenacm::api

// SPDX-License-Identifier: Apache-2.0
// The names of the sockets through starts, stops and crashes. Plain listeners stand for xenstored and for gates.
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <cstring>
#include <fstream>
#include <memory>
#include <thread>
#include <utility>

#include "enforcer/gate/socket_takeover.h"
#include "tests/xenstored/xenstored_fixture.h"

namespace xenacm::gate {
namespace {

namespace fs = std::filesystem;

sockaddr_un address_of(const fs::path& name) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  std::strncpy(address.sun_path, name.c_str(), sizeof address.sun_path - 1);
  return address;
}

// Listens until destroyed; its file stays, as after a crash.
class Listener {
 public:
  explicit Listener(const fs::path& name) : fd_(::socket(AF_UNIX, SOCK_STREAM, 0)) {
    const sockaddr_un address = address_of(name);
    const void* generic = &address;
    EXPECT_EQ(::bind(fd_, static_cast<const sockaddr*>(generic), sizeof address), 0);
    EXPECT_EQ(::listen(fd_, 5), 0);
    struct stat file{};
    EXPECT_EQ(::lstat(name.c_str(), &file), 0);
    inode_ = file.st_ino;
  }
  Listener(const Listener&) = delete;
  Listener& operator=(const Listener&) = delete;
  ~Listener() { ::close(fd_); }
  [[nodiscard]] bool is_at(const fs::path& name) const {
    struct stat file{};
    return ::lstat(name.c_str(), &file) == 0 && file.st_ino == inode_;
  }

 private:
  int fd_;
  ino_t inode_ = 0;
};

std::expected<Takeover, std::string> take_over(const fs::path& name) {
  auto takeover = Takeover::prepare(name);
  if (!takeover) return takeover;
  if (auto taken = takeover->take(); !taken) return std::unexpected(taken.error());
  return takeover;
}

class TakeoverTest : public ::testing::Test {
 protected:
  [[nodiscard]] bool answers(const fs::path& name) const {
    const int fd = ::socket(AF_UNIX, SOCK_STREAM, 0);
    const sockaddr_un address = address_of(name);
    const void* generic = &address;
    const bool connected = ::connect(fd, static_cast<const sockaddr*>(generic), sizeof address) == 0;
    ::close(fd);
    return connected;
  }
  // A gate that takes over and dies without giving anything back.
  void crash_a_gate() const {
    const pid_t child = ::fork();
    if (child == 0) {
      const auto takeover = take_over(name_);
      ::_exit(takeover ? 0 : 1);
    }
    int status = -1;
    ASSERT_EQ(::waitpid(child, &status, 0), child);
    ASSERT_EQ(status, 0);
  }

  test::TemporaryDirectory directory_{"takeover"};
  fs::path name_ = directory_.path() / "socket";
  fs::path real_ = directory_.path() / "socket.real";
  fs::path own_ = directory_.path() / "socket.gate";
};

TEST_F(TakeoverTest, TakesTheNameAndKeepsXenstoredsSocketBesideIt) {
  const Listener xenstored(name_);
  const auto takeover = take_over(name_);
  ASSERT_TRUE(takeover.has_value()) << takeover.error();
  EXPECT_TRUE(xenstored.is_at(real_));
  EXPECT_FALSE(xenstored.is_at(name_));
  EXPECT_TRUE(answers(name_));
  EXPECT_TRUE(answers(real_));
  EXPECT_FALSE(fs::exists(own_));
}

TEST_F(TakeoverTest, TheNewSocketIsAsOpenToClientsAsTheOldOne) {
  const Listener xenstored(name_);
  for (const mode_t mode : {0600u, 0660u, 0666u}) {
    ASSERT_EQ(::chmod(name_.c_str(), mode), 0);
    ASSERT_EQ(::geteuid() == 0 ? ::chown(name_.c_str(), 1234, 4321) : 0, 0);
    struct stat old_file{}, new_file{};
    ASSERT_EQ(::lstat(name_.c_str(), &old_file), 0);
    const auto takeover = take_over(name_);
    ASSERT_TRUE(takeover.has_value()) << takeover.error();
    ASSERT_EQ(::lstat(name_.c_str(), &new_file), 0);
    EXPECT_NE(old_file.st_ino, new_file.st_ino);
    EXPECT_EQ(old_file.st_mode, new_file.st_mode);
    EXPECT_EQ(old_file.st_uid, new_file.st_uid);
    EXPECT_EQ(old_file.st_gid, new_file.st_gid);
  }
}

TEST_F(TakeoverTest, GivesTheNameBackAtTheEnd) {
  const Listener xenstored(name_);
  {
    ASSERT_TRUE(take_over(name_).has_value());
  }
  EXPECT_TRUE(xenstored.is_at(name_));
  EXPECT_FALSE(fs::exists(real_));
}

TEST_F(TakeoverTest, RecoversFromACrashedGate) {
  const Listener xenstored(name_);
  crash_a_gate();
  ASSERT_FALSE(answers(name_));
  {
    const auto takeover = take_over(name_);
    ASSERT_TRUE(takeover.has_value()) << takeover.error();
    EXPECT_TRUE(answers(name_));
    EXPECT_TRUE(xenstored.is_at(real_));
  }
  EXPECT_TRUE(xenstored.is_at(name_));
  EXPECT_FALSE(fs::exists(real_));
}

TEST_F(TakeoverTest, RecoversIfTheDeadNameWasRemoved) {
  const Listener xenstored(name_);
  crash_a_gate();
  fs::remove(name_);
  const auto takeover = take_over(name_);
  ASSERT_TRUE(takeover.has_value()) << takeover.error();
  EXPECT_TRUE(answers(name_));
  EXPECT_TRUE(xenstored.is_at(real_));
}

TEST_F(TakeoverTest, RecoversFromACrashBetweenItsTwoSteps) {
  const Listener xenstored(name_);
  fs::create_hard_link(name_, real_);
  {
    const Listener never_renamed(own_);
  }
  {
    const auto takeover = take_over(name_);
    ASSERT_TRUE(takeover.has_value()) << takeover.error();
    EXPECT_TRUE(xenstored.is_at(real_));
    EXPECT_FALSE(xenstored.is_at(name_));
  }
  EXPECT_TRUE(xenstored.is_at(name_));
}

TEST_F(TakeoverTest, RemovesADeadLeftoverBesideALivingXenstored) {
  {
    const Listener dead(real_);
  }
  const Listener xenstored(name_);
  const auto takeover = take_over(name_);
  ASSERT_TRUE(takeover.has_value()) << takeover.error();
  EXPECT_TRUE(xenstored.is_at(real_));
}

TEST_F(TakeoverTest, RefusesWhileAnotherGateRunsAndNamesIt) {
  const Listener xenstored(name_);
  const auto first = take_over(name_);
  ASSERT_TRUE(first.has_value());
  const auto second = take_over(name_);
  ASSERT_FALSE(second.has_value());
  EXPECT_NE(second.error().find(name_.string() + " (pid " + std::to_string(::getpid())), std::string::npos)
      << second.error();
  EXPECT_NE(second.error().find("stop it first"), std::string::npos) << second.error();
  EXPECT_TRUE(xenstored.is_at(real_));
  EXPECT_TRUE(answers(name_));
}

TEST_F(TakeoverTest, ThePreparedTakeoverLeavesNoTraceIfItIsNotCarriedOut) {
  const Listener xenstored(name_);
  {
    const auto takeover = Takeover::prepare(name_);
    ASSERT_TRUE(takeover.has_value());
    EXPECT_TRUE(xenstored.is_at(name_)) << "clients still come to xenstored";
  }
  EXPECT_TRUE(xenstored.is_at(name_));
  EXPECT_FALSE(fs::exists(real_));
  EXPECT_FALSE(fs::exists(own_));
}

TEST_F(TakeoverTest, RefusesWhereTwoXenstoredsAnswer) {
  const Listener one(real_);
  const Listener other(name_);
  const auto takeover = take_over(name_);
  ASSERT_FALSE(takeover.has_value());
  EXPECT_NE(takeover.error().find("two xenstoreds"), std::string::npos) << takeover.error();
  EXPECT_TRUE(other.is_at(name_));
}

// Bound as the gate binds its own, and nobody holds the claim: the keeper of a gate that died.
class KeptSocket : public TakeoverTest {
 protected:
  void SetUp() override {
    fs::rename(name_, real_);
    keeper_ = std::make_unique<Listener>(own_);
    fs::rename(own_, name_);
  }
  std::unique_ptr<Listener> xenstored_ = std::make_unique<Listener>(name_);
  std::unique_ptr<Listener> keeper_;
};

TEST_F(KeptSocket, IsTakenOverFromTheKeeperOfADeadGate) {
  const auto takeover = take_over(name_);
  ASSERT_TRUE(takeover.has_value()) << takeover.error();
  EXPECT_TRUE(takeover->follows_a_death());
  EXPECT_TRUE(xenstored_->is_at(real_));
  EXPECT_FALSE(keeper_->is_at(name_));
}

TEST_F(KeptSocket, StaysTheKeepersWhereATakeoverIsNotCarriedOut) {
  ASSERT_TRUE(Takeover::prepare(name_).has_value());
  EXPECT_TRUE(keeper_->is_at(name_));
  EXPECT_TRUE(xenstored_->is_at(real_));
}

TEST_F(KeptSocket, IsNotTakenForXenstoredsWhereThatIsGone) {
  xenstored_.reset();
  const std::string why = "xenstored is not running: nobody answers at " + real_.string();
  const auto taken = take_over(name_);
  ASSERT_FALSE(taken.has_value());
  EXPECT_EQ(taken.error(), why);
  const auto released = release(name_);
  ASSERT_FALSE(released.has_value());
  EXPECT_EQ(released.error(), why);
  EXPECT_TRUE(keeper_->is_at(name_));
}

TEST_F(KeptSocket, IsReleasedByHand) {
  ASSERT_TRUE(release(name_).has_value());
  EXPECT_TRUE(xenstored_->is_at(name_));
  EXPECT_FALSE(fs::exists(real_));
}

TEST_F(KeptSocket, ReleaseByHandSaysThatXenstoredsNameIsLost) {
  fs::remove(real_);
  const auto released = release(name_);
  ASSERT_FALSE(released.has_value());
  EXPECT_NE(released.error().find("Start xenstored anew"), std::string::npos) << released.error();
}

TEST_F(TakeoverTest, ReleaseByHandHasNothingToDoWhereXenstoredNeverRan) {
  EXPECT_TRUE(release(name_).has_value());
  EXPECT_TRUE(release(name_.parent_path() / "no-such-folder" / "socket").has_value());
}

TEST_F(TakeoverTest, SaysThatXenstoredIsNotRunning) {
  for (const bool leftover : {false, true}) {
    if (leftover) const Listener dead(name_);
    const auto takeover = take_over(name_);
    ASSERT_FALSE(takeover.has_value());
    EXPECT_EQ(takeover.error(), "xenstored is not running: nobody answers at " + name_.string());
  }
}

TEST_F(TakeoverTest, TouchesNothingThatIsNotASocket) {
  std::ofstream(name_) << "a file";
  const auto takeover = take_over(name_);
  ASSERT_FALSE(takeover.has_value());
  EXPECT_EQ(takeover.error(), name_.string() + " is not a socket");
  EXPECT_EQ(fs::file_size(name_), 6u);
}

TEST_F(TakeoverTest, RefusesANameThatLeavesNoRoomForTheOther) {
  const fs::path longest = directory_.path() / std::string(107 - directory_.path().native().size() - 1, 's');
  const Listener xenstored(longest);
  const auto takeover = take_over(longest);
  ASSERT_FALSE(takeover.has_value());
  EXPECT_NE(takeover.error().find("too long"), std::string::npos) << takeover.error();
  EXPECT_TRUE(xenstored.is_at(longest));
}

TEST_F(TakeoverTest, LeavesTheNameToAXenstoredThatWasStartedAnew) {
  auto old = std::make_unique<Listener>(name_);
  auto takeover = take_over(name_);
  ASSERT_TRUE(takeover.has_value());
  old.reset();
  fs::remove(name_);
  const Listener anew(name_);
  takeover->release();
  EXPECT_TRUE(anew.is_at(name_));
}

TEST_F(TakeoverTest, ReleaseByHandPutsThingsBackAfterACrash) {
  const Listener xenstored(name_);
  crash_a_gate();
  const auto released = release(name_);
  ASSERT_TRUE(released.has_value()) << released.error();
  EXPECT_TRUE(xenstored.is_at(name_));
  EXPECT_FALSE(fs::exists(real_));
}

TEST_F(TakeoverTest, ReleaseByHandFinishesAnInterruptedTakeover) {
  const Listener xenstored(name_);
  fs::create_hard_link(name_, real_);
  ASSERT_TRUE(release(name_).has_value());
  EXPECT_TRUE(xenstored.is_at(name_));
  EXPECT_FALSE(fs::exists(real_));
}

TEST_F(TakeoverTest, ReleaseByHandRefusesWhileAGateRuns) {
  const Listener xenstored(name_);
  const auto takeover = take_over(name_);
  ASSERT_TRUE(takeover.has_value());
  const auto released = release(name_);
  ASSERT_FALSE(released.has_value());
  EXPECT_NE(released.error().find("another gate runs"), std::string::npos) << released.error();
  EXPECT_TRUE(xenstored.is_at(real_));
}

TEST_F(TakeoverTest, ReleaseByHandWithNothingToDoIsNoError) {
  const Listener xenstored(name_);
  EXPECT_TRUE(release(name_).has_value());
  EXPECT_TRUE(xenstored.is_at(name_));
}

TEST_F(TakeoverTest, ReleaseByHandSaysThatXenstoredIsNotRunning) {
  {
    const Listener dead(real_);
  }
  const auto released = release(name_);
  ASSERT_FALSE(released.has_value());
  EXPECT_NE(released.error().find("xenstored is not running"), std::string::npos) << released.error();
}

// Clients that connect while the name changes hands, over and over.
TEST_F(TakeoverTest, AtNoInstantIsThereNoSocket) {
  const Listener xenstored(name_);
  std::atomic<bool> done = false;
  std::atomic<int> attempts = 0;
  std::atomic<int> absent = 0;
  std::thread prober([&] {
    while (!done) {
      struct stat file{};
      if (::lstat(name_.c_str(), &file) != 0 || !S_ISSOCK(file.st_mode)) ++absent;
      ++attempts;
    }
  });
  for (int round = 0; round < 200 || attempts < 1000; ++round) {
    const auto takeover = take_over(name_);
    ASSERT_TRUE(takeover.has_value()) << takeover.error();
  }
  done = true;
  prober.join();
  EXPECT_EQ(absent, 0) << "of " << attempts;
  EXPECT_TRUE(xenstored.is_at(name_));
}

}  // namespace
}  // namespace xenacm::gate

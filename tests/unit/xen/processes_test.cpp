// SPDX-License-Identifier: Apache-2.0
// What the kernel tells of sockets and processes: of this process, by itself.
#include "enforcer/xen/processes.h"

#include <gtest/gtest.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>

#include "enforcer/xen/unix_sockets.h"

namespace xenacm::xen {
namespace {

SocketInode inode_of(int fd) {
  struct stat file{};
  EXPECT_EQ(::fstat(fd, &file), 0);
  return static_cast<SocketInode>(file.st_ino);
}

TEST(UnixSockets, HaveTheirPeers) {
  int ends[2];
  ASSERT_EQ(::socketpair(AF_UNIX, SOCK_STREAM, 0, ends), 0);
  const auto sockets = established_unix_sockets();
  ASSERT_TRUE(sockets) << sockets.error();
  const auto found = std::ranges::find(*sockets, inode_of(ends[0]), &UnixSocket::inode);
  ASSERT_NE(found, sockets->end());
  EXPECT_EQ(found->peer, inode_of(ends[1]));
  EXPECT_EQ(found->name, "");
  const auto holders = holders_of({inode_of(ends[0])});
  const auto self = std::ranges::find(holders, ::getpid(), &Process::pid);
  ASSERT_NE(self, holders.end());
  EXPECT_EQ(self->sockets, std::set<SocketInode>{inode_of(ends[0])});
  EXPECT_NE(self->program.find("xen_test"), std::string::npos);
  EXPECT_EQ(self->start, start_of(::getpid()));
  ::close(ends[0]);
  ::close(ends[1]);
}

TEST(Processes, AreToldFromLaterOnesOfTheirNumberWhateverTheirName) {
  const std::uint64_t start = start_of(::getpid());
  EXPECT_GT(start, 0u);
  EXPECT_LE(start_of(1), start);
  ::prctl(PR_SET_NAME, ") 1 2 3 (");
  EXPECT_EQ(start_of(::getpid()), start);
  EXPECT_EQ(start_of(0), 0u);
}

}  // namespace
}  // namespace xenacm::xen

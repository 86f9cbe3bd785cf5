// SPDX-License-Identifier: Apache-2.0
// What cannot be told, and what is not asked.
#include <fcntl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>

#include <chrono>
#include <cstdio>
#include <cstring>
#include <thread>

#include "tests/unit/resource/identify_bed.h"

namespace xenacm::resource {
namespace {

TEST_F(Identify, WhatIsNoDiskIsTrouble) {
  const std::string dir = scratch.dir().string();
  ASSERT_EQ(::mkfifo((dir + "/fifo").c_str(), 0600), 0);
  const int listener = ::socket(AF_UNIX, SOCK_STREAM, 0);
  sockaddr_un address{.sun_family = AF_UNIX, .sun_path = {}};
  std::strncpy(address.sun_path, (dir + "/socket").c_str(), sizeof address.sun_path - 1);
  ASSERT_EQ(::bind(listener, static_cast<const sockaddr*>(static_cast<const void*>(&address)), sizeof address), 0);
  ::close(listener);
  for (const auto& [path, what] : {std::pair{dir, "a directory"},
                                   {dir + "/fifo", "a fifo"},
                                   {dir + "/socket", "a socket"},
                                   {std::string("/dev/null"), "a character device"}}) {
    for (const char* kind : {"file:", "tap:aio:", "phy:"}) {
      const Resource seen = look(kind + path);
      EXPECT_EQ(seen.trouble, path + " is " + what + "; a disk is a regular file or a block device");
      EXPECT_FALSE(seen.identity);
      EXPECT_EQ(seen.name, named(kind + path));
    }
  }
}

TEST_F(Identify, WhatCannotBeLookedAtIsTroubleInTheSystemsWords) {
  fs::create_symlink("b", scratch.path("a"));
  fs::create_symlink("a", scratch.path("b"));
  const std::string dir = scratch.dir().string();
  const std::string long_path = dir + "/" + std::string(256, 'x');
  EXPECT_EQ(look("file:" + dir + "/a").trouble, "cannot look at " + dir + "/a: Too many levels of symbolic links");
  EXPECT_EQ(look("phy:" + dir + "/a").trouble, "cannot look at " + dir + "/a: Too many levels of symbolic links");
  EXPECT_EQ(look("file:" + long_path).trouble, "cannot look at " + long_path + ": File name too long");
}

TEST_F(Identify, ALinkToAPathThatIsNoNameOfAResourceIsTrouble) {
  scratch.write("line\nend");
  fs::create_symlink("line\nend", scratch.path("soft"));
  fs::create_symlink("line\nnothing", scratch.path("dangling"));
  for (const char* link : {"soft", "dangling"}) {
    EXPECT_NE(at(scratch.path(link)).trouble.find("leads to a path that is no name of a resource"), std::string::npos)
        << link;
  }
}

// They lead elsewhere for the process that opens them than for the one that looks.
TEST_F(Identify, APathThroughAProcessesOwnLinksIsTrouble) {
  const fs::path file = scratch.write("a");
  const int opened = ::open(file.c_str(), O_RDONLY | O_CLOEXEC);
  const std::string number = std::to_string(opened);
  fs::create_symlink("/proc/self/root" + file.string(), scratch.path("hidden"));
  for (const std::string& path : {"/proc/self/fd/" + number, "/dev/fd/" + number, "/proc/self/root" + file.string(),
                                  scratch.path("hidden").string()}) {
    const Resource seen = look("file:" + path);
    EXPECT_NE(seen.trouble, "") << path;
    EXPECT_FALSE(seen.identity) << path;
  }
  ::close(opened);
}

TEST_F(Identify, ADamagedMarkIsTrouble) {
  const fs::path file = scratch.write("a");
  const std::string good(32, 'a');
  for (const std::string& value :
       {std::string(), std::string("abc"), std::string(31, 'a'), std::string(33, 'a'), std::string(200, 'a'),
        std::string(31, 'a') + "A", std::string(31, 'a') + "g", std::string(31, 'a') + " "}) {
    set_attribute(file, roots, value);
    EXPECT_NE(at(file).trouble.find("the mark of " + file.string() + " is damaged"), std::string::npos) << value;
  }
  set_attribute(file, roots, good);
  EXPECT_EQ(identity(file).mark, good);
}

TEST_F(Identify, AFileThatIsReplacedWhileItIsLookedAtIsOneOfTheTwo) {
  const fs::path file = scratch.write("a");
  const Identity original = mark(file);
  const fs::path other = scratch.write("b");
  const std::jthread replacer([&](const std::stop_token& stop) {
    while (!stop.stop_requested()) ::renameat2(AT_FDCWD, file.c_str(), AT_FDCWD, other.c_str(), RENAME_EXCHANGE);
  });
  int looks_at_other = 0;
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(20);
  for (int looks = 0; looks < 2000 || looks_at_other == 0; ++looks) {
    const Resource seen = at(file);
    if (!seen.identity) {
      // It never stayed where it was; nothing is said of it, rather than something wrong.
      EXPECT_NE(seen.trouble, "");
      continue;
    }
    EXPECT_EQ(seen.identity->place == original.place, seen.identity->mark == original.mark);
    EXPECT_EQ(seen.identity->place == original.place, seen.identity->birth == original.birth);
    if (seen.identity->place != original.place) ++looks_at_other;
    if (std::chrono::steady_clock::now() > deadline) break;
  }
  EXPECT_GT(looks_at_other, 0);
}

TEST_F(Identify, WhatIsNoDiskOfThisHostIsNotLookedAt) {
  const std::string file = scratch.write("a").string();
  for (const std::string& name :
       {std::string("pci:0000:04:00.0"), std::string("nic:eth0"), std::string("bridge:xenbr0"), std::string("vlan:7"),
        "file@nicdom:" + file, "phy@nicdom:" + file}) {
    const Resource seen = look(name);
    EXPECT_EQ(seen.name.get(), name);
    EXPECT_FALSE(seen.identity) << name;
    EXPECT_EQ(seen.trouble, "") << name;
    EXPECT_FALSE(names_a_disk(seen.name));
  }
}

}  // namespace
}  // namespace xenacm::resource

// SPDX-License-Identifier: Apache-2.0
// Marks on files of the real file system.
#include "enforcer/resource/mark.h"

#include <gtest/gtest.h>
#include <linux/capability.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <array>
#include <set>
#include <thread>

#include "enforcer/resource/identify.h"
#include "tests/unit/resource/scratch.h"

namespace xenacm::resource {
namespace {

namespace fs = std::filesystem;

void drop_capabilities() {
  __user_cap_header_struct header{.version = _LINUX_CAPABILITY_VERSION_3, .pid = 0};
  const std::array<__user_cap_data_struct, 2> none{};
  ASSERT_EQ(::syscall(SYS_capset, &header, none.data()), 0);
}

class Marks : public ::testing::Test {
 protected:
  [[nodiscard]] Marked ensure(const fs::path& file) const {
    const auto marked = ensure_mark(file_name(file), roots);
    EXPECT_TRUE(marked) << marked.error();
    return marked.value_or(Marked{});
  }

  Scratch scratch;
  Roots roots = scratch.roots();
};

TEST_F(Marks, AreMadeOnceAndKept) {
  const fs::path file = scratch.write("a");
  const Marked first = ensure(file);
  EXPECT_EQ(first.marking, Marking::made);
  EXPECT_EQ(first.mark, attribute(file, roots));
  const Marked second = ensure(file);
  EXPECT_EQ(second.marking, Marking::present);
  EXPECT_EQ(second.mark, first.mark);
  EXPECT_EQ(identify(file_name(file), roots).identity->mark, first.mark);
}

TEST_F(Marks, AreNeverTheSame) {
  std::set<std::string> marks;
  for (int i = 0; i < 100; ++i) marks.insert(ensure(scratch.write("a")).mark);
  EXPECT_EQ(marks.size(), 100u);
}

TEST_F(Marks, AreOnTheFileThatALinkLeadsTo) {
  const fs::path file = scratch.write("a");
  fs::create_symlink(file, scratch.path("soft"));
  const Marked marked = ensure(scratch.path("soft"));
  EXPECT_EQ(attribute(file, roots), marked.mark);
}

TEST_F(Marks, AFileSystemWithoutAttributesHasNone) {
  const auto marked = ensure_mark(named("file:/proc/version"), roots);
  ASSERT_TRUE(marked);
  EXPECT_EQ(marked->marking, Marking::unsupported);
  EXPECT_EQ(marked->mark, "");
}

// EPERM is also what an immutable file answers, EACCES what a server does that takes root for nobody.
TEST_F(Marks, AFileWhoseAttributesMayNotBeSetRemainsWithout) {
  const fs::path file = scratch.write("a");
  fs::permissions(file, fs::perms::owner_read);
  for (const std::string& name : {Roots{}.mark_attribute, std::string("user.xenacm")}) {
    roots.mark_attribute = name;
    std::thread([&] {
      drop_capabilities();  // of this thread
      EXPECT_EQ(ensure(file).marking, Marking::unsupported) << name;
    }).join();
    EXPECT_EQ(attribute(file, roots), "") << name;
  }
}

TEST_F(Marks, NothingAndDevicesRemainWithout) {
  EXPECT_EQ(ensure(scratch.path("nothing")).marking, Marking::unsupported);
}

TEST_F(Marks, WhatIsNoDiskCannotBeMarked) {
  EXPECT_FALSE(ensure_mark(file_name(scratch.dir()), roots));
  EXPECT_EQ(attribute(scratch.dir(), roots), "");
}

TEST_F(Marks, ADamagedMarkIsNotOverwritten) {
  const fs::path file = scratch.write("a");
  set_attribute(file, roots, "scribble");
  const auto marked = ensure_mark(file_name(file), roots);
  ASSERT_FALSE(marked);
  EXPECT_NE(marked.error().find("damaged"), std::string::npos);
  EXPECT_NE(marked.error().find("setfattr -x " + roots.mark_attribute), std::string::npos);
  EXPECT_EQ(attribute(file, roots), "scribble");
}

TEST_F(Marks, AreRemoved) {
  const fs::path file = scratch.write("a");
  const Marked marked = ensure(file);
  ASSERT_TRUE(remove_mark(file_name(file), marked.mark, roots));
  EXPECT_EQ(attribute(file, roots), "");
  EXPECT_TRUE(remove_mark(file_name(file), marked.mark, roots)) << "nothing to do";
  EXPECT_TRUE(remove_mark(file_name(scratch.path("nothing")), marked.mark, roots));
}

TEST_F(Marks, OnlyTheOneThatIsMeantIsRemoved) {
  const fs::path file = scratch.write("a");
  const Marked marked = ensure(file);
  const auto removed = remove_mark(file_name(file), std::string(32, '0'), roots);
  ASSERT_FALSE(removed);
  EXPECT_NE(removed.error().find(file.string()), std::string::npos);
  EXPECT_EQ(attribute(file, roots), marked.mark);
}

}  // namespace
}  // namespace xenacm::resource

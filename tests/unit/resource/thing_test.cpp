// SPDX-License-Identifier: Apache-2.0
// An inode that stays the same one while its paths change.
#include "enforcer/resource/thing.h"

#include <gtest/gtest.h>

#include "tests/unit/resource/scratch.h"

namespace xenacm::resource {
namespace {

namespace fs = std::filesystem;

TEST(Things, RealPathFollowsARename) {
  const Scratch scratch;
  const auto thing = look_at(scratch.write("a"));
  fs::rename(scratch.path("a"), scratch.path("b"));
  EXPECT_EQ(real_path(*thing), scratch.path("b"));
}

TEST(Things, AFileThatIsGoneHasNoPath) {
  const Scratch scratch;
  const auto thing = look_at(scratch.write("a"));
  fs::remove(scratch.path("a"));
  EXPECT_EQ(real_path(*thing), "");
  scratch.write("a (deleted)");
  EXPECT_EQ(real_path(*thing), "") << "what the kernel writes is taken for no path";
}

TEST(Things, AFileThatWasReplacedIsNotTheNewOne) {
  const Scratch scratch;
  const auto thing = look_at(scratch.write("a"));
  scratch.write("b");
  fs::rename(scratch.path("b"), scratch.path("a"));
  EXPECT_EQ(real_path(*thing), "");
  EXPECT_EQ(real_path(*look_at(scratch.path("a"))), scratch.path("a"));
}

TEST(Things, PathsOfNothingAreFollowedAsFarAsThereIsAnything) {
  const Scratch scratch;
  fs::create_directories(scratch.path("x/y"));
  fs::create_directory_symlink("x/y", scratch.path("short"));
  fs::create_symlink("../short/./../z", scratch.path("x/up"));
  fs::create_symlink(scratch.path("short/absolute"), scratch.path("absolute"));
  for (const auto& [path, real] : {std::pair{"short/a", "x/y/a"},
                                   {"short/../a", "x/a"},
                                   {"x/up/b", "x/z/b"},
                                   {"absolute", "x/y/absolute"},
                                   {"nowhere/../a", "a"}}) {
    const auto found = real_path_of_nothing(scratch.path(path));
    ASSERT_TRUE(found) << path;
    EXPECT_EQ(*found, scratch.path(real)) << path;
  }
}

TEST(Things, PathsOfNothingEnd) {
  const Scratch scratch;
  fs::create_symlink("b/c", scratch.path("a"));
  fs::create_symlink("a", scratch.path("b"));
  const auto found = real_path_of_nothing(scratch.path("a"));
  ASSERT_FALSE(found);
  EXPECT_EQ(found.error(), "cannot look at " + scratch.path("a").string() + ": Too many levels of symbolic links");
  EXPECT_FALSE(real_path_of_nothing(scratch.path(std::string(256, 'x'))));
}

}  // namespace
}  // namespace xenacm::resource

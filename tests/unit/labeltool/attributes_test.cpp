// SPDX-License-Identifier: Apache-2.0
// What a file keeps besides its contents when it is replaced, and what it is when it cannot be
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

#include <fstream>

#include "labeltool/text_file.h"
#include "tests/unit/labeltool/commandline.h"

namespace xenacm::labeltool::test {
namespace {

class Attributes : public testing::Test {
 protected:
  void SetUp() override { workplace.write("domain.cfg", "old\n"); }

  void set(const char* name, const std::string& value) const {
    ASSERT_EQ(::setxattr(file.c_str(), name, value.data(), value.size(), 0), 0) << name;
  }
  [[nodiscard]] std::string get(const char* name) const {
    std::string value(256, '\0');
    const ssize_t size = ::getxattr(file.c_str(), name, value.data(), value.size());
    value.resize(size < 0 ? 0 : static_cast<std::size_t>(size));
    return value;
  }
  void replace() const {
    auto replacement = Replacement::prepare(file, "new\n");
    ASSERT_TRUE(replacement) << replacement.error();
    ASSERT_TRUE(replacement->put_in_place());
    ASSERT_EQ(*read_file(file), "new\n");
  }

  Workplace workplace;
  std::filesystem::path file = workplace.folder() / "domain.cfg";
};

TEST_F(Attributes, AreKeptWithTheirValues) {
  set("user.origin", "a host");
  set("user.empty", "");
  set("user.bytes", std::string("\0\xff", 2));
  replace();
  EXPECT_EQ(get("user.origin"), "a host");
  EXPECT_EQ(get("user.bytes"), std::string("\0\xff", 2));
  EXPECT_EQ(::getxattr(file.c_str(), "user.empty", nullptr, 0), 0);
}

TEST_F(Attributes, OfTheSystemAreKept) {
  ASSERT_EQ(::geteuid(), 0U) << "this test gives a file a trusted attribute: run it as root";
  set("trusted.note", "x");
  replace();
  EXPECT_EQ(get("trusted.note"), "x");
}

// struct posix_acl_xattr_header and entries: user::rw-, user:12:r--, group::---, mask::r--, other::---
TEST_F(Attributes, AccessControlListsAreKept) {
  const unsigned char list[] = {2, 0,  0,   0,   1,   0,   6,  0, 255, 255, 255, 255, 2,   0,  4,
                                0, 12, 0,   0,   0,   4,   0,  0, 0,   255, 255, 255, 255, 16, 0,
                                4, 0,  255, 255, 255, 255, 32, 0, 0,   0,   255, 255, 255, 255};
  set("system.posix_acl_access", std::string(std::begin(list), std::end(list)));
  const std::string before = get("system.posix_acl_access");
  replace();
  EXPECT_EQ(get("system.posix_acl_access"), before);
}

// chown(2) takes the set-user-ID bit, so it has to come before chmod(2).
TEST_F(Attributes, TheModeIsKeptWhole) {
  ASSERT_EQ(::chmod(file.c_str(), 06755), 0);
  replace();
  struct stat after{};
  ASSERT_EQ(::stat(file.c_str(), &after), 0);
  EXPECT_EQ(after.st_mode & 07777, 06755U);
}

TEST_F(Attributes, AFileSystemThatTakesNoFileIsSaid) {
  const auto replacement = Replacement::prepare("/proc/self/status", "x");
  ASSERT_FALSE(replacement);
  EXPECT_NE(replacement.error().find("cannot write beside /proc/"), std::string::npos) << replacement.error();
}

TEST_F(Attributes, AFolderInItsPlaceIsLeftThere) {
  auto replacement = Replacement::prepare(file, "new\n");
  ASSERT_TRUE(replacement);
  std::filesystem::remove(file);
  std::filesystem::create_directory(file);
  const auto placed = replacement->put_in_place();
  ASSERT_FALSE(placed);
  EXPECT_NE(placed.error().find("cannot replace " + file.string()), std::string::npos) << placed.error();
  EXPECT_TRUE(std::filesystem::is_directory(file));
}

}  // namespace
}  // namespace xenacm::labeltool::test

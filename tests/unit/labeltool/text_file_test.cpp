// SPDX-License-Identifier: Apache-2.0
// A file is replaced whole or not at all, and keeps what it is
#include "labeltool/text_file.h"

#include <gtest/gtest.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <fstream>

namespace xenacm::labeltool {
namespace {

class TextFile : public testing::Test {
 protected:
  void SetUp() override {
    std::string name = (std::filesystem::temp_directory_path() / "xenacm-text.XXXXXX").string();
    ASSERT_NE(::mkdtemp(name.data()), nullptr);
    dir_ = name;
    file_ = dir_ / "domain.cfg";
    std::ofstream(file_) << "old\n";
  }
  void TearDown() override { std::filesystem::remove_all(dir_); }

  [[nodiscard]] auto entries() const {
    return std::distance(std::filesystem::directory_iterator(dir_), std::filesystem::directory_iterator());
  }

  std::filesystem::path dir_;
  std::filesystem::path file_;
};

TEST_F(TextFile, ChangesOnlyWhenItIsPutInPlace) {
  auto replacement = Replacement::prepare(file_, "new\n");
  ASSERT_TRUE(replacement) << replacement.error();
  EXPECT_EQ(*read_file(file_), "old\n");
  ASSERT_TRUE(replacement->put_in_place());
  EXPECT_EQ(*read_file(file_), "new\n");
  EXPECT_EQ(entries(), 1);
}

TEST_F(TextFile, ADroppedReplacementLeavesNothing) {
  {
    const auto replacement = Replacement::prepare(file_, "new\n");
  }
  EXPECT_EQ(*read_file(file_), "old\n");
  EXPECT_EQ(entries(), 1);
}

TEST_F(TextFile, KeepsModeAndOwner) {
  ASSERT_EQ(::chmod(file_.c_str(), 0640), 0);
  if (::geteuid() == 0) {
    ASSERT_EQ(::chown(file_.c_str(), 12, 34), 0);
  }
  struct stat before{};
  ::stat(file_.c_str(), &before);
  auto replacement = Replacement::prepare(file_, "new\n");
  ASSERT_TRUE(replacement && replacement->put_in_place());
  struct stat after{};
  ::stat(file_.c_str(), &after);
  EXPECT_EQ(after.st_mode, before.st_mode);
  EXPECT_EQ(after.st_uid, before.st_uid);
  EXPECT_EQ(after.st_gid, before.st_gid);
}

TEST_F(TextFile, ASymbolicLinkStaysOne) {
  const auto link = dir_ / "link.cfg";
  std::filesystem::create_symlink(file_, link);
  auto replacement = Replacement::prepare(link, "new\n");
  ASSERT_TRUE(replacement && replacement->put_in_place());
  EXPECT_TRUE(std::filesystem::is_symlink(link));
  EXPECT_EQ(*read_file(file_), "new\n");
}

TEST_F(TextFile, AFolderIsNoFile) { EXPECT_FALSE(read_file(dir_)); }

TEST_F(TextFile, AFileThatIsNotThereIsSaid) {
  EXPECT_FALSE(read_file(dir_ / "none"));
  const auto replacement = Replacement::prepare(dir_ / "none", "x");
  ASSERT_FALSE(replacement);
  EXPECT_NE(replacement.error().find("none"), std::string::npos);
}

}  // namespace
}  // namespace xenacm::labeltool

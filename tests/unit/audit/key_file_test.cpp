// SPDX-License-Identifier: Apache-2.0
// The key of the audit log is made once, and nobody else's (docs/audit.md, "The key")
#include "enforcer/audit/key_file.h"

#include <gtest/gtest.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <fstream>

#include "enforcer/audit/durable_file.h"

namespace xenacm::audit {
namespace {

namespace fs = std::filesystem;

class KeyFile : public testing::Test {
 protected:
  void SetUp() override {
    std::string name = (fs::temp_directory_path() / "xenacm-key.XXXXXX").string();
    ASSERT_NE(::mkdtemp(name.data()), nullptr);
    dir = name;
    file = dir / kKeyFile;
  }
  void TearDown() override { fs::remove_all(dir); }

  void refuses(const std::string& why) const {
    const auto opened = open_key(dir);
    ASSERT_FALSE(opened) << why;
    EXPECT_NE(opened.error().find(file.string()), std::string::npos) << opened.error();
    EXPECT_NE(opened.error().find(why), std::string::npos) << opened.error();
  }

  fs::path dir;
  fs::path file;
};

TEST_F(KeyFile, IsMadeOnceAndForItsOwnerAlone) {
  const auto made = open_key(dir);
  ASSERT_TRUE(made) << made.error();
  EXPECT_TRUE(made->is_new);
  EXPECT_EQ(fs::status(file).permissions(), fs::perms(0600));
  const auto again = open_key(dir);
  ASSERT_TRUE(again) << again.error();
  EXPECT_FALSE(again->is_new);
  EXPECT_EQ(again->key.public_key().id(), made->key.public_key().id());
  EXPECT_EQ(std::distance(fs::directory_iterator(dir), fs::directory_iterator()), 1);
}

TEST_F(KeyFile, ThatOthersCanReadOrWriteIsRefused) {
  ASSERT_TRUE(open_key(dir));
  for (const unsigned mode : {0640U, 0604U, 0620U, 0602U}) {
    fs::permissions(file, fs::perms(mode));
    refuses("could be read or changed by others");
  }
}

TEST_F(KeyFile, OfAnotherOwnerIsRefused) {
  ASSERT_EQ(::geteuid(), 0U) << "only root can give a file away";
  ASSERT_TRUE(open_key(dir));
  ASSERT_EQ(::chown(file.c_str(), 1, 1), 0);
  refuses("belongs to the user 1");
}

TEST_F(KeyFile, ThatIsNoKeyIsRefusedAndLeftAlone) {
  std::ofstream(file) << "somebody's work";
  fs::permissions(file, fs::perms(0600));
  refuses("cannot be used");
  EXPECT_EQ(fs::file_size(file), 15U);
}

TEST_F(KeyFile, IsNoLinkNoPipeAndNoFolder) {
  fs::create_symlink("elsewhere", file);
  refuses("cannot be opened");
  fs::remove(file);
  ASSERT_EQ(::mkfifo(file.c_str(), 0600), 0);
  refuses("is not a plain file");
  fs::remove(file);
  fs::create_directory(file);
  refuses("is not a plain file");
}

TEST_F(KeyFile, IsNeverWrittenOver) {
  ASSERT_TRUE(create_file(file, "first"));
  const auto second = create_file(file, "second");
  ASSERT_FALSE(second);
  EXPECT_NE(second.error().find(file.string()), std::string::npos);
  EXPECT_EQ(fs::file_size(file), 5U);
}

TEST_F(KeyFile, AReplacedFileKeepsNothingOfAWriterWhoDied) {
  ASSERT_TRUE(replace_file(file, "first"));
  std::ofstream(file.string() + ".new") << "half";
  ASSERT_TRUE(replace_file(file, "second"));
  EXPECT_EQ(fs::file_size(file), 6U);
  EXPECT_EQ(std::distance(fs::directory_iterator(dir), fs::directory_iterator()), 1);
}

}  // namespace
}  // namespace xenacm::audit

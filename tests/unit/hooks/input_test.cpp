// SPDX-License-Identifier: Apache-2.0
// What is read of others has an end.
#include "enforcer/hooks/input.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

namespace xenacm::hooks {
namespace {

class Input : public testing::Test {
 protected:
  Input() {
    char folder[] = "/tmp/xenacm-input-XXXXXX";
    folder_ = ::mkdtemp(folder);
  }
  ~Input() override { std::filesystem::remove_all(folder_); }
  std::filesystem::path folder_;
};

TEST_F(Input, OfAFileIsAllOfIt) {
  const std::string text("name\0=\xff\n", 8);
  std::ofstream(folder_ / "a", std::ios::binary) << text;
  EXPECT_EQ(read_plain_file(folder_ / "a"), text);
  EXPECT_EQ(read_plain_file("/dev/null"), "");
}

TEST_F(Input, OfAFileThatNeverEndsIsRefused) {
  std::ofstream(folder_ / "huge") << 'x';
  std::filesystem::resize_file(folder_ / "huge", kMostInput + 1);
  const auto text = read_plain_file(folder_ / "huge");
  ASSERT_FALSE(text);
  EXPECT_EQ(text.error(), "cannot read " + (folder_ / "huge").string() + ": larger than a domain's description can be");
}

TEST_F(Input, OfWhatIsNoPlainFileIsRefusedWithoutWaiting) {
  ASSERT_EQ(::mkfifo((folder_ / "pipe").c_str(), 0600), 0);
  for (const std::string& path : {(folder_ / "pipe").string(), std::string("/dev/zero"), folder_.string()}) {
    const auto text = read_plain_file(path);
    ASSERT_FALSE(text);
    EXPECT_EQ(text.error(), "cannot read " + path + ": not a plain file");
  }
  EXPECT_FALSE(read_plain_file(folder_ / "none"));
}

TEST_F(Input, OfAStreamThatNeverEndsIsRefused) {
  const int saved = ::dup(STDIN_FILENO);
  const int zero = ::open("/dev/zero", O_RDONLY);
  ::dup2(zero, STDIN_FILENO);
  const auto text = read_standard_input();
  ::dup2(saved, STDIN_FILENO);
  ::close(zero);
  ::close(saved);
  ASSERT_FALSE(text);
  EXPECT_EQ(text.error(), "standard input: larger than a domain's description can be");
}

}  // namespace
}  // namespace xenacm::hooks

// SPDX-License-Identifier: Apache-2.0
// Names on the real file system, and what is behind them.
#pragma once

#include <gtest/gtest.h>

#include <cstdlib>
#include <string>

#include "enforcer/resource/identify.h"
#include "enforcer/resource/mark.h"
#include "tests/unit/resource/scratch.h"

namespace xenacm::resource {

namespace fs = std::filesystem;
using monitor::compare;
using monitor::Identity;
using monitor::Likeness;
using monitor::Resource;

class Identify : public ::testing::Test {
 protected:
  [[nodiscard]] Resource look(const std::string& name) const { return identify(named(name), roots); }
  [[nodiscard]] Resource at(const fs::path& path) const { return look("file:" + path.string()); }

  // Of what has to be there.
  [[nodiscard]] Identity identity(const fs::path& path) const {
    const Resource seen = at(path);
    EXPECT_EQ(seen.trouble, "");
    EXPECT_TRUE(seen.identity) << path;
    return seen.identity.value_or(Identity{});
  }

  // As a label does it.
  [[nodiscard]] Identity mark(const fs::path& path) const {
    const auto marked = ensure_mark(file_name(path), roots);
    EXPECT_TRUE(marked && marked->marking == Marking::made);
    return identity(path);
  }

  void run(const std::string& command) const { ASSERT_EQ(std::system(command.c_str()), 0) << command; }

  Scratch scratch;
  Roots roots = scratch.roots();
};

}  // namespace xenacm::resource

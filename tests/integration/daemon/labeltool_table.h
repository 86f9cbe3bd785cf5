// SPDX-License-Identifier: Apache-2.0
// labeltool as its users type it, against the daemon: what they type, and what comes of it.
#pragma once

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "tests/integration/daemon/daemon.h"

namespace xenacm::test {

struct Typed {
  std::vector<std::string> words;
  int status = 0;
  std::string out = {};  // all of standard output
  std::string err = {};  // standard error begins with it; empty: it is empty
};

// A host under mytest, enforcing.
class LabeltoolTable : public testing::Test {
 protected:
  void SetUp() override;

  void expect(const Typed& typed) const;
  // One after the other.
  void play(const std::vector<Typed>& table) const;

  // A file of the test's folder.
  std::string file(const std::string& name, const std::string& text) const;

  static constexpr const char* kMytest = XENACM_SOURCE_DIR "/examples/policies/mytest-security_policy.xml";
  static constexpr const char* kUpdate = XENACM_SOURCE_DIR "/examples/policies/mytest_update-security_policy.xml";
  Dom0 dom0;
};

}  // namespace xenacm::test

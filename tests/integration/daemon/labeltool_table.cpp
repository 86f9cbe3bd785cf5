// SPDX-License-Identifier: Apache-2.0
#include "tests/integration/daemon/labeltool_table.h"

#include <fstream>

namespace xenacm::test {

namespace {

std::string joined(const std::vector<std::string>& words) {
  std::string line = "labeltool";
  for (const std::string& word : words) line += " " + word;
  return line;
}

}  // namespace

void LabeltoolTable::SetUp() {
  dom0.start();
  dom0.tool({"setpolicy", "ACM", kMytest});
  dom0.tool({"mode", "enforcing"});
}

void LabeltoolTable::expect(const Typed& typed) const {
  const Finished finished = dom0.labeltool(typed.words);
  const std::string line = joined(typed.words);
  EXPECT_EQ(finished.status, typed.status) << line << "\n" << finished.err;
  EXPECT_EQ(finished.out, typed.out) << line;
  if (typed.err.empty()) {
    EXPECT_EQ(finished.err, "") << line;
  } else {
    EXPECT_EQ(finished.err.substr(0, typed.err.size()), typed.err) << line << "\n" << finished.err;
  }
}

void LabeltoolTable::play(const std::vector<Typed>& table) const {
  for (const Typed& typed : table) expect(typed);
}

std::string LabeltoolTable::file(const std::string& name, const std::string& text) const {
  const auto path = dom0.folder() / name;
  std::ofstream(path) << text;
  return path.string();
}

}  // namespace xenacm::test

// SPDX-License-Identifier: Apache-2.0
#include "tests/unit/policy/xmllint.h"

#include <sys/wait.h>

#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <sstream>
#include <stdexcept>

#include "tests/unit/policy/sample.h"

namespace xenacm::policy::test {
namespace {

class TemporaryFolder {
 public:
  TemporaryFolder() {
    std::string pattern = std::filesystem::temp_directory_path() / "xenacm-policy-XXXXXX";
    if (mkdtemp(pattern.data()) == nullptr) throw std::runtime_error("cannot make " + pattern);
    path_ = pattern;
  }
  ~TemporaryFolder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;

  [[nodiscard]] const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

struct Output {
  std::string text;
  int status = 0;
};

Output run(const std::string& command) {
  std::FILE* pipe = popen(command.c_str(), "r");
  if (pipe == nullptr) throw std::runtime_error("cannot run " + command);
  Output output;
  char buffer[4096];
  for (std::size_t n = 0; (n = std::fread(buffer, 1, sizeof buffer, pipe)) != 0;) output.text.append(buffer, n);
  output.status = WEXITSTATUS(pclose(pipe));
  return output;
}

}  // namespace

std::set<std::size_t> valid_for_xmllint(const std::vector<std::string>& documents) {
  const TemporaryFolder folder;
  for (std::size_t i = 0; i < documents.size(); ++i) {
    std::ofstream(folder.path() / (std::to_string(i) + ".xml"), std::ios::binary) << documents[i];
  }
  const Output output = run("cd " + folder.path().string() + " && LC_ALL=C xmllint --nonet --noout --schema " +
                            in_source("schemas/security_policy.xsd").string() + " *.xml 2>&1");
  // 0: all valid, 1: some not well-formed, 3: some not valid; others: no xmllint, a faulty schema, no memory.
  if (output.status != 0 && output.status != 1 && output.status != 3) {
    throw std::runtime_error("xmllint (package libxml2-utils) failed: " + output.text.substr(0, 1000));
  }
  std::set<std::size_t> valid;
  std::istringstream lines(output.text);
  for (std::string line; std::getline(lines, line);) {
    constexpr std::string_view kVerdict = ".xml validates";
    if (line.ends_with(kVerdict)) valid.insert(std::stoul(line.substr(0, line.size() - kVerdict.size())));
  }
  return valid;
}

}  // namespace xenacm::policy::test

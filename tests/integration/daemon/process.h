// SPDX-License-Identifier: Apache-2.0
// Programs, run as a user would.
#pragma once

#include <sys/types.h>

#include <filesystem>
#include <map>
#include <string>
#include <vector>

namespace xenacm::test {

using Environment = std::map<std::string, std::string>;  // beside the test's own

struct Finished {
  int status = 0;
  std::string out;
  std::string err;
};

// Runs to its end, with the contents of a file on standard input.
[[nodiscard]] Finished run(const std::vector<std::string>& command, const Environment& environment = {},
                           const std::filesystem::path& input = "/dev/null");

// Runs beside the test; killed when dropped.
class Background {
 public:
  Background(const std::vector<std::string>& command, const Environment& environment, const std::filesystem::path& log);
  ~Background();
  Background(const Background&) = delete;
  Background& operator=(const Background&) = delete;

  [[nodiscard]] pid_t pid() const { return pid_; }
  [[nodiscard]] bool ended();
  void signal(int number) const;
  // Waits for the end; the exit status, or 128 + the signal that killed it.
  int wait();

 private:
  pid_t pid_ = 0;
  bool over_ = false;
  int status_ = 0;
};

[[nodiscard]] std::string contents(const std::filesystem::path& file);

}  // namespace xenacm::test

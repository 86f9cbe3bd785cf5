// SPDX-License-Identifier: Apache-2.0
// Answers requests as a script has it, for what the real daemon would do at no time that a test could choose.
#pragma once

#include <filesystem>
#include <functional>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace xenacm::labeltool::test {

struct Request {
  std::string line;  // "PUT /v1/domains/a/label"
  std::string body;
};

struct Scripted {
  unsigned status = 200;
  std::string body = "{}";
};

class ScriptedDaemon {
 public:
  using Script = std::function<Scripted(const Request&)>;

  // `script` is called on a thread of the daemon's, one request at a time.
  ScriptedDaemon(const std::filesystem::path& socket, Script script);
  ~ScriptedDaemon();
  ScriptedDaemon(const ScriptedDaemon&) = delete;
  ScriptedDaemon& operator=(const ScriptedDaemon&) = delete;

  // The requests so far.
  [[nodiscard]] std::vector<Request> asked() const;

 private:
  void serve();
  void answer(int client);

  Script script_;
  int listening_;
  mutable std::mutex mutex_;
  std::vector<Request> asked_;
  std::jthread serving_;
};

}  // namespace xenacm::labeltool::test

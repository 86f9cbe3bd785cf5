// SPDX-License-Identifier: Apache-2.0
// acm-enforcerd as it runs in a dom0: a real process between a real xenstored and its clients.
#pragma once

#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "enforcer/api/client.h"
#include "tests/integration/daemon/process.h"
#include "tests/xenstored/xenstored_fixture.h"

namespace xenacm::test {

// One dom0: xenstored, the hypervisor of fakexen.c below it and below the daemon, and a state directory.
class Dom0 {
 public:
  // `settings`: more lines of the configuration.
  explicit Dom0(const std::string& settings = {});

  // Lines for the configuration's section [gate].
  void configure_gate(const std::string& lines) const;

  // Starts the daemon and waits until it serves; says why if it does not.
  void start();
  void launch();  // starts it, and does not wait
  // SIGTERM, and its exit status.
  int stop();
  // SIGKILL.
  void kill();
  [[nodiscard]] pid_t pid() const { return daemon_->pid(); }
  // Of its own accord.
  [[nodiscard]] bool ended() const { return daemon_->ended(); }
  // Of xenstored's socket; 0: there is none.
  [[nodiscard]] pid_t keeper() const;

  // Starts a further one with the same configuration, to its end.
  [[nodiscard]] Finished run_second(const std::vector<std::string>& arguments = {}) const;

  // labeltool, as root types it.
  [[nodiscard]] Finished labeltool(std::vector<std::string> words) const;
  // The same, that must succeed; gives what it prints.
  std::string tool(std::vector<std::string> words) const;

  // acm-hook, as a toolstack calls it.
  [[nodiscard]] Finished hook(std::vector<std::string> words, const std::string& input = {}) const;

  [[nodiscard]] nlohmann::json status() const;
  [[nodiscard]] const api::Client& client() const { return client_; }
  [[nodiscard]] Xenstored& xenstored() { return xenstored_; }
  [[nodiscard]] const Xenstored& xenstored() const { return xenstored_; }
  [[nodiscard]] std::filesystem::path folder() const { return folder_.path(); }
  [[nodiscard]] std::filesystem::path socket() const { return folder_.path() / "run" / "api.sock"; }
  [[nodiscard]] std::string log() const { return contents(folder_.path() / "log"); }

  // Whether xenstored's name is the gate's, and xenstored has its second one.
  [[nodiscard]] bool gate_is_in_place() const;

  // Waits until `condition` holds, for at most twenty seconds.
  template <class Condition>
  static bool wait_until(Condition condition);

 private:
  [[nodiscard]] std::vector<std::string> command(const std::vector<std::string>& arguments) const;
  [[nodiscard]] Environment environment() const;

  Xenstored xenstored_;
  TemporaryDirectory folder_;
  api::Client client_;
  std::unique_ptr<Background> daemon_;
};

[[nodiscard]] bool deadline_passed(int attempts);  // pauses a little between attempts

template <class Condition>
bool Dom0::wait_until(Condition condition) {
  for (int attempts = 0; !condition(); ++attempts) {
    if (deadline_passed(attempts)) return false;
  }
  return true;
}

}  // namespace xenacm::test

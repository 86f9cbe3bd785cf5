// SPDX-License-Identifier: Apache-2.0
#include "tests/integration/daemon/daemon.h"

#include <signal.h>
#include <sys/stat.h>

#include <chrono>
#include <fstream>
#include <stdexcept>
#include <thread>

namespace xenacm::test {

bool deadline_passed(int attempts) {
  constexpr std::chrono::milliseconds kPause{20};
  constexpr int kAttempts = 1000;
  std::this_thread::sleep_for(kPause);
  return attempts >= kAttempts;
}

Dom0::Dom0(const std::string& settings) : folder_("xenacm-dom0"), client_(folder_.path() / "run" / "api.sock") {
  std::ofstream config(folder_.path() / "xenacm.toml");
  config << "state_dir = \"" << (folder_.path() / "state").string() << "\"\n[api]\nsocket = \"" << socket().string()
         << "\"\ngroup = \"daemon\"\n[gate]\nsocket = \"" << xenstored_.socket_path().string() << "\"\n"
         << settings;
}

void Dom0::configure_gate(const std::string& lines) const {
  std::ofstream(folder_.path() / "xenacm.toml", std::ios::app) << lines;
}

pid_t Dom0::keeper() const {
  const std::string wanted = "--keep-socket" + std::string(1, '\0') + xenstored_.socket_path().string() + '\0';
  for (const auto& entry : std::filesystem::directory_iterator("/proc")) {
    const std::string name = entry.path().filename();
    if (name.find_first_not_of("0123456789") != std::string::npos) continue;
    if (contents(entry.path() / "cmdline").find(wanted) != std::string::npos) return std::stoi(name);
  }
  return 0;
}

std::vector<std::string> Dom0::command(const std::vector<std::string>& arguments) const {
  std::vector<std::string> words{XENACM_ENFORCERD, "--config", (folder_.path() / "xenacm.toml").string()};
  words.insert(words.end(), arguments.begin(), arguments.end());
  return words;
}

Environment Dom0::environment() const {
  return {{"LD_PRELOAD", XENACM_FAKEXEN},
          {"FAKEXEN_DIR", xenstored_.run_dir().parent_path().string()},
          // fakexen.so stands before the sanitizer's library, which is what the sanitizer warns of.
          {"ASAN_OPTIONS", "verify_asan_link_order=0"}};
}

void Dom0::launch() { daemon_ = std::make_unique<Background>(command({}), environment(), folder_.path() / "log"); }

void Dom0::start() {
  launch();
  const bool serves = wait_until([&] { return daemon_->ended() || client_.call("GET", "/v1/status").has_value(); });
  if (!serves || daemon_->ended()) throw std::runtime_error("acm-enforcerd does not serve:\n" + log());
}

int Dom0::stop() {
  daemon_->signal(SIGTERM);
  return daemon_->wait();
}

void Dom0::kill() {
  daemon_->signal(SIGKILL);
  daemon_->wait();
}

Finished Dom0::run_second(const std::vector<std::string>& arguments) const {
  return run(command(arguments), environment());
}

Finished Dom0::labeltool(std::vector<std::string> words) const {
  words.insert(words.begin(), XENACM_LABELTOOL);
  return run(words, {{"XENACM_SOCKET", socket().string()}});
}

std::string Dom0::tool(std::vector<std::string> words) const {
  const Finished finished = labeltool(words);
  if (finished.status != 0) throw std::runtime_error("labeltool " + words.front() + ": " + finished.err);
  return finished.out;
}

Finished Dom0::hook(std::vector<std::string> words, const std::string& input) const {
  words.insert(words.begin(), XENACM_HOOK);
  const TemporaryDirectory folder("xenacm-hook");
  std::ofstream(folder.path() / "in", std::ios::binary) << input;
  return run(words, {{"XENACM_SOCKET", socket().string()}}, folder.path() / "in");
}

nlohmann::json Dom0::status() const {
  const auto answer = client_.call("GET", "/v1/status");
  if (!answer) throw std::runtime_error(answer.error());
  return nlohmann::json::parse(answer->body);
}

bool Dom0::gate_is_in_place() const {
  const std::string name = xenstored_.socket_path();
  const std::string real_name = name + ".real";
  struct stat own{};
  struct stat real{};
  if (::stat(name.c_str(), &own) != 0 || ::stat(real_name.c_str(), &real) != 0 || own.st_ino == real.st_ino)
    return false;
  try {
    (void)open_xenstore(real_name);
    return true;
  } catch (const std::exception&) {
    return false;  // the name of one that is gone
  }
}

}  // namespace xenacm::test

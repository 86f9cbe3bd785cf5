// SPDX-License-Identifier: Apache-2.0
// Those who ask a daemon, all at once, until they are told to stop: administrators, toolstacks and their hooks.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <thread>
#include <vector>

#include "tests/faults/answers.h"
#include "tests/integration/daemon/daemon.h"

namespace xenacm::faults {

class Load {
 public:
  // Names and domain ids go on where `serial` stands: they are not used twice.
  Load(test::Dom0& dom0, Answers& answers, std::atomic<unsigned>& serial);
  ~Load();  // once the daemon is gone, or it lasts
  Load(const Load&) = delete;
  Load& operator=(const Load&) = delete;

 private:
  void toolstack();
  void label_domains();
  void change_policies();
  void reserve();
  Heard call(const std::string& asked, std::string_view method, const std::string& target, const std::string& body);
  bool create(unsigned domid, const std::string& name);
  void attach(unsigned domid, const std::string& name);
  void destroy(unsigned domid);

  test::Dom0& dom0_;
  Answers& answers_;
  std::atomic<unsigned>& serial_;
  std::atomic<bool> over_ = false;
  std::vector<std::jthread> threads_;
};

}  // namespace xenacm::faults

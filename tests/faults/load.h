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

inline constexpr unsigned kDomids = 12;  // few: each is used again and again, by another domain each time

// Goes on from one load to the next.
struct Serial {
  std::atomic<unsigned> names = 0;    // no name is used twice
  std::atomic<unsigned> domains = 0;  // a domain id is, by another domain
};

class Load {
 public:
  Load(test::Dom0& dom0, Answers& answers, Serial& serial);
  ~Load();  // once the daemon is gone, or it lasts
  Load(const Load&) = delete;
  Load& operator=(const Load&) = delete;

 private:
  void toolstack();
  void label_domains();
  void change_policies();
  void reserve();
  Heard call(const std::string& asked, std::string_view method, const std::string& target, const std::string& body);
  bool create(unsigned domid, unsigned life, const std::string& name);
  void attach(unsigned domid, const std::string& name);
  void destroy(unsigned domid);

  test::Dom0& dom0_;
  Answers& answers_;
  Serial& serial_;
  std::atomic<bool> over_ = false;
  std::vector<std::jthread> threads_;
};

}  // namespace xenacm::faults

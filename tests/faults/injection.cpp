// SPDX-License-Identifier: Apache-2.0
#include "tests/faults/injection.h"

#include <atomic>
#include <cerrno>

namespace xenacm::faults {

namespace {

std::atomic<unsigned> sites = 0;  // 0: nothing is armed
std::atomic<int> injected_error = 0;
std::atomic<bool> lasts = false;
std::atomic<std::uint64_t> nth = 0;
std::atomic<std::uint64_t> seen = 0;
std::atomic<std::uint64_t> failed = 0;
thread_local bool spared = false;

}  // namespace

void arm(const Fault& fault, std::uint64_t number) {
  injected_error = fault.error;
  lasts = fault.lasts;
  nth = number;
  seen = failed = 0;
  sites = fault.sites;
}

Hits disarm() {
  sites = 0;
  return {seen, failed};
}

bool strikes(Site site) {
  if ((sites.load(std::memory_order_relaxed) & site) == 0 || spared) return false;
  const std::uint64_t number = ++seen;
  if (number != nth && !(lasts && nth != 0 && number > nth)) return false;
  ++failed;
  if (injected_error != 0) errno = injected_error;
  return true;
}

bool shortens() { return injected_error == 0; }

Spared::Spared() : before_(spared) { spared = true; }
Spared::~Spared() { spared = before_; }

}  // namespace xenacm::faults

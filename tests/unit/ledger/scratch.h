// SPDX-License-Identifier: Apache-2.0
// A state directory of one test, and requests to fill it with.
#pragma once

#include <gtest/gtest.h>

#include <chrono>
#include <filesystem>
#include <string>
#include <thread>
#include <vector>

#include "enforcer/audit/record.h"
#include "enforcer/ledger/audit_reader.h"
#include "enforcer/ledger/committer.h"
#include "enforcer/ledger/ledger.h"

namespace xenacm::ledger {

// Made anew, and removed with everything in it.
class Scratch {
 public:
  Scratch();
  ~Scratch();
  Scratch(const Scratch&) = delete;
  Scratch& operator=(const Scratch&) = delete;

  [[nodiscard]] const std::filesystem::path& dir() const { return dir_; }
  [[nodiscard]] std::filesystem::path file() const { return dir_ / kLedgerFile; }

  // Opens the ledger; a failure fails the test.
  [[nodiscard]] Ledger open() const;
  [[nodiscard]] std::unique_ptr<Committer> committer(CommitterOptions options = {}) const;
  [[nodiscard]] std::vector<audit::Record> records(const audit::Filter& filter = {}) const;

 private:
  std::filesystem::path dir_;
};

// Whether every record from 1 on is there, once, with the hash that follows from those before it.
[[nodiscard]] testing::AssertionResult is_whole(const std::vector<audit::Line>& lines);

// All lines that `after` leads to, page by page.
[[nodiscard]] std::vector<audit::Line> all_lines(const AuditReader& reader);

// Waits until `condition` holds, for at most twenty seconds.
template <class Condition>
bool wait_until(Condition condition) {
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(20);
  while (!condition()) {
    if (std::chrono::steady_clock::now() > deadline) return false;
    std::this_thread::yield();
  }
  return true;
}

[[nodiscard]] monitor::SetPolicy example(const std::string& file);  // of examples/policies
[[nodiscard]] monitor::SetPolicy mytest();
// From a policy back to the one that it updated.
[[nodiscard]] monitor::SetPolicy way_back(const monitor::SetPolicy& from, monitor::SetPolicy to);
[[nodiscard]] monitor::LabelDomain label(const std::string& name, const std::string& label);
[[nodiscard]] monitor::StartDomain start(unsigned domid, const std::string& name);
[[nodiscard]] monitor::Caller tester();

// Submits and waits for the answer.
monitor::Reply ask(Committer& committer, monitor::Request request);

// The state, once everything submitted before is durable.
[[nodiscard]] monitor::State state_of(Committer& committer);

}  // namespace xenacm::ledger

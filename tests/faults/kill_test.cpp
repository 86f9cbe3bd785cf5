// SPDX-License-Identifier: Apache-2.0
// The daemon is killed at random instants under load, again and again: what was answered is in the log, what is in the
// log is the state, and nothing was admitted that was refused (docs/faults.md).
//
// XENACM_KILLS: how often; XENACM_SEED: of the instants.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <chrono>
#include <cstdlib>
#include <iostream>
#include <random>
#include <set>

#include "enforcer/ledger/ledger.h"
#include "tests/faults/load.h"
#include "tests/faults/log_watch.h"
#include "tests/integration/gate/raw_client.h"

namespace xenacm::faults {
namespace {

constexpr const char* kSettings =
    "[audit]\noutputs = []\nwitness = []\ncheckpoint_records = 7\ncheckpoint_seconds = 1\nsegment_records = 200\n"
    "keep_records = 300\n[hook]\nticket_seconds = 1\n";

constexpr const char* kAbsent = "ENOENT";

unsigned number(const char* variable, unsigned otherwise) {
  const char* text = std::getenv(variable);
  return text == nullptr ? otherwise : static_cast<unsigned>(std::stoul(text));
}

class Killed : public testing::TestWithParam<unsigned> {
 protected:
  void SetUp() override {
    dom0.start();
    dom0.tool({"setpolicy", "ACM", XENACM_SOURCE_DIR "/examples/policies/mytest-security_policy.xml"});
    dom0.tool({"mode", "enforcing"});
    dom0.kill();
  }

  // During the start one time in four, else once so many answers were given.
  void live_and_die(std::mt19937& chance) {
    const bool at_the_start = chance() % 4 == 0;
    at_the_start ? dom0.launch() : dom0.start();
    const Load load(dom0, answers, serial);
    const std::size_t enough = answers.given() + (at_the_start ? 0 : chance() % 12);
    const auto limit = std::chrono::steady_clock::now() + std::chrono::seconds(10);
    while (answers.given() < enough && std::chrono::steady_clock::now() < limit) std::this_thread::yield();
    std::this_thread::sleep_for(std::chrono::microseconds(chance() % (at_the_start ? 150'000 : 5'000)));
    dom0.kill();
  }

  // What of what is left is wrong.
  std::string judge() {
    if (std::string wrong = watch.look(); !wrong.empty()) return wrong;
    for (const audit::Record& record : watch.news()) {
      if (record.decision == "allow") allowed.insert(record.what.action + " " + record.what.subject);
    }
    if (std::string wrong = compare_store(); !wrong.empty()) return wrong;
    return answers.settle(watch.news());
  }

  // Nodes outlive their domain where the daemon died before they were removed: so they are held against all that was
  // ever let in, by the name that was written with them.
  [[nodiscard]] std::string compare_store() const {
    const std::filesystem::path socket = dom0.xenstored().socket_path();
    const std::filesystem::path real = socket.string() + ".real";
    gate::testing::RawClient store(std::filesystem::exists(real) ? real : socket);
    for (unsigned domid = 1; domid <= kDomids; ++domid) {
      const std::string home = fmt::format("/local/domain/{}", domid);
      if (store.read(home + "/vm") != kAbsent) {
        const std::string name = store.read(home + "/name");
        if (!allowed.contains("start " + name)) return name + ": xenstored has it, and its start is not recorded";
      }
      const std::string vif = fmt::format("/local/domain/0/backend/vif/{}/0", domid);
      if (store.read(vif + "/frontend-id") != kAbsent) {
        const std::string name = store.read(vif + "/domain");
        if (!allowed.contains("attach vif 0 " + name) && !allowed.contains("adopt vif 0 " + name)) {
          return name + ": xenstored has its vif, and the ledger has not";
        }
      }
    }
    return {};
  }

  // The next daemon counts what its ledger holds, and its log is what it says.
  void expect_a_sound_life() {
    dom0.start();
    const test::Finished verified = dom0.labeltool({"audit", "verify"});
    EXPECT_EQ(verified.status, 0) << verified.out << verified.err;
    const test::Finished replayed = dom0.labeltool({"audit", "replay"});
    EXPECT_EQ(replayed.status, 0) << replayed.out << replayed.err;
    EXPECT_TRUE(test::Dom0::wait_until([&] { return dom0.status()["running"] == 1; })) << dom0.status();
    ASSERT_EQ(dom0.stop(), 0);
    EXPECT_EQ(judge(), "");
    EXPECT_EQ(watch.verify(), "");
  }

  test::Dom0 dom0{kSettings};
  Answers answers;
  Serial serial;
  std::set<std::string> allowed;  // action and subject of each record that allows
  LogWatch watch{dom0.folder() / "state" / ledger::kLedgerFile};
};

TEST_P(Killed, AtAnyInstantUnderLoadItLosesNothingAndLetsNothingIn) {
  const unsigned kills = number("XENACM_KILLS", 250);
  const unsigned seed = number("XENACM_SEED", 1) + GetParam();
  std::cout << "figures: seed " << seed << '\n';
  std::mt19937 chance(seed);
  for (unsigned kill = 1; kill <= kills; ++kill) {
    live_and_die(chance);
    ASSERT_EQ(judge(), "") << "kill " << kill << " of seed " << seed << "; the daemon's log ends:\n"
                           << dom0.log().substr(dom0.log().size() - std::min<std::size_t>(dom0.log().size(), 3000));
  }
  expect_a_sound_life();
  std::cout << "figures: " << kills << " kills, " << answers.given() << " answers, " << watch.last() << " records, "
            << watch.derived() << " verdicts derived again\n";
  EXPECT_GT(answers.given(), kills);
}

INSTANTIATE_TEST_SUITE_P(, Killed, testing::Values(0U, 1U));

}  // namespace
}  // namespace xenacm::faults

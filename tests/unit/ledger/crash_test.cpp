// SPDX-License-Identifier: Apache-2.0
// The daemon dies at each step on the disk of a change, or the power fails there: what is left is the old state or the
// new one, whole, and what was answered is the new one (decisions.md 15, G4).
#include <SQLiteCpp/SQLiteCpp.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <tuple>

#include "enforcer/ledger/policy_history.h"
#include "tests/unit/ledger/mortal_disk.h"
#include "tests/unit/ledger/scratch.h"

namespace xenacm::ledger {
namespace {

using namespace monitor;

// What is done while the disk lives, and then what it may die of.
struct Change {
  const char* name;
  std::vector<Request> before;
  std::vector<Request> requests;
};

Resource file(const std::string& path, const std::string& inode) {
  return {*parse_resource_name("file:" + path), Identity{"inode 1:" + inode, "3.4", inode}, {}};
}

LinkKey link(const char* device_class, unsigned frontend, unsigned backend, std::uint32_t device) {
  return {device_class, DomId(static_cast<std::uint16_t>(frontend)), DomId(static_cast<std::uint16_t>(backend)),
          device};
}

// Everything that a policy change touches: a running domain with its links, bindings, resources, a vif, modes.
std::vector<Request> busy_host() {
  return {mytest(),
          SetMode{Mode::enforcing, {}},
          SetMode{Mode::permissive, "A-Bank.MarketAnalysis"},
          label("su", "A-Bank.SecurityUnderwriting"),
          label("asleep", "A-Bank.MarketAnalysis"),
          LabelResource{file("/vm/su.img", "7"), "A-Bank.SecurityUnderwriting", {}},
          LabelResource{file("/vm/u.img", "8"), "__UNLABELED__", {}},
          label("fresh", "A-Bank"),
          LabelResource{{*parse_resource_name("file:/vm/new.img"), {}, {}}, "A-Bank", {}},
          LabelVif{{DomainName("asleep"), 0}, "A-Bank", {}},
          start(1, "su"),
          AttachLink{link("vif", 1, 0, 0), {"xenbr0", ""}, {}},
          AttachLink{link("vbd", 1, 0, 51712), {}, {file("/vm/su.img", "7")}}};
}

std::vector<Request> idle_host() {
  std::vector<Request> requests = busy_host();
  requests.emplace_back(StopDomain{.domid = DomId(1), .uuid = start(1, "su").uuid});
  return requests;
}

StartDomain with_devices() {
  StartDomain request = start(2, "fresh");
  request.disks = {{file("/vm/new.img", "9")}};
  request.vifs = {{.network = {"xenbr0", ""}}};
  return request;
}

std::vector<Change> changes() {
  const SetPolicy next = example("mytest_update-security_policy.xml");
  return {{"Update", busy_host(), {next}},
          {"UpdateAndBack", busy_host(), {next, way_back(next, mytest())}},
          {"Reset", idle_host(), {ResetPolicy{}}},
          {"ResourceLabels",
           busy_host(),
           {LabelResource{file("/vm/b.img", "10"), "B-Bank", {}}, UnlabelResource{file("/vm/u.img", "8")},
            LabelResource{file("/vm/u.img", "8"), "A-Bank", {}}}},
          {"DomainLabels", busy_host(), {label("new", "B-Bank"), UnlabelDomain{DomainName("asleep")}}},
          {"LabelOfDomain0", idle_host(), {label("Domain-0", "AutoCorp")}},
          {"Admission",
           busy_host(),
           {with_devices(), AttachLink{link("vbd", 2, 0, 51712), {}, {file("/vm/new.img", "9")}},
            AttachLink{link("vif", 2, 0, 0), {"xenbr0", ""}, {}}}},
          {"Release", busy_host(), {StopDomain{.domid = DomId(1), .uuid = start(1, "su").uuid}}},
          {"Mode", busy_host(), {SetMode{Mode::permissive, {}}}}};
}

struct Left {
  State state;
  std::size_t records;
  std::size_t policies;  // in the history
};

Left left_in(const Scratch& scratch) {
  State state = *scratch.open().load();
  EXPECT_EQ(SQLite::Database(scratch.file().string()).execAndGet("PRAGMA integrity_check").getString(), "ok");
  return {std::move(state), scratch.records({.limit = kMaxAuditPage}).size(),
          PolicyHistory(scratch.file()).list()->size()};
}

bool same(const Left& a, const Left& b) {
  const State& s = a.state;
  const State& t = b.state;
  return s.tables().ref == t.tables().ref && s.document() == t.document() && s.bindings() == t.bindings() &&
         s.resources() == t.resources() && s.vif_labels() == t.vif_labels() && s.running() == t.running() &&
         s.links() == t.links() && s.modes() == t.modes() && s.wall().running() == t.wall().running() &&
         s.wall().aggregate() == t.wall().aggregate() && a.records == b.records && a.policies == b.policies;
}

void copy(const Scratch& from, const Scratch& to) {
  std::filesystem::remove_all(to.dir());
  std::filesystem::copy(from.dir(), to.dir());
}

// A daemon on a disk of that fate, which tells each answer down the pipe: its end, and how many answers it gave.
struct End {
  bool died = false;
  std::size_t answers = 0;
};

End run(const Scratch& scratch, const Fate& fate, const std::vector<Request>& requests) {
  int answers[2];
  if (::pipe(answers) != 0) throw std::runtime_error("pipe");
  const pid_t child = ::fork();
  if (child == 0) {
    meet(fate);
    auto committer = scratch.committer();
    for (const Request& request : requests) {
      const Reply reply = ask(*committer, request);
      const char answer = reply && reply->allowed() ? 'y' : 'n';
      (void)!::write(answers[1], &answer, 1);
    }
    committer.reset();
    ::_exit(0);
  }
  ::close(answers[1]);
  End end;
  char answer = 0;
  while (::read(answers[0], &answer, 1) == 1) {
    EXPECT_EQ(answer, 'y');
    ++end.answers;
  }
  ::close(answers[0]);
  int status = 0;
  ::waitpid(child, &status, 0);
  EXPECT_TRUE(WIFEXITED(status) && (WEXITSTATUS(status) == 0 || WEXITSTATUS(status) == kDied)) << status;
  end.died = WIFEXITED(status) && WEXITSTATUS(status) == kDied;
  return end;
}

// The states that may be left: after none of the requests, after the first, … Each request makes one record.
std::vector<Left> states_of(const Scratch& scratch, const Change& change) {
  std::vector<Left> states{left_in(scratch)};
  const bool is_policy = std::holds_alternative<SetPolicy>(change.requests.front()) ||
                         std::holds_alternative<ResetPolicy>(change.requests.front());
  for (const Request& request : change.requests) {
    Left next = states.back();
    const Outcome outcome = decide(next.state, request);
    EXPECT_TRUE(outcome && outcome->verdict.decision == Decision::allow && !outcome->delta.empty()) << change.name;
    if (outcome) next.state.apply(outcome->delta);
    ++next.records;
    if (is_policy) ++next.policies;
    states.push_back(std::move(next));
  }
  return states;
}

class Crash : public testing::TestWithParam<std::tuple<Death, Change>> {
 protected:
  Scratch before;
  Scratch scratch;
};

TEST_P(Crash, AtAnyStepLeavesOneWholeStateWithAllThatWasAnswered) {
  const auto& [death, change] = GetParam();
  {
    auto committer = before.committer();
    for (const Request& request : change.before) {
      const Reply reply = ask(*committer, request);
      ASSERT_TRUE(reply && reply->allowed()) << (reply ? reply->reasons.at(0).message : reply.error().message);
    }
  }
  const std::vector<Left> states = states_of(before, change);
  std::vector<unsigned> seen(states.size());
  for (const bool within : {false, true}) {
    bool died = true;
    for (unsigned step = 1; died; ++step) {
      SCOPED_TRACE("step " + std::to_string(step) + (within ? ", within" : ""));
      copy(before, scratch);
      const End end = run(scratch, {death, step, within}, change.requests);
      died = end.died;
      const Left left = left_in(scratch);
      std::size_t at = end.answers;
      while (at < states.size() && !same(left, states[at])) ++at;
      ASSERT_LT(at, states.size()) << "neither the old state nor the new one, or what was answered is lost";
      ++seen[at];
    }
    EXPECT_EQ(seen.back() > 0, true) << "it lived through all steps";
  }
  for (const unsigned times : seen) EXPECT_GT(times, 0u) << "it died before each of the changes, and after it";
}

std::string name_of(const testing::TestParamInfo<std::tuple<Death, Change>>& test) {
  constexpr std::array kDeaths{"Process", "Power", "PowerReorders"};
  const auto& [death, change] = test.param;
  return std::string(kDeaths.at(static_cast<std::size_t>(death))) + change.name;
}

INSTANTIATE_TEST_SUITE_P(All, Crash,
                         testing::Combine(testing::Values(Death::process, Death::power, Death::power_reorders),
                                          testing::ValuesIn(changes())),
                         name_of);

// The first start of all: the next one makes the ledger.
class CrashOfAStart : public testing::TestWithParam<Death> {};

TEST_P(CrashOfAStart, LeavesALedgerThatTheNextStartCompletes) {
  for (const bool within : {false, true}) {
    bool died = true;
    for (unsigned step = 1; died; ++step) {
      SCOPED_TRACE("step " + std::to_string(step) + (within ? ", within" : ""));
      const Scratch scratch;
      died = run(scratch, {GetParam(), step, within}, {}).died;
      const auto ledger = Ledger::open(scratch.dir());
      ASSERT_TRUE(ledger) << ledger.error();
      const State state = *ledger->load();
      EXPECT_EQ(state.tables().ref.name, "DEFAULT");
      EXPECT_EQ(state.mode(), Mode::permissive);
      EXPECT_EQ(PolicyHistory(scratch.file()).list()->size(), 1u);
    }
  }
}

INSTANTIATE_TEST_SUITE_P(All, CrashOfAStart, testing::Values(Death::process, Death::power, Death::power_reorders));

}  // namespace
}  // namespace xenacm::ledger

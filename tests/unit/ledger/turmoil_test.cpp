// SPDX-License-Identifier: Apache-2.0
// Creations, ends, links, labels and policies from many threads at once: the audit log is the order in which they
// happened (docs/policy-change.md).
#include <gtest/gtest.h>

#include <atomic>
#include <map>
#include <mutex>
#include <random>
#include <set>
#include <thread>

#include "tests/unit/ledger/scratch.h"

namespace xenacm::ledger {
namespace {

using namespace monitor;

constexpr int kThreads = 6;
constexpr int kRequests = 200;  // of each
constexpr unsigned kDomains = 8;

const std::vector<std::string> kLabels{"A-Bank", "A-Bank.SecurityUnderwriting", "A-Bank.SU", "B-Bank", "AutoCorp"};

class Chance {
 public:
  explicit Chance(unsigned seed) : engine_(seed) {}
  unsigned below(std::size_t end) {
    return static_cast<unsigned>(std::uniform_int_distribution<std::size_t>(0, end - 1)(engine_));
  }

 private:
  std::mt19937 engine_;
};

std::string name_of(unsigned domid) { return "d" + std::to_string(domid); }

Request any_of_a_machine(Chance& chance) {
  const unsigned domid = 1 + chance.below(kDomains);
  const auto other = DomId(static_cast<std::uint16_t>(chance.below(kDomains + 1)));
  const StartDomain started = start(domid, name_of(domid));
  const Resource disk{*parse_resource_name("file:/vm/" + std::to_string(other.get())), {}, {}};
  switch (chance.below(10)) {
    case 0:
    case 1:
      return started;
    case 2:
      return StopDomain{.domid = started.domid, .uuid = started.uuid};
    case 3:
      return AttachLink{{"vif", started.domid, other, 0}, {}, {}};
    case 4:
      return AttachLink{{"vbd", started.domid, kDomain0, 1}, {}, {disk}};
    case 5:
      return DetachLink{{"vif", started.domid, other, 0}};
    case 6:
      return UnlabelDomain{started.name};
    case 7:
      return LabelResource{disk, kLabels[chance.below(kLabels.size())], {}};
    case 8:
      return ReserveStart{"t" + std::to_string(domid), started};
    default:
      return label(name_of(domid), kLabels[chance.below(kLabels.size())]);
  }
}

struct Policies {
  SetPolicy first = mytest();
  SetPolicy next = example("mytest_update-security_policy.xml");
  SetPolicy back = way_back(next, first);
};

Request any_of_an_administrator(Chance& chance, const Policies& policies) {
  switch (chance.below(8)) {
    case 0:
      return policies.first;
    case 1:
    case 2:
    case 3:
      return policies.next;
    case 4:
    case 5:
      return policies.back;
    case 6:
      return ResetPolicy{};
    default:
      return SetMode{chance.below(4) == 0 ? Mode::permissive : Mode::enforcing, {}};
  }
}

// What was asked, by the process id that it is recorded under.
class Asked {
 public:
  Caller keep(const Request& request) {
    const std::scoped_lock lock(mutex_);
    Caller caller = tester();
    caller.pid = ++last_;
    requests_.emplace(last_, request);
    return caller;
  }
  [[nodiscard]] const Request& of(const audit::Record& record) const { return requests_.at(record.who.pid); }
  [[nodiscard]] std::size_t count() const { return requests_.size(); }

 private:
  std::mutex mutex_;
  std::int32_t last_ = 0;
  std::map<std::int32_t, Request> requests_;
};

std::string outcome_text(const Outcome& outcome) {
  return outcome ? std::string(to_text(outcome->verdict.decision)) : "error";
}

void expect_same(const State& a, const State& b) {
  EXPECT_EQ(a.tables().ref, b.tables().ref);
  EXPECT_EQ(a.bindings(), b.bindings());
  EXPECT_EQ(a.resources(), b.resources());
  EXPECT_EQ(a.running(), b.running());
  EXPECT_EQ(a.links(), b.links());
  EXPECT_EQ(a.modes(), b.modes());
}

TEST(Turmoil, EveryVerdictIsTheOneOfItsPlaceInTheLogUnderThePolicyThatItNames) {
  const Scratch scratch;
  const Policies policies;
  Asked asked;
  std::atomic<std::size_t> answered = 0;
  State model = *scratch.open().load();
  {
    auto committer = scratch.committer();
    for (const Request& request : {Request(policies.first), Request(SetMode{Mode::enforcing, {}})}) {
      committer->submit(request, asked.keep(request), [&](const Reply&) { ++answered; });
    }
    std::vector<std::jthread> threads;
    for (unsigned thread = 0; thread < kThreads; ++thread) {
      threads.emplace_back([&, thread] {
        Chance chance(thread);
        for (int i = 0; i < kRequests; ++i) {
          const Request request =
              chance.below(12) == 0 ? any_of_an_administrator(chance, policies) : any_of_a_machine(chance);
          committer->submit(request, asked.keep(request), [&](const Reply&) { ++answered; });
          if (chance.below(20) == 0) (void)state_of(*committer);  // now and then the others go on alone
        }
      });
    }
    threads.clear();
    const State end = state_of(*committer);
    EXPECT_EQ(answered, asked.count());

    std::map<std::string, int> changes;  // of policy, by outcome
    std::int64_t seq = 0;
    for (std::int64_t after = 0;;) {
      const auto page = scratch.records({.after = after, .limit = kMaxAuditPage});
      if (page.empty()) break;
      for (const audit::Record& record : page) {
        EXPECT_EQ(record.seq, ++seq);
        EXPECT_EQ(record.digest, model.tables().ref.digest) << "record " << record.seq;
        const Request& request = asked.of(record);
        const Outcome outcome = decide(model, request);
        ASSERT_EQ(record.decision, outcome_text(outcome)) << "record " << record.seq << ", " << record.what.action;
        if (std::holds_alternative<SetPolicy>(request) || std::holds_alternative<ResetPolicy>(request)) {
          ++changes[record.decision];
        }
        if (outcome) model.apply(outcome->delta);
      }
      after = page.back().seq;
    }
    expect_same(end, model);
    EXPECT_EQ(end.tickets(), model.tickets());
    EXPECT_EQ(end.wall().running(), model.wall().running());
    EXPECT_EQ(end.wall().aggregate(), model.wall().aggregate());
    for (const char* decision : {"allow", "deny", "error"}) EXPECT_GT(changes[decision], 3) << decision;
  }
  expect_same(*scratch.open().load(), model);
}

}  // namespace
}  // namespace xenacm::ledger

// SPDX-License-Identifier: Apache-2.0
// Whatever call fails while a link passes the gate: xenstored never has one that the ledger has not (docs/faults.md).
#include "enforcer/gate/gate.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <cerrno>
#include <chrono>
#include <future>
#include <iostream>
#include <thread>

#include "tests/faults/ledger_trial.h"
#include "tests/faults/log_watch.h"
#include "tests/faults/transaction.h"
#include "tests/integration/gate/raw_client.h"
#include "tests/xenstored/xenstored_fixture.h"

namespace xenacm::faults {
namespace {

using gate::testing::RawClient;
using monitor::State;

constexpr unsigned kDomain = 2;
constexpr const char* kName = "fresh";
const monitor::LinkKey kLink{"vif", monitor::DomId(kDomain), monitor::kDomain0, 0};

std::filesystem::path behind(const test::Xenstored& store) { return store.socket_path().string() + ".real"; }

bool is_linked(const test::Xenstored& store) {
  return RawClient(behind(store)).read("/local/domain/0/backend/vif/2/0/frontend-id") == "2";
}

void unlink(const test::Xenstored& store) {
  for (const auto& [path, value] : vif_of(kDomain, kName)) (void)RawClient(behind(store)).rm(path);
}

// xenstored, a gate on its thread and the committer on its own: faults strike both, and never the client.
class GateTrial : public Trial {
 public:
  GateTrial(test::Xenstored& store, const ledger::Scratch& scratch)
      : store_(store),
        watch_(scratch.file()),
        committer_(committer(scratch)),
        gate_(io_, {.socket = store_.socket_path(), .keeper = {}, .taken = {}},
              [this](monitor::Request request, monitor::Caller caller, monitor::Answer answer) {
                committer_->submit(std::move(request), std::move(caller), std::move(answer));
              }) {
    if (const auto started = gate_.start(); !started) throw std::runtime_error(started.error());
    unlink(store_);
    // The daemon ends where its event loop throws.
    std::thread([this] {
      try {
        io_.run();
      } catch (const std::exception&) {
        ::_exit(kEnded);
      }
    }).detach();
  }

  Attempt attempt(const Fault& fault, std::uint64_t nth) override {
    const Spared spared;
    Attempt result;
    if (result.wrong = watch_.look(); !result.wrong.empty()) return result;
    arm(fault, nth);
    const auto begun = std::chrono::steady_clock::now();
    const Heard heard = commit(store_.socket_path(), vif_of(kDomain, kName));
    const bool gave_up = std::chrono::steady_clock::now() - begun >= RawClient::kPatience;
    settle();
    result.hits = disarm();
    settle();
    result.told = told_of(heard);
    result.wrong = gave_up ? "it was never answered" : judge(heard);
    return result;
  }

 private:
  static Told told_of(Heard heard) {
    if (heard == Heard::allowed) return Told::done;
    return heard == Heard::denied ? Told::refused : Told::nothing;
  }

  // What the gate has still to tell the committer, and what that has to do.
  void settle() {
    std::promise<void> done;
    boost::asio::post(io_, [&] { done.set_value(); });
    done.get_future().wait();
    std::promise<void> shown;
    committer_->look([&](const State*) { shown.set_value(); });
    shown.get_future().wait();
  }

  std::string judge(Heard heard) {
    if (std::string wrong = watch_.look(); !wrong.empty()) return wrong;
    const bool recorded = watch_.state().links().contains(kLink);
    if (is_linked(store_) && !recorded) return "xenstored has a link that the ledger has not";
    if (heard == Heard::allowed && !is_linked(store_)) return "it was answered, and is lost";
    if (heard == Heard::denied && is_linked(store_)) return "it was refused, and is there";
    // What comes next works, and goes back.
    if (commit(store_.socket_path(), vif_of(kDomain, kName)) != Heard::allowed) return "the next link is refused";
    unlink(store_);
    const monitor::Reply back = ledger::ask(*committer_, monitor::DetachLink{kLink});
    return back && back->allowed() ? "" : "the way back is refused";
  }

  test::Xenstored& store_;
  LogWatch watch_;
  std::unique_ptr<ledger::Committer> committer_;
  boost::asio::io_context io_{1};
  gate::Gate gate_;
};

struct StreamFault {
  const char* name;
  Fault fault;
};

class GateFaults : public testing::TestWithParam<StreamFault> {};

TEST_P(GateFaults, LetNothingThroughThatIsNotRecorded) {
  const ledger::Scratch host;
  const ledger::Scratch copy;
  make_busy(host);
  (void)ledger::ask(*committer(host), ledger::start(kDomain, kName));
  test::Xenstored store;
  const Operation link{[&] {
                         copy_of(host, copy);
                         return std::make_unique<GateTrial>(store, copy);
                       },
                       [&]() -> std::string {
                         LogWatch watch(copy.file());
                         if (std::string wrong = watch.look(); !wrong.empty()) return wrong;
                         const bool recorded = watch.state().links().contains(kLink);
                         return is_linked(store) && !recorded ? "xenstored has a link that the ledger has not" : "";
                       }};
  const Survey found = survey(link, GetParam().fault, 24);
  std::cout << "figures: " << found << '\n';
  EXPECT_EQ(found.wrong, "");
  EXPECT_GT(found.points, 0u);
}

INSTANTIATE_TEST_SUITE_P(All, GateFaults,
                         testing::Values(StreamFault{"Memory", {kMemory}},
                                         StreamFault{"EINTR", {receiving | sending, EINTR}},
                                         StreamFault{"Reset", {receiving | sending, ECONNRESET}},
                                         StreamFault{"Short", {receiving | sending}}),
                         [](const auto& test) { return std::string(test.param.name); });

}  // namespace
}  // namespace xenacm::faults

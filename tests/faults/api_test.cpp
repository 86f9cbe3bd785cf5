// SPDX-License-Identifier: Apache-2.0
// Whatever call fails while the API answers, or while a hook asks: a change is answered for what it is, and no hook
// lets anything pass that was not allowed (docs/faults.md).
#include <gtest/gtest.h>
#include <unistd.h>

#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/thread_pool.hpp>
#include <cerrno>
#include <future>
#include <iostream>
#include <optional>
#include <thread>

#include "enforcer/api/client.h"
#include "enforcer/api/server.h"
#include "enforcer/api/ticket_watch.h"
#include "enforcer/hooks/question.h"
#include "tests/faults/ledger_trial.h"
#include "tests/faults/log_watch.h"

namespace xenacm::faults {
namespace {

namespace asio = boost::asio;
using monitor::State;

// The API on its thread, before a committer on its own.
class Served {
 public:
  Served(const ledger::Scratch& scratch, bool is_spared)
      : socket_(scratch.dir() / "api.sock"),
        committer_(committer(scratch)),
        tickets_(loop_, std::chrono::seconds(60), [](const std::string&) {}),
        server_(loop_, {.socket = socket_, .reading_group = "daemon"}, backend_) {
    backend_.submit = [this](monitor::Request request, monitor::Caller caller, const monitor::Answer& answer) {
      committer_->submit(std::move(request), std::move(caller), [this, answer](const monitor::Reply& reply) {
        asio::post(loop_, [answer, reply] { answer(reply); });
      });
    };
    backend_.look = [this](const std::function<void(const State*)>& look) { committer_->look(look); };
    backend_.tickets = &tickets_;
    // Of a thread that is not made here.
    if (is_spared) committer_->look([](const State*) { static thread_local const Spared committers; });
    if (const auto started = server_.start(); !started) throw std::runtime_error(started.error());
    std::thread([this, is_spared] {
      std::optional<Spared> spared;
      if (is_spared) spared.emplace();
      try {
        loop_.run();
      } catch (const std::exception&) {
        ::_exit(kEnded);  // so ends the daemon
      }
    }).detach();
  }

  [[nodiscard]] const std::filesystem::path& socket() const { return socket_; }
  [[nodiscard]] ledger::Committer& committer_of() { return *committer_; }

  // What the API has still to tell the committer, and what that has to do.
  void settle() {
    std::promise<void> done;
    asio::post(loop_, [&] { done.set_value(); });
    done.get_future().wait();
    std::promise<void> shown;
    committer_->look([&](const State*) { shown.set_value(); });
    shown.get_future().wait();
  }

 private:
  std::filesystem::path socket_;
  std::unique_ptr<ledger::Committer> committer_;
  asio::io_context loop_{1};
  api::TicketWatch tickets_;
  api::Backend backend_;
  api::Server server_;
};

class ApiTrial : public Trial {
 public:
  explicit ApiTrial(const ledger::Scratch& scratch) : watch_(scratch.file()), served_(scratch, false) {}

  Attempt attempt(const Fault& fault, std::uint64_t nth) override {
    const Spared spared;
    Attempt result;
    if (result.wrong = watch_.look(); !result.wrong.empty()) return result;
    arm(fault, nth);
    const auto answer = call("PUT", R"({"label":"A-Bank"})");
    result.hits = disarm();
    served_.settle();
    if (answer) result.told = answer->status == 200 ? Told::done : Told::refused;
    result.wrong = judge(result.told);
    return result;
  }

 private:
  [[nodiscard]] std::expected<api::Answer, std::string> call(std::string_view method, std::string body) const {
    return api::Client(served_.socket()).call(method, "/v1/domains/new/label", body);
  }

  std::string judge(Told told) {
    if (std::string wrong = watch_.look(); !wrong.empty()) return wrong;
    const bool is_bound = watch_.state().bindings().contains(monitor::DomainName("new"));
    if (is_bound && told == Told::refused) return "it was refused, and happened";
    if (!is_bound && told == Told::done) return "it was answered, and is lost";
    if (!is_bound && call("PUT", R"({"label":"A-Bank"})").value_or(api::Answer{}).status != 200) {
      return "the next request is refused";
    }
    return call("DELETE", "").value_or(api::Answer{}).status == 200 ? "" : "the way back is refused";
  }

  LogWatch watch_;
  Served served_;
};

// Of a domain that must not start: faults strike the hook, and never the daemon.
class HookTrial : public Trial {
 public:
  explicit HookTrial(const ledger::Scratch& scratch) : served_(scratch, true) {
    const Spared spared;
    (void)ledger::ask(served_.committer_of(), ledger::label("rival", "B-Bank"));
  }

  Attempt attempt(const Fault& fault, std::uint64_t nth) override {
    const hooks::Settings settings{served_.socket(), 2 * kPatience, ""};
    Attempt result;
    bool is_allowed = false;
    arm(fault, nth);
    // As acm-hook's main().
    try {
      const hooks::Outcome outcome =
          hooks::Daemon(settings, "xl").ask_start({{"domain", {{"name", "rival"}}}, {"holder", nullptr}});
      is_allowed = outcome.status == hooks::Status::allowed;
      result.told = outcome.status == hooks::Status::refused ? Told::done : Told::refused;
    } catch (const std::exception&) {
      result.told = Told::refused;
    }
    result.hits = disarm();
    if (is_allowed) result.wrong = "it was let pass";
    return result;
  }

 private:
  Served served_;
};

struct ApiFault {
  const char* name;
  Fault fault;
};
constexpr unsigned kSockets = receiving | sending;

class ApiFaults : public testing::TestWithParam<ApiFault> {
 protected:
  void expect_no_harm(const std::function<std::unique_ptr<Trial>()>& trial) {
    const Survey found = survey({[&] {
                                   copy_of(host, copy);
                                   return trial();
                                 },
                                 [&] { return LogWatch(copy.file()).look(); }},
                                GetParam().fault, GetParam().fault.lasts ? 6 : 24);
    std::cout << "figures: " << found << '\n';
    EXPECT_EQ(found.wrong, "");
    EXPECT_GT(found.points, 0u);
  }
  void SetUp() override { make_busy(host); }

  ledger::Scratch host;
  ledger::Scratch copy;
};

TEST_P(ApiFaults, AChangeIsAnsweredForWhatItIs) {
  expect_no_harm([&] { return std::make_unique<ApiTrial>(copy); });
}

TEST_P(ApiFaults, AHookLetsNothingPassThatWasRefused) {
  expect_no_harm([&] { return std::make_unique<HookTrial>(copy); });
}

INSTANTIATE_TEST_SUITE_P(All, ApiFaults,
                         testing::Values(ApiFault{"Memory", {kMemory}},
                                         ApiFault{"MemoryFromThenOn", {kMemory, 0, true}},
                                         ApiFault{"EINTR", {kSockets, EINTR}},
                                         ApiFault{"Reset", {kSockets, ECONNRESET}}, ApiFault{"Short", {kSockets}}),
                         [](const auto& test) { return std::string(test.param.name); });

}  // namespace
}  // namespace xenacm::faults

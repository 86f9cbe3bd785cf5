// SPDX-License-Identifier: Apache-2.0
#include "tests/faults/ledger_trial.h"

#include <fstream>
#include <future>
#include <sstream>
#include <stdexcept>

#include "enforcer/audit/checkpoint.h"
#include "enforcer/audit/key_file.h"
#include "enforcer/monitor/decide.h"
#include "tests/faults/log_watch.h"

namespace xenacm::faults {

using namespace monitor;
using ledger::Committer;
using ledger::example;
using ledger::label;
using ledger::mytest;
using ledger::Scratch;
using ledger::start;
using ledger::tester;

namespace {

Resource file(const std::string& path, const std::string& inode) {
  return {*parse_resource_name("file:" + path), Identity{"inode 1:" + inode, "3.4", inode}, {}};
}

LinkKey link(const char* device_class, unsigned frontend, std::uint32_t device) {
  return {device_class, DomId(static_cast<std::uint16_t>(frontend)), kDomain0, device};
}

StopDomain stop(unsigned domid) { return {.domid = start(domid, "").domid, .uuid = start(domid, "").uuid}; }

StartDomain with_devices(unsigned domid, const std::string& name) {
  StartDomain request = start(domid, name);
  request.disks = {{file("/vm/new.img", "9")}};
  request.vifs = {{.network = {"xenbr0", ""}}};
  return request;
}

std::string text_of(const char* policy) {
  std::ifstream in(std::string(XENACM_SOURCE_DIR) + "/examples/policies/" + policy);
  std::ostringstream text;
  text << in.rdbuf();
  return text.str();
}

// From the document, as PUT /v1/policy does.
Request compiled(const std::string& document) {
  auto policy = policy::compile_document(document);
  if (!policy) throw std::runtime_error("the example does not compile");
  return SetPolicy{std::make_shared<const policy::Compiled>(*std::move(policy)),
                   std::make_shared<const std::string>(document)};
}

Told told_of(std::future<Reply> answer) {
  const Reply reply = answer.get();
  return reply && reply->allowed() ? Told::done : Told::refused;
}

class LedgerTrial : public Trial {
 public:
  LedgerTrial(const Scratch& scratch, Change change)
      : scratch_(scratch), change_(std::move(change)), watch_(scratch.file()) {
    if (!change_.from_disk) committer_ = committer(scratch_);
  }

  Attempt attempt(const Fault& fault, std::uint64_t nth) override {
    Attempt result;
    if (result.wrong = watch_.look(); !result.wrong.empty()) return result;
    const State before = watch_.state();
    arm(fault, nth);
    ask_under_fault(result);
    result.hits = disarm();
    result.wrong = judge(result.told, before);
    if (change_.from_disk) committer_ = nullptr;
    return result;
  }

 private:
  void ask_under_fault(Attempt& result) {
    try {
      if (change_.from_disk) committer_ = committer(scratch_);
      auto promise = std::make_shared<std::promise<Reply>>();
      auto answer = promise->get_future();
      committer_->submit(change_.request(), tester(),
                         [promise = std::move(promise)](const Reply& reply) { promise->set_value(reply); });
      result.told = told_of(std::move(answer));
      if (change_.from_disk) committer_ = nullptr;
    } catch (const std::exception&) {
      // Nothing was answered, or what was is known already.
    }
  }

  // What is left is what was answered, and what comes next works.
  std::string judge(Told told, const State& before) {
    if (std::string wrong = watch_.look(); !wrong.empty()) return wrong;
    const Request request = change_.request();
    State after = before;
    const Outcome outcome = decide(before, request);
    if (!outcome || outcome->verdict.decision != Decision::allow) return "the test's own request is not allowed";
    after.apply(outcome->delta);
    const bool happened = difference(watch_.state(), after).empty();
    if (!happened && !difference(watch_.state(), before).empty()) return "neither the old state nor the new one";
    if (happened && told == Told::refused) return "it was refused, and happened";
    if (!happened && told == Told::done) return "it was answered, and is lost";
    return go_on(happened, request);
  }

  std::string go_on(bool happened, const Request& request) {
    if (committer_ == nullptr) committer_ = committer(scratch_);
    if (!happened && !is_allowed(request)) return "the next request is refused";
    for (const Request& back : change_.way_back) {
      if (!is_allowed(back)) return "the way back is refused";
    }
    const State state = ledger::state_of(*committer_);
    if (std::string wrong = watch_.look(); !wrong.empty()) return wrong;
    if (const std::string what = difference(state, watch_.state()); !what.empty()) {
      return what + ": the state in memory is not the ledger's";
    }
    return miscount(state);
  }

  bool is_allowed(const Request& request) {
    const Reply reply = ledger::ask(*committer_, request);
    return reply && reply->decision == Decision::allow;
  }

  const Scratch& scratch_;
  const Change change_;
  LogWatch watch_;
  std::unique_ptr<Committer> committer_;
};

}  // namespace

std::unique_ptr<Committer> committer(const Scratch& scratch) {
  auto key = audit::open_key(scratch.dir());
  if (!key) throw std::runtime_error(key.error());
  auto ledger = ledger::Ledger::open(scratch.dir());
  if (!ledger) throw std::runtime_error(ledger.error());
  auto state = ledger->load();
  if (!state) throw std::runtime_error(state.error());
  ledger::Notary notary(std::move(key->key), {.records = 1, .head = scratch.dir() / audit::kHeadFile});
  return std::make_unique<Committer>(*std::move(ledger), *std::move(state),
                                     ledger::CommitterOptions{.self = {.via = "daemon"}}, std::move(notary));
}

void copy_of(const Scratch& from, const Scratch& to) {
  std::filesystem::remove_all(to.dir());
  std::filesystem::copy(from.dir(), to.dir());
}

std::vector<Change> changes() {
  const auto ask = [](const Request& request) { return [request] { return request; }; };
  const std::string next = text_of("mytest_update-security_policy.xml");
  const SetPolicy update = example("mytest_update-security_policy.xml");
  const StartDomain fresh = with_devices(2, "fresh");
  const AttachLink disk{link("vbd", 1, 51728), {}, {file("/vm/su2.img", "11")}};
  const LabelResource resource{file("/vm/b.img", "10"), "B-Bank", {}};
  return {
      {"Admission", ask(fresh), {stop(2)}},
      {"Link", ask(disk), {DetachLink{disk.key}}},
      {"Release",
       ask(stop(1)),
       {start(1, "su"), AttachLink{link("vif", 1, 0), {"xenbr0", ""}, {}},
        AttachLink{link("vbd", 1, 51712), {}, {file("/vm/su.img", "7")}}}},
      {"Relabel", ask(resource), {UnlabelResource{resource.resource}}},
      {"Policy", [next] { return compiled(next); }, {ledger::way_back(update, mytest())}},
      {"FromDisk", ask(resource), {UnlabelResource{resource.resource}}, true},
  };
}

void make_busy(const Scratch& scratch) {
  const auto running = committer(scratch);
  for (const Request& request : std::initializer_list<Request>{
           mytest(), SetMode{Mode::enforcing, {}}, label("su", "A-Bank.SecurityUnderwriting"), label("fresh", "A-Bank"),
           LabelResource{file("/vm/su.img", "7"), "A-Bank.SecurityUnderwriting", {}},
           LabelResource{file("/vm/su2.img", "11"), "A-Bank.SecurityUnderwriting", {}},
           LabelResource{file("/vm/new.img", "9"), "A-Bank", {}}, start(1, "su"),
           AttachLink{link("vif", 1, 0), {"xenbr0", ""}, {}},
           AttachLink{link("vbd", 1, 51712), {}, {file("/vm/su.img", "7")}}}) {
    const Reply reply = ledger::ask(*running, request);
    if (!reply) throw std::runtime_error(reply.error().message);
    if (reply->decision != Decision::allow) throw std::runtime_error(reply->reasons.front().message);
  }
}

Operation operation(const Scratch& host, const Scratch& copy, const Change& change) {
  return {[&] {
            copy_of(host, copy);
            return std::make_unique<LedgerTrial>(copy, change);
          },
          [&]() -> std::string {
            LogWatch watch(copy.file());
            if (std::string wrong = watch.look(); !wrong.empty()) return wrong;
            if (std::string wrong = watch.verify(); !wrong.empty()) return wrong;
            const auto running = committer(copy);
            return difference(ledger::state_of(*running), watch.state());
          }};
}

}  // namespace xenacm::faults

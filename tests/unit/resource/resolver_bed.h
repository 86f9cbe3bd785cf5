// SPDX-License-Identifier: Apache-2.0
// What the tests of the resolver have in common: the monitor's side, and eyes that wait.
#pragma once

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <functional>
#include <future>
#include <memory>
#include <mutex>
#include <stdexcept>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "enforcer/resource/resolver.h"
#include "tests/unit/resource/scratch.h"

namespace xenacm::resource {

namespace fs = std::filesystem;
using namespace monitor;

inline constexpr std::chrono::seconds kDeadline{20};

inline Reply allowed(bool changed = true) { return Verdict{.changed = changed}; }
inline Reply denied() { return Verdict{.decision = Decision::deny, .changed = true}; }
inline Reply would_deny() { return Verdict{.decision = Decision::would_deny, .changed = true}; }
inline Reply fault() { return std::unexpected(Fault{FaultCode::conflict, "already labelled"}); }

inline Resource called(const std::string& name) { return {.name = named(name)}; }
inline Resource at(const fs::path& path) { return {.name = file_name(path)}; }

template <class T>
T get(std::future<T> future) {
  if (future.wait_for(kDeadline) != std::future_status::ready) throw std::runtime_error("nothing came");
  return future.get();
}

// The monitor's side: notes what it is asked, and answers at once or when it is told to.
class Next {
 public:
  struct Asked {
    Request request;
    std::thread::id thread;
    Answer answer;
  };

  explicit Next(Reply reply = allowed()) : reply_(std::move(reply)) {}

  [[nodiscard]] Submit submit() {
    return [this](Request request, Caller, Answer answer) {
      if (on_request) on_request(request);
      {
        const std::scoped_lock lock(mutex_);
        asked_.push_back({std::move(request), std::this_thread::get_id(), waits ? std::move(answer) : nullptr});
      }
      came_.notify_all();
      if (!waits) answer(reply_);
    };
  }

  // The request of this number, once it has come.
  [[nodiscard]] Asked asked(std::size_t number) {
    std::unique_lock lock(mutex_);
    if (!came_.wait_for(lock, kDeadline, [&] { return asked_.size() > number; })) {
      throw std::runtime_error("the monitor was not asked");
    }
    return asked_[number];
  }
  [[nodiscard]] std::size_t count() {
    const std::scoped_lock lock(mutex_);
    return asked_.size();
  }

  bool waits = false;
  std::function<void(const Request&)> on_request;

 private:
  Reply reply_;
  std::mutex mutex_;
  std::condition_variable came_;
  std::vector<Asked> asked_;
};

struct Answered {
  Reply reply;
  std::thread::id thread;
};

inline std::future<Answered> ask(const Submit& submit, Request request) {
  auto promise = std::make_shared<std::promise<Answered>>();
  submit(std::move(request), {},
         [promise](const Reply& reply) { promise->set_value({reply, std::this_thread::get_id()}); });
  return promise->get_future();
}

// Looks that wait until they are let go.
class HeldEyes {
 public:
  [[nodiscard]] Resolver::Identify identify() {
    return [this](const ResourceName& name) {
      const std::size_t look = looks_++;
      if (look == 0) {
        looking_.set_value();
        released_.get_future().wait();
      }
      return Resource{.name = name};
    };
  }
  void wait_until_looking() { get(looking_.get_future()); }
  void release() { released_.set_value(); }
  [[nodiscard]] std::size_t looks() const { return looks_; }

 private:
  std::promise<void> looking_;
  std::promise<void> released_;
  std::atomic<std::size_t> looks_ = 0;
};

class ResolverTest : public ::testing::Test {
 protected:
  [[nodiscard]] LabelResource label(const fs::path& file) const { return {at(file), "A-Bank", {}}; }

  // Asks through a resolver, and returns what the monitor was asked.
  [[nodiscard]] Request through(Request request) const {
    Next next;
    Resolver resolver(roots);
    get(ask(resolver.over(next.submit()), std::move(request)));
    return next.asked(0).request;
  }

  [[nodiscard]] Reply reply_to(Next& next, Request request) const {
    Resolver resolver(roots);
    return get(ask(resolver.over(next.submit()), std::move(request))).reply;
  }

  Scratch scratch;
  Roots roots = scratch.roots();
};

}  // namespace xenacm::resource

// SPDX-License-Identifier: Apache-2.0
#include "enforcer/resource/resolver.h"

#include <spdlog/spdlog.h>

#include <atomic>
#include <exception>
#include <future>
#include <memory>
#include <utility>

#include "enforcer/resource/identify.h"
#include "enforcer/resource/mark.h"
#include "enforcer/resource/request_resources.h"

namespace xenacm::resource {

using monitor::Answer;
using monitor::Caller;
using monitor::LabelResource;
using monitor::RepairResource;
using monitor::Reply;
using monitor::Request;
using monitor::Resource;
using monitor::ResourceName;

namespace {

Resource in_trouble(const ResourceName& name, std::string trouble) {
  return {.name = name, .identity = std::nullopt, .trouble = std::move(trouble)};
}

Resource not_looked_at(const ResourceName& name) {
  return in_trouble(name, "nobody looks at " + name.get() + " any more: acm-enforcerd is stopping");
}

void fill_in(Request& request, const Resolver::Identify& identify) {
  for (Resource* named : to_look_at(request)) *named = identify(named->name);
}

// What is to carry a label from now on, and so gets a mark; null where the request labels nothing.
Resource* to_be_marked(Request& request) {
  if (auto* label = std::get_if<LabelResource>(&request)) return &label->resource;
  auto* repair = std::get_if<RepairResource>(&request);
  return repair != nullptr && repair->mend == monitor::Mend::adopt ? &repair->resource : nullptr;
}

// What is to lose its mark; null where nothing is.
Resource* to_be_unmarked(Request& request) {
  auto* repair = std::get_if<RepairResource>(&request);
  return repair != nullptr && repair->mend == monitor::Mend::forget_mark ? &repair->resource : nullptr;
}

// A `next` that is gone lets go of the answer without giving one.
Reply wait_for(const monitor::Submit& next, Request request, Caller caller) {
  auto promise = std::make_shared<std::promise<Reply>>();
  auto reply = promise->get_future();
  next(std::move(request), std::move(caller),
       [promise = std::move(promise)](const Reply& got) { promise->set_value(got); });
  try {
    return reply.get();
  } catch (const std::future_error&) {
    return std::unexpected(monitor::Fault{monitor::FaultCode::conflict, "the monitor ended before it answered"});
  }
}

// Takes the first reply alone: where something went wrong, it cannot be told whether there was one.
Answer once(Answer answer) {
  return [answer = std::move(answer), answered = std::make_shared<std::atomic_flag>()](const Reply& reply) {
    if (!answered->test_and_set()) answer(reply);
  };
}

bool came_of_it(const Reply& reply) { return reply && reply->allowed() && reply->changed; }

}  // namespace

Resolver::Resolver(const Roots& roots)
    : Resolver(roots, [roots](const ResourceName& name) { return identify(name, roots); }) {}

Resolver::Resolver(Roots roots, Identify identify)
    : roots_(std::move(roots)), identify_(std::move(identify)), thread_([this] { work(); }) {}

Resolver::~Resolver() {
  if (thread_.joinable()) stop();
}

void Resolver::stop() {
  {
    const std::scoped_lock lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_one();
  thread_.join();
}

monitor::Submit Resolver::over(monitor::Submit next) {
  return [this, next = std::move(next)](Request request, Caller caller, Answer answer) {
    if (to_look_at(request).empty()) return next(std::move(request), std::move(caller), std::move(answer));
    {
      const std::scoped_lock lock(mutex_);
      if (!stopping_) {
        asked_.push_back({std::move(request), std::move(caller), std::move(answer), next});
        return wake_.notify_one();
      }
    }
    fill_in(request, not_looked_at);
    next(std::move(request), std::move(caller), std::move(answer));
  };
}

void Resolver::check(std::vector<Record> records, Found found) {
  {
    const std::scoped_lock lock(mutex_);
    if (!stopping_) {
      checks_.push_back({std::move(records), {}, std::move(found)});
      return wake_.notify_one();
    }
  }
  std::vector<Resource> seen;
  for (const Record& record : records) seen.push_back(not_looked_at(record.name));
  found(findings(records, seen));
}

void Resolver::work() {
  std::unique_lock lock(mutex_);
  while (true) {
    wake_.wait(lock, [this] { return stopping_ || !asked_.empty() || !checks_.empty(); });
    if (!asked_.empty()) {
      Asked asked = std::move(asked_.front());
      asked_.pop_front();
      lock.unlock();
      asked.answer = once(std::move(asked.answer));
      const Answer answer = asked.answer;
      try {
        serve(std::move(asked));
      } catch (const std::exception& error) {
        answer(std::unexpected(monitor::Fault{monitor::FaultCode::conflict, error.what()}));
      }
    } else if (!checks_.empty()) {
      Checking checking = std::move(checks_.front());
      checks_.pop_front();
      lock.unlock();
      try {
        look_further(std::move(checking));
      } catch (const std::exception& error) {
        spdlog::error("the labels of resources could not be checked: {}", error.what());
      }
    } else {
      return;
    }
    lock.lock();
  }
}

Resource Resolver::look(const ResourceName& name) const {
  try {
    return identify_(name);
  } catch (const std::exception& error) {
    return in_trouble(name, "cannot look at " + name.get() + ": " + error.what());
  }
}

void Resolver::serve(Asked asked) {
  fill_in(asked.request, [this](const ResourceName& name) { return look(name); });
  if (Resource* labelled = to_be_marked(asked.request)) return serve_labelling(asked, *labelled);
  if (const Resource* copy = to_be_unmarked(asked.request)) return serve_forgetting(asked, *copy);
  asked.next(std::move(asked.request), std::move(asked.caller), std::move(asked.answer));
}

// The mark that was made; empty: none was.
std::string Resolver::mark(Resource& labelled) const {
  if (!labelled.identity || !labelled.identity->mark.empty()) return {};
  auto marked = ensure_mark(labelled.name, roots_);
  if (!marked) {
    labelled = in_trouble(labelled.name, std::move(marked.error()));
    return {};
  }
  if (marked->marking != Marking::made) return {};
  Resource seen = look(labelled.name);  // on overlayfs the mark has made another inode of it
  labelled.identity = std::move(seen.identity);
  labelled.trouble = std::move(seen.trouble);
  return std::move(marked->mark);
}

void Resolver::serve_labelling(Asked& asked, Resource& labelled) {
  const std::string made = mark(labelled);
  if (made.empty()) return asked.next(std::move(asked.request), std::move(asked.caller), std::move(asked.answer));
  const ResourceName name = labelled.name;
  const Reply reply = wait_for(asked.next, std::move(asked.request), std::move(asked.caller));
  if (!came_of_it(reply)) {
    // What remains is a mark that no record knows of, and that says nothing.
    if (auto removed = remove_mark(name, made, roots_); !removed) spdlog::warn("{}", removed.error());
  }
  asked.answer(reply);
}

void Resolver::serve_forgetting(Asked& asked, const Resource& copy) {
  const ResourceName name = copy.name;
  const std::string mark = copy.identity ? copy.identity->mark : std::string();
  Reply reply = wait_for(asked.next, std::move(asked.request), std::move(asked.caller));
  if (reply && reply->allowed() && !mark.empty()) {
    if (auto removed = remove_mark(name, mark, roots_); !removed) {
      reply = std::unexpected(
          monitor::Fault{monitor::FaultCode::conflict, removed.error() + "; '" + name.get() + "' keeps its mark"});
    }
  }
  asked.answer(reply);
}

void Resolver::look_further(Checking checking) {
  if (checking.seen.size() < checking.records.size()) {
    checking.seen.push_back(look(checking.records[checking.seen.size()].name));
    const std::scoped_lock lock(mutex_);
    return checks_.push_front(std::move(checking));
  }
  checking.found(findings(checking.records, checking.seen));
}

}  // namespace xenacm::resource

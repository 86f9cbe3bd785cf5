// SPDX-License-Identifier: Apache-2.0
// How long starts of domains wait while the policy changes (docs/policy-change.md): update_wait [LABELS] [DOMAINS]
#include <stdlib.h>

#include <algorithm>
#include <atomic>
#include <charconv>
#include <chrono>
#include <cstdio>
#include <filesystem>
#include <future>
#include <span>
#include <string_view>
#include <thread>

#include "enforcer/ledger/committer.h"
#include "tests/bench/synthetic_policy.h"

namespace {

using namespace xenacm;
using namespace xenacm::monitor;
using Clock = std::chrono::steady_clock;
using Milliseconds = std::chrono::duration<double, std::milli>;

constexpr std::size_t kConflictSets = 500;

DomainName name_of(std::size_t number) { return DomainName("domain" + std::to_string(number)); }

Uuid uuid_of(std::size_t number) {
  char text[37];
  std::snprintf(text, sizeof text, "00000000-0000-4000-8000-%012zx", number);
  return *parse_uuid(text);
}

StartDomain start(std::size_t number) {
  return {.domid = DomId(static_cast<std::uint16_t>(number)), .uuid = uuid_of(number), .name = name_of(number)};
}

Reply ask(ledger::Committer& committer, Request request) {
  std::promise<Reply> answer;
  committer.submit(std::move(request), {.via = "api"}, [&](const Reply& reply) { answer.set_value(reply); });
  return answer.get_future().get();
}

SetPolicy compiled(std::string document) {
  auto policy = policy::compile_document(document);
  if (!policy) std::abort();
  return {std::make_shared<const policy::Compiled>(*std::move(policy)),
          std::make_shared<const std::string>(std::move(document))};
}

// Every other label, so that no two are of one conflict set.
std::string label_of(std::size_t number) { return "l" + std::to_string(2 * number); }

void fill(ledger::Committer& committer, std::size_t domains) {
  std::vector<std::future<void>> done;
  const auto submit = [&](Request request) {
    auto answered = std::make_shared<std::promise<void>>();
    done.push_back(answered->get_future());
    committer.submit(std::move(request), {.via = "api"}, [answered](const Reply& reply) {
      if (!reply || !reply->allowed()) std::abort();
      answered->set_value();
    });
  };
  for (std::size_t number = 1; number <= domains + 1; ++number) {
    submit(LabelDomain{name_of(number), {}, label_of(number), {}});
    if (number <= domains) submit(start(number));
  }
  for (std::future<void>& answer : done) answer.get();
}

// Starts and stops one more domain until told to stop; the longest that a start took.
Milliseconds longest_start(ledger::Committer& committer, std::size_t number, const std::atomic<bool>& over) {
  Milliseconds longest{0};
  while (!over) {
    const auto begun = Clock::now();
    if (const Reply reply = ask(committer, start(number)); !reply || !reply->allowed()) std::abort();
    longest = std::max(longest, Milliseconds(Clock::now() - begun));
    ask(committer, StopDomain{.domid = start(number).domid, .uuid = uuid_of(number)});
  }
  return longest;
}

// Measures the longest start while `work` is done, and how long that takes.
template <class Work>
void measure(const char* what, ledger::Committer& committer, std::size_t number, Work work) {
  std::atomic<bool> over = false;
  auto starts = std::async(std::launch::async, [&] { return longest_start(committer, number, over); });
  const auto begun = Clock::now();
  work();
  const Milliseconds took = Clock::now() - begun;
  over = true;
  std::printf("%-24s %9.1f ms   longest start meanwhile %9.1f ms\n", what, took.count(), starts.get().count());
}

std::size_t number_in(std::span<char*> words, std::size_t index, std::size_t otherwise) {
  if (index >= words.size()) return otherwise;
  const std::string_view word = words[index];
  std::from_chars(word.data(), word.data() + word.size(), otherwise);
  return otherwise;
}

}  // namespace

int main(int argc, char** argv) {
  const std::span<char*> words(argv, static_cast<std::size_t>(argc));
  const std::size_t labels = number_in(words, 1, 10'000);
  const std::size_t domains = number_in(words, 2, 1'000);
  std::string folder = "/var/tmp/xenacm-wait.XXXXXX";
  if (::mkdtemp(folder.data()) == nullptr) return 1;
  {
    ledger::Ledger ledger = *ledger::Ledger::open(folder);
    State state = *ledger.load();
    ledger::Committer committer(std::move(ledger), std::move(state));
    ask(committer, compiled(bench::synthetic_policy({labels, labels, kConflictSets})));
    ask(committer, SetMode{Mode::enforcing, {}});
    fill(committer, domains);
    std::printf("%zu labels, %zu domains run\n", labels, domains);

    SetPolicy next;
    const std::size_t visitor = domains + 1;
    measure("nothing, for a second", committer, visitor, [] { std::this_thread::sleep_for(std::chrono::seconds(1)); });
    measure("compiling the policy", committer, visitor,
            [&] { next = compiled(bench::synthetic_update({labels, labels, kConflictSets})); });
    measure("setting the policy", committer, visitor, [&] {
      if (const Reply reply = ask(committer, next); !reply || !reply->allowed()) std::abort();
    });
  }
  std::filesystem::remove_all(folder);
}

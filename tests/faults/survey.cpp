// SPDX-License-Identifier: Apache-2.0
#include "tests/faults/survey.h"

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <exception>
#include <iostream>
#include <stdexcept>
#include <string_view>

namespace xenacm::faults {

namespace {

// What the process says of each point, before and after it.
struct Message {
  std::uint64_t nth = 0;
  bool over = false;
  Told told = Told::nothing;
  Hits hits;
  std::array<char, 400> wrong{};
};

void say(int pipe, const Message& message) {
  if (::write(pipe, &message, sizeof message) != sizeof message) std::abort();
}

Attempt attempt_at(Trial& trial, const Fault& fault, std::uint64_t nth) {
  try {
    return trial.attempt(fault, nth);
  } catch (const std::exception& failure) {
    return {.told = Told::nothing, .hits = disarm(), .wrong = std::string("the test itself: ") + failure.what()};
  }
}

[[noreturn]] void run(const Operation& operation, const Fault& fault, std::uint64_t first, double step, int pipe) {
  // An exception that nobody catches ends the daemon, and so this process.
  std::set_terminate([] { ::_exit(kEnded); });
  const auto trial = operation.begin();
  for (double at = static_cast<double>(first);; at += step) {
    Message message{.nth = static_cast<std::uint64_t>(at)};
    say(pipe, message);
    ::alarm(static_cast<unsigned>(kPatience.count()));
    const Attempt attempt = attempt_at(*trial, fault, message.nth);
    message.over = true;
    message.told = attempt.told;
    message.hits = attempt.hits;
    attempt.wrong.copy(message.wrong.data(), message.wrong.size() - 1);
    say(pipe, message);
    if (attempt.hits.failed == 0 || !attempt.wrong.empty()) ::_exit(0);
  }
}

// What is wrong with how the process ended; empty: nothing is.
std::string wrong_end(int status) {
  if (WIFEXITED(status) && (WEXITSTATUS(status) == 0 || WEXITSTATUS(status) == kEnded)) return {};
  if (WIFSIGNALED(status) && WTERMSIG(status) == SIGALRM) return "it was never answered";
  return "the process crashed, " + (WIFSIGNALED(status) ? "signal " + std::to_string(WTERMSIG(status))
                                                        : "status " + std::to_string(WEXITSTATUS(status)));
}

void count(Survey& survey, Told told) {
  ++survey.points;
  if (told == Told::done) ++survey.done;
  if (told == Told::refused) ++survey.refused;
  if (told == Told::nothing) ++survey.unanswered;
}

// One process, from point `first` on.
struct Followed {
  Message last;
  std::string wrong;  // with it, or with how the process ended; empty: nothing is
};
Followed follow(const Operation& operation, const Fault& fault, std::uint64_t first, double step, Survey& survey) {
  int pipe[2];
  if (::pipe(pipe) != 0) throw std::runtime_error("no pipe");
  std::fflush(nullptr);  // or the child would print it, too
  const pid_t child = ::fork();
  if (child == 0) {
    ::close(pipe[0]);
    try {
      run(operation, fault, first, step, pipe[1]);
    } catch (const std::exception& failure) {
      std::cerr << "no trial begins: " << failure.what() << '\n';
      std::abort();
    }
  }
  ::close(pipe[1]);
  Message message{.nth = first};
  while (::read(pipe[0], &message, sizeof message) == sizeof message) {
    if (message.over && message.hits.failed > 0) count(survey, message.told);
  }
  ::close(pipe[0]);
  int status = 0;
  ::waitpid(child, &status, 0);
  const std::string said = message.wrong.data();
  return {message, said.empty() ? wrong_end(status) : said};
}

std::uint64_t count_calls(const Operation& operation, const Fault& fault, Survey& survey) {
  Survey none;
  const auto [last, wrong] = follow(operation, fault, 0, 1, none);
  if (!last.over || last.told != Told::done || !wrong.empty()) survey.wrong = "without a fault: " + wrong;
  return last.hits.seen;
}

bool wants_all() {
  const char* wish = std::getenv("XENACM_FAULTS");
  return wish != nullptr && std::string_view(wish) == "all";
}

}  // namespace

std::ostream& operator<<(std::ostream& out, const Survey& survey) {
  return out << survey.points << " faults of " << survey.of << ": " << survey.done << " done, " << survey.refused
             << " refused, " << survey.unanswered << " unanswered, of which " << survey.ended << " ended the process";
}

Survey survey(const Operation& operation, const Fault& fault, std::uint64_t most) {
  Survey survey{.of = (fault.sites & kMemory) != 0 ? "memory" : "calls"};
  const std::uint64_t calls = count_calls(operation, fault, survey);
  if (!survey.wrong.empty()) return survey;
  const double step = wants_all() ? 1 : std::max(1.0, static_cast<double>(calls) / static_cast<double>(most));
  for (std::uint64_t first = 1;;) {
    auto [last, wrong] = follow(operation, fault, first, step, survey);
    if (last.over && wrong.empty() && last.hits.failed == 0) return survey;
    if (!last.over && wrong.empty()) {
      count(survey, Told::nothing);
      ++survey.ended;
      wrong = operation.after_an_end();
    }
    if (last.over && wrong.empty()) wrong = "the process ended once its attempt was over";
    if (!wrong.empty()) {
      survey.wrong = "at call " + std::to_string(last.nth) + " of " + std::to_string(calls) + ": " + wrong;
      return survey;
    }
    first = last.nth + std::max<std::uint64_t>(1, static_cast<std::uint64_t>(step));
  }
}

}  // namespace xenacm::faults

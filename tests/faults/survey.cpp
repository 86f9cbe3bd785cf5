// SPDX-License-Identifier: Apache-2.0
#include "tests/faults/survey.h"

#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <cstring>
#include <ostream>
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
  if (::write(pipe, &message, sizeof message) != sizeof message) ::_exit(1);
}

[[noreturn]] void run(const Operation& operation, const Fault& fault, std::uint64_t first, double step, int pipe) {
  const auto trial = operation.begin();
  for (double at = static_cast<double>(first);; at += step) {
    Message message{.nth = static_cast<std::uint64_t>(at)};
    say(pipe, message);
    const Attempt attempt = trial->attempt(fault, message.nth);
    message.over = true;
    message.told = attempt.told;
    message.hits = attempt.hits;
    attempt.wrong.copy(message.wrong.data(), message.wrong.size() - 1);
    say(pipe, message);
    if (attempt.hits.failed == 0 || !attempt.wrong.empty()) ::_exit(0);
  }
}

void count(Survey& survey, Told told) {
  ++survey.points;
  if (told == Told::done) ++survey.done;
  if (told == Told::refused) ++survey.refused;
  if (told == Told::nothing) ++survey.unanswered;
}

// One process, from point `first` on; the last message that it left.
Message follow(const Operation& operation, const Fault& fault, std::uint64_t first, double step, Survey& survey) {
  int pipe[2];
  if (::pipe(pipe) != 0) throw std::runtime_error("no pipe");
  const pid_t child = ::fork();
  if (child == 0) {
    ::close(pipe[0]);
    run(operation, fault, first, step, pipe[1]);
  }
  ::close(pipe[1]);
  Message message{.nth = first};
  while (::read(pipe[0], &message, sizeof message) == sizeof message) {
    if (message.over && message.hits.failed > 0) count(survey, message.told);
  }
  ::close(pipe[0]);
  int status = 0;
  ::waitpid(child, &status, 0);
  return message;
}

std::uint64_t count_calls(const Operation& operation, const Fault& fault, Survey& survey) {
  Survey none;
  const Message message = follow(operation, fault, 0, 1, none);
  if (!message.over || message.told != Told::done || message.wrong[0] != '\0') {
    survey.wrong = std::string("without a fault: ") + message.wrong.data();
  }
  return message.hits.seen;
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
    const Message last = follow(operation, fault, first, step, survey);
    if (last.over && last.wrong[0] == '\0' && last.hits.failed == 0) return survey;
    std::string wrong = last.wrong.data();
    if (!last.over) {
      count(survey, Told::nothing);
      ++survey.ended;
      wrong = operation.after_an_end();
    }
    if (!wrong.empty() || last.over) {
      survey.wrong = "at call " + std::to_string(last.nth) + " of " + std::to_string(calls) + ": " + wrong;
      return survey;
    }
    first = last.nth + std::max<std::uint64_t>(1, static_cast<std::uint64_t>(step));
  }
}

}  // namespace xenacm::faults

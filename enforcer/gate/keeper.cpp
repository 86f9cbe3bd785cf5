// SPDX-License-Identifier: Apache-2.0
#include "enforcer/gate/keeper.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <charconv>
#include <chrono>
#include <list>
#include <utility>

#include "enforcer/gate/listening.h"
#include "enforcer/gate/wire.h"

namespace xenacm::gate {
namespace {

using Clock = std::chrono::steady_clock;
using namespace std::chrono_literals;

constexpr auto kLook = 100ms;
// After the name has gone elsewhere: a client that has looked it up before still finds somebody.
constexpr auto kGrace = 300ms;
constexpr std::size_t kMostClients = 1000;

// Never blocks: a log that is not read must not keep requests from being answered.
void say(const std::string& text) {
  const std::string line = "acm-enforcerd's keeper: " + text + "\n";
  pollfd log{STDERR_FILENO, POLLOUT, 0};
  if (::poll(&log, 1, 0) == 1 && (log.revents & POLLOUT) != 0) {
    (void)!::write(STDERR_FILENO, line.data(), line.size());
  }
}

// A client, to whom everything is refused. It is not read while it does not read.
class Refused {
 public:
  explicit Refused(int fd) : fd_(fd) {}

  [[nodiscard]] pollfd wanted() const {
    return {fd_.get(), static_cast<short>(replies_.empty() ? POLLIN : POLLOUT), 0};
  }
  // False: it is over.
  bool serve() { return (!replies_.empty() || read()) && write(); }

 private:
  bool read() {
    const auto space = requests_.space();
    const ssize_t size = ::recv(fd_.get(), space.data(), space.size(), MSG_DONTWAIT);
    if (size <= 0) return size < 0 && (errno == EAGAIN || errno == EINTR);
    requests_.filled(static_cast<std::size_t>(size));
    while (true) {
      const auto frame = requests_.next();
      if (!frame) return false;
      if (!*frame) return true;
      replies_ += error_reply((*frame)->header, "EACCES");
    }
  }

  bool write() {
    if (replies_.empty()) return true;
    const ssize_t size = ::send(fd_.get(), replies_.data(), replies_.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
    if (size < 0) return errno == EAGAIN || errno == EINTR;
    replies_.erase(0, static_cast<std::size_t>(size));
    return true;
  }

  Descriptor fd_;
  FrameReader requests_;
  std::string replies_;  // at most one for each 16 bytes of a full reader
};

class Keeper {
 public:
  explicit Keeper(Keeping keeping) : keeping_(std::move(keeping)) {}

  void run() {
    if (daemon_said_goodbye()) return;
    if (!holds_name() && !(keeping_.on_death == OnDeath::deny && xenstored_started_anew())) return;
    if (keeping_.on_death == OnDeath::release) {
      say("acm-enforcerd has died; xenstored gets " + keeping_.name.string() + " back, and nothing is enforced");
    } else {
      say("acm-enforcerd has died: every request to xenstored at " + keeping_.name.string() +
          " is refused (Permission denied). Start acm-enforcerd again; or, to go on with nothing enforced, run "
          "acm-enforcerd --release-socket");
    }
    while (!is_over()) {
      if (keeping_.on_death == OnDeath::release) {
        (void)release(keeping_.name);
      } else if (!holds_name() && xenstored_started_anew() && take_name_again()) {
        say("xenstored was started anew; every request to it is still refused");
      }
      serve_once();
    }
    say(keeping_.name.string() + " is in other hands; its keeper ends");
  }

 private:
  static bool daemon_said_goodbye() {
    char goodbye = 0;
    ssize_t size = 0;
    do {
      size = ::read(kKeeperDaemon, &goodbye, 1);
    } while (size < 0 && errno == EINTR);
    return size == 1;
  }

  [[nodiscard]] bool holds_name() const { return file_at(keeping_.name) == keeping_.file; }

  // Its old socket is still at the other name. Where xenstored was given its name back, there is none.
  [[nodiscard]] bool xenstored_started_anew() const { return file_at(upstream_name(keeping_.name)) != FileId{}; }

  // Not from a gate, which is not to be had while it lives, nor from another keeper.
  bool take_name_again() {
    // It is not even asked for where a gate or keeper answers: the next daemon may be asking at this moment.
    const auto seen = look_at(keeping_.name);
    if (!seen || seen->bound_as.filename() == std::filesystem::path(keeping_.name.string() + ".gate").filename())
      return false;
    auto takeover = Takeover::prepare(keeping_.name);
    if (!takeover || takeover->follows_a_death()) return false;
    if (::dup3(takeover->listener(), kKeeperListener, O_CLOEXEC) < 0 || !takeover->take()) return false;
    keeping_.file = takeover->file();
    takeover->leave();
    return true;
  }

  bool is_over() {
    const auto now = Clock::now();
    if (holds_name()) held_at_ = now;
    return now - held_at_ > kGrace;
  }

  void serve_once() {
    std::vector<pollfd> wanted;
    // Where nobody more can be let in, the next one waits for the next look.
    wanted.push_back({kKeeperListener, static_cast<short>(full_ ? 0 : POLLIN), 0});
    for (const Refused& client : clients_) wanted.push_back(client.wanted());
    full_ = false;
    if (::poll(wanted.data(), wanted.size(), static_cast<int>(kLook.count())) <= 0) return;
    auto client = clients_.begin();
    for (std::size_t i = 1; i < wanted.size(); ++i) {
      const auto next = std::next(client);
      if (wanted[i].revents != 0 && !client->serve()) clients_.erase(client);
      client = next;
    }
    if (wanted[0].revents != 0) let_in();
  }

  void let_in() {
    const int fd = ::accept4(kKeeperListener, nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC);
    if (fd >= 0) {
      clients_.emplace_back(fd);
    } else if (errno != EAGAIN && errno != EINTR && errno != ECONNABORTED) {
      full_ = true;
    }
    // Whoever came first has had an answer longest.
    if ((full_ && !clients_.empty()) || clients_.size() > kMostClients) clients_.pop_front();
  }

  Keeping keeping_;
  std::list<Refused> clients_;
  bool full_ = false;
  Clock::time_point held_at_ = Clock::now();
};

template <class Number>
bool parse(const std::string& text, Number& number) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  return error == std::errc{} && end == text.data() + text.size();
}

bool is_listener(int fd) {
  int listens = 0;
  socklen_t size = sizeof listens;
  return ::getsockopt(fd, SOL_SOCKET, SO_ACCEPTCONN, &listens, &size) == 0 && listens != 0;
}

}  // namespace

std::string_view to_text(OnDeath on_death) { return on_death == OnDeath::deny ? "deny" : "release"; }

std::optional<OnDeath> on_death_of(std::string_view text) {
  for (const OnDeath one : {OnDeath::deny, OnDeath::release}) {
    if (text == to_text(one)) return one;
  }
  return std::nullopt;
}

std::vector<std::string> to_words(const Keeping& keeping) {
  return {keeping.name.string(), std::to_string(keeping.file.device), std::to_string(keeping.file.inode),
          std::string(to_text(keeping.on_death))};
}

std::expected<Keeping, std::string> keeping_of(const std::vector<std::string>& words) {
  Keeping keeping;
  if (words.size() == 4 && parse(words[1], keeping.file.device) && parse(words[2], keeping.file.inode)) {
    if (const auto on_death = on_death_of(words[3])) {
      keeping.name = words[0];
      keeping.on_death = *on_death;
      return keeping;
    }
  }
  return std::unexpected(std::string(kKeeperOption) + " is for acm-enforcerd itself to use");
}

int keep(const Keeping& keeping) {
  if (!is_listener(kKeeperListener)) {
    say(std::string(kKeeperOption) + " is for acm-enforcerd itself to use: there is no socket to keep");
    return 2;
  }
  ::prctl(PR_SET_NAME, "acm-gate-keeper");  // not acm-enforcerd's: who signals that by name does not mean the keeper
  Keeper(keeping).run();
  return 0;
}

}  // namespace xenacm::gate

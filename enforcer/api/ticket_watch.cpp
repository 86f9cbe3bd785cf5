// SPDX-License-Identifier: Apache-2.0
#include "enforcer/api/ticket_watch.h"

#include <unistd.h>

#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/steady_timer.hpp>
#include <cerrno>
#include <charconv>
#include <cstring>
#include <fstream>
#include <iterator>
#include <utility>

extern "C" {  // which glibc 2.36 forgot
#include <sys/pidfd.h>
}

namespace xenacm::api {

namespace asio = boost::asio;

namespace {

constexpr std::size_t kMostTickets = 1024;
constexpr int kMostAncestors = 256;

// From /proc/PID/stat, "PID (COMMAND) STATE PARENT …", where COMMAND may hold anything; none: there is no such process.
std::optional<pid_t> parent_of(pid_t pid) {
  std::ifstream file("/proc/" + std::to_string(pid) + "/stat");
  const std::string stat{std::istreambuf_iterator<char>(file), {}};
  const std::size_t command_end = stat.rfind(") ");
  if (command_end == std::string::npos || command_end + 4 >= stat.size()) return std::nullopt;
  pid_t parent = 0;
  const auto [end, error] = std::from_chars(stat.data() + command_end + 4, stat.data() + stat.size(), parent);
  return error == std::errc{} ? std::optional(parent) : std::nullopt;
}

bool is_self_or_ancestor(pid_t ancestor, pid_t process) {
  for (int steps = 0; steps < kMostAncestors && process > 0; ++steps) {
    if (process == ancestor) return true;
    process = parent_of(process).value_or(0);
  }
  return false;
}

}  // namespace

// Opened before it is looked at, so that what was looked at is what is held.
std::expected<Holder, std::string> Holder::open(pid_t holder, pid_t caller) {
  const int descriptor = ::pidfd_open(holder, 0);
  if (descriptor < 0) {
    return std::unexpected("process " + std::to_string(holder) + " cannot be held on to: " + std::strerror(errno));
  }
  Holder opened(holder, descriptor);
  if (is_self_or_ancestor(holder, caller)) return opened;
  return std::unexpected("process " + std::to_string(holder) + " is neither the caller (process " +
                         std::to_string(caller) + ") nor one of its ancestors");
}

Holder::Holder(Holder&& other) noexcept : pid_(other.pid_), descriptor_(std::exchange(other.descriptor_, -1)) {}

Holder::~Holder() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

int Holder::release() { return std::exchange(descriptor_, -1); }

struct TicketWatch::Watched {
  std::optional<pid_t> holder;
  asio::steady_timer timer;
  asio::posix::stream_descriptor process;
};

TicketWatch::TicketWatch(asio::io_context& loop, std::chrono::seconds limit, Lapse lapse)
    : loop_(loop), limit_(limit), lapse_(std::move(lapse)) {}

TicketWatch::~TicketWatch() = default;

void TicketWatch::watch(const std::string& ticket, std::optional<Holder> holder) {
  auto watched = std::make_unique<Watched>(
      Watched{std::nullopt, asio::steady_timer(loop_, limit_), asio::posix::stream_descriptor(loop_)});
  // An operation that `forget` cancelled must not end a ticket any more: hence the look at the failure.
  const auto end = [this, ticket](const boost::system::error_code& failure) {
    if (!failure) lapse(ticket);
  };
  watched->timer.async_wait(end);
  if (holder) {
    watched->holder = holder->pid();
    watched->process.assign(holder->release());
    watched->process.async_wait(asio::posix::stream_descriptor::wait_read, end);
  }
  watched_.insert_or_assign(ticket, std::move(watched));
}

void TicketWatch::forget(const std::string& ticket) { watched_.erase(ticket); }

// Both may have happened: the second finds nothing.
void TicketWatch::lapse(const std::string& ticket) {
  if (watched_.erase(ticket) > 0) lapse_(ticket);
}

std::map<std::string, TicketWatch::Held> TicketWatch::held() const {
  std::map<std::string, Held> held;
  for (const auto& [ticket, watched] : watched_) {
    const auto left = watched->timer.expiry() - std::chrono::steady_clock::now();
    held.emplace(ticket, Held{watched->holder, std::chrono::ceil<std::chrono::seconds>(left)});
  }
  return held;
}

bool TicketWatch::full() const { return watched_.size() >= kMostTickets; }

}  // namespace xenacm::api

// SPDX-License-Identifier: Apache-2.0
#include "enforcer/gate/connection.h"

#include <spdlog/spdlog.h>
#include <sys/socket.h>

#include <algorithm>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/system/error_code.hpp>
#include <cerrno>
#include <chrono>
#include <exception>
#include <optional>
#include <span>
#include <utility>

#include "enforcer/gate/ask.h"
#include "enforcer/gate/intent_text.h"
#include "enforcer/xen/peer.h"

namespace xenacm::gate {

namespace asio = boost::asio;
using boost::system::error_code;

namespace {

constexpr auto kNoThrow = asio::as_tuple(asio::use_awaitable);

// Frames that follow each other in a reader's buffer are written together.
void extend(std::string_view& run, std::string_view frame) {
  run = run.empty() ? frame : std::string_view(run.data(), run.size() + frame.size());
}

}  // namespace

Connection::Connection(Socket client, std::shared_ptr<Surroundings> surroundings)
    : client_(std::move(client)),
      xenstored_(client_.get_executor()),
      surroundings_(std::move(surroundings)),
      caller_(xen::peer_of(client_.native_handle(), "gate")),
      changed_(client_.get_executor()) {
  surroundings_->open.insert(this);
  ++surroundings_->counters.accepted;
}

Connection::~Connection() {
  surroundings_->open.erase(this);
  ++surroundings_->counters.ended;
}

void Connection::start() { spawn(&Connection::carry_requests); }

void Connection::spawn(Flow (Connection::*direction)()) {
  auto flow = [self = shared_from_this(), direction] { return (self.get()->*direction)(); };
  asio::co_spawn(client_.get_executor(), std::move(flow),
                 [self = shared_from_this()](const std::exception_ptr& thrown) {
                   self->close();
                   if (!thrown) return;
                   try {
                     std::rethrow_exception(thrown);
                   } catch (const std::exception& error) {
                     spdlog::error("gate: connection of pid {}: {}", self->caller_.pid, error.what());
                   }
                 });
}

void Connection::close() {
  if (std::exchange(closed_, true)) return;
  if (session_.awaits_outcome()) {
    spdlog::warn(
        "gate: xenstored did not answer an allowed commit of pid {}; what came of it is left to reconciliation",
        caller_.pid);
  }
  error_code ignored;
  client_.close(ignored);
  xenstored_.close(ignored);
  changed_.notify();
}

Connection::Success Connection::connect_upstream() {
  using namespace std::chrono_literals;
  constexpr int kAttempts = 1000;
  const asio::local::stream_protocol::endpoint endpoint(surroundings_->upstream);
  asio::steady_timer pause(client_.get_executor());
  error_code error;
  const int fd = ::socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (fd < 0) {
    error.assign(errno, boost::system::system_category());
  } else {
    xenstored_.assign(endpoint.protocol(), fd, error);
    xenstored_.non_blocking(true, error);
  }
  for (int attempt = 0; !error && attempt < kAttempts && !closed_; ++attempt) {
    // Not Asio's connect: it takes EAGAIN for a connection under way, which on a Unix socket it is not. xenstored's
    // queue of new connections is short and full, and there is no polling for room in it.
    if (::connect(xenstored_.native_handle(), endpoint.data(), static_cast<socklen_t>(endpoint.size())) == 0) {
      co_return true;
    }
    if (errno != EAGAIN && errno != EINTR) error.assign(errno, boost::system::system_category());
    pause.expires_after(1ms);
    co_await pause.async_wait(kNoThrow);
  }
  if (!closed_) {
    spdlog::error("gate: can not connect to xenstored at {}: {}", surroundings_->upstream,
                  error ? error.message() : "it accepts no connections");
  }
  co_return false;
}

Connection::Flow Connection::carry_requests() {
  error_code error;
  client_.non_blocking(true, error);
  if (error || !co_await connect_upstream()) co_return;
  spawn(&Connection::carry_replies);
  for (;;) {
    const std::span<char> space = requests_.space();
    const auto [failure, bytes] = co_await client_.async_read_some(asio::buffer(space.data(), space.size()), kNoThrow);
    if (failure) break;
    requests_.filled(bytes);
    if (!co_await forward_complete_requests()) break;
  }
  // What was allowed on behalf of a client that is gone is still to be told from what came true.
  client_gone_ = true;
  co_await changed_.wait_until([this] { return closed_ || !session_.awaits_outcome(); });
}

Connection::Success Connection::forward_complete_requests() {
  std::string_view run;
  for (;;) {
    const auto next = requests_.next();
    if (!next) {
      spdlog::warn("gate: pid {} sent {}", caller_.pid, next.error());
      co_await send(xenstored_, run);
      co_return false;
    }
    if (!*next) break;
    const Frame& frame = **next;
    if (session_.pass(frame)) {
      ++surroundings_->counters.forwarded;
      extend(run, frame.bytes);
      continue;
    }
    if (!co_await send(xenstored_, std::exchange(run, {}))) co_return false;
    if (!co_await attend(frame)) co_return false;
  }
  co_return co_await send(xenstored_, run);
}

Connection::Flow Connection::carry_replies() {
  while (!client_gone_ || session_.awaits_outcome()) {
    const std::span<char> space = replies_.space();
    const auto [failure, bytes] =
        co_await xenstored_.async_read_some(asio::buffer(space.data(), space.size()), kNoThrow);
    if (failure) break;
    replies_.filled(bytes);
    const bool proceed = co_await return_complete_replies();
    changed_.notify();
    if (!proceed) break;
  }
}

Connection::Success Connection::return_complete_replies() {
  std::string_view run;
  for (;;) {
    const auto next = replies_.next();
    if (!next) {
      spdlog::error("gate: xenstored sent {}", next.error());
      co_return false;
    }
    if (!*next) break;
    const Frame& frame = **next;
    if (frame.header.type == Message::watch_event) {
      extend(run, frame.bytes);
      continue;
    }
    const auto answer = session_.answered(frame.header);
    if (!answer) {
      spdlog::error("gate: connection of pid {}: {}", caller_.pid, answer.error());
      co_return false;
    }
    if (answer->outcome) settle(*answer);
    if (answer->refusal) {
      co_await send_to_client(std::exchange(run, {}));
      co_await send_to_client(error_reply(frame.header, "EACCES"));
    } else {
      extend(run, frame.bytes);
    }
  }
  co_await send_to_client(run);
  co_return true;
}

// A frame that can not simply pass. The client is not read meanwhile; its replies and watch events go on.
Connection::Success Connection::attend(const Frame& frame) {
  co_await changed_.wait_until([this] { return closed_ || session_.idle(); });
  if (closed_) co_return false;
  Session::Examination examination = session_.examine(frame);
  if (!examination.error.empty()) {
    spdlog::warn("gate: pid {}: a request is answered with {}", caller_.pid, examination.error);
    co_return co_await send_to_client(error_reply(frame.header, examination.error));
  }
  if (co_await decide(examination.outcome.intents)) {
    co_return co_await forward_allowed(frame, std::move(examination.outcome));
  }
  co_return co_await refuse(frame);
}

// Asks for one intent after the other. After the first denial the others are not asked, and those before it are given
// back. Of those allowed only what reserved something stays in `intents`: a link or domain that was there before is not
// taken away because a commit that names it again fails.
Connection::Success Connection::decide(std::vector<Intent>& intents) {
  std::vector<Intent> reserved;
  for (const Intent& intent : intents) {
    ++surroundings_->counters.judged;
    const monitor::Reply reply = co_await ask(surroundings_->submit, to_request(intent), caller_);
    ++surroundings_->counters.answered;
    if (reply && reply->allowed()) {
      if (reply->changed) reserved.push_back(intent);
      continue;
    }
    spdlog::info("gate: refused to pid {}: {}: {}", caller_.pid, describe(intent), why_not(reply));
    std::ranges::for_each(reserved, [this](const Intent& allowed) { withdraw(allowed); });
    co_return false;
  }
  intents = std::move(reserved);
  co_return true;
}

Connection::Success Connection::forward_allowed(const Frame& frame, Outcome outcome) {
  // A frame that did not go out whole was never carried out.
  if (closed_ || !co_await send(xenstored_, frame.bytes)) {
    std::ranges::for_each(outcome.intents, [this](const Intent& allowed) { withdraw(allowed); });
    co_return false;
  }
  // INVARIANT: nothing has run since the last byte went out, so the answer can not have been read yet.
  session_.forwarded(frame, std::move(outcome));
  ++surroundings_->counters.forwarded;
  co_return true;
}

Connection::Success Connection::refuse(const Frame& frame) {
  using namespace std::string_view_literals;
  ++surroundings_->counters.refused;
  const Header& header = frame.header;
  if (header.type != Message::transaction_end) co_return co_await send_to_client(error_reply(header, "EACCES"));
  const std::string abort = encode(Message::transaction_end, header.request, header.transaction, "F\0"sv);
  if (!co_await send(xenstored_, abort)) co_return false;
  session_.aborted(header);
  co_return true;
}

Connection::Success Connection::send(Socket& socket, std::string_view bytes) {
  while (!bytes.empty()) {
    error_code error;
    const std::size_t written = socket.write_some(asio::buffer(bytes), error);
    if (error == asio::error::would_block) {
      const auto [failure] = co_await socket.async_wait(Socket::wait_write, kNoThrow);
      if (failure) co_return false;
      continue;
    }
    if (error) co_return false;
    bytes.remove_prefix(written);
  }
  co_return true;
}

Connection::Success Connection::send_to_client(std::string_view bytes) {
  if (bytes.empty()) co_return true;
  co_await changed_.wait_until([this] { return !writing_to_client_; });
  if (client_gone_ || closed_) co_return false;
  writing_to_client_ = true;
  const bool sent = co_await send(client_, bytes);
  writing_to_client_ = false;
  changed_.notify();
  if (!sent) client_gone_ = true;
  co_return sent;
}

void Connection::settle(const Session::Answer& answer) {
  if (answer.failed) {
    std::ranges::for_each(answer.outcome->intents, [this](const Intent& allowed) { withdraw(allowed); });
    return;
  }
  for (const Removal& removal : answer.outcome->removed) {
    std::visit([this](const auto& gone) { tell(gone); }, removal);
  }
}

void Connection::withdraw(const Intent& intent) {
  auto request = withdrawal_of(intent);
  if (!request) return;
  ++surroundings_->counters.withdrawn;
  tell(std::move(*request));
}

// For what is a fact already: nobody waits for the answer.
void Connection::tell(monitor::Request request) {
  surroundings_->submit(std::move(request), caller_, [](const monitor::Reply&) {});
}

}  // namespace xenacm::gate

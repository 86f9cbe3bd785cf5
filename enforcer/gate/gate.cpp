// SPDX-License-Identifier: Apache-2.0
#include "enforcer/gate/gate.h"

#include <spdlog/spdlog.h>
#include <sys/socket.h>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/socket_base.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <exception>
#include <utility>
#include <vector>

#include "enforcer/gate/socket_takeover.h"

namespace xenacm::gate {

namespace asio = boost::asio;
using boost::system::error_code;

// Accepts until closed. A class of its own because its coroutine may outlive the gate by a turn of the event loop.
class Gate::Listener : public std::enable_shared_from_this<Listener> {
 public:
  Listener(asio::io_context& io, Takeover takeover, std::shared_ptr<Surroundings> surroundings)
      : acceptor_(io), pause_(io), takeover_(std::move(takeover)), surroundings_(std::move(surroundings)) {}

  void start() {
    acceptor_.assign(asio::local::stream_protocol(), takeover_.take_listener());
    asio::co_spawn(acceptor_.get_executor(), [self = shared_from_this()] { return self->accept(); }, asio::detached);
  }

  void close() {
    takeover_.release();
    error_code ignored;
    acceptor_.close(ignored);
    pause_.cancel();
  }

 private:
  asio::awaitable<void> accept() {
    constexpr auto kNoThrow = asio::as_tuple(asio::use_awaitable);
    while (acceptor_.is_open()) {
      const auto [failure] = co_await acceptor_.async_wait(asio::socket_base::wait_read, kNoThrow);
      if (failure) continue;
      // Not Asio's accept: its descriptors would be inherited by what the daemon starts, and outlive the connection
      // there.
      const int fd = ::accept4(acceptor_.native_handle(), nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC);
      if (fd >= 0) {
        welcome(fd);
      } else if (errno != EAGAIN && errno != EINTR && errno != ECONNABORTED) {
        // Most likely out of file descriptors: whoever closes one lets the next client in.
        spdlog::error("gate: can not accept a connection: {}", std::strerror(errno));
        pause_.expires_after(std::chrono::milliseconds(100));
        co_await pause_.async_wait(kNoThrow);
      }
    }
  }

  void welcome(int fd) {
    try {
      Connection::Socket client(acceptor_.get_executor(), asio::local::stream_protocol(), fd);
      std::make_shared<Connection>(std::move(client), surroundings_)->start();
    } catch (const std::exception& error) {
      spdlog::error("gate: can not serve a connection: {}", error.what());
    }
  }

  asio::local::stream_protocol::acceptor acceptor_;
  asio::steady_timer pause_;
  Takeover takeover_;
  std::shared_ptr<Surroundings> surroundings_;
};

Gate::Gate(asio::io_context& io, GateOptions options, monitor::Submit submit)
    : io_(io), options_(std::move(options)), surroundings_(std::make_shared<Surroundings>()) {
  surroundings_->upstream = upstream_name(options_.socket);
  surroundings_->submit = std::move(submit);
}

Gate::~Gate() { stop(); }

std::expected<void, std::string> Gate::start() {
  if (listener_) return std::unexpected("the gate is started already");
  auto takeover = Takeover::begin(options_.socket);
  if (!takeover) return std::unexpected(takeover.error());
  try {
    listener_ = std::make_shared<Listener>(io_, std::move(*takeover), surroundings_);
    listener_->start();
  } catch (const std::exception& error) {
    stop();
    return std::unexpected(std::string("gate: ") + error.what());
  }
  spdlog::info("gate: took the place of xenstored at {}", options_.socket.string());
  return {};
}

void Gate::stop() {
  if (!listener_) return;
  listener_->close();
  listener_.reset();
  // close() may end a connection's last coroutine, and so the set's element.
  const std::vector<Connection*> open(surroundings_->open.begin(), surroundings_->open.end());
  for (Connection* connection : open) connection->close();
  spdlog::info("gate: xenstored has its socket {} back", options_.socket.string());
}

}  // namespace xenacm::gate

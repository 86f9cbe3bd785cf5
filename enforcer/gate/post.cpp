// SPDX-License-Identifier: Apache-2.0
#include "enforcer/gate/post.h"

#include <fcntl.h>
#include <spdlog/spdlog.h>
#include <sys/socket.h>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/socket_base.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <utility>

#include "enforcer/gate/lasting.h"

namespace xenacm::gate {

namespace asio = boost::asio;
using boost::system::error_code;

namespace {}  // namespace

std::expected<std::shared_ptr<Post>, std::string> Post::take(asio::io_context& io, const std::filesystem::path& name,
                                                             Takeover takeover, const KeeperOptions& keeper,
                                                             Welcome welcome) {
  std::shared_ptr<Post> post(new Post(io, name, std::move(takeover), keeper, std::move(welcome)));
  // Before the name is taken: at no instant does this process's death leave a name that nobody answers at.
  if (auto started = post->start_keeper(); !started) return std::unexpected(started.error());
  if (auto taken = post->takeover_.take(); !taken) {
    post->give_up();
    return std::unexpected(taken.error());
  }
  post->acceptor_.assign(asio::local::stream_protocol(), post->takeover_.take_listener().take());
  asio::co_spawn(io, [post] { return post->accept(); }, end_the_loop);
  if (post->keeper_) asio::co_spawn(io, [post] { return post->mind_keeper(); }, end_the_loop);
  return post;
}

Post::Post(asio::io_context& io, std::filesystem::path name, Takeover takeover, KeeperOptions keeper, Welcome welcome)
    : name_(std::move(name)),
      acceptor_(io),
      pause_(io),
      keeper_ended_(io),
      keeper_pause_(io),
      takeover_(std::move(takeover)),
      keeper_options_(std::move(keeper)),
      welcome_(std::move(welcome)) {}

void Post::give_back() {
  takeover_.release();
  give_up();
}

void Post::give_up() {
  takeover_.leave();
  if (keeper_) keeper_->dismiss();
  close();
}

void Post::desert() {
  if (!keeper_) return give_back();
  takeover_.leave();
  close();
}

void Post::close() {
  keeper_.reset();
  error_code ignored;
  acceptor_.close(ignored);
  keeper_ended_.close(ignored);
  pause_.cancel();
  keeper_pause_.cancel();
}

asio::awaitable<void> Post::accept() {
  while (acceptor_.is_open()) {
    const auto [failure] =
        co_await acceptor_.async_wait(asio::socket_base::wait_read, asio::as_tuple(asio::use_awaitable));
    if (failure || !acceptor_.is_open()) continue;
    // Not Asio's accept: its descriptors would be inherited by what the daemon starts, and outlive the connection
    // there.
    const int fd = ::accept4(acceptor_.native_handle(), nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC);
    if (fd >= 0) {
      welcome_(fd);
    } else if (errno != EAGAIN && errno != EINTR && errno != ECONNABORTED) {
      // Most likely out of file descriptors: whoever closes one lets the next client in.
      spdlog::error("gate: can not accept a connection: {}", std::strerror(errno));
      pause_.expires_after(std::chrono::milliseconds(100));
      co_await pause_.async_wait(asio::as_tuple(asio::use_awaitable));
    }
  }
}

std::expected<void, std::string> Post::start_keeper() {
  if (keeper_options_.program.empty()) return {};
  const int listener = acceptor_.is_open() ? acceptor_.native_handle() : takeover_.listener();
  auto keeper =
      KeeperProcess::start(keeper_options_.program, {name_, takeover_.file(), keeper_options_.on_death}, listener);
  if (!keeper) return std::unexpected(keeper.error());
  error_code error;
  keeper_ended_.assign(::fcntl(keeper->ended(), F_DUPFD_CLOEXEC, 0), error);
  if (error) keeper->dismiss();  // or it would take its end for the daemon's
  if (error) return std::unexpected("can not watch the socket's keeper: " + error.message());
  keeper_.emplace(*std::move(keeper));
  return {};
}

// There is to be a keeper at every time; one that was killed is replaced.
asio::awaitable<void> Post::mind_keeper() {
  constexpr std::chrono::milliseconds kBetweenStarts{200};
  while (acceptor_.is_open()) {
    if (keeper_) {
      const auto [failure] = co_await keeper_ended_.async_wait(asio::posix::stream_descriptor::wait_read,
                                                               asio::as_tuple(asio::use_awaitable));
      if (failure || !acceptor_.is_open()) co_return;
      const pid_t pid = keeper_->pid();
      spdlog::error("gate: the socket's keeper (pid {}) ended with {}; another one is started", pid,
                    keeper_->collect());
      keeper_.reset();
      error_code ignored;
      keeper_ended_.close(ignored);
    }
    if (const auto started = start_keeper(); !started) spdlog::error("gate: {}", started.error());
    // A keeper that cannot live must not be started as fast as possible.
    keeper_pause_.expires_after(kBetweenStarts);
    co_await keeper_pause_.async_wait(asio::as_tuple(asio::use_awaitable));
  }
}

}  // namespace xenacm::gate

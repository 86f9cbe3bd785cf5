// SPDX-License-Identifier: Apache-2.0
#include "enforcer/gate/gate.h"

#include <spdlog/spdlog.h>

#include <exception>
#include <utility>
#include <vector>

#include "enforcer/gate/descriptor.h"

namespace xenacm::gate {

namespace asio = boost::asio;

Gate::Gate(asio::io_context& io, GateOptions options, monitor::Submit submit)
    : io_(io), options_(std::move(options)), surroundings_(std::make_shared<Surroundings>()) {
  surroundings_->upstream = upstream_name(options_.socket);
  surroundings_->submit = std::move(submit);
}

Gate::~Gate() {
  if (!post_) return;
  watch_->close();
  post_->desert();
  end_connections();
}

std::expected<void, std::string> Gate::start() {
  if (post_) return std::unexpected("the gate is started already");
  auto watch = NameWatch::start(io_, options_.socket, [this] { return look(); });
  if (!watch) return std::unexpected(watch.error());
  if (auto taken = take_post(Takeover::prepare(options_.socket)); !taken) {
    (*watch)->close();
    return taken;
  }
  watch_ = *std::move(watch);
  spdlog::info("gate: took the place of xenstored at {}", options_.socket.string());
  return {};
}

std::expected<void, std::string> Gate::take_post(std::expected<Takeover, std::string> takeover) {
  if (!takeover) return std::unexpected(takeover.error());
  try {
    auto post =
        Post::take(io_, options_.socket, *std::move(takeover), options_.keeper, [this](int fd) { welcome(fd); });
    if (!post) return std::unexpected(post.error());
    if (const auto before = std::exchange(post_, *std::move(post))) before->give_up();
  } catch (const std::exception& error) {
    return std::unexpected(std::string("gate: ") + error.what());
  }
  if (options_.taken) options_.taken();
  return {};
}

// True: the name is the gate's, or there is nothing to be done before the next change.
bool Gate::look() {
  if (!post_ || post_->takeover().holds_name()) return true;
  const auto taken = take_post(post_->takeover().prepare_again());
  if (taken) {
    spdlog::warn("gate: {} led elsewhere (was xenstored started anew?); it is the gate's again",
                 options_.socket.string());
    lost_looks_ = 0;
    return true;
  }
  // xenstored binds its name before it answers there: the first failures mean nothing.
  constexpr int kPatience = 5;
  if (++lost_looks_ == kPatience) {
    spdlog::error("gate: {} leads elsewhere, and cannot be taken again: {}", options_.socket.string(), taken.error());
  }
  return file_at(options_.socket) == FileId{};
}

void Gate::stop() {
  if (!post_) return;
  watch_->close();
  post_->give_back();
  post_.reset();
  end_connections();
  spdlog::info("gate: xenstored has its socket {} back", options_.socket.string());
}

void Gate::end_connections() {
  // close() may end a connection's last coroutine, and so the set's element.
  const std::vector<Connection*> open(surroundings_->open.begin(), surroundings_->open.end());
  for (Connection* connection : open) connection->close();
}

void Gate::welcome(int client) {
  Descriptor accepted(client);  // or its client would wait for ever where it is not served
  try {
    Connection::Socket socket(io_);
    socket.assign(asio::local::stream_protocol(), accepted.get());
    (void)accepted.take();
    std::make_shared<Connection>(std::move(socket), surroundings_)->start();
  } catch (const std::exception& error) {
    spdlog::error("gate: can not serve a connection: {}", error.what());
  }
}

}  // namespace xenacm::gate

// SPDX-License-Identifier: Apache-2.0
// The gate's place at xenstored's name: the listener there, and its keeper.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/steady_timer.hpp>
#include <expected>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "enforcer/gate/keeper_process.h"
#include "enforcer/gate/socket_takeover.h"

namespace xenacm::gate {

// A connection was made; the descriptor is the callee's.
using Welcome = std::function<void(int client)>;

struct KeeperOptions {
  std::filesystem::path program;  // what runs as keeper; empty: none
  OnDeath on_death = OnDeath::deny;
};

// Owned together with its coroutines, which may outlive its end by a turn of the event loop.
class Post : public std::enable_shared_from_this<Post> {
 public:
  // Takes the name for a listener that has its keeper already.
  [[nodiscard]] static std::expected<std::shared_ptr<Post>, std::string> take(boost::asio::io_context& io,
                                                                              const std::filesystem::path& name,
                                                                              Takeover takeover,
                                                                              const KeeperOptions& keeper,
                                                                              Welcome welcome);

  [[nodiscard]] const Takeover& takeover() const { return takeover_; }

  // Gives the name back and dismisses the keeper.
  void give_back();
  // The name is somebody else's already: dismisses the keeper.
  void give_up();
  // Leaves everything to the keeper, as this process's death would; gives the name back if there is none.
  void desert();

 private:
  Post(boost::asio::io_context& io, std::filesystem::path name, Takeover takeover, KeeperOptions keeper,
       Welcome welcome);

  [[nodiscard]] std::expected<void, std::string> start_keeper();
  [[nodiscard]] boost::asio::awaitable<void> accept();
  [[nodiscard]] boost::asio::awaitable<void> mind_keeper();
  void close();

  std::filesystem::path name_;
  boost::asio::local::stream_protocol::acceptor acceptor_;
  boost::asio::steady_timer pause_;
  boost::asio::posix::stream_descriptor keeper_ended_;  // the keeper's pidfd, a copy
  boost::asio::steady_timer keeper_pause_;
  Takeover takeover_;
  KeeperOptions keeper_options_;
  std::optional<KeeperProcess> keeper_;
  Welcome welcome_;
};

}  // namespace xenacm::gate

// SPDX-License-Identifier: Apache-2.0
// HTTP/1.1 over a Unix socket: root may change, the reading group may read, nobody else is answered.
#pragma once

#include <boost/asio/io_context.hpp>
#include <expected>
#include <filesystem>
#include <memory>
#include <string>

#include "enforcer/api/backend.h"

namespace xenacm::api {

struct ServerOptions {
  std::filesystem::path socket;
  std::string reading_group = "xenacm";
};

// Serves on the io_context's thread, and `stop` is called there. `backend` must outlive it.
class Server {
 public:
  Server(boost::asio::io_context& io, ServerOptions options, const Backend& backend);
  ~Server();
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  // A socket that nobody serves any more is replaced. The error names the socket.
  [[nodiscard]] std::expected<void, std::string> start();
  // Takes no more connections and removes the socket.
  void stop();

 private:
  struct Listener;
  std::unique_ptr<Listener> listener_;
};

}  // namespace xenacm::api

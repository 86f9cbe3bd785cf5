// SPDX-License-Identifier: Apache-2.0
// The xenstore gate: owns the socket by which Domain-0's toolstacks reach xenstored, and lets no domain and no link
// come into being without the monitor's verdict (docs/gate.md).
#pragma once

#include <boost/asio/io_context.hpp>
#include <cstddef>
#include <expected>
#include <filesystem>
#include <memory>
#include <string>

#include "enforcer/gate/connection.h"
#include "enforcer/monitor/submit.h"

namespace xenacm::gate {

struct GateOptions {
  std::filesystem::path socket = "/run/xenstored/socket";  // the name that clients know
};

// All of it runs on the io_context's one thread. Answers to submitted requests that are still outstanding must be
// given, or dropped, before the io_context is destroyed.
class Gate {
 public:
  Gate(boost::asio::io_context& io, GateOptions options, monitor::Submit submit);
  ~Gate();  // as stop()
  Gate(const Gate&) = delete;
  Gate& operator=(const Gate&) = delete;

  // Puts itself in xenstored's place. After an error everything is as it was.
  [[nodiscard]] std::expected<void, std::string> start();

  // Gives xenstored its name back and ends every connection. Does nothing if not started.
  void stop();

  // Both on any thread.
  [[nodiscard]] const Counters& counters() const { return surroundings_->counters; }
  [[nodiscard]] std::uint64_t connections() const { return counters().accepted - counters().ended; }

 private:
  class Listener;

  boost::asio::io_context& io_;
  GateOptions options_;
  std::shared_ptr<Surroundings> surroundings_;
  std::shared_ptr<Listener> listener_;
};

}  // namespace xenacm::gate

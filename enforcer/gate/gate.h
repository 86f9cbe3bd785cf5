// SPDX-License-Identifier: Apache-2.0
// The xenstore gate: owns the socket by which Domain-0's toolstacks reach xenstored, and lets no domain and no link
// come into being without the monitor's verdict (docs/gate.md).
#pragma once

#include <atomic>
#include <boost/asio/io_context.hpp>
#include <cstddef>
#include <cstdint>
#include <expected>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>

#include "enforcer/gate/connection.h"
#include "enforcer/gate/name_watch.h"
#include "enforcer/gate/post.h"
#include "enforcer/monitor/submit.h"

namespace xenacm::gate {

struct GateOptions {
  std::filesystem::path socket = "/run/xenstored/socket";  // the name that clients know
  KeeperOptions keeper;
  std::function<void()> taken;  // called whenever the name was taken: at the start, and after xenstored's restarts
};

// All of it runs on the io_context's one thread. Answers to submitted requests that are still outstanding must be
// given, or dropped, before the io_context is destroyed.
class Gate {
 public:
  Gate(boost::asio::io_context& io, GateOptions options, monitor::Submit submit);
  // Not stopped before, as its process's death: what becomes of the name is the keeper's.
  ~Gate();
  Gate(const Gate&) = delete;
  Gate& operator=(const Gate&) = delete;

  // Puts itself in xenstored's place. After an error everything is as it was.
  [[nodiscard]] std::expected<void, std::string> start();

  // Gives xenstored its name back and ends every connection. Does nothing if not started.
  void stop();
  // A gate died before this one was started, and its keeper, or nobody, was at the name.
  [[nodiscard]] bool follows_a_death() const { return post_ != nullptr && post_->takeover().follows_a_death(); }

  // All on any thread.
  [[nodiscard]] const Counters& counters() const { return surroundings_->counters; }
  [[nodiscard]] std::uint64_t connections() const { return more(counters().accepted, counters().ended); }
  [[nodiscard]] std::uint64_t waiting() const { return more(counters().judged, counters().answered); }

 private:
  // The later one is read first: what happens in between must not take it beyond the other.
  [[nodiscard]] static std::uint64_t more(const std::atomic<std::uint64_t>& begun,
                                          const std::atomic<std::uint64_t>& ended) {
    const std::uint64_t over = ended.load();
    return begun.load() - over;
  }
  [[nodiscard]] std::expected<void, std::string> take_post(std::expected<Takeover, std::string> takeover);
  [[nodiscard]] bool look();
  void welcome(int client);
  void end_connections();

  boost::asio::io_context& io_;
  GateOptions options_;
  std::shared_ptr<Surroundings> surroundings_;
  std::shared_ptr<Post> post_;
  std::shared_ptr<NameWatch> watch_;
  int lost_looks_ = 0;
};

}  // namespace xenacm::gate

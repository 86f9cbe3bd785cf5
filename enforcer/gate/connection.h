// SPDX-License-Identifier: Apache-2.0
// One client of the gate, with a connection of its own to xenstored: xenstored's quotas and transactions stay per
// client.
#pragma once

#include <atomic>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <cstdint>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "enforcer/gate/event.h"
#include "enforcer/gate/session.h"
#include "enforcer/gate/wire.h"
#include "enforcer/monitor/submit.h"

namespace xenacm::gate {

// Since the gate's start. Counted on the gate's thread, read on any.
struct Counters {
  std::atomic<std::uint64_t> accepted{0};   // connections
  std::atomic<std::uint64_t> ended{0};      // of these
  std::atomic<std::uint64_t> forwarded{0};  // requests
  std::atomic<std::uint64_t> judged{0};     // verdicts asked for
  std::atomic<std::uint64_t> answered{0};   // of these
  std::atomic<std::uint64_t> refused{0};    // commits and writes that were answered with EACCES
  std::atomic<std::uint64_t> withdrawn{0};  // verdicts given back, for xenstored refused what they allowed
};

class Connection;

// What the connections of a gate have in common. Outlives the gate as long as one of them is still winding up.
struct Surroundings {
  std::string upstream;  // path of xenstored's socket
  monitor::Submit submit;
  Counters counters;
  std::set<Connection*> open;
};

// Two coroutines carry the two directions. Each reads only after what it read before is written, so that a peer that
// does not read holds up nobody but itself, and memory stays bounded. Lives as long as one of them runs.
class Connection : public std::enable_shared_from_this<Connection> {
 public:
  using Socket = boost::asio::local::stream_protocol::socket;

  Connection(Socket client, std::shared_ptr<Surroundings> surroundings);
  ~Connection();
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  void start();
  // Closes both sides. xenstored aborts the transactions that are open.
  void close();

 private:
  using Flow = boost::asio::awaitable<void>;
  using Success = boost::asio::awaitable<bool>;  // false: the connection is over

  void spawn(Flow (Connection::*direction)());
  [[nodiscard]] Success connect_upstream();
  [[nodiscard]] Flow carry_requests();
  [[nodiscard]] Success forward_complete_requests();
  [[nodiscard]] Flow carry_replies();
  [[nodiscard]] Success return_complete_replies();

  [[nodiscard]] Success attend(const Frame& frame);
  [[nodiscard]] Success decide(std::vector<Intent>& intents);
  [[nodiscard]] Success forward_allowed(const Frame& frame, Outcome outcome);
  [[nodiscard]] Success refuse(const Frame& frame);
  [[nodiscard]] Success send(Socket& socket, std::string_view bytes);
  [[nodiscard]] Success send_to_client(std::string_view bytes);

  void settle(const Session::Answer& answer);
  void withdraw(const Intent& intent);
  void tell(monitor::Request request);

  Socket client_;
  Socket xenstored_;
  std::shared_ptr<Surroundings> surroundings_;
  monitor::Caller caller_;
  Session session_;
  FrameReader requests_;
  FrameReader replies_;
  Event changed_;
  bool writing_to_client_ = false;  // both directions do
  bool client_gone_ = false;
  bool closed_ = false;
};

}  // namespace xenacm::gate

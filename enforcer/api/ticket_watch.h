// SPDX-License-Identifier: Apache-2.0
// What ends a ticket: the death of the process that it is held for, or time.
#pragma once

#include <sys/types.h>

#include <boost/asio/io_context.hpp>
#include <chrono>
#include <expected>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>

namespace xenacm::api {

// A process, held on to: its id is not given to another as long as this lives.
class Holder {
 public:
  // `holder` must be `caller` or one of its ancestors. The error says that it is not, or is gone.
  [[nodiscard]] static std::expected<Holder, std::string> open(pid_t holder, pid_t caller);
  Holder(Holder&& other) noexcept;
  Holder& operator=(Holder&&) = delete;
  ~Holder();

  [[nodiscard]] pid_t pid() const { return pid_; }
  [[nodiscard]] int release();  // the descriptor, which becomes readable when the process ends

 private:
  Holder(pid_t pid, int descriptor) : pid_(pid), descriptor_(descriptor) {}
  pid_t pid_;
  int descriptor_;
};

// Of one thread, the event loop's.
class TicketWatch {
 public:
  using Lapse = std::function<void(const std::string& ticket)>;

  TicketWatch(boost::asio::io_context& loop, std::chrono::seconds limit, Lapse lapse);
  ~TicketWatch();
  TicketWatch(const TicketWatch&) = delete;
  TicketWatch& operator=(const TicketWatch&) = delete;

  // Calls `lapse` once: when the holder is gone, and at the latest after `limit`.
  void watch(const std::string& ticket, std::optional<Holder> holder);
  void forget(const std::string& ticket);

  struct Held {
    std::optional<pid_t> holder;
    std::chrono::seconds left;
  };
  [[nodiscard]] std::map<std::string, Held> held() const;
  [[nodiscard]] bool full() const;
  [[nodiscard]] std::chrono::seconds limit() const { return limit_; }

 private:
  struct Watched;
  void lapse(const std::string& ticket);

  boost::asio::io_context& loop_;
  std::chrono::seconds limit_;
  Lapse lapse_;
  std::map<std::string, std::unique_ptr<Watched>> watched_;
};

}  // namespace xenacm::api

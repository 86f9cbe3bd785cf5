// SPDX-License-Identifier: Apache-2.0
// Lets a coroutine wait for a condition that another one of the same thread makes true.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace xenacm::gate {

class Event {
 public:
  explicit Event(const boost::asio::any_io_executor& executor)
      : timer_(executor, boost::asio::steady_timer::time_point::max()) {}

  // Everybody who waits looks at the condition again.
  void notify() { timer_.cancel(); }

  template <class Condition>
  [[nodiscard]] boost::asio::awaitable<void> wait_until(Condition condition) {
    while (!condition()) co_await timer_.async_wait(boost::asio::as_tuple(boost::asio::use_awaitable));
  }

 private:
  boost::asio::steady_timer timer_;  // never expires
};

}  // namespace xenacm::gate

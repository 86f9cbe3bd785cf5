// SPDX-License-Identifier: Apache-2.0
#include "enforcer/gate/ask.h"

#include <boost/asio/async_result.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <memory>
#include <utility>

namespace xenacm::gate {

namespace asio = boost::asio;

asio::awaitable<monitor::Reply> ask(const monitor::Submit& submit, monitor::Request request, monitor::Caller caller) {
  const auto executor = co_await asio::this_coro::executor;
  auto initiate = [&](auto handler) {
    // std::function wants to be copied, the handler does not.
    auto waiting = std::make_shared<decltype(handler)>(std::move(handler));
    auto answer = [waiting, work = asio::make_work_guard(executor)](const monitor::Reply& reply) {
      // Posted, for the answer may come while submit() is still running.
      asio::post(work.get_executor(), [waiting, reply]() mutable { std::move (*waiting)(std::move(reply)); });
    };
    submit(std::move(request), std::move(caller), std::move(answer));
  };
  co_return co_await asio::async_initiate<const asio::use_awaitable_t<>, void(monitor::Reply)>(std::move(initiate),
                                                                                               asio::use_awaitable);
}

}  // namespace xenacm::gate

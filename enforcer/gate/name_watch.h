// SPDX-License-Identifier: Apache-2.0
// Notices that a name leads elsewhere: what was at /run/xenstored/socket is replaced by a xenstored that starts anew.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/steady_timer.hpp>
#include <expected>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>

namespace xenacm::gate {

class NameWatch : public std::enable_shared_from_this<NameWatch> {
 public:
  // `look` is called after every change in the name's folder, and again, after a while, as long as it gives false.
  using Look = std::function<bool()>;
  [[nodiscard]] static std::expected<std::shared_ptr<NameWatch>, std::string> start(boost::asio::io_context& io,
                                                                                    const std::filesystem::path& name,
                                                                                    Look look);
  // No call of `look` from here on.
  void close();

 private:
  NameWatch(boost::asio::io_context& io, int inotify, Look look);
  [[nodiscard]] boost::asio::awaitable<void> watch();

  boost::asio::posix::stream_descriptor inotify_;
  boost::asio::steady_timer pause_;
  Look look_;
};

}  // namespace xenacm::gate

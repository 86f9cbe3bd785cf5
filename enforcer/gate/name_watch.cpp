// SPDX-License-Identifier: Apache-2.0
#include "enforcer/gate/name_watch.h"

#include <sys/inotify.h>

#include <algorithm>
#include <array>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <utility>

#include "enforcer/gate/descriptor.h"
#include "enforcer/gate/lasting.h"

namespace xenacm::gate {

namespace asio = boost::asio;
using namespace std::chrono_literals;

std::expected<std::shared_ptr<NameWatch>, std::string> NameWatch::start(asio::io_context& io,
                                                                        const std::filesystem::path& name, Look look) {
  Descriptor inotify(::inotify_init1(IN_NONBLOCK | IN_CLOEXEC));
  constexpr std::uint32_t kChanges = IN_CREATE | IN_DELETE | IN_MOVED_FROM | IN_MOVED_TO;
  const std::filesystem::path folder = name.has_parent_path() ? name.parent_path() : std::filesystem::path(".");
  if (inotify.get() < 0 || ::inotify_add_watch(inotify.get(), folder.c_str(), kChanges) < 0) {
    return std::unexpected("can not watch " + folder.string() + ": " + std::strerror(errno));
  }
  std::shared_ptr<NameWatch> made(new NameWatch(io, inotify.take(), std::move(look)));
  asio::co_spawn(io, [made] { return made->watch(); }, end_the_loop);
  return made;
}

NameWatch::NameWatch(asio::io_context& io, int inotify, Look look)
    : inotify_(io, inotify), pause_(io), look_(std::move(look)) {}

void NameWatch::close() {
  look_ = nullptr;
  boost::system::error_code ignored;
  inotify_.close(ignored);
  pause_.cancel();
}

asio::awaitable<void> NameWatch::watch() {
  constexpr auto kNoThrow = asio::as_tuple(asio::use_awaitable);
  std::array<char, 4096> events{};  // which they were does not matter
  while (look_ != nullptr) {
    const auto [failure, size] = co_await inotify_.async_read_some(asio::buffer(events), kNoThrow);
    if (failure) co_return;
    // xenstored binds the name some time before it answers there.
    for (auto wait = 5ms; look_ != nullptr && !look_(); wait = std::min(wait * 2, 1000ms)) {
      pause_.expires_after(wait);
      co_await pause_.async_wait(kNoThrow);
    }
  }
}

}  // namespace xenacm::gate

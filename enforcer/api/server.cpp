// SPDX-License-Identifier: Apache-2.0
#include "enforcer/api/server.h"

#include <grp.h>
#include <spdlog/spdlog.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>
#include <chrono>
#include <utility>

#include "enforcer/api/client.h"
#include "enforcer/api/routes.h"
#include "enforcer/api/target.h"
#include "enforcer/xen/peer.h"

namespace xenacm::api {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;
using asio::local::stream_protocol;
using Stream = beast::basic_stream<stream_protocol>;

namespace {

constexpr std::chrono::seconds kIdleLimit{30};  // a client that says nothing is let go
constexpr std::chrono::milliseconds kAcceptPause{100};
constexpr std::uint32_t kMaxHeaderBytes = 16 * 1024;

enum class Access { none, read, change };

Access access_of(int socket, const monitor::Caller& peer, const std::string& reading_group) {
  if (peer.uid == 0 || peer.uid == ::geteuid()) return Access::change;
  return xen::peer_in_group(socket, peer, reading_group) ? Access::read : Access::none;
}

// The toolstack that a hook asks for, where it says one; false: it is none that is known.
bool read_toolstack(const http::request<http::string_body>& request, monitor::Caller& caller) {
  const auto named = request.find(beast::string_view(kToolstackHeader.data(), kToolstackHeader.size()));
  if (named == request.end()) return true;
  const std::string_view toolstack(named->value().data(), named->value().size());
  if (std::ranges::find(monitor::kToolstacks, toolstack) == monitor::kToolstacks.end()) return false;
  caller.toolstack = toolstack;
  return true;
}

// Waits for the response, which may come at once or later, always on this thread.
asio::awaitable<Response> answer(const Backend& backend, const Call& call) {
  return asio::async_initiate<const asio::use_awaitable_t<>, void(Response)>(
      [&backend, &call](auto handler) {
        auto shared = std::make_shared<decltype(handler)>(std::move(handler));
        route(backend, call, [shared](Response response) {
          const auto executor = asio::get_associated_executor(*shared);
          asio::post(executor, [shared, response = std::move(response)]() mutable { (*shared)(std::move(response)); });
        });
      },
      asio::use_awaitable);
}

asio::awaitable<Response> serve_one(const Backend& backend, const http::request<http::string_body>& request,
                                    const monitor::Caller& peer, Access access) {
  Call call{.method = std::string(request.method_string()), .body = request.body(), .caller = peer};
  if (access == Access::none) co_return error_response(403, "only root and the group xenacm may ask");
  // Reading a configuration changes nothing, but makes libxlutil parse what the caller sends.
  if (access == Access::read && request.method() != http::verb::get) {
    co_return error_response(403, "only root may change labels, policy and mode");
  }
  if (!read_toolstack(request, call.caller)) co_return error_response(400, "there is no such toolstack");
  if (!read_target(std::string_view(request.target().data(), request.target().size()), call)) {
    co_return error_response(404, "there is no such resource");
  }
  co_return co_await answer(backend, call);
}

asio::awaitable<void> serve(const Backend& backend, stream_protocol::socket socket, std::string reading_group) {
  const monitor::Caller peer = xen::peer_of(socket.native_handle(), "api");
  const Access access = access_of(socket.native_handle(), peer, reading_group);
  Stream stream(std::move(socket));
  beast::flat_buffer buffer;
  while (true) {
    http::request_parser<http::string_body> parser;
    parser.header_limit(kMaxHeaderBytes);
    parser.body_limit(access == Access::change ? policy::kMaxDocumentBytes : 0);
    stream.expires_after(kIdleLimit);
    co_await http::async_read(stream, buffer, parser, asio::use_awaitable);
    stream.expires_never();
    const auto request = parser.release();
    Response response = co_await serve_one(backend, request, peer, access);

    http::response<http::string_body> reply(static_cast<http::status>(response.status), request.version());
    reply.set(http::field::content_type, response.type);
    reply.keep_alive(request.keep_alive());
    reply.body() = std::move(response.body);
    reply.prepare_payload();
    stream.expires_after(kIdleLimit);
    co_await http::async_write(stream, reply, asio::use_awaitable);
    if (!request.keep_alive()) co_return;
  }
}

// Without it nobody is served any more: the event loop ends with it, and so the daemon.
void end_the_loop(const std::exception_ptr& failure) {
  if (failure) std::rethrow_exception(failure);
}

void log_end(const std::exception_ptr& failure) {
  try {
    if (failure) std::rethrow_exception(failure);
  } catch (const std::exception& error) {
    spdlog::debug("api: connection ended: {}", error.what());
  }
}

}  // namespace

struct Server::Listener {
  asio::io_context& io;
  ServerOptions options;
  const Backend& backend;
  stream_protocol::acceptor acceptor;
  asio::steady_timer pause;

  asio::awaitable<void> accept() {
    while (acceptor.is_open()) {
      auto [failure, socket] = co_await acceptor.async_accept(asio::as_tuple(asio::use_awaitable));
      if (!failure) {
        welcome(std::move(socket));
      } else if (acceptor.is_open()) {
        // Most likely out of file descriptors: whoever closes one lets the next client in.
        spdlog::error("api: cannot accept a connection: {}", failure.message());
        pause.expires_after(kAcceptPause);
        co_await pause.async_wait(asio::as_tuple(asio::use_awaitable));
      }
    }
  }

  void welcome(stream_protocol::socket socket) const {
    try {
      asio::co_spawn(io, serve(backend, std::move(socket), options.reading_group), log_end);
    } catch (const std::exception& error) {
      spdlog::error("api: cannot serve a connection: {}", error.what());
    }
  }

  // Nobody serves it: a socket that an earlier daemon left behind.
  [[nodiscard]] bool is_abandoned() const {
    boost::system::error_code failure;
    stream_protocol::socket probe(io);
    probe.connect(stream_protocol::endpoint(options.socket.string()), failure);
    return failure == asio::error::connection_refused;
  }

  void open() {
    const std::string path = options.socket.string();
    if (is_abandoned()) std::filesystem::remove(options.socket);
    acceptor.open();
    acceptor.bind(stream_protocol::endpoint(path));
    // Set before anybody can connect.
    std::filesystem::permissions(options.socket, std::filesystem::perms(0660));
    if (const struct group* group = ::getgrnam(options.reading_group.c_str())) {
      if (::chown(path.c_str(), static_cast<uid_t>(-1), group->gr_gid) != 0) {
        spdlog::warn("api: cannot give {} to the group {}", path, options.reading_group);
      }
    } else {
      spdlog::warn("api: there is no group {}: only root can ask", options.reading_group);
    }
    acceptor.listen();
  }
};

Server::Server(asio::io_context& io, ServerOptions options, const Backend& backend)
    : listener_(new Listener{io, std::move(options), backend, stream_protocol::acceptor(io), asio::steady_timer(io)}) {}

Server::~Server() = default;

std::expected<void, std::string> Server::start() {
  try {
    const std::filesystem::path folder = listener_->options.socket.parent_path();
    if (std::filesystem::create_directories(folder)) {
      std::filesystem::permissions(folder, std::filesystem::perms(0755));  // the group has to get at the socket
    }
    listener_->open();
  } catch (const std::exception& error) {
    return std::unexpected("cannot serve on " + listener_->options.socket.string() + ": " + error.what());
  }
  asio::co_spawn(listener_->io, listener_->accept(), end_the_loop);
  return {};
}

void Server::stop() {
  boost::system::error_code ignored;
  listener_->acceptor.close(ignored);
  listener_->pause.cancel();
  std::error_code gone;
  std::filesystem::remove(listener_->options.socket, gone);
}

}  // namespace xenacm::api

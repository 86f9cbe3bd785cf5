// SPDX-License-Identifier: Apache-2.0
#include "enforcer/api/client.h"

#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>
#include <boost/url/encode.hpp>
#include <boost/url/rfc/unreserved_chars.hpp>
#include <exception>
#include <utility>

namespace xenacm::api {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;
using asio::local::stream_protocol;
using Stream = beast::basic_stream<stream_protocol>;

namespace {

constexpr std::uint64_t kMaxAnswerBytes = std::uint64_t{256} * 1024 * 1024;

std::string explain(const boost::system::error_code& failure, const std::string& socket) {
  if (failure == boost::system::errc::no_such_file_or_directory || failure == asio::error::connection_refused) {
    return "acm-enforcerd is not running (nobody serves " + socket + "). Start acm-enforcerd, as root";
  }
  if (failure == boost::system::errc::permission_denied) {
    return "you may not connect to " + socket + ": root and the group xenacm may";
  }
  if (failure == beast::error::timeout) return "acm-enforcerd at " + socket + " does not answer";
  return "no answer from acm-enforcerd at " + socket + ": " + failure.message();
}

asio::awaitable<void> exchange(Stream& stream, stream_protocol::endpoint server,
                               const http::request<http::string_body>& request,
                               http::response_parser<http::string_body>& parser) {
  co_await stream.async_connect(server, asio::use_awaitable);
  co_await http::async_write(stream, request, asio::use_awaitable);
  beast::flat_buffer buffer;
  co_await http::async_read(stream, buffer, parser, asio::use_awaitable);
}

http::request<http::string_body> request_of(std::string_view method, std::string_view target, std::string body,
                                            std::string_view type) {
  http::request<http::string_body> request;
  request.method_string({method.data(), method.size()});
  request.target({target.data(), target.size()});
  request.version(11);
  request.set(http::field::host, "xenacm");
  request.set(http::field::content_type, boost::string_view(type.data(), type.size()));
  request.keep_alive(false);
  request.body() = std::move(body);
  request.prepare_payload();
  return request;
}

beast::string_view header_name(std::string_view name) { return {name.data(), name.size()}; }

}  // namespace

std::expected<Answer, std::string> Client::call(std::string_view method, std::string_view target, std::string body,
                                                std::string_view type) const {
  try {
    asio::io_context io;
    Stream stream(io);
    if (limit_) stream.expires_after(*limit_);
    auto request = request_of(method, target, std::move(body), type);
    if (!toolstack_.empty()) request.set(header_name(kToolstackHeader), toolstack_);
    http::response_parser<http::string_body> parser;
    parser.body_limit(kMaxAnswerBytes);
    std::exception_ptr failure;
    asio::co_spawn(io, exchange(stream, stream_protocol::endpoint(socket_.string()), request, parser),
                   [&failure](std::exception_ptr thrown) { failure = std::move(thrown); });
    io.run();
    if (failure) std::rethrow_exception(failure);
    return Answer{parser.get().result_int(), parser.get().body()};
  } catch (const boost::system::system_error& error) {
    return std::unexpected(explain(error.code(), socket_.string()));
  }
}

std::string encoded(std::string_view text) {
  return boost::urls::encode({text.data(), text.size()}, boost::urls::unreserved_chars);
}

}  // namespace xenacm::api

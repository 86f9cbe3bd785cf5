// SPDX-License-Identifier: Apache-2.0
#include "enforcer/api/client.h"

#include <boost/asio/io_context.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>
#include <boost/url/encode.hpp>
#include <boost/url/rfc/unreserved_chars.hpp>
#include <utility>

namespace xenacm::api {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;
using asio::local::stream_protocol;

namespace {

constexpr std::uint64_t kMaxAnswerBytes = std::uint64_t{256} * 1024 * 1024;

std::string explain(const boost::system::error_code& failure, const std::string& socket) {
  if (failure == boost::system::errc::no_such_file_or_directory || failure == asio::error::connection_refused) {
    return "acm-enforcerd is not running (nobody serves " + socket + "). Start acm-enforcerd, as root";
  }
  if (failure == boost::system::errc::permission_denied) {
    return "you may not connect to " + socket + ": root and the group xenacm may";
  }
  return "no answer from acm-enforcerd at " + socket + ": " + failure.message();
}

}  // namespace

std::expected<Answer, std::string> Client::call(std::string_view method, std::string_view target, std::string body,
                                                std::string_view type) const {
  try {
    asio::io_context io;
    stream_protocol::socket socket(io);
    socket.connect(stream_protocol::endpoint(socket_.string()));
    http::request<http::string_body> request;
    request.method_string({method.data(), method.size()});
    request.target({target.data(), target.size()});
    request.version(11);
    request.set(http::field::host, "xenacm");
    request.set(http::field::content_type, boost::string_view(type.data(), type.size()));
    request.keep_alive(false);
    request.body() = std::move(body);
    request.prepare_payload();
    http::write(socket, request);

    beast::flat_buffer buffer;
    http::response_parser<http::string_body> parser;
    parser.body_limit(kMaxAnswerBytes);
    http::read(socket, buffer, parser);
    return Answer{parser.get().result_int(), parser.get().body()};
  } catch (const boost::system::system_error& error) {
    return std::unexpected(explain(error.code(), socket_.string()));
  }
}

std::string encoded(std::string_view text) {
  return boost::urls::encode({text.data(), text.size()}, boost::urls::unreserved_chars);
}

}  // namespace xenacm::api

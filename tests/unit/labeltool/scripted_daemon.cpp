// SPDX-License-Identifier: Apache-2.0
#include "tests/unit/labeltool/scripted_daemon.h"

#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <iterator>
#include <stdexcept>
#include <string_view>

namespace xenacm::labeltool::test {

namespace {

constexpr std::string_view kLength = "Content-Length: ";

// Until `enough(text)`, or the end of the connection.
template <class Enough>
std::string read_until(int client, Enough enough) {
  std::string text;
  char byte = 0;
  while (!enough(text) && ::read(client, &byte, 1) == 1) text += byte;
  return text;
}

Request read_request(int client) {
  const std::string head = read_until(client, [](const std::string& text) { return text.ends_with("\r\n\r\n"); });
  const std::size_t at = head.find(kLength);
  const std::size_t length = at == std::string::npos ? 0 : std::stoul(head.substr(at + kLength.size()));
  return {.line = head.substr(0, head.find(" HTTP/")),
          .body = read_until(client, [&](const std::string& text) { return text.size() == length; })};
}

}  // namespace

ScriptedDaemon::ScriptedDaemon(const std::filesystem::path& socket, Script script)
    : script_(std::move(script)), listening_(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
  sockaddr_un address{.sun_family = AF_UNIX, .sun_path = {}};
  socket.string().copy(std::begin(address.sun_path), sizeof address.sun_path - 1);
  // NOLINTNEXTLINE(cppcoreguidelines-pro-type-reinterpret-cast): what the sockets API asks for
  const bool bound = ::bind(listening_, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0;
  if (!bound || ::listen(listening_, 8) != 0) throw std::runtime_error("cannot listen at " + socket.string());
  serving_ = std::jthread([this] { serve(); });
}

ScriptedDaemon::~ScriptedDaemon() {
  ::shutdown(listening_, SHUT_RDWR);
  serving_.join();
  ::close(listening_);
}

void ScriptedDaemon::serve() {
  for (int client = 0; (client = ::accept(listening_, nullptr, nullptr)) >= 0;) {
    answer(client);
    ::close(client);
  }
}

void ScriptedDaemon::answer(int client) {
  const Request request = read_request(client);
  const Scripted scripted = script_(request);
  const std::string text = "HTTP/1.1 " + std::to_string(scripted.status) + " x\r\n" + std::string(kLength) +
                           std::to_string(scripted.body.size()) + "\r\n\r\n" + scripted.body;
  {
    const std::scoped_lock lock(mutex_);
    asked_.push_back(request);
  }
  (void)!::write(client, text.data(), text.size());
}

std::vector<Request> ScriptedDaemon::asked() const {
  const std::scoped_lock lock(mutex_);
  return asked_;
}

}  // namespace xenacm::labeltool::test

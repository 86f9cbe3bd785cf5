// SPDX-License-Identifier: Apache-2.0
#include "tests/integration/gate/raw_client.h"

#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <stdexcept>
#include <system_error>
#include <utility>

namespace xenacm::gate::testing {
namespace {

using namespace std::string_literals;
using namespace std::string_view_literals;

bool wait_for(int fd, short events) {
  pollfd wanted{fd, events, 0};
  return ::poll(&wanted, 1, static_cast<int>(RawClient::kPatience.count())) == 1;
}

}  // namespace

std::string Received::text() const { return payload.ends_with('\0') ? payload.substr(0, payload.size() - 1) : payload; }

RawClient::RawClient(const std::filesystem::path& socket) : fd_(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  std::strncpy(address.sun_path, socket.c_str(), sizeof address.sun_path - 1);
  const void* generic = &address;
  if (::connect(fd_, static_cast<const sockaddr*>(generic), sizeof address) != 0) {
    throw std::system_error(errno, std::generic_category(), socket.string());
  }
}

RawClient::RawClient(RawClient&& other) noexcept
    : fd_(std::exchange(other.fd_, -1)), next_request_(other.next_request_) {}

RawClient::~RawClient() { hang_up(); }

void RawClient::hang_up() {
  if (fd_ >= 0) ::close(std::exchange(fd_, -1));
}

void RawClient::send(std::string_view bytes) const {
  while (!bytes.empty()) {
    const ssize_t sent = ::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent < 0) throw std::system_error(errno, std::generic_category(), "send");
    bytes.remove_prefix(static_cast<std::size_t>(sent));
  }
}

std::size_t RawClient::send_some(std::string_view bytes) const {
  const ssize_t sent = ::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
  return sent < 0 ? 0 : static_cast<std::size_t>(sent);
}

bool RawClient::receive_exactly(char* data, std::size_t size) const {
  while (size > 0) {
    if (!wait_for(fd_, POLLIN)) return false;
    const ssize_t received = ::recv(fd_, data, size, 0);
    if (received <= 0) return false;
    data += received;
    size -= static_cast<std::size_t>(received);
  }
  return true;
}

std::optional<Received> RawClient::receive() const {
  std::string header(sizeof(Header), '\0');
  if (!receive_exactly(header.data(), header.size())) return std::nullopt;
  Received received;
  std::memcpy(&received.header, header.data(), header.size());
  received.payload.resize(received.header.length);
  if (!receive_exactly(received.payload.data(), received.payload.size())) return std::nullopt;
  return received;
}

bool RawClient::ended() const {
  char byte = 0;
  return wait_for(fd_, POLLIN) && ::recv(fd_, &byte, 1, 0) <= 0;
}

std::string RawClient::ask(Message type, std::string_view payload, std::uint32_t transaction) {
  const std::uint32_t request = next_request_++;
  send(encode(type, request, transaction, payload));
  const auto reply = receive();
  if (!reply) return "closed";
  if (reply->header.request != request || reply->header.transaction != transaction) return "another's reply";
  return reply->text();
}

std::string RawClient::read(std::string_view path, std::uint32_t transaction) {
  return ask(Message::read, std::string(path) + '\0', transaction);
}
std::string RawClient::write(std::string_view path, std::string_view value, std::uint32_t transaction) {
  return ask(Message::write, std::string(path) + '\0' + std::string(value), transaction);
}
std::string RawClient::mkdir(std::string_view path, std::uint32_t transaction) {
  return ask(Message::mkdir, std::string(path) + '\0', transaction);
}
std::string RawClient::rm(std::string_view path, std::uint32_t transaction) {
  return ask(Message::rm, std::string(path) + '\0', transaction);
}
std::string RawClient::set_perms(std::string_view path, std::string_view permissions, std::uint32_t transaction) {
  std::string payload = std::string(path) + '\0' + std::string(permissions) + '\0';
  std::ranges::replace(payload, ' ', '\0');
  return ask(Message::set_perms, payload, transaction);
}
std::string RawClient::introduce(std::uint32_t domid) {
  return ask(Message::introduce, std::to_string(domid) + "\0001\0009\0"s);
}
std::uint32_t RawClient::begin() {
  return static_cast<std::uint32_t>(std::stoul(ask(Message::transaction_start, "\0"sv)));
}
std::string RawClient::commit(std::uint32_t transaction) { return ask(Message::transaction_end, "T\0"sv, transaction); }
std::string RawClient::abort(std::uint32_t transaction) { return ask(Message::transaction_end, "F\0"sv, transaction); }

std::string link_transaction(RawClient& client) {
  const std::string front(kFront), back(kBack);
  const std::uint32_t transaction = client.begin();
  client.rm(front, transaction);
  client.ask(Message::mkdir, front + '\0', transaction);
  client.write(front + "/backend", back, transaction);
  client.write(front + "/backend-id", "5", transaction);
  client.write(front + "/state", "1", transaction);
  client.rm(back, transaction);
  client.ask(Message::mkdir, back + '\0', transaction);
  client.write(back + "/frontend", front, transaction);
  client.write(back + "/frontend-id", "7", transaction);
  client.write(back + "/bridge", "xenbr0", transaction);
  client.write(back + "/state", "1", transaction);
  return client.commit(transaction);
}

std::string domain_transaction(RawClient& client) {
  const std::string vm = "/vm/6e33ac06-7a01-4f2f-9bcd-11c06f2c9a5e";
  const std::uint32_t transaction = client.begin();
  client.rm("/local/domain/7", transaction);
  client.ask(Message::mkdir, "/local/domain/7\0"sv, transaction);
  client.rm(vm, transaction);
  client.ask(Message::mkdir, vm + '\0', transaction);
  client.write("/local/domain/7/vm", vm, transaction);
  client.write("/local/domain/7/name", "client", transaction);
  client.write(vm + "/name", "client", transaction);
  return client.commit(transaction);
}

}  // namespace xenacm::gate::testing

// SPDX-License-Identifier: Apache-2.0
#include "enforcer/xen/unix_sockets.h"

#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <linux/sock_diag.h>
#include <linux/unix_diag.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <memory>
#include <optional>

namespace xenacm::xen {
namespace {

using Failure = std::unexpected<std::string>;

Failure failure(int error) {
  if (error == ENOENT || error == EPROTONOSUPPORT) return Failure("the kernel has no unix_diag; load that module");
  return Failure(std::string("the kernel does not list its Unix sockets: ") + std::strerror(error));
}

struct Closing {
  int fd;
  ~Closing() { ::close(fd); }
};

bool ask(int fd) {
  struct {
    nlmsghdr header;
    unix_diag_req request;
  } message{};
  message.header.nlmsg_len = sizeof message;
  message.header.nlmsg_type = SOCK_DIAG_BY_FAMILY;
  message.header.nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP;
  message.request.sdiag_family = AF_UNIX;
  message.request.udiag_states = 1U << TCP_ESTABLISHED;
  message.request.udiag_show = UDIAG_SHOW_NAME | UDIAG_SHOW_PEER;
  return ::send(fd, &message, sizeof message, 0) == static_cast<ssize_t>(sizeof message);
}

// The kernel's own macros, which cast as C does, say where its messages are.
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wold-style-cast"

UnixSocket socket_of(const nlmsghdr* message) {
  const auto* told = static_cast<const unix_diag_msg*>(NLMSG_DATA(message));
  UnixSocket socket{.inode = told->udiag_ino, .peer = 0, .name = {}};
  auto length = static_cast<int>(message->nlmsg_len - NLMSG_LENGTH(sizeof *told));
  const void* attributes = told + 1;
  for (const auto* attribute = static_cast<const rtattr*>(attributes); RTA_OK(attribute, length);
       attribute = RTA_NEXT(attribute, length)) {
    const auto* data = static_cast<const char*>(RTA_DATA(attribute));
    const std::size_t size = RTA_PAYLOAD(attribute);
    if (attribute->rta_type == UNIX_DIAG_PEER && size >= sizeof socket.peer) {
      std::memcpy(&socket.peer, data, sizeof socket.peer);
    } else if (attribute->rta_type == UNIX_DIAG_NAME) {
      socket.name.assign(data, ::strnlen(data, size));
    }
  }
  return socket;
}

// Takes what one datagram holds: 0 to go on, none at the end, else an errno.
std::optional<int> take(const char* bytes, std::size_t size, std::vector<UnixSocket>& sockets) {
  auto left = static_cast<unsigned>(size);
  const void* messages = bytes;
  for (const auto* message = static_cast<const nlmsghdr*>(messages); NLMSG_OK(message, left);
       message = NLMSG_NEXT(message, left)) {
    if (message->nlmsg_type == NLMSG_DONE) return std::nullopt;
    if (message->nlmsg_type == NLMSG_ERROR) {
      return -static_cast<const nlmsgerr*>(NLMSG_DATA(message))->error;
    }
    if (message->nlmsg_len >= NLMSG_LENGTH(sizeof(unix_diag_msg))) sockets.push_back(socket_of(message));
  }
  return 0;
}

#pragma GCC diagnostic pop

}  // namespace

std::expected<std::vector<UnixSocket>, std::string> established_unix_sockets() {
  const Closing netlink{::socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_SOCK_DIAG)};
  if (netlink.fd < 0) return failure(errno);
  const timeval patience{.tv_sec = 2, .tv_usec = 0};
  (void)::setsockopt(netlink.fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
  if (!ask(netlink.fd)) return failure(errno);
  std::vector<UnixSocket> sockets;
  alignas(nlmsghdr) std::array<char, 32768> datagram{};
  while (true) {
    const ssize_t size = ::recv(netlink.fd, datagram.data(), datagram.size(), 0);
    if (size < 0 && errno == EINTR) continue;
    if (size <= 0) return failure(size < 0 ? errno : EIO);
    const auto status = take(datagram.data(), static_cast<std::size_t>(size), sockets);
    if (!status) return sockets;
    if (*status != 0) return failure(*status);
  }
}

}  // namespace xenacm::xen

// SPDX-License-Identifier: Apache-2.0
#include "tests/bench/byte_proxy.h"

#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <system_error>
#include <thread>

namespace xenacm::bench {

namespace {

int checked(int status, const char* what) {
  if (status < 0) throw std::system_error(errno, std::generic_category(), what);
  return status;
}

int unix_socket() { return checked(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0), "socket"); }

template <class Call>
void with_address(const std::filesystem::path& path, Call call) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  std::strncpy(address.sun_path, path.c_str(), sizeof address.sun_path - 1);
  const void* generic = &address;
  checked(call(static_cast<const sockaddr*>(generic), static_cast<socklen_t>(sizeof address)), path.c_str());
}

void carry(int from, int to) {
  std::array<char, 8192> bytes{};
  for (;;) {
    const ssize_t read = ::read(from, bytes.data(), bytes.size());
    if (read <= 0 || ::write(to, bytes.data(), static_cast<std::size_t>(read)) != read) break;
  }
  ::shutdown(to, SHUT_RDWR);
}

[[noreturn]] void serve(int listening, const std::filesystem::path& upstream) {
  for (;;) {
    const int client = checked(::accept(listening, nullptr, nullptr), "accept");
    const int server = unix_socket();
    with_address(upstream, [&](const sockaddr* address, socklen_t size) { return ::connect(server, address, size); });
    std::thread(carry, client, server).detach();
    std::thread(carry, server, client).detach();
  }
}

// It ends with the benchmark, however that ends.
template <class Work>
pid_t in_a_process(Work work) {
  const pid_t pid = checked(::fork(), "fork");
  if (pid != 0) return pid;
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  work();
  ::_exit(0);
}

void end(pid_t pid) {
  ::kill(pid, SIGKILL);
  ::waitpid(pid, nullptr, 0);
}

}  // namespace

ByteProxy::ByteProxy(const std::filesystem::path& socket, const std::filesystem::path& upstream) {
  const int listening = unix_socket();
  with_address(socket, [&](const sockaddr* address, socklen_t size) { return ::bind(listening, address, size); });
  checked(::listen(listening, 128), "listen");
  pid_ = in_a_process([&] { serve(listening, upstream); });
  ::close(listening);
}

ByteProxy::~ByteProxy() { end(pid_); }

PacketEcho::PacketEcho() {
  std::array<int, 2> ends{};
  checked(::socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends.data()), "socketpair");
  pid_ = in_a_process([&] {
    ::close(ends[0]);
    std::array<char, 8192> bytes{};
    for (;;) {
      const ssize_t read = ::read(ends[1], bytes.data(), bytes.size());
      if (read <= 0 || ::write(ends[1], bytes.data(), static_cast<std::size_t>(read)) != read) return;
    }
  });
  ::close(ends[1]);
  socket_ = ends[0];
}

PacketEcho::~PacketEcho() {
  ::close(socket_);
  end(pid_);
}

}  // namespace xenacm::bench

// SPDX-License-Identifier: Apache-2.0
// The least that anything between two sides of a socket can do.
#pragma once

#include <sys/types.h>

#include <filesystem>

namespace xenacm::bench {

// A process that carries bytes between the clients of `socket` and `upstream`, with a blocking thread for each
// direction, and knows nothing of what they mean.
class ByteProxy {
 public:
  ByteProxy(const std::filesystem::path& socket, const std::filesystem::path& upstream);
  ~ByteProxy();
  ByteProxy(const ByteProxy&) = delete;
  ByteProxy& operator=(const ByteProxy&) = delete;

 private:
  pid_t pid_ = 0;
};

// A process that sends back each packet that it gets.
class PacketEcho {
 public:
  PacketEcho();
  ~PacketEcho();
  PacketEcho(const PacketEcho&) = delete;
  PacketEcho& operator=(const PacketEcho&) = delete;
  [[nodiscard]] int socket() const { return socket_; }

 private:
  int socket_ = -1;
  pid_t pid_ = 0;
};

}  // namespace xenacm::bench

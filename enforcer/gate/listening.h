// SPDX-License-Identifier: Apache-2.0
// Who listens at a Unix socket's name, and a listener of one's own.
#pragma once

#include <sys/stat.h>
#include <sys/types.h>

#include <chrono>
#include <expected>
#include <filesystem>
#include <string>

#include "enforcer/gate/descriptor.h"

namespace xenacm::gate {

struct Listening {
  bool exists = false;
  bool answers = false;
  pid_t pid = 0;                   // of who began to listen there, if it answers; that process may have ended
  std::filesystem::path bound_as;  // the name that the socket was bound under, if it answers
  struct stat file{};
};

// Connects to find out. The error: not a socket, or not to be reached.
// Who lets nobody in at once, for its queue is full, answers, but does not tell what it was bound as; with patience it
// may.
[[nodiscard]] std::expected<Listening, std::string> look_at(const std::filesystem::path& name,
                                                            std::chrono::seconds patience = {});

[[nodiscard]] bool same_file(const struct stat& a, const struct stat& b);

// A listening socket, non-blocking, with the owner and mode of `model`; a file that is at the name is removed.
[[nodiscard]] std::expected<Descriptor, std::string> listen_at(const std::filesystem::path& name,
                                                               const struct stat& model);

}  // namespace xenacm::gate

// SPDX-License-Identifier: Apache-2.0
// The keeper: a small process that holds the gate's listening socket, and does nothing while the daemon lives. If the
// daemon ends without goodbye, the socket does not refuse connections, on which libxenstore would go round it; the
// keeper answers every request with EACCES until a gate takes the name anew (docs/gate.md, "Death").
#pragma once

#include <cstdint>
#include <expected>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "enforcer/gate/socket_takeover.h"

namespace xenacm::gate {

enum class OnDeath : std::uint8_t {
  deny,    // every request is refused
  release  // xenstored gets its socket back: nothing is enforced
};

[[nodiscard]] std::string_view to_text(OnDeath on_death);
[[nodiscard]] std::optional<OnDeath> on_death_of(std::string_view text);

// What the daemon tells a keeper, as the words behind --keep-socket.
struct Keeping {
  std::filesystem::path name;
  FileId file;  // that the socket is
  OnDeath on_death = OnDeath::deny;
};

inline constexpr const char* kKeeperOption = "--keep-socket";
[[nodiscard]] std::vector<std::string> to_words(const Keeping& keeping);
[[nodiscard]] std::expected<Keeping, std::string> keeping_of(const std::vector<std::string>& words);

// What a keeper is started with beside the standard three.
inline constexpr int kKeeperListener = 3;
inline constexpr int kKeeperDaemon = 4;  // a byte from it is the goodbye, its end without one the daemon's death
inline constexpr int kKeeperFirstFree = 5;

// The keeper's whole life; its exit status.
[[nodiscard]] int keep(const Keeping& keeping);

}  // namespace xenacm::gate

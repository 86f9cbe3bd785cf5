// SPDX-License-Identifier: Apache-2.0
#include "enforcer/hooks/settings.h"

#include <charconv>
#include <cstdlib>
#include <string_view>

#include "enforcer/api/client.h"

namespace xenacm::hooks {

namespace {

constexpr unsigned kDefaultSeconds = 5;
constexpr unsigned kMostSeconds = 60;

std::string setting(const char* name, std::string_view otherwise) {
  const char* value = std::getenv(name);
  return std::string(value != nullptr && *value != '\0' ? value : otherwise);
}

}  // namespace

std::expected<Settings, std::string> read_settings() {
  const std::string limit = setting("XENACM_HOOK_TIMEOUT", std::to_string(kDefaultSeconds));
  unsigned seconds = 0;
  const auto [end, error] = std::from_chars(limit.data(), limit.data() + limit.size(), seconds);
  if (error != std::errc{} || end != limit.data() + limit.size() || seconds < 1 || seconds > kMostSeconds) {
    return std::unexpected("XENACM_HOOK_TIMEOUT is '" + limit + "'; it must be a number of seconds from 1 to " +
                           std::to_string(kMostSeconds));
  }
  return Settings{setting("XENACM_SOCKET", api::kDefaultSocket), std::chrono::seconds(seconds),
                  setting("XENACM_XL", "/usr/sbin/xl")};
}

}  // namespace xenacm::hooks

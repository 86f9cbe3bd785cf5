// SPDX-License-Identifier: Apache-2.0
// What an administrator may set, by the environment: a toolstack's words are its own.
#pragma once

#include <chrono>
#include <expected>
#include <filesystem>
#include <string>

namespace xenacm::hooks {

struct Settings {
  std::filesystem::path socket;     // XENACM_SOCKET; of acm-enforcerd
  std::chrono::milliseconds limit;  // XENACM_HOOK_TIMEOUT, in seconds, 1 to 60: how long an answer is waited for
  std::string xl;                   // XENACM_XL: the real xl
};

[[nodiscard]] std::expected<Settings, std::string> read_settings();

}  // namespace xenacm::hooks

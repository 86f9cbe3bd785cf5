// SPDX-License-Identifier: Apache-2.0
// The API from the other side: one request, one response.
#pragma once

#include <chrono>
#include <expected>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

namespace xenacm::api {

// The header in which a caller names the toolstack that it asks for; the audit log has it.
inline constexpr std::string_view kToolstackHeader = "Xenacm-Toolstack";

inline constexpr std::string_view kDefaultSocket = "/run/xenacm/enforcer.sock";

struct Answer {
  unsigned status = 0;
  std::string body;
};

class Client {
 public:
  // With a limit a call fails that is not answered in that time; without, it waits. `toolstack`, if any, is who is
  // asked for (monitor::kToolstacks).
  explicit Client(std::filesystem::path socket, std::optional<std::chrono::milliseconds> limit = std::nullopt,
                  std::string_view toolstack = {})
      : socket_(std::move(socket)), limit_(limit), toolstack_(toolstack) {}

  // `target` is path and query, encoded: "/v1/labels?type=res". The error says in plain words that there is no daemon,
  // or what went wrong on the way.
  [[nodiscard]] std::expected<Answer, std::string> call(std::string_view method, std::string_view target,
                                                        std::string body = {},
                                                        std::string_view type = "application/json") const;

 private:
  std::filesystem::path socket_;
  std::optional<std::chrono::milliseconds> limit_;
  std::string toolstack_;
};

// A path segment or query value with everything that is special in a target percent-encoded.
[[nodiscard]] std::string encoded(std::string_view text);

}  // namespace xenacm::api

// SPDX-License-Identifier: Apache-2.0
// The API from the other side: one request, one response.
#pragma once

#include <expected>
#include <filesystem>
#include <string>
#include <string_view>

namespace xenacm::api {

inline constexpr std::string_view kDefaultSocket = "/run/xenacm/enforcer.sock";

struct Answer {
  unsigned status = 0;
  std::string body;
};

class Client {
 public:
  explicit Client(std::filesystem::path socket) : socket_(std::move(socket)) {}

  // `target` is path and query, encoded: "/v1/labels?type=res". The error says in plain words that there is no daemon,
  // or what went wrong on the way.
  [[nodiscard]] std::expected<Answer, std::string> call(std::string_view method, std::string_view target,
                                                        std::string body = {},
                                                        std::string_view type = "application/json") const;

 private:
  std::filesystem::path socket_;
};

// A path segment or query value with everything that is special in a target percent-encoded.
[[nodiscard]] std::string encoded(std::string_view text);

}  // namespace xenacm::api

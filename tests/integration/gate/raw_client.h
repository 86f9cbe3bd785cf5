// SPDX-License-Identifier: Apache-2.0
// A client that speaks in frames and says what it gets.
#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

#include "enforcer/gate/wire.h"

namespace xenacm::gate::testing {

struct Received {
  Header header;
  std::string payload;
  // "OK", "EACCES", a value; the final NUL left out.
  [[nodiscard]] std::string text() const;
};

// Every wait ends in time, with nothing received.
class RawClient {
 public:
  static constexpr std::chrono::milliseconds kPatience{10'000};

  explicit RawClient(const std::filesystem::path& socket);
  RawClient(RawClient&& other) noexcept;
  RawClient& operator=(RawClient&&) = delete;
  ~RawClient();

  void send(std::string_view bytes) const;
  // As much of `bytes` as is taken without waiting.
  [[nodiscard]] std::size_t send_some(std::string_view bytes) const;
  [[nodiscard]] std::optional<Received> receive() const;  // none: closed, or nothing came
  [[nodiscard]] bool ended() const;                       // the other side has closed
  void hang_up();
  [[nodiscard]] int descriptor() const { return fd_; }

  // A request and its reply; watch events in between are an error here. The reply's text, or "closed".
  std::string ask(Message type, std::string_view payload, std::uint32_t transaction = 0);
  std::string read(std::string_view path, std::uint32_t transaction = 0);
  std::string write(std::string_view path, std::string_view value, std::uint32_t transaction = 0);
  std::string mkdir(std::string_view path, std::uint32_t transaction = 0);
  std::string rm(std::string_view path, std::uint32_t transaction = 0);
  std::string set_perms(std::string_view path, std::string_view permissions, std::uint32_t transaction = 0);  // "n5 r7"
  std::string introduce(std::uint32_t domid);
  std::uint32_t begin();
  std::string commit(std::uint32_t transaction);
  std::string abort(std::uint32_t transaction);

 private:
  [[nodiscard]] bool receive_exactly(char* data, std::size_t size) const;

  int fd_ = -1;
  std::uint32_t next_request_ = 1000;
};

// One transaction that links frontend 7 to backend 5 as libxl does. The commit's answer.
std::string link_transaction(RawClient& client);
// ... that makes domain 7, "client".
std::string domain_transaction(RawClient& client);

inline constexpr std::string_view kFront = "/local/domain/7/device/vif/0";
inline constexpr std::string_view kBack = "/local/domain/5/backend/vif/7/0";
inline const std::string kPointer = std::string(kBack) + "/frontend-id";

}  // namespace xenacm::gate::testing

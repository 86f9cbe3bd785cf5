// SPDX-License-Identifier: Apache-2.0
// Frames of the xenstore protocol on a Unix socket (docs/gate.md, "Frames").
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <expected>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace xenacm::gate {

// What the gate has to tell apart; every other type is carried as it is. Values of xen/io/xs_wire.h.
enum class Message : std::uint32_t {
  read = 2,
  watch = 4,
  transaction_start = 6,
  transaction_end = 7,
  introduce = 8,
  write = 11,
  mkdir = 12,
  rm = 13,
  set_perms = 14,
  watch_event = 15,
  error = 16,
  set_target = 19,
};

// The first 16 bytes of a frame, in the machine's byte order.
struct Header {
  Message type{};
  std::uint32_t request = 0;
  std::uint32_t transaction = 0;  // 0: none
  std::uint32_t length = 0;       // bytes of payload
};
static_assert(sizeof(Header) == 16);

inline constexpr std::size_t kMaxPayloadBytes = 4096;
inline constexpr std::size_t kMaxFrameBytes = sizeof(Header) + kMaxPayloadBytes;

// Views into the reader's buffer; good until the reader's next space().
struct Frame {
  Header header;
  std::string_view bytes;  // header and payload
  [[nodiscard]] std::string_view payload() const { return bytes.substr(sizeof(Header)); }
};

// Cuts a stream into frames, however its bytes arrive. Frames that follow each other are adjacent in memory, so that a
// run of them can be written in one go.
class FrameReader {
 public:
  // Room for the stream's next bytes, never empty; moves what is left of an incomplete frame to the front.
  [[nodiscard]] std::span<char> space();
  // `bytes` of space() are filled.
  void filled(std::size_t bytes) { end_ += bytes; }

  // The next complete frame, none while bytes are missing. The error is a frame that announces more than
  // kMaxPayloadBytes: xenstored drops such a client.
  [[nodiscard]] std::expected<std::optional<Frame>, std::string> next();

 private:
  std::array<char, 4 * kMaxFrameBytes> buffer_;
  std::size_t begin_ = 0;
  std::size_t end_ = 0;
};

[[nodiscard]] std::string encode(Message type, std::uint32_t request, std::uint32_t transaction,
                                 std::string_view payload);

// The reply "ERROR name" to `request`; `name` is an errno's name, "EACCES".
[[nodiscard]] std::string error_reply(const Header& request, std::string_view name);

}  // namespace xenacm::gate

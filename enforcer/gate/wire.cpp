// SPDX-License-Identifier: Apache-2.0
#include "enforcer/gate/wire.h"

#include <xen/io/xs_wire.h>

#include <cstring>
#include <utility>

namespace xenacm::gate {

static_assert(std::to_underlying(Message::read) == XS_READ && std::to_underlying(Message::watch) == XS_WATCH &&
              std::to_underlying(Message::transaction_start) == XS_TRANSACTION_START &&
              std::to_underlying(Message::transaction_end) == XS_TRANSACTION_END &&
              std::to_underlying(Message::write) == XS_WRITE && std::to_underlying(Message::mkdir) == XS_MKDIR &&
              std::to_underlying(Message::rm) == XS_RM && std::to_underlying(Message::watch_event) == XS_WATCH_EVENT &&
              std::to_underlying(Message::error) == XS_ERROR && kMaxPayloadBytes == XENSTORE_PAYLOAD_MAX &&
              sizeof(Header) == sizeof(xsd_sockmsg));

std::span<char> FrameReader::space() {
  if (begin_ > 0) {
    std::memmove(buffer_.data(), buffer_.data() + begin_, end_ - begin_);
    end_ -= std::exchange(begin_, 0);
  }
  return std::span(buffer_).subspan(end_);
}

std::expected<std::optional<Frame>, std::string> FrameReader::next() {
  const std::size_t available = end_ - begin_;
  if (available < sizeof(Header)) return std::nullopt;
  const char* start = buffer_.data() + begin_;
  Header header;
  std::memcpy(&header, start, sizeof header);
  if (header.length > kMaxPayloadBytes) {
    return std::unexpected("a frame of " + std::to_string(header.length) + " bytes; at most " +
                           std::to_string(kMaxPayloadBytes) + " are allowed");
  }
  const std::size_t size = sizeof(Header) + header.length;
  if (available < size) return std::nullopt;
  begin_ += size;
  return Frame{header, std::string_view(start, size)};
}

std::string encode(Message type, std::uint32_t request, std::uint32_t transaction, std::string_view payload) {
  const Header header{type, request, transaction, static_cast<std::uint32_t>(payload.size())};
  std::string bytes(sizeof header, '\0');
  std::memcpy(bytes.data(), &header, sizeof header);
  return bytes.append(payload);
}

std::string error_reply(const Header& request, std::string_view name) {
  return encode(Message::error, request.request, request.transaction, std::string(name) + '\0');
}

}  // namespace xenacm::gate

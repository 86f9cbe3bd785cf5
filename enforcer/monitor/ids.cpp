// SPDX-License-Identifier: Apache-2.0
#include "enforcer/monitor/ids.h"

#include <cctype>

namespace xenacm::monitor {

DomainName configured_name(const DomainName& name) {
  constexpr std::string_view kIncoming = "--incoming";
  const std::string& text = name.get();
  return text.ends_with(kIncoming) ? DomainName(text.substr(0, text.size() - kIncoming.size())) : name;
}

std::optional<Uuid> parse_uuid(std::string_view text) {
  if (text.size() != 36) return std::nullopt;
  std::string canonical;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto c = static_cast<unsigned char>(text[i]);
    const bool hyphen = i == 8 || i == 13 || i == 18 || i == 23;
    if (hyphen ? c != '-' : std::isxdigit(c) == 0) return std::nullopt;
    canonical.push_back(static_cast<char>(std::tolower(c)));
  }
  return Uuid(std::move(canonical));
}

Uuid nil_uuid() { return Uuid("00000000-0000-0000-0000-000000000000"); }

}  // namespace xenacm::monitor

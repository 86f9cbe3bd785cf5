// SPDX-License-Identifier: Apache-2.0
#include "enforcer/api/printable.h"

namespace xenacm::api {

std::string printable(std::string_view text) {
  std::string safe;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto c = static_cast<unsigned char>(text[i]);
    const auto next = i + 1 < text.size() ? static_cast<unsigned char>(text[i + 1]) : 0U;
    const bool c1 = c == 0xc2 && next >= 0x80 && next < 0xa0;  // in UTF-8
    safe += c < ' ' || c == 0x7f || c1 ? '?' : text[i];
    if (c1) ++i;
  }
  return safe;
}

}  // namespace xenacm::api

// SPDX-License-Identifier: Apache-2.0
#include "enforcer/gate/printable.h"

#include <algorithm>
#include <cstddef>

namespace xenacm::gate {

std::string printable(std::string_view bytes) {
  constexpr std::size_t kMaxShown = 128;
  std::string text(bytes.substr(0, kMaxShown));
  std::ranges::replace_if(text, [](unsigned char c) { return c < 0x20 || c > 0x7e; }, '?');
  return bytes.size() > kMaxShown ? text + "..." : text;
}

}  // namespace xenacm::gate

// SPDX-License-Identifier: Apache-2.0
#include "enforcer/resource/finding_text.h"

#include <charconv>
#include <ctime>

namespace xenacm::resource {

using monitor::Identity;

namespace {

// "2026-11-22 10:59:02.298607385 UTC", of "SECONDS.NANOSECONDS": two files of one second are told apart.
std::string date(const std::string& birth) {
  std::time_t seconds = 0;
  const char* const fraction = std::from_chars(birth.data(), birth.data() + birth.size(), seconds).ptr;
  std::tm parts{};
  ::gmtime_r(&seconds, &parts);
  std::string text(64, '\0');
  text.resize(std::strftime(text.data(), text.size(), "%Y-%m-%d %H:%M:%S", &parts));
  return text + std::string(fraction, birth.data() + birth.size()) + " UTC";
}

}  // namespace

std::string text_of(const Identity& identity) {
  std::string text = identity.place;
  if (!identity.birth.empty()) text += ", made " + date(identity.birth);
  return text + (identity.mark.empty() ? ", without a mark" : ", mark " + identity.mark);
}

}  // namespace xenacm::resource

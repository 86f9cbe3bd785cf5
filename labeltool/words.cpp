// SPDX-License-Identifier: Apache-2.0
#include <CLI/CLI.hpp>

#include "labeltool/command.h"

namespace xenacm::labeltool {

Words& Words::required(const char* name, std::string& value, const char* help) {
  app_.add_option(name, value, help)->required();
  return *this;
}

Words& Words::optional(const char* name, std::string& value, const char* help) {
  app_.add_option(name, value, help);
  return *this;
}

Words& Words::optional(const char* name, unsigned& value, const char* help) {
  app_.add_option(name, value, help);
  return *this;
}

Words& Words::up_to(int most, const char* name, std::vector<std::string>& values, const char* help) {
  app_.add_option(name, values, help)->expected(0, most);
  return *this;
}

Words& Words::flag(const char* name, bool& value, const char* help) {
  app_.add_flag(name, value, help);
  return *this;
}

Words& Words::option(const char* name, std::string& value, const char* help) {
  app_.add_option(name, value, help);
  return *this;
}

Words& Words::option(const char* name, unsigned& value, unsigned least, unsigned most, const char* help) {
  app_.add_option(name, value, help)->capture_default_str()->check(CLI::Range(least, most));
  return *this;
}

}  // namespace xenacm::labeltool

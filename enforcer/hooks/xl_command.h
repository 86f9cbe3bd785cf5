// SPDX-License-Identifier: Apache-2.0
// What a command line of xl asks for, read as xl reads it.
#pragma once

#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace xenacm::hooks {

// Nothing that is judged: help, a dry run, another command, words with which xl does nothing.
struct XlOther {};

struct XlCreate {
  std::string config_file;
  std::string overrides;  // "key=value" words, a line each, which xl appends to the file
};

struct XlRestore {
  std::optional<std::string> config_file;  // none: what the saved domain was
  std::string save_file;
};

struct XlAttach {
  nlohmann::json body;  // of POST /v1/whatif/attach
};

using XlCommand = std::variant<XlOther, XlCreate, XlRestore, XlAttach>;

// `words` are those after "xl".
[[nodiscard]] XlCommand parse_xl(const std::vector<std::string>& words);

}  // namespace xenacm::hooks

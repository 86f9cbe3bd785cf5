// SPDX-License-Identifier: Apache-2.0
// The words of a device that is to be attached:
//   DOMAIN vif backend=NAME [bridge=B] [nic=N] [index=I]
//   DOMAIN disk NAME [backend=NAME]
//   DOMAIN pci BDF
//   DOMAIN CLASS backend=NAME
#pragma once

#include <string>
#include <vector>

#include "labeltool/command.h"

namespace xenacm::labeltool {

struct AttachWords {
  nlohmann::json body;  // of POST /v1/whatif/attach (schemas/openapi.yaml)
  std::string link;     // "vif link client2 -> nicdom"
};

// The error names the word that is wrong or missing, and shows the form.
[[nodiscard]] std::expected<AttachWords, Failure> parse_attach(const std::vector<std::string>& words);

}  // namespace xenacm::labeltool

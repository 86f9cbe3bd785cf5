// SPDX-License-Identifier: Apache-2.0
// Which domains the permissions of a node join (docs/gate.md, "Permissions").
#pragma once

#include <expected>
#include <string>
#include <string_view>
#include <vector>

#include "enforcer/monitor/request.h"

namespace xenacm::gate {

// What XS_SET_PERMS says of the node at `path`: "n5\0r7\0", the owner first, with what everybody else may do, then
// what each other domain may do. A link for each two domains, Domain-0 aside, one of which may write what the other may
// read; the domain in whose directory the node stands may do both. The error: why it cannot be allowed to anybody.
[[nodiscard]] std::expected<std::vector<monitor::LinkKey>, std::string> joined_by(std::string_view path,
                                                                                  std::string_view permissions);

}  // namespace xenacm::gate

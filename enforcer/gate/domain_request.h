// SPDX-License-Identifier: Apache-2.0
// Requests about a domain as a whole. xenstored carries them out at once, whatever transaction they name.
#pragma once

#include <optional>

#include "enforcer/gate/intents.h"
#include "enforcer/gate/wire.h"

namespace xenacm::gate {

//   INTRODUCE    DOMID\0MFN\0PORT\0    sets up the domain's connection to xenstore
//   SET_TARGET   DOMID\0TARGET\0       the domain gets the rights of another: a link of class kTargetClass
//
// None for any other request.
[[nodiscard]] std::optional<Intent> domain_request_of(const Frame& frame);

}  // namespace xenacm::gate

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "labeltool/command.h"

namespace xenacm::labeltool {

Command doctor_command();

}  // namespace xenacm::labeltool

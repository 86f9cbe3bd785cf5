// SPDX-License-Identifier: Apache-2.0
// The commands below `labeltool audit`, one file each. The table of them is in audit.cpp.
#pragma once

#include "labeltool/command.h"

namespace xenacm::labeltool {

Command audit_checkpoint_command();
Command audit_key_command();
Command audit_replay_command();
Command audit_verify_command();
Command audit_graph_command();
Command audit_suggest_command();
Command audit_summary_command();

}  // namespace xenacm::labeltool

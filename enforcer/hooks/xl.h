// SPDX-License-Identifier: Apache-2.0
// acm-hook xl WORDS…: asks, then becomes xl with the same words.
#pragma once

#include <span>

#include "enforcer/hooks/question.h"

namespace xenacm::hooks {

// `words` are those after "xl", ended by a null pointer, as the kernel gave them: xl gets them byte for byte. Returns
// only where xl is not to run, or cannot.
[[nodiscard]] Outcome run_xl(const Settings& settings, std::span<char*> words);

}  // namespace xenacm::hooks

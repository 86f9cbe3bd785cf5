// SPDX-License-Identifier: Apache-2.0
// What came of scenario files, as text and as JSON.
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "labeltool/scenario/run.h"

namespace xenacm::labeltool::scenario {

struct FileResult {
  std::string file;
  std::string name;
  std::vector<StepResult> steps;
  std::vector<std::string> errors;  // not empty: the file is no scenario, and nothing of it was played
};

// Of steps; a file that is no scenario is one that failed.
struct Totals {
  std::size_t passed = 0;
  std::size_t failed = 0;
};

[[nodiscard]] Totals count(const std::vector<FileResult>& files);

// A line for each step, and for each fault of a file.
[[nodiscard]] std::string to_text(const std::vector<FileResult>& files);
[[nodiscard]] std::string to_text(const std::vector<Untouched>& coverage);
[[nodiscard]] std::string to_text(const Totals& totals);  // "N passed, N failed"

// {"passed", "failed", "files": [{"file", "name", "steps": […], "errors"?}]}
[[nodiscard]] nlohmann::json to_json(const std::vector<FileResult>& files);
// [{"policy": {"name", "version", "digest"}, "untouched": {"vm_labels", …, "conflict_sets"}}]
[[nodiscard]] nlohmann::json to_json(const std::vector<Untouched>& coverage);

}  // namespace xenacm::labeltool::scenario

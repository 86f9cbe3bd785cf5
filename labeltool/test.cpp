// SPDX-License-Identifier: Apache-2.0
// labeltool test FILE… [--coverage]
#include <iostream>
#include <memory>

#include "labeltool/command.h"
#include "labeltool/scenario/file.h"
#include "labeltool/scenario/report.h"

namespace xenacm::labeltool {

namespace {

using scenario::Coverage;
using scenario::FileResult;

constexpr int kAnyNumber = 1 << 29;  // as CLI11 says it

FileResult play(const std::string& file, Coverage& coverage) {
  const auto scenario = scenario::read_scenario(file);
  if (!scenario) return {.file = file, .name = {}, .steps = {}, .errors = scenario.error()};
  return {.file = file, .name = scenario->name, .steps = scenario::run(*scenario, coverage), .errors = {}};
}

Result play_all(const Context& context, const std::vector<std::string>& files, bool with_coverage) {
  if (files.empty()) return std::unexpected(Failure{"Name the scenario files: labeltool test FILE…"});
  Coverage coverage;
  std::vector<FileResult> results;
  for (const std::string& file : files) results.push_back(play(file, coverage));
  const scenario::Totals totals = scenario::count(results);
  if (context.json) {
    auto report = scenario::to_json(results);
    if (with_coverage) report["coverage"] = scenario::to_json(coverage.untouched());
    print_json(report);
  } else {
    std::cout << scenario::to_text(results);
    if (with_coverage) std::cout << scenario::to_text(coverage.untouched());
    std::cout << scenario::to_text(totals);
  }
  // All is said already: the status is what is left.
  if (totals.failed != 0) return std::unexpected(Failure{.message = {}, .details = {}});
  return {};
}

}  // namespace

Command test_command() {
  struct TestArguments {
    std::vector<std::string> files;
    bool coverage = false;
  };
  auto arguments = std::make_shared<TestArguments>();
  return {"test", "Play scenario files against the rules, without daemon or Xen, and say what is not as they expect",
          [arguments](Words& words) {
            words.up_to(kAnyNumber, "file", arguments->files, "the scenario files, TOML (docs/scenarios.md)")
                .flag("--coverage", arguments->coverage, "also say what of the policies no step touched");
          },
          [arguments](const Context& context) { return play_all(context, arguments->files, arguments->coverage); }};
}

}  // namespace xenacm::labeltool

// SPDX-License-Identifier: Apache-2.0
// Scenario files: refused with the place of every fault, or played to the end, each time the same.
// Meant for: labeltool/scenario/*.cpp
#include "labeltool/scenario/coverage.h"
#include "labeltool/scenario/file.h"
#include "labeltool/scenario/report.h"
#include "labeltool/scenario/run.h"
#include "tests/fuzz/fuzz.h"

namespace {

using namespace xenacm;
using namespace xenacm::labeltool::scenario;
using fuzz::require;

std::string played(const Scenario& scenario) {
  Coverage coverage;
  const std::vector<StepResult> results = run(scenario, coverage);
  require(results.size() == scenario.steps.size(), "every step is played");
  for (std::size_t i = 0; i < results.size(); ++i) {
    require(results[i].line == scenario.steps[i].line, "in the order of the file");
    require(results[i].allowed || !results[i].message.empty(), "what is not done has words");
    // Of a step that is as expected nobody can say that something else was.
    require(!results[i].passed() || results[i].allowed == results[i].expected, "a step passes that is as expected");
  }
  const FileResult file{.file = "f", .name = scenario.name, .steps = results, .errors = {}};
  (void)to_text(coverage.untouched());
  (void)to_text(std::vector{file});
  return to_json(std::vector{file}).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const std::filesystem::path file = std::filesystem::path(XENACM_SOURCE_DIR) / "examples/scenarios/fuzzed.toml";
  const auto scenario = parse_scenario(fuzz::text_of(data, size), file);
  if (scenario) {
    require(played(*scenario) == played(*scenario), "a scenario comes out the same each time");
    return 0;
  }
  require(!scenario.error().empty(), "a refusal says why");
  for (const std::string& wrong : scenario.error()) {
    require(wrong.starts_with(file.string() + ":"), "a fault names the file");
  }
  return 0;
}

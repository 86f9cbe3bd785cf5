// SPDX-License-Identifier: Apache-2.0
// The Chinese Wall beside 1,000 running domains, under 100 conflict sets: a domain is admitted and released.
#include <benchmark/benchmark.h>

#include "enforcer/monitor/chinese_wall.h"
#include "tests/bench/acm.h"
#include "tests/bench/host.h"

namespace xenacm::bench {
namespace {

constexpr std::size_t kRunning = 1000;
const HostSize kHost{.running = kRunning, .bound = kRunning + 1};

const policy::Tables& tables() { return host(kHost).tables(); }

std::vector<policy::VmLabelId> labels() {
  std::vector<policy::VmLabelId> labels;
  for (const auto& [name, binding] : host(kHost).bindings()) labels.push_back(*host(kHost).row_of(binding.label));
  return labels;
}

void wall(benchmark::State& run) {
  monitor::ChineseWall wall = host(kHost).wall();
  const policy::VmLabelId label = labels().back();
  for (auto _ : run) {
    if (!wall.conflicts(tables(), label).empty()) run.SkipWithError("a conflict");
    wall.add(tables(), label);
    wall.remove(tables(), label);
  }
}
BENCHMARK(wall);

void wall_acm(benchmark::State& run) {
  const AcmTables acm_tables(tables());
  AcmWall wall(acm_tables);
  const std::vector<policy::VmLabelId> all = labels();
  for (const policy::VmLabelId label : all) {
    if (!wall.admit(label.get())) run.SkipWithError("a conflict");
  }
  for (auto _ : run) {
    wall.release(all.back().get());
    if (!wall.admit(all.back().get())) run.SkipWithError("a conflict");
  }
}
BENCHMARK(wall_acm);

}  // namespace
}  // namespace xenacm::bench

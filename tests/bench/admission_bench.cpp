// SPDX-License-Identifier: Apache-2.0
// Whole decisions on hosts that grow in one respect.
#include <benchmark/benchmark.h>

#include "tests/bench/host.h"

namespace xenacm::bench {
namespace {

using namespace monitor;

void admit(benchmark::State& run, const HostSize& size) {
  const State& state = host(size);
  const Request start = start_of_last(size, 10);
  const Outcome outcome = decide(state, start);
  if (!outcome || !outcome->verdict.allowed()) run.SkipWithError("not admitted");
  for (auto _ : run) benchmark::DoNotOptimize(decide(state, start));
}

std::size_t argument(const benchmark::State& run) { return static_cast<std::size_t>(run.range(0)); }

void admission(benchmark::State& run) { admit(run, {}); }
BENCHMARK(admission);

void admission_by_resources(benchmark::State& run) { admit(run, {.resources = argument(run)}); }
BENCHMARK(admission_by_resources)->Arg(1'000)->Arg(10'000)->Arg(100'000);

void admission_by_labels(benchmark::State& run) { admit(run, {.labels = argument(run)}); }
BENCHMARK(admission_by_labels)->Arg(100)->Arg(1'000)->Arg(10'000);

void admission_by_bindings(benchmark::State& run) { admit(run, {.bound = argument(run)}); }
BENCHMARK(admission_by_bindings)->Arg(1'000)->Arg(10'000)->Arg(100'000);

void admission_by_running(benchmark::State& run) { admit(run, {.running = argument(run) - 1, .bound = argument(run)}); }
BENCHMARK(admission_by_running)->Arg(100)->Arg(1'000)->Arg(10'000);

void admission_by_conflict_sets(benchmark::State& run) {
  admit(run, {.types = 2 * argument(run), .conflict_sets = argument(run)});
}
BENCHMARK(admission_by_conflict_sets)->Arg(10)->Arg(100)->Arg(1'000);

// Of the last running domain to another; no bridge is named, so that it matters which of the backend's have labels.
void link(benchmark::State& run, const HostSize& size) {
  const State& state = host(size);
  const DomId frontend(static_cast<std::uint16_t>(size.running));
  const DomId backend(static_cast<std::uint16_t>(size.running / 2));
  const Request attach = AttachLink{{"vif", frontend, backend, 0}, {}, {}};
  for (auto _ : run) benchmark::DoNotOptimize(decide(state, attach));
}

void link_by_resources(benchmark::State& run) { link(run, {.resources = argument(run)}); }
BENCHMARK(link_by_resources)->Arg(1'000)->Arg(10'000)->Arg(100'000);

void link_by_running(benchmark::State& run) { link(run, {.running = argument(run), .bound = argument(run)}); }
BENCHMARK(link_by_running)->Arg(100)->Arg(1'000)->Arg(10'000);

}  // namespace
}  // namespace xenacm::bench

// SPDX-License-Identifier: Apache-2.0
// What a decision costs, in process and without the ledger.
#include <benchmark/benchmark.h>

#include <cstdio>

#include "enforcer/monitor/decide.h"
#include "tests/bench/synthetic_policy.h"

namespace xenacm::bench {
namespace {

using namespace monitor;

State host(std::size_t types, std::size_t conflict_sets) {
  const auto document = std::make_shared<const std::string>(synthetic_policy(types, conflict_sets));
  State state(std::make_shared<const policy::Compiled>(*policy::compile_document(*document)), document);
  state.apply(PutMode{"", Mode::enforcing});
  return state;
}

Uuid uuid_of(std::size_t i) {
  char text[37];
  std::snprintf(text, sizeof text, "00000000-0000-4000-8000-%012zx", i);
  return Uuid(text);
}

// Domain `domid`, bound to the label of every second type, so that no two of them conflict.
StartDomain domain(State& state, std::size_t domid, std::size_t types) {
  const DomainName name("d" + std::to_string(domid));
  state.apply(PutBinding{name, {{"synthetic", "t" + std::to_string(2 * domid % types)}, {}}});
  return {.domid = DomId(static_cast<std::uint16_t>(domid)), .uuid = uuid_of(domid), .name = name};
}

void ste_decision(benchmark::State& run) {
  const State state = host(static_cast<std::size_t>(run.range(0)), 0);
  const policy::Tables& tables = state.tables();
  const policy::VmLabelId a = *tables.find_vm_label("t3");
  policy::VmLabelId b = *tables.find_vm_label("t5");
  for (auto _ : run) {
    benchmark::DoNotOptimize(b);
    benchmark::DoNotOptimize(policy::share(tables, a, b));
  }
}
BENCHMARK(ste_decision)->Arg(16)->Arg(256)->Arg(1024);

// The limit for the row above: the same words, anded, without tables around them.
void bare_and(benchmark::State& run) {
  const std::size_t words = (static_cast<std::size_t>(run.range(0)) + 63) / 64;
  std::vector<std::uint64_t> a(words, 1);
  std::vector<std::uint64_t> b(words, 2);
  for (auto _ : run) {
    benchmark::DoNotOptimize(b.data());
    benchmark::ClobberMemory();
    std::uint64_t common = 0;
    for (std::size_t i = 0; i < words; ++i) common |= a[i] & b[i];
    benchmark::DoNotOptimize(common != 0);
  }
}
BENCHMARK(bare_and)->Arg(16)->Arg(256)->Arg(1024);

// A start and a stop beside `range(0)` running domains, under 100 conflict sets.
void admission_and_release(benchmark::State& run) {
  constexpr std::size_t kTypes = 200;
  State state = host(kTypes, 100);
  const auto running = static_cast<std::size_t>(run.range(0));
  for (std::size_t i = 1; i <= running; ++i) {
    const StartDomain start = domain(state, i, kTypes);
    state.apply(decide(state, start)->delta);
  }
  const StartDomain start = domain(state, running + 1, kTypes);
  for (auto _ : run) {
    state.apply(decide(state, Request(start))->delta);
    state.apply(decide(state, Request(StopDomain{.domid = start.domid, .uuid = start.uuid}))->delta);
  }
}
BENCHMARK(admission_and_release)->Arg(10)->Arg(100)->Arg(1000);

void link_decision(benchmark::State& run) {
  constexpr std::size_t kTypes = 16;
  State state = host(kTypes, 0);
  for (std::size_t i = 1; i <= 2; ++i) {
    const StartDomain start = domain(state, i, 2);
    state.apply(decide(state, start)->delta);
  }
  const Request attach = AttachLink{{"vif", DomId(1), DomId(2), 0}, {}, {}};
  for (auto _ : run) benchmark::DoNotOptimize(decide(state, attach));
}
BENCHMARK(link_decision);

void compile(benchmark::State& run) {
  const std::string document = synthetic_policy(static_cast<std::size_t>(run.range(0)), 10);
  for (auto _ : run) benchmark::DoNotOptimize(policy::compile_document(document));
  run.SetBytesProcessed(run.iterations() * static_cast<std::int64_t>(document.size()));
}
BENCHMARK(compile)->Arg(100)->Arg(1000)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace xenacm::bench

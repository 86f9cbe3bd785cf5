// SPDX-License-Identifier: Apache-2.0
// One STE decision, beside the bare AND of the same rows, ACM's scan of a row, and SELinux's libsepol. Argument: types.
#include <benchmark/benchmark.h>

#include <map>
#include <utility>

#include "policy/compiler.h"
#include "policy/parser.h"
#include "tests/bench/acm.h"
#include "tests/bench/synthetic_policy.h"
#include "tests/selinux/access.h"
#include "tests/selinux/cil.h"

namespace xenacm::bench {
namespace {

// As many labels as types; two of them that have no type in common, so that nothing ends a look at their rows early.
struct Pair {
  policy::Tables tables;
  policy::VmLabelId a;
  policy::VmLabelId b;
};

const Pair& pair_of(std::size_t types) {
  static std::map<std::size_t, Pair> pairs;
  auto found = pairs.find(types);
  if (found == pairs.end()) {
    policy::Tables tables = policy::compile_document(synthetic_policy({types, types, 0})).value().tables;
    const auto a = *tables.find_vm_label("l0");
    const auto b = *tables.find_vm_label("l3");
    found = pairs.emplace(types, Pair{std::move(tables), a, b}).first;
  }
  return found->second;
}

std::size_t types_of(const benchmark::State& run) { return static_cast<std::size_t>(run.range(0)); }

void ste(benchmark::State& run) {
  const Pair& pair = pair_of(types_of(run));
  policy::VmLabelId a = pair.a;
  policy::VmLabelId b = pair.b;
  for (auto _ : run) {
    benchmark::DoNotOptimize(a);
    benchmark::DoNotOptimize(b);
    benchmark::DoNotOptimize(policy::share(pair.tables, a, b));
  }
}
BENCHMARK(ste)->Arg(16)->Arg(256)->Arg(1024);

void ste_bare_and(benchmark::State& run) {
  const Pair& pair = pair_of(types_of(run));
  const std::uint64_t* a = pair.tables.ste(pair.a).data();
  const std::uint64_t* b = pair.tables.ste(pair.b).data();
  std::size_t words = pair.tables.ste(pair.a).size();
  for (auto _ : run) {
    benchmark::DoNotOptimize(a);
    benchmark::DoNotOptimize(b);
    benchmark::DoNotOptimize(words);
    std::uint64_t common = 0;
    for (std::size_t i = 0; i < words; ++i) common |= a[i] & b[i];
    benchmark::DoNotOptimize(common != 0);
  }
}
BENCHMARK(ste_bare_and)->Arg(16)->Arg(256)->Arg(1024);

void ste_acm(benchmark::State& run) {
  const Pair& pair = pair_of(types_of(run));
  const AcmTables tables(pair.tables);
  AcmDomain a{.domid = 1, .label = pair.a.get()};
  AcmDomain b{.domid = 2, .label = pair.b.get()};
  for (auto _ : run) {
    benchmark::DoNotOptimize(a);
    benchmark::DoNotOptimize(b);
    benchmark::DoNotOptimize(acm_share(tables, a, b));
  }
}
BENCHMARK(ste_acm)->Arg(16)->Arg(256)->Arg(1024);

// libsepol knows one policy at a time, and it is the ones of the same size that are measured one after another.
void ste_libsepol(benchmark::State& run) {
  static std::size_t loaded = 0;
  if (std::exchange(loaded, types_of(run)) != types_of(run)) {
    selinux::load(selinux::to_cil(policy::parse(synthetic_policy({types_of(run), types_of(run), 0})).policy));
  }
  // In the document SystemManagement stands before l0.
  const selinux::Question question(selinux::vm_context(1), selinux::vm_context(4));
  if (question.may_share()) run.SkipWithError("they share");
  for (auto _ : run) benchmark::DoNotOptimize(question.may_share());
}
BENCHMARK(ste_libsepol)->Arg(16)->Arg(256)->Arg(1024);

}  // namespace
}  // namespace xenacm::bench

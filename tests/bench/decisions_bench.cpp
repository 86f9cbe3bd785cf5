// SPDX-License-Identifier: Apache-2.0
// One STE decision, beside the bare AND of the same rows, ACM's scan of a row, and SELinux's libsepol. Argument: types.
#include <benchmark/benchmark.h>

#include <map>
#include <string>
#include <utility>

#include "policy/compiler.h"
#include "policy/parser.h"
#include "tests/bench/acm.h"
#include "tests/bench/synthetic_policy.h"
#include "tests/selinux/access.h"
#include "tests/selinux/cil.h"

namespace xenacm::bench {
namespace {

// As many labels as types; two of them that have no type in common, so that nothing ends a look at their rows early,
// and one that has all of a's types.
struct Labels {
  policy::Tables tables;
  policy::VmLabelId a;
  policy::VmLabelId refused;
  policy::VmLabelId permitted;
};

const Labels& labels_of(std::size_t types) {
  static std::map<std::size_t, Labels> all;
  auto found = all.find(types);
  if (found == all.end()) {
    policy::Tables tables = policy::compile_document(synthetic_policy({types, types, 0})).value().tables;
    const auto a = *tables.find_vm_label("l0");
    const auto refused = *tables.find_vm_label("l3");
    const auto permitted = *tables.find_vm_label("l" + std::to_string(types / 4));  // four types a label: round once
    found = all.emplace(types, Labels{std::move(tables), a, refused, permitted}).first;
  }
  return found->second;
}

std::size_t types_of(const benchmark::State& run) { return static_cast<std::size_t>(run.range(0)); }

// Decision and bare AND are one call each.
[[gnu::noinline]] bool may_share(const policy::Tables& tables, policy::VmLabelId a, policy::VmLabelId b) {
  return policy::share(tables, a, b);
}

[[gnu::noinline]] bool have_common_bits(const std::uint64_t* a, const std::uint64_t* b, std::size_t words) {
  std::uint64_t common = 0;
  for (std::size_t i = 0; i < words; ++i) common |= a[i] & b[i];
  return common != 0;
}

void decide_ste(benchmark::State& run, const policy::Tables& tables, policy::VmLabelId a, policy::VmLabelId b) {
  for (auto _ : run) {
    benchmark::DoNotOptimize(a);
    benchmark::DoNotOptimize(b);
    benchmark::DoNotOptimize(may_share(tables, a, b));
  }
}

void ste(benchmark::State& run) {
  const Labels& labels = labels_of(types_of(run));
  decide_ste(run, labels.tables, labels.a, labels.refused);
}
BENCHMARK(ste)->Arg(16)->Arg(256)->Arg(1024);

void ste_permitted(benchmark::State& run) {
  const Labels& labels = labels_of(types_of(run));
  decide_ste(run, labels.tables, labels.a, labels.permitted);
}
BENCHMARK(ste_permitted)->Arg(16)->Arg(256)->Arg(1024);

void ste_bare_and(benchmark::State& run) {
  const Labels& labels = labels_of(types_of(run));
  const std::uint64_t* a = labels.tables.ste(labels.a).data();
  const std::uint64_t* b = labels.tables.ste(labels.refused).data();
  std::size_t words = labels.tables.ste(labels.a).size();
  for (auto _ : run) {
    benchmark::DoNotOptimize(a);
    benchmark::DoNotOptimize(b);
    benchmark::DoNotOptimize(words);
    benchmark::DoNotOptimize(have_common_bits(a, b, words));
  }
}
BENCHMARK(ste_bare_and)->Arg(16)->Arg(256)->Arg(1024);

void decide_acm(benchmark::State& run, const policy::Tables& policy, policy::VmLabelId label, policy::VmLabelId other) {
  const AcmTables tables(policy);
  AcmDomain a{.domid = 1, .label = label.get()};
  AcmDomain b{.domid = 2, .label = other.get()};
  for (auto _ : run) {
    benchmark::DoNotOptimize(a);
    benchmark::DoNotOptimize(b);
    benchmark::DoNotOptimize(acm_share(tables, a, b));
  }
}

void ste_acm(benchmark::State& run) {
  const Labels& labels = labels_of(types_of(run));
  decide_acm(run, labels.tables, labels.a, labels.refused);
}
BENCHMARK(ste_acm)->Arg(16)->Arg(256)->Arg(1024);

// From the second question on a's cache has b.
void ste_permitted_acm(benchmark::State& run) {
  const Labels& labels = labels_of(types_of(run));
  decide_acm(run, labels.tables, labels.a, labels.permitted);
}
BENCHMARK(ste_permitted_acm)->Arg(16)->Arg(256)->Arg(1024);

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

// SPDX-License-Identifier: Apache-2.0
// From a policy's document to its tables, beside pugixml's parse of the same document. Arguments: labels, types.
#include <benchmark/benchmark.h>

#include <map>
#include <pugixml.hpp>

#include "policy/compiler.h"
#include "tests/bench/synthetic_policy.h"

namespace xenacm::bench {
namespace {

const std::string& document_of(const benchmark::State& run) {
  static std::map<std::pair<std::int64_t, std::int64_t>, std::string> documents;
  std::string& document = documents[{run.range(0), run.range(1)}];
  const auto types = static_cast<std::size_t>(run.range(1));
  if (document.empty()) document = synthetic_policy({static_cast<std::size_t>(run.range(0)), types, types / 2});
  return document;
}

void compile(benchmark::State& run) {
  const std::string& document = document_of(run);
  for (auto _ : run) {
    auto compiled = policy::compile_document(document);
    if (!compiled) run.SkipWithError("the policy does not compile");
    benchmark::DoNotOptimize(compiled);
  }
}
BENCHMARK(compile)->Args({100, 100})->Args({10'000, 100})->Args({10'000, 10'000})->Unit(benchmark::kMillisecond);

void compile_pugixml(benchmark::State& run) {
  const std::string& document = document_of(run);
  for (auto _ : run) {
    pugi::xml_document tree;
    if (!tree.load_buffer(document.data(), document.size())) run.SkipWithError("not read");
    benchmark::DoNotOptimize(tree);
  }
}
BENCHMARK(compile_pugixml)
    ->Args({100, 100})
    ->Args({10'000, 100})
    ->Args({10'000, 10'000})
    ->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace xenacm::bench

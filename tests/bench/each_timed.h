// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <benchmark/benchmark.h>

#include <algorithm>
#include <chrono>
#include <vector>

namespace xenacm::bench {

// The benchmark's loop, with the median of the times that `work` took as the counter "p50", in microseconds.
template <class Work>
void each_timed(benchmark::State& run, Work work) {
  using Clock = std::chrono::steady_clock;
  std::vector<double> times;
  for (auto _ : run) {
    const auto begun = Clock::now();
    work();
    times.push_back(std::chrono::duration<double, std::micro>(Clock::now() - begun).count());
  }
  if (times.empty()) return;
  const auto middle = times.begin() + static_cast<std::ptrdiff_t>(times.size() / 2);
  std::ranges::nth_element(times, middle);
  run.counters["p50"] = benchmark::Counter(*middle, benchmark::Counter::kAvgThreads);
}

}  // namespace xenacm::bench

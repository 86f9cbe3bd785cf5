// SPDX-License-Identifier: Apache-2.0
// Verification of an audit log, beside the bare hashes that nobody can do without.
#include <benchmark/benchmark.h>

#include <map>
#include <stdexcept>

#include "enforcer/audit/record.h"
#include "enforcer/audit/verify.h"

namespace xenacm::bench {
namespace {

using namespace audit;

// Records as those of refused links are, chained.
std::vector<Line> make_chained(std::size_t size) {
  std::vector<Line> log;
  log.reserve(size);
  Record record{.time = std::chrono::microseconds(1'700'000'000'000'000),
                .monotonic = std::chrono::microseconds(1'000'000),
                .what = {"attach vif 0", "client2", "nicdom", "AutoCorp", "A-Bank"},
                .decision = "deny",
                .rule = "ste",
                .message = "the two labels share no STE type",
                .reasons =
                    R"([{"message":"the two labels share no STE type","remedy":"give both labels a common type",)"
                    R"("rule":"ste","subject":{"label":"AutoCorp","line":71,"name":"client2","types":["AutoCorp"]}}])",
                .mode = "enforcing",
                .policy = "mytest",
                .version = "1.0",
                .digest = std::string(64, 'd'),
                .who = {.via = "gate", .pid = 2231, .executable = "/usr/lib/xen-4.17/bin/xl", .toolstack = "xl"}};
  Hash hash = kNoHash;
  for (std::size_t i = 0; i < size; ++i) {
    ++record.seq;
    record.time += std::chrono::microseconds(1000);
    std::string text = text_of(record);
    hash = next_hash(hash, text);
    log.push_back({std::move(text), hash});
  }
  return log;
}

const std::vector<Line>& chained(std::size_t size) {
  static std::map<std::size_t, std::vector<Line>> logs;
  const auto found = logs.find(size);
  return found != logs.end() ? found->second : logs.emplace(size, make_chained(size)).first->second;
}

void counted(benchmark::State& run, const std::vector<Line>& log) {
  run.SetItemsProcessed(run.iterations() * static_cast<std::int64_t>(log.size()));
  run.SetBytesProcessed(run.iterations() * static_cast<std::int64_t>(log.size() * log.front().record.size()));
}

void bare_hashes(benchmark::State& run) {
  const auto& log = chained(static_cast<std::size_t>(run.range(0)));
  for (auto _ : run) {
    Hash hash = kNoHash;
    for (const Line& line : log) hash = next_hash(hash, line.record);
    if (hash != log.back().hash) throw std::logic_error("not the chain");
  }
  counted(run, log);
}
BENCHMARK(bare_hashes)->Arg(1'000'000)->Unit(benchmark::kMillisecond);

// With a checkpoint for every thousand records, as a daemon signs them.
std::vector<std::string> checkpoints_of(const std::vector<Line>& log) {
  const SigningKey key = SigningKey::make();
  std::vector<std::string> checkpoints;
  for (std::size_t seq = 1000; seq <= log.size(); seq += 1000) {
    checkpoints.push_back(sign_checkpoint(static_cast<std::int64_t>(seq), log[seq - 1].hash, {}, key));
  }
  return checkpoints;
}

void expect_sound(const Report& report, const std::vector<Line>& log) {
  if (report.finding || report.records != log.size()) throw std::logic_error("a sound log was not found sound");
}

void verify_records(benchmark::State& run) {
  const auto& log = chained(static_cast<std::size_t>(run.range(0)));
  const auto checkpoints = checkpoints_of(log);
  for (auto _ : run) {
    Verifier verifier({});
    for (const std::string& checkpoint : checkpoints) verifier.expect(checkpoint, Source::log);
    for (const Line& line : log) verifier.feed(line.record, line.hash);
    expect_sound(verifier.finish(), log);
  }
  counted(run, log);
}
BENCHMARK(verify_records)->Arg(1'000'000)->Unit(benchmark::kMillisecond);

void verify_lines(benchmark::State& run) {
  const auto& log = chained(static_cast<std::size_t>(run.range(0)));
  const auto checkpoints = checkpoints_of(log);
  std::vector<std::string> lines;
  lines.reserve(log.size());
  for (const Line& line : log) lines.push_back(to_text(line));
  for (auto _ : run) {
    Verifier verifier({});
    for (const std::string& checkpoint : checkpoints) verifier.expect(checkpoint, Source::log);
    for (const std::string& line : lines) verifier.feed_line(line);
    expect_sound(verifier.finish(), log);
  }
  counted(run, log);
}
BENCHMARK(verify_lines)->Arg(1'000'000)->Unit(benchmark::kMillisecond);

void sign(benchmark::State& run) {
  const SigningKey key = SigningKey::make();
  for (auto _ : run) benchmark::DoNotOptimize(sign_checkpoint(1000, kNoHash, {}, key));
}
BENCHMARK(sign);

}  // namespace
}  // namespace xenacm::bench

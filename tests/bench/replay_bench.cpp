// SPDX-License-Identifier: Apache-2.0
// How long it takes to derive the verdicts of a log again (docs/audit.md, "Replay").
#include <benchmark/benchmark.h>

#include <nlohmann/json.hpp>

#include "enforcer/audit/derive.h"
#include "enforcer/audit/notes.h"
#include "enforcer/audit/replay.h"
#include "enforcer/monitor/state_json.h"
#include "tests/bench/synthetic_policy.h"

namespace xenacm::bench {
namespace {

using namespace monitor;

constexpr std::size_t kTypes = 64;

// A log in the making, that begins with a snapshot.
class Log {
 public:
  explicit Log(State state) : state_(std::move(state)) {
    audit::Record snapshot{.what = {.action = std::string(audit::kSnapshot)}};
    snapshot.request = to_json(state_).dump();
    put(audit::under(state_, std::move(snapshot)), "daemon");
  }

  void ask(const Request& request) {
    const Outcome outcome = decide(state_, request);
    put(audit::record_of(state_, request, outcome), "gate");
    if (outcome) state_.apply(outcome->delta);
  }
  [[nodiscard]] const std::vector<std::string>& records() const { return records_; }

 private:
  void put(audit::Record record, const char* via) {
    record.seq = static_cast<std::int64_t>(records_.size()) + 2;  // record 1 would begin with a new ledger's state
    record.who = {.via = via, .pid = 2231, .executable = "/usr/sbin/xl", .toolstack = "xl"};
    records_.push_back(text_of(record));
  }

  State state_;
  std::vector<std::string> records_;
};

// Domains of a host of twenty come and go: a start, a link, a start that is refused, an end.
std::vector<std::string> log_of(std::size_t size) {
  const auto document = std::make_shared<const std::string>(synthetic_policy({kTypes, kTypes, 4}));
  Log log(State(std::make_shared<const policy::Compiled>(*policy::compile_document(*document)), document));
  log.ask(SetMode{Mode::enforcing, {}});
  for (std::size_t domid = 1; domid <= 20; ++domid) {
    log.ask(LabelDomain{DomainName("d" + std::to_string(domid)), {}, "l" + std::to_string(2 * domid % kTypes), {}});
  }
  for (std::size_t i = 0; log.records().size() < size; ++i) {
    const DomId domid(static_cast<std::uint16_t>(i % 20 + 1));
    const StartDomain start{.domid = domid, .uuid = nil_uuid(), .name = DomainName("d" + std::to_string(domid.get()))};
    log.ask(start);
    log.ask(AttachLink{{"vif", domid, kDomain0, 0}, {"xenbr0", ""}, {}});
    log.ask(StartDomain{.domid = domid, .uuid = nil_uuid(), .name = DomainName("unlabelled")});
    if (i % 20 > 9) log.ask(StopDomain{.domid = domid, .uuid = nil_uuid()});
  }
  return log.records();
}

void replay(benchmark::State& run) {
  static const std::vector<std::string> kLog = log_of(20'000);
  std::size_t differences = 0;
  for (auto _ : run) {
    audit::Replay replay;
    for (const std::string& record : kLog) differences += replay.feed(record).size();
  }
  if (differences != 0) run.SkipWithError("the log differs from its replay");
  run.SetItemsProcessed(static_cast<std::int64_t>(kLog.size()) * static_cast<std::int64_t>(run.iterations()));
}
BENCHMARK(replay)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace xenacm::bench

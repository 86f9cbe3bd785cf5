// SPDX-License-Identifier: Apache-2.0
#include "tests/unit/audit/sample_log.h"

#include <chrono>

namespace xenacm::audit::test {

std::string record(std::int64_t seq) {
  const std::string n = std::to_string(seq);
  return R"({"action":"attach vif 0","decision":"deny","exe":"/usr/sbin/xl","gid":0,"latency_us":31,"message":"no type )"
         R"(in common, \"seq\":7,","mode":"enforcing","monotonic_us":7)" +
         n + R"(,"object":"nicdom","object_label":"A-Bank","pid":)" + n +
         R"(,"policy":{"digest":"00ff","name":"mytest","version":"1.0"},"reasons":[{"rule":"ste","seq":3}],)"
         R"("request":{"backend":1,"seq":9},"rule":"ste","seq":)" +
         n + R"(,"subject":"client2","subject_label":"AutoCorp","time":1700000000)" + n +
         R"(,"toolstack":"xl","uid":0,"via":"gate"})";
}

Log sample_log(std::int64_t size) {
  Log log;
  for (std::int64_t seq = 1; seq <= size; ++seq) log.push_back({record(seq), {}});
  rechain(log, 0);
  return log;
}

void rechain(Log& log, std::size_t from) {
  for (std::size_t i = from; i < log.size(); ++i) {
    log[i].hash = next_hash(i == 0 ? kNoHash : log[i - 1].hash, log[i].record);
  }
}

std::string checkpoint_of(const Log& log, std::int64_t seq, const SigningKey& key) {
  return sign_checkpoint(seq, log.at(static_cast<std::size_t>(seq) - 1).hash, std::chrono::microseconds(seq), key);
}

Report verify(const Log& log, const Given& given) {
  Verifier verifier(given.trusted, given.after);
  for (const auto& [checkpoint, source] : given.witnesses) verifier.expect(checkpoint, source);
  for (const Line& line : log) {
    if (!verifier.feed(line.record, line.hash)) break;
  }
  return verifier.finish();
}

std::string found(const Report& report) {
  if (!report.finding) return {};
  return std::string(to_text(report.finding->fault)) + " " + std::to_string(report.finding->seq);
}

}  // namespace xenacm::audit::test

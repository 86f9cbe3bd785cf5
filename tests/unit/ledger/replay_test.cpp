// SPDX-License-Identifier: Apache-2.0
// What the committer records is enough to derive every verdict again (docs/audit.md, "Replay")
#include "enforcer/audit/replay.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <nlohmann/json.hpp>

#include "enforcer/audit/notes.h"
#include "enforcer/monitor/state_json.h"
#include "tests/unit/ledger/scratch.h"
#include "tests/unit/monitor/likely_request.h"

namespace xenacm::ledger {
namespace {

using namespace monitor;
using nlohmann::json;

std::string text_of(const audit::Difference& difference) {
  return std::to_string(difference.seq) + " " + difference.what + ": recorded " + difference.recorded + ", derived " +
         difference.derived + "\n";
}

std::vector<std::string> log_of(const Scratch& scratch) {
  std::vector<std::string> records;
  const auto lines = AuditReader(scratch.file()).read({.after = 0});
  if (!lines) throw std::runtime_error(lines.error());
  for (const audit::Line& line : *lines) records.push_back(line.record);
  return records;
}

// "SEQ MEMBER: recorded …, derived …", a line each; empty: everything is as recorded.
std::string differences(const std::vector<std::string>& records) {
  audit::Replay replay;
  std::string text;
  for (const std::string& record : records) {
    for (const audit::Difference& difference : replay.feed(record)) text += text_of(difference);
  }
  return text;
}

json rows(const State& state) {
  json rows = to_json(state).at("rows");
  std::erase_if(rows.get_ref<json::array_t&>(), [](const json& row) { return row.at("kind") == "ticket"; });
  return rows;
}

Caller voice() { return {.via = std::string(audit::kOwnVoice)}; }

// As the daemon does when it starts. Its segments are short: the snapshots at their beginnings, taken while domains
// wait under tickets, are compared with what the replay has come to.
std::unique_ptr<Committer> restarted(const Scratch& scratch) {
  auto committer = scratch.committer({.segment_records = 9, .self = voice()});
  committer->note({.action = std::string(audit::kDaemonStart)}, voice());
  return committer;
}

TEST(Replay, FindsNoDifferenceInTheLogOfAnyTraceAcrossRestarts) {
  const bool held = rc::check("replay", [] {
    const Scratch scratch;
    auto committer = restarted(scratch);
    ask(*committer, mytest());
    for (int left = *rc::gen::inRange(1, 80); left > 0; --left) {
      if (*rc::gen::inRange(0, 20) == 0) {
        committer.reset();
        committer = restarted(scratch);
      }
      committer->submit(likely_request(), tester(), [](const Reply&) {});
    }
    const json remembered = rows(state_of(*committer));
    committer.reset();
    RC_ASSERT(differences(log_of(scratch)) == "");
    // What is left out of the log must not matter, and neither must a restart.
    RC_ASSERT(rows(*scratch.open().load()) == remembered);
  });
  EXPECT_TRUE(held);
}

}  // namespace
}  // namespace xenacm::ledger

// SPDX-License-Identifier: Apache-2.0
// What a replay says of a log that was altered, or that does not begin at its beginning.
#include "enforcer/audit/replay.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "enforcer/audit/derive.h"
#include "enforcer/audit/notes.h"
#include "enforcer/monitor/state_json.h"
#include "tests/unit/monitor/scene.h"

namespace xenacm::audit {
namespace {

using namespace monitor;
using nlohmann::json;

// A log in the making, as the committer makes one.
class Log {
 public:
  Log& ask(const Request& request) {
    const Outcome outcome = decide(state_, request);
    put(record_of(state_, request, outcome), "api");
    if (outcome) state_.apply(outcome->delta);
    return *this;
  }
  Log& note(std::string_view action) {
    put(under(state_, {.what = {.action = std::string(action)}, .decision = "allow"}), kOwnVoice);
    return *this;
  }
  Log& snapshot() {
    Record record = under(state_, {.what = {.action = std::string(kSnapshot)}, .decision = "allow"});
    record.request = to_json(state_).dump();
    put(std::move(record), kOwnVoice);
    return *this;
  }

  [[nodiscard]] std::size_t size() const { return records_.size(); }
  json& operator[](std::int64_t seq) { return records_.at(static_cast<std::size_t>(seq - 1)); }
  void drop(std::int64_t seq) { records_.erase(records_.begin() + (seq - 1)); }
  // Before this one there is nothing.
  void begin_at(std::int64_t seq) { records_.erase(records_.begin(), records_.begin() + (seq - 1)); }

  // "SEQ MEMBER" of each difference.
  [[nodiscard]] std::vector<std::string> differences() {
    replay_ = Replay();
    std::vector<std::string> found;
    for (const json& record : records_) {
      for (const Difference& d : replay_.feed(record.dump())) found.push_back(std::to_string(d.seq) + " " + d.what);
    }
    return found;
  }
  [[nodiscard]] const Replay& replay() const { return replay_; }

 private:
  void put(Record record, std::string_view via) {
    record.seq = static_cast<std::int64_t>(records_.size()) + 1;
    record.who.via = via;
    records_.push_back(json::parse(text_of(record)));
  }
  State state_ = initial_state();
  std::vector<json> records_;
  Replay replay_;
};

using Found = std::vector<std::string>;

StartDomain start(unsigned domid, const std::string& name) {
  return {.domid = DomId(static_cast<std::uint16_t>(domid)), .uuid = uuid_of(domid), .name = DomainName(name)};
}

// 1 daemon start, 2 mytest, 3 enforcing, 4 and 5 labels, 6 start of a, 7 start of b: denied.
Log two_banks() {
  Log log;
  log.note(kDaemonStart)
      .ask(policy_request(example_policy("mytest-security_policy.xml")))
      .ask(SetMode{Mode::enforcing, {}})
      .ask(LabelDomain{DomainName("a"), {}, "A-Bank", {}})
      .ask(LabelDomain{DomainName("b"), {}, "B-Bank", {}})
      .ask(start(1, "a"))
      .ask(start(2, "b"));
  return log;
}

TEST(Replay, DerivesEveryVerdictAgain) {
  Log log = two_banks();
  EXPECT_EQ(log[7]["decision"], "deny");
  EXPECT_EQ(log.differences(), Found{});
  EXPECT_EQ(log.replay().records(), 7);
  EXPECT_EQ(log.replay().derived(), 6);
}

TEST(Replay, FindsWhateverWasAlteredInARecord) {
  const std::vector<std::pair<const char*, json>> alterations{{"decision", "allow"},      {"rule", "ste"},
                                                              {"message", "it is fine"},  {"mode", "permissive"},
                                                              {"reasons", json::array()}, {"subject", "c"}};
  for (const auto& [member, value] : alterations) {
    Log log = two_banks();
    log[7][member] = value;
    EXPECT_EQ(log.differences(), Found{std::string("7 ") + member});
  }
}

TEST(Replay, FindsAnAlteredPolicyInEveryVerdictUnderIt) {
  Log log = two_banks();
  std::string document = log[2]["request"]["document"];
  document.replace(document.find("<!--"), 4, "<!-- ");
  log[2]["request"]["document"] = document;
  EXPECT_EQ(log.differences(),
            (Found{"3 policy.digest", "4 policy.digest", "5 policy.digest", "6 policy.digest", "7 policy.digest"}));
}

TEST(Replay, FindsAMissingRecordAndWhatItLedTo) {
  Log log = two_banks();
  log.drop(6);
  EXPECT_EQ(log.differences(), (Found{"7 record", "7 decision", "7 rule", "7 message", "7 reasons"}));
}

TEST(Replay, FindsARecordThatIsThereTwice) {
  Log log = two_banks();
  log[6] = log[5];
  EXPECT_EQ(log.differences()[0], "5 record");
}

TEST(Replay, FindsAVerdictWithoutARequest) {
  Log log = two_banks();
  log[7]["request"] = nullptr;
  EXPECT_EQ(log.differences(), Found{"7 request"});
}

TEST(Replay, BeginsAtASnapshotAndComparesWithLaterOnes) {
  Log log = two_banks();
  log.snapshot().ask(start(2, "b")).ask(StopDomain{DomId(1), uuid_of(1)}).snapshot().ask(start(2, "b"));
  EXPECT_EQ(log.differences(), Found{});
  log.begin_at(8);
  EXPECT_EQ(log.differences(), Found{});
  EXPECT_EQ(log.replay().derived(), 3);
}

TEST(Replay, FindsAStateThatNoRequestLedToAndGoesOnFromThere) {
  Log log = two_banks();
  log.snapshot().ask(start(2, "b"));
  json& rows = log[8]["request"]["rows"];
  std::erase_if(rows.get_ref<json::array_t&>(), [](const json& row) { return row.value("name", "") == "a"; });
  const Found found = log.differences();
  ASSERT_GE(found.size(), 3U);
  EXPECT_EQ(found[0], "8 state") << "the domain";
  EXPECT_EQ(found[1], "8 state") << "its label";
  EXPECT_EQ(found[2], "9 decision") << "b may start where a does not run";
}

TEST(Replay, PassesOverRecordsFromBeforeRequestsWereKept) {
  Log log = two_banks();
  log.snapshot().ask(start(2, "b"));
  for (std::int64_t seq = 2; seq <= 7; ++seq) log[seq]["request"] = nullptr;
  EXPECT_EQ(log.differences(), Found{});
  EXPECT_EQ(log.replay().derived(), 1);
  EXPECT_EQ(log.replay().without_request(), 6);
}

TEST(Replay, SaysThatItCannotBeginInTheMiddle) {
  Log log = two_banks();
  log.begin_at(4);
  EXPECT_EQ(log.differences(), Found{"4 state"}) << "once, not for each record";
}

TEST(Replay, EndsTicketsWhereTheDaemonStartedAnew) {
  Log log = two_banks();
  log.ask(StopDomain{DomId(1), uuid_of(1)}).ask(ReserveStart{"t", start(1, "a")}).ask(start(2, "b"));
  EXPECT_EQ(log[10]["decision"], "deny");
  log.note(kDaemonStart).ask(start(2, "b"));
  EXPECT_EQ(log.differences(), (Found{"12 decision", "12 rule", "12 message", "12 reasons"}))
      << "this log's state kept the ticket, and a daemon's would not have";
}

TEST(Replay, ARecordThatIsNestedTooDeepDoesNotEndIt) {
  constexpr std::size_t kDepth = 200'000;
  const std::string nested = std::string(kDepth, '[') + std::string(kDepth, ']');
  Replay replay;
  const auto differences = replay.feed(R"({"seq":1,"request":)" + nested + "}");
  ASSERT_EQ(differences.size(), 1u);
  EXPECT_EQ(differences.front().what, "record");
  EXPECT_FALSE(parse_record(R"({"seq":1,"reasons":)" + nested + "}"));
}

TEST(Replay, GoesOnPastWhatIsNoRecord) {
  Replay replay;
  for (const char* text :
       {"", "{", "[]", "null", "{\"seq\":0}", "{\"seq\":-1}", "{\"seq\":\"1\"}", "{\"seq\":18446744073709551615}"}) {
    const auto found = replay.feed(text);
    ASSERT_EQ(found.size(), 1U) << text;
    EXPECT_EQ(found[0].what, "record");
  }
  const auto request = replay.feed(R"({"seq":1,"request":{"kind":"set_policy","document":"<a/>"}})");
  ASSERT_EQ(request.size(), 1U);
  EXPECT_EQ(request[0].what, "request");
  const auto snapshot = replay.feed(R"({"seq":2,"request":{"kind":"snapshot","rows":[1]}})");
  ASSERT_EQ(snapshot.size(), 1U);
  EXPECT_EQ(snapshot[0].what, "state");
  EXPECT_EQ(replay.records(), 10);
  EXPECT_EQ(replay.derived(), 0);
}

}  // namespace
}  // namespace xenacm::audit

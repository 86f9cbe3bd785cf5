// SPDX-License-Identifier: Apache-2.0
// Which records a filter chooses (docs/audit.md, "Review")
#include <SQLiteCpp/SQLiteCpp.h>
#include <gtest/gtest.h>

#include "tests/unit/ledger/scratch.h"

namespace xenacm::ledger {
namespace {

using audit::Filter;
using audit::Record;
using std::chrono::microseconds;

constexpr const char* kSte = R"json([{"rule": "ste", "message": "m", "remedy": "r",
  "subject": {"name": "client2", "label": "AutoCorp", "types": [], "line": 0},
  "object": {"name": "nicdom", "label": "A-Bank", "types": [], "line": 0}}])json";
constexpr const char* kWall = R"json([{"rule": "chinese-wall", "message": "m", "remedy": "r",
  "subject": {"name": "domain2", "label": "B-Bank", "types": [], "line": 0},
  "conflict_set": {"name": "RER", "types": [], "line": 1,
                   "holders": [{"type": "A-Bank", "domains": ["nicdom (A-Bank)", "c (C-Bank, about to start)"]}]}}])json";
constexpr const char* kResource = R"json([{"rule": "label", "message": "m", "remedy": "r",
  "subject": {"name": "x", "label": "", "types": [], "line": 0}},
 {"rule": "resource", "message": "m", "remedy": "r",
  "subject": {"name": "client1", "label": "A-Bank", "types": [], "line": 0},
  "object": {"name": "phy@nicdom:/dev/c", "label": "AutoCorp", "types": [], "line": 0}}])json";

class AuditFilterTest : public testing::Test {
 protected:
  AuditFilterTest() {
    add({.time = microseconds(100),
         .what = {"attach vif 0", "client2", "nicdom", "AutoCorp", "A-Bank"},
         .decision = "deny",
         .reasons = kSte,
         .who = {.uid = 0, .pid = 2231, .executable = "/usr/lib/xen-4.17/bin/xl", .toolstack = "xl"}});
    add({.time = microseconds(200),
         .what = {"start", "domain2", "", "B-Bank", ""},
         .decision = "would-deny",
         .reasons = kWall,
         .who = {.uid = 7, .pid = 12, .executable = "/usr/sbin/libvirtd", .toolstack = "libvirt"}});
    add({.time = microseconds(300),
         .what = {"attach vbd 51712", "client1", "nicdom (phy:/dev/a, phy:/dev/b)", "A-Bank", "A-Bank"},
         .decision = "allow",
         .who = {.uid = 2231, .pid = 7, .executable = "xl"}});
    add({.time = microseconds(400), .what = {"addlabel res", "phy:/dev/a", "A-Bank", "", ""}, .decision = "allow"});
    add({.time = microseconds(500),
         .what = {"attach vbd 51728", "client1", "Domain-0 (phy:/dev/b)", "A-Bank", "SystemManagement"},
         .decision = "deny",
         .reasons = kResource});
    add({.time = microseconds(600),
         .what = {"addlabel vif", "vif-0 of client1", "AutoCorp", "", ""},
         .decision = "allow"});
    add({.time = microseconds(700), .what = {"mode", "A-Bank", "permissive", "", ""}, .decision = "allow"});
    add({.time = microseconds(50),
         .what = {"start", R"(c%"'; DROP TABLE audit --)", "", R"("decision":"deny")", ""},
         .decision = "allow"});
  }
  void add(Record record) {
    Ledger ledger = scratch.open();
    ASSERT_TRUE(ledger.begin() && ledger.append(record) && ledger.commit());
  }
  [[nodiscard]] std::vector<std::int64_t> found(const Filter& filter) const {
    std::vector<std::int64_t> numbers;
    for (const Record& record : scratch.records(filter)) numbers.push_back(record.seq);
    return numbers;
  }
  Scratch scratch;
};

using Numbers = std::vector<std::int64_t>;

TEST_F(AuditFilterTest, ChoosesByEachOfItsMembers) {
  struct Case {
    const char* what;
    Filter filter;
    Numbers numbers;
  };
  const Case cases[] = {
      {"all", {}, {1, 2, 3, 4, 5, 6, 7, 8}},
      {"refused", {.refused = true}, {1, 2, 5}},
      {"since, which counts", {.since = microseconds(300)}, {3, 4, 5, 6, 7}},
      {"until, which does not", {.until = microseconds(300)}, {1, 2, 8}},
      {"times that went back", {.since = microseconds(50), .until = microseconds(51)}, {8}},
      {"the subject", {.domain = "client2"}, {1}},
      {"the object, with what it serves, and not a longer name", {.domain = "nicdom"}, {1, 3}},
      {"no shorter name", {.domain = "client"}, {}},
      {"the owner of a vif", {.domain = "client1"}, {3, 5, 6}},
      {"no wildcards", {.domain = "c%"}, {}},
      {"no SQL", {.domain = R"(c%"'; DROP TABLE audit --)"}, {8}},
      {"labels: of the ends, in reasons, of who holds a type, given, of a mode",
       {.label = "A-Bank"},
       {1, 2, 3, 4, 5, 7}},
      {"the label of one that is about to start", {.label = "C-Bank"}, {2}},
      {"a label in a reason, and one that is given", {.label = "AutoCorp"}, {1, 5, 6}},
      {"a resource, labelled", {.resource = "phy:/dev/a"}, {4}},
      {"one of Domain-0's is not its namesake",
       {.resource = "phy:/dev/b", .listed = {{"Domain-0", "phy:/dev/b"}}},
       {5}},
      {"of a driver domain, in a list", {.resource = "phy@nicdom:/dev/b", .listed = {{"nicdom", "phy:/dev/b"}}}, {3}},
      {"not the start of a name", {.resource = "phy@nicdom:/dev/", .listed = {{"nicdom", "phy:/dev/"}}}, {}},
      {"a resource in a reason", {.resource = "phy@nicdom:/dev/c"}, {5}},
      {"the rule of a reason that is not the first", {.rule = "resource"}, {5}},
      {"the toolstack", {.toolstack = "libvirt"}, {2}},
      {"a number is a uid or a pid", {.who = {.uid = 2231, .pid = 2231}}, {1, 3}},
      {"a program by its name", {.who = {.program = "xl"}}, {1, 3}},
      {"by its whole path", {.who = {.program = "/usr/sbin/libvirtd"}}, {2}},
      {"not by the end of its name", {.who = {.program = "l"}}, {}},
      {"several at once", {.refused = true, .label = "A-Bank", .rule = "ste"}, {1}},
      {"the newest", {.domain = "client1", .limit = 2}, {5, 6}},
      {"what comes after", {.after = 3, .domain = "client1"}, {5, 6}},
  };
  for (const Case& each : cases) EXPECT_EQ(found(each.filter), each.numbers) << each.what;
}

TEST_F(AuditFilterTest, ShowsALineThatIsNoRecordUnderEveryFilter) {
  SQLite::Database(scratch.file().string(), SQLite::OPEN_READWRITE).exec("UPDATE audit SET record = '{' WHERE seq = 4");
  const AuditReader reader(scratch.file());
  const auto lines = reader.read({.domain = "client2"});
  ASSERT_TRUE(lines) << lines.error();
  ASSERT_EQ(lines->size(), 2u);
  EXPECT_EQ(lines->back().record, "{");
}

TEST_F(AuditFilterTest, IsGivenUpWhenTheReaderIsStopped) {
  SQLite::Database(scratch.file().string(), SQLite::OPEN_READWRITE)
      .exec(
          "WITH RECURSIVE n(i) AS (SELECT 100 UNION ALL SELECT i + 1 FROM n WHERE i < 30000) "
          "INSERT INTO audit SELECT i, (SELECT record FROM audit WHERE seq = 1), zeroblob(32) FROM n");
  AuditReader reader(scratch.file());
  EXPECT_TRUE(reader.read({.label = "none"}));
  reader.stop();
  const auto stopped = reader.read({.label = "none"});
  ASSERT_FALSE(stopped);
  EXPECT_NE(stopped.error().find("interrupted"), std::string::npos) << stopped.error();
}

}  // namespace
}  // namespace xenacm::ledger

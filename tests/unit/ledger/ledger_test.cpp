// SPDX-License-Identifier: Apache-2.0
// What the ledger keeps, and how it refuses what it cannot keep (architecture, "The ledger")
#include "enforcer/ledger/ledger.h"

#include <SQLiteCpp/SQLiteCpp.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <fstream>
#include <sstream>

#include "tests/unit/ledger/scratch.h"

namespace xenacm::ledger {
namespace {

using namespace monitor;

std::string contents(const std::filesystem::path& file) {
  std::ifstream in(file, std::ios::binary);
  std::ostringstream text;
  text << in.rdbuf();
  return text.str();
}

// One change of every kind.
Delta everything() {
  const SetPolicy policy = mytest();
  const StoredLabel label{"mytest", "A-Bank"};
  return {PutPolicy{policy.compiled, policy.document},
          PutRunning{{kDomain0,
                      Uuid("00000000-0000-0000-0000-000000000000"),
                      DomainName("Domain-0"),
                      {"mytest", "SystemManagement"}}},
          PutRunning{{DomId(3), Uuid("11111111-0000-4000-8000-000000000000"), DomainName("a"), label, true}},
          PutBinding{DomainName("a"), {label, Uuid("11111111-0000-4000-8000-000000000000")}},
          PutBinding{DomainName("b \xc3\xa4"), {{"mytest", "B-Bank", false}, {}, StoredLabel{"older", "B"}}},
          PutResource{*parse_resource_name("file:/vm/a.img"), {label, Identity{"inode 1:2", "3.4", "5"}}},
          PutResource{*parse_resource_name("file:/vm/later.img"), {label, {}}},
          PutVifLabel{{DomainName("a"), 2}, label},
          PutLink{{{"vif", DomId(3), kDomain0, 4294967295U}, {"xenbr0", "eth0"}, {}}},
          PutLink{{{"vbd", DomId(3), kDomain0, 51712},
                   {},
                   {{*parse_resource_name("file:/vm/a.img"), Identity{"inode 1:2", "3.4", "5"}, {}}}}},
          PutMode{"", Mode::enforcing},
          PutMode{"A-Bank", Mode::permissive}};
}

TEST(Ledger, BeginsPermissiveUnderTheDefaultPolicy) {
  const Scratch scratch;
  const State state = *scratch.open().load();
  EXPECT_EQ(state.tables().ref.name, "DEFAULT");
  EXPECT_EQ(state.mode(), Mode::permissive);
  EXPECT_EQ(state.domain0().label.text(), "ACM:DEFAULT:SystemManagement");
}

TEST(Ledger, GivesBackEveryRowAfterItWasClosed) {
  const Scratch scratch;
  const Delta delta = everything();
  {
    Ledger ledger = scratch.open();
    ASSERT_TRUE(ledger.begin() && ledger.write(delta) && ledger.commit());
  }
  const State stored = *scratch.open().load();
  const SetPolicy policy = mytest();
  State expected(policy.compiled, policy.document);
  expected.apply(delta);
  EXPECT_EQ(stored.running(), expected.running());
  EXPECT_EQ(stored.bindings(), expected.bindings());
  EXPECT_EQ(stored.resources(), expected.resources());
  EXPECT_EQ(stored.vif_labels(), expected.vif_labels());
  EXPECT_EQ(stored.links(), expected.links());
  EXPECT_EQ(stored.modes(), expected.modes());
  EXPECT_EQ(stored.tables().ref, expected.tables().ref);
  EXPECT_EQ(stored.document(), expected.document());
  EXPECT_EQ(stored.wall().running(), expected.wall().running());
}

TEST(Ledger, ForgetsEveryRowThatWasDropped) {
  const Scratch scratch;
  Ledger ledger = scratch.open();
  ASSERT_TRUE(ledger.begin() && ledger.write(everything()));
  ASSERT_TRUE(ledger.write({DropRunning{DomId(3)}, DropBinding{DomainName("a")}, DropBinding{DomainName("b \xc3\xa4")},
                            DropResource{*parse_resource_name("file:/vm/a.img")},
                            DropResource{*parse_resource_name("file:/vm/later.img")},
                            DropVifLabel{{DomainName("a"), 2}}, DropLink{{"vbd", DomId(3), kDomain0, 51712}},
                            DropLink{{"vif", DomId(3), kDomain0, 4294967295U}}, DropMode{"A-Bank"}}));
  ASSERT_TRUE(ledger.commit());
  const State state = *ledger.load();
  EXPECT_EQ(state.running().size(), 1u);
  EXPECT_TRUE(state.bindings().empty());
  EXPECT_TRUE(state.resources().empty());
  EXPECT_TRUE(state.vif_labels().empty());
  EXPECT_TRUE(state.links().empty());
  EXPECT_EQ(state.modes().size(), 1u);
}

TEST(Ledger, ABatchThatIsRolledBackNeverWas) {
  const Scratch scratch;
  Ledger ledger = scratch.open();
  ASSERT_TRUE(ledger.begin() && ledger.write(everything()) && ledger.append({.decision = "allow"}));
  ledger.rollback();
  EXPECT_EQ(ledger.load()->tables().ref.name, "DEFAULT");
  EXPECT_TRUE(scratch.records().empty());
}

TEST(Ledger, HasOneOwner) {
  const Scratch scratch;
  const Ledger first = scratch.open();
  const auto second = Ledger::open(scratch.dir());
  ASSERT_FALSE(second);
  EXPECT_NE(second.error().find("another acm-enforcerd (pid " + std::to_string(::getpid()) + ")"), std::string::npos)
      << second.error();
}

TEST(Ledger, AnOwnerThatWasKilledLocksNobodyOut) {
  const Scratch scratch;
  int ready[2];
  ASSERT_EQ(::pipe(ready), 0);
  const pid_t child = ::fork();
  if (child == 0) {
    const auto ledger = Ledger::open(scratch.dir());
    (void)!::write(ready[1], "x", 1);
    ::pause();
    ::_exit(0);
  }
  char byte = 0;
  ASSERT_EQ(::read(ready[0], &byte, 1), 1);
  EXPECT_FALSE(Ledger::open(scratch.dir()));
  ::kill(child, SIGKILL);
  ::waitpid(child, nullptr, 0);
  EXPECT_TRUE(Ledger::open(scratch.dir()));
}

struct Damage {
  const char* name;
  void (*inflict)(const std::filesystem::path& file);
  const char* said;
};

class DamagedLedger : public testing::TestWithParam<Damage> {};

TEST_P(DamagedLedger, IsNamedAndLeftAsItIs) {
  const Scratch scratch;
  {
    const Ledger made = scratch.open();
  }
  GetParam().inflict(scratch.file());
  const std::string before = contents(scratch.file());
  auto opened = Ledger::open(scratch.dir());
  std::string error;
  if (!opened) {
    error = opened.error();
  } else if (auto state = opened->load(); !state) {
    error = state.error();
  }
  EXPECT_NE(error.find(scratch.file().string()), std::string::npos) << error;
  EXPECT_NE(error.find(GetParam().said), std::string::npos) << error;
  EXPECT_TRUE(contents(scratch.file()) == before);
}

void overwrite(const std::filesystem::path& file, std::streamoff offset, const std::string& bytes) {
  std::fstream out(file, std::ios::binary | std::ios::in | std::ios::out);
  out.seekp(offset);
  out << bytes;
}

void execute(const std::filesystem::path& file, const char* sql) {
  SQLite::Database db(file.string(), SQLite::OPEN_READWRITE);
  db.exec(sql);
  db.exec("PRAGMA wal_checkpoint(TRUNCATE)");
}

INSTANTIATE_TEST_SUITE_P(
    All, DamagedLedger,
    testing::Values(
        Damage{"NotADatabase", [](const auto& file) { overwrite(file, 0, "This is no database."); }, "Keep a copy"},
        Damage{"TornPages", [](const auto& file) { overwrite(file, 4096, std::string(40'000, '\xee')); },
               "Keep a copy"},
        Damage{"OfANewerProgram", [](const auto& file) { execute(file, "PRAGMA user_version = 99"); },
               "schema version is 99"},
        Damage{"WithoutAPolicy", [](const auto& file) { execute(file, "DELETE FROM enforced"); },
               "names no enforced policy"},
        Damage{"WithAnAlteredPolicy", [](const auto& file) { execute(file, "UPDATE policy SET document = '<x/>'"); },
               "does not compile"},
        Damage{"WithALinkOfANumberThatWouldPassForAnotherDomains",
               [](const auto& file) { execute(file, "INSERT INTO link VALUES ('vif', 65539, 0, 0, '', '')"); },
               "there is no frontend 65539"},
        Damage{"WithoutDomain0sLabel",
               [](const auto& file) { execute(file, "UPDATE running SET label = 'x' WHERE domid = 0"); },
               "Domain-0's label"}),
    [](const auto& test) { return test.param.name; });

TEST(Ledger, AnEmptyFileIsNotTakenForANewHost) {
  const Scratch scratch;
  {
    const Ledger made = scratch.open();
  }
  std::filesystem::resize_file(scratch.file(), 0);
  const auto ledger = Ledger::open(scratch.dir());
  ASSERT_FALSE(ledger);
  EXPECT_NE(ledger.error().find("is empty"), std::string::npos) << ledger.error();
}

TEST(Ledger, InAPlaceThatCannotBeMadeIsRefused) {
  const auto ledger = Ledger::open("/proc/no/such/place");
  ASSERT_FALSE(ledger);
  EXPECT_NE(ledger.error().find("/proc/no/such/place"), std::string::npos);
}

}  // namespace
}  // namespace xenacm::ledger

// SPDX-License-Identifier: Apache-2.0
// Names that change round the gate (docs/guard.md, "Names")
#include "enforcer/guard/names.h"

#include <gtest/gtest.h>

#include "tests/unit/guard/fakes.h"

namespace xenacm::guard {
namespace {

using namespace monitor;
using testing::FakeXenstore;
using Words = std::vector<std::string>;

const std::string kName = "/local/domain/5/name";

class NameOf5 : public ::testing::Test {
 protected:
  NameOf5() { monitor.record(5, "guest"); }
  void rename(const std::string& name) {
    host.write(kName, name);
    names.changed(kName);
    names.work(store);
    monitor.deliver();
  }

  testing::Host host;
  testing::Monitor monitor;
  Alarms alarms;
  FakeXenstore store{host};
  Names names{monitor.asked_by_the_guard(), [this] { return std::optional(monitor.known()); }, alarms};
};

TEST_F(NameOf5, TheRecordedOneAndNoneAreNoNews) {
  rename("guest");
  rename("");
  names.changed("/local/domain/5/device");
  names.changed("/local/domain/7/name");
  names.work(store);
  EXPECT_TRUE(monitor.asked().empty());
}

// Its toolstack's transaction is judged, and not yet in the store.
TEST_F(NameOf5, ThatOfADomainWhichHadTheIdBeforeIsNoName) {
  host.write("/local/domain/5/vm", "/vm/11111111-0000-4000-8000-000000000005");
  rename("before");
  EXPECT_TRUE(monitor.asked().empty());
  host.write("/local/domain/5/vm", "/vm/" + monitor.known().find(DomId(5))->uuid.get());
  rename("other");
  EXPECT_EQ(monitor.asked(), Words{"rename 5 other"});
}

// The transaction is committed after the first thing that is read.
TEST_F(NameOf5, ThatOfADomainWhichHadTheIdBeforeIsNoNameWhereTheNextOneIsWrittenMeanwhile) {
  host.write("/local/domain/5/vm", "/vm/11111111-0000-4000-8000-000000000005");
  host.write(kName, "before");
  host.on_read = [&] {
    host.write("/local/domain/5/vm", "/vm/" + monitor.known().find(DomId(5))->uuid.get());
    host.write(kName, "guest");
  };
  names.changed(kName);
  names.work(store);
  EXPECT_TRUE(monitor.asked().empty());
}

TEST_F(NameOf5, AnotherIsAskedAboutAndRecorded) {
  rename("other");
  rename("other");
  EXPECT_EQ(monitor.asked(), Words{"rename 5 other"});
  EXPECT_EQ(monitor.known().find(DomId(5))->name.get(), "other");
  EXPECT_EQ(alarms.told().count, 0u);
}

TEST_F(NameOf5, ARefusedOneIsToldOnceUntilItChanges) {
  monitor.deny("rename");
  rename("other");
  rename("other");
  EXPECT_EQ(alarms.told().count, 1u);
  EXPECT_TRUE(alarms.told().last.contains(R"(domain 5 "guest" was named "other" round the gate; it keeps)"))
      << alarms.told().last;
  rename("third");
  rename("guest");
  rename("third");
  EXPECT_EQ(monitor.asked(), (Words{"rename 5 other", "rename 5 third", "rename 5 third"}));
}

TEST_F(NameOf5, WithoutAVerdictItIsAskedAgainAtTheNextLook) {
  monitor.fail(Decision::deny);
  rename("other");
  names.work(store);
  EXPECT_EQ(monitor.asked().size(), 1u);
  monitor.recover();
  names.look_again();
  names.work(store);
  monitor.deliver();
  EXPECT_EQ(monitor.known().find(DomId(5))->name.get(), "other");
}

}  // namespace
}  // namespace xenacm::guard

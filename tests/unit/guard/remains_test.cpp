// SPDX-License-Identifier: Apache-2.0
// What is left in the store of a domain that was destroyed
#include "enforcer/guard/remains.h"

#include <gtest/gtest.h>

#include "tests/unit/guard/fakes.h"

namespace xenacm::guard {
namespace {

using monitor::DomId;

TEST(Remains, OfADestroyedDomainGoAndNobodyElses) {
  testing::Host host;
  testing::FakeXenstore store(host);
  host.write("/local/domain/5/vm", "/vm/five");
  host.write("/vm/five/name", "guest");
  host.write("/libxl/5/device/vif/0/backend", "x");
  host.write("/local/domain/0/backend/console/5/0/state", "1");
  host.write("/local/domain/0/backend/console/6/0/state", "4");
  host.write("/local/domain/3/backend/vif/5/0/state", "2");
  remove_remains(store, DomId(5), {DomId(0), DomId(3), DomId(6)});
  EXPECT_EQ(host.value("/local/domain/5/vm"), "-");
  EXPECT_EQ(host.value("/vm/five/name"), "-");
  EXPECT_EQ(host.value("/libxl/5/device/vif/0/backend"), "-");
  EXPECT_EQ(host.value("/local/domain/0/backend/console/5/0/state"), "-");
  EXPECT_EQ(host.value("/local/domain/0/backend/console/6/0/state"), "4");
  EXPECT_EQ(host.value("/local/domain/3/backend/vif/5/0/state"), "6") << "for its xl devd to remove";
}

TEST(Remains, TheVmPathStaysWhereAnotherDomainHasIt) {
  testing::Host host;
  testing::FakeXenstore store(host);
  host.write("/local/domain/5/vm", "/vm/same");
  host.write("/local/domain/6/vm", "/vm/same");
  host.write("/vm/same/name", "guest");
  remove_remains(store, DomId(5), {DomId(0), DomId(6)});
  EXPECT_EQ(host.value("/local/domain/5/vm"), "-");
  EXPECT_EQ(host.value("/vm/same/name"), "guest");
}

}  // namespace
}  // namespace xenacm::guard

// SPDX-License-Identifier: Apache-2.0
#include "enforcer/monitor/resource_records.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <vector>

namespace xenacm::monitor {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

const ResourceName kDisk("phy:/dev/vg/a");
const ResourceName kOther("file:/vm/b");
const Identity kIdentity{"device dm-uuid-LVM-a", "", "0123abcd"};

ResourceRecords two_disks() {
  ResourceRecords records;
  records.put(kDisk, {{"mytest", "A-Bank"}, kIdentity});
  records.put(kOther, {{"mytest", "B-Bank"}, {}});
  return records;
}

std::vector<ResourceName> names(const ResourceRecords::Found& found) {
  std::vector<ResourceName> names;
  for (const auto* record : found) names.push_back(record->first);
  return names;
}

TEST(ResourceRecords, AreFoundByPlaceIdentityAndMark) {
  const ResourceRecords records = two_disks();
  EXPECT_THAT(names(records.recorded_at("/dev/vg/a")), ElementsAre(kDisk));
  EXPECT_THAT(names(records.recorded_at("/vm/b")), ElementsAre(kOther));
  EXPECT_THAT(names(records.recorded_as({kIdentity.place, "", ""})), ElementsAre(kDisk));
  EXPECT_THAT(names(records.recorded_as({"device another", "", kIdentity.mark})), ElementsAre(kDisk));
  EXPECT_THAT(names(records.recorded_as({"device another", "", ""})), IsEmpty());
}

TEST(ResourceRecords, AreNotFoundByWhatTheyWereBefore) {
  ResourceRecords records = two_disks();
  records.put(kDisk, {{"mytest", "A-Bank"}, Identity{"device new", "", ""}});
  EXPECT_THAT(names(records.recorded_as(kIdentity)), IsEmpty());
  EXPECT_THAT(names(records.recorded_at("device new")), ElementsAre(kDisk));
  records.drop(kDisk);
  EXPECT_THAT(names(records.recorded_at("device new")), IsEmpty());
  EXPECT_THAT(names(records.recorded_at("/dev/vg/a")), IsEmpty());
  EXPECT_THAT(names(records.recorded_at("/vm/b")), ElementsAre(kOther));
}

TEST(ResourceRecords, OfOneThingComeInTheOrderOfTheirNamesAndOnce) {
  ResourceRecords records = two_disks();
  const ResourceName again("file:/vm/a");
  records.put(again, {{"mytest", "A-Bank"}, kIdentity});
  EXPECT_THAT(names(records.recorded_as(kIdentity)), ElementsAre(again, kDisk));
}

TEST(ResourceRecords, OfACopyAreFoundOnceTheOriginalIsGone) {
  auto original = std::make_unique<ResourceRecords>(two_disks());
  ResourceRecords copy = *original;
  ResourceRecords assigned;
  assigned = *original;
  original.reset();
  copy.drop(kOther);
  EXPECT_THAT(names(copy.recorded_as(kIdentity)), ElementsAre(kDisk));
  EXPECT_THAT(names(copy.recorded_at("/vm/b")), IsEmpty());
  EXPECT_THAT(names(assigned.recorded_at("/vm/b")), ElementsAre(kOther));
}

}  // namespace
}  // namespace xenacm::monitor

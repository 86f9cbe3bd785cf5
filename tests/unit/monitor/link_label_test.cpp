// SPDX-License-Identifier: Apache-2.0
// The label that a driver domain is told of a link: of the vif itself, else of what the link is made of
#include "enforcer/monitor/resource_label.h"
#include "tests/unit/monitor/scene.h"

namespace xenacm::monitor {
namespace {

Scene host() {
  Scene scene = Scene::mytest();
  scene.start(1, "nicdom", "A-Bank");
  scene.start(2, "client1", "A-Bank");
  return scene;
}

void put(Scene& scene, std::string_view name, const char* label) {
  scene.apply(PutResource{name_of(name), {{"mytest", label}, std::nullopt}});
}

// Empty: none.
std::string label_in(const Scene& scene, const Link& link) {
  const auto label = label_of_link(scene.state(), link);
  return label ? label->label : std::string();
}

TEST(LabelOfALink, IsTheVifsOwnElseItsBridgesElseItsNics) {
  Scene scene = host();
  const Link link{vif(2, 1), {"xenbr0", "eth0"}, {}};
  EXPECT_EQ(label_in(scene, link), "");
  put(scene, "nic:eth0@nicdom", "AutoCorp");
  EXPECT_EQ(label_in(scene, link), "AutoCorp");
  put(scene, "bridge:xenbr0@nicdom", "B-Bank");
  EXPECT_EQ(label_in(scene, link), "B-Bank");
  scene.apply(PutVifLabel{{DomainName("client1"), 0}, {"mytest", "A-Bank"}});
  EXPECT_EQ(label_in(scene, link), "A-Bank");
  EXPECT_EQ(label_in(scene, {vif(2, 1, 1), {"xenbr0", ""}, {}}), "B-Bank") << "another vif of the domain";
}

TEST(LabelOfALink, OfOtherClassesIsThatOfItsFirstLabelledResource) {
  Scene scene = host();
  const Link link{{"vbd", DomId(2), kDomain0, 51712}, {}, {resource("file:/vm/a.img"), resource("file:/vm/b.img")}};
  EXPECT_EQ(label_in(scene, link), "");
  put(scene, "file:/vm/b.img", "AutoCorp");
  EXPECT_EQ(label_in(scene, link), "AutoCorp");
  put(scene, "file:/vm/a.img", "A-Bank");
  EXPECT_EQ(label_in(scene, link), "A-Bank");
}

TEST(LabelOfALink, IsNoneWhereOneOfItsDomainsDoesNotRun) {
  Scene scene = host();
  put(scene, "bridge:xenbr0@nicdom", "A-Bank");
  EXPECT_EQ(label_in(scene, {vif(7, 1), {"xenbr0", ""}, {}}), "");
  EXPECT_EQ(label_in(scene, {vif(2, 7), {"xenbr0", ""}, {}}), "");
}

}  // namespace
}  // namespace xenacm::monitor

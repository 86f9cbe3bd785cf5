// SPDX-License-Identifier: Apache-2.0
#include "enforcer/gate/store_path.h"

#include <gtest/gtest.h>

#include <string>

namespace xenacm::gate {
namespace {

// "vm 7", "pointer vif F I of OWNER", "attribute" or "nothing".
std::string meaning(std::string_view path) {
  const Meaning found = meaning_of(path);
  if (const auto* vm = std::get_if<DomainVm>(&found)) return "vm " + std::to_string(vm->domid.get());
  if (const auto* pointer = std::get_if<LinkPointer>(&found)) {
    const std::string frontend = pointer->frontend ? std::to_string(pointer->frontend->get()) : "?";
    const std::string device = pointer->device ? std::to_string(*pointer->device) : "?";
    return "pointer " + std::string(pointer->device_class) + ' ' + frontend + ' ' + device + " of " +
           std::to_string(pointer->owner.get());
  }
  return std::holds_alternative<NameOfDomain>(found) || std::holds_alternative<LinkAttribute>(found) ? "attribute"
                                                                                                     : "nothing";
}

TEST(StorePath, MeansWhatTheProtocolSaysItMeans) {
  struct Case {
    std::string_view path;
    std::string_view meaning;
  };
  for (const auto& [path, expected] : {
           Case{"/local/domain/7/vm", "vm 7"},
           Case{"/local/domain/32751/vm", "vm 32751"},
           Case{"/local/domain/7/name", "attribute"},
           Case{"/vm/x/name", "attribute"},
           Case{"/local/domain/5/backend/vif/7/0/frontend", "pointer vif 7 0 of 5"},
           Case{"/local/domain/5/backend/vif/7/0/frontend-id", "pointer vif 7 0 of 5"},
           Case{"/local/domain/5/backend/vif/7/0/bridge", "attribute"},
           Case{"/local/domain/7/device/vif/3/backend", "pointer vif 7 3 of 7"},
           Case{"/local/domain/7/device/vif/3/backend-id", "pointer vif 7 3 of 7"},
           Case{"/local/domain/0/device/vif/3/backend-id", "pointer vif 0 3 of 0"},
           // Domain-0 is never started.
           Case{"/local/domain/0/vm", "nothing"},
           // Later traffic of a link.
           Case{"/local/domain/5/backend/vif/7/0/state", "nothing"},
           Case{"/local/domain/5/backend/vif/7/0/online", "nothing"},
           Case{"/local/domain/5/backend/vif/7/0/hotplug-status", "nothing"},
           Case{"/local/domain/7/device/vif/0/state", "nothing"},
           Case{"/local/domain/7/device/vif/0/mac", "nothing"},
           // Another class.
           Case{"/local/domain/5/backend/vtpm/7/0/frontend", "nothing"},
           Case{"/local/domain/7/device/vtpm/0/backend", "nothing"},
           // Elsewhere.
           Case{"/", "nothing"},
           Case{"", "nothing"},
           Case{"/local/domain", "nothing"},
           Case{"/local/domain/7", "nothing"},
           Case{"/local/domain/7/vm/x", "nothing"},
           Case{"/local/domain/5/backend/vif/7/0", "nothing"},
           Case{"/local/domain/5/backend/vif/7/0/x/frontend", "nothing"},
           Case{"/local/domain/5/backend/vif/7/frontend", "nothing"},
           Case{"/libxl/7/device/vif/0/backend", "nothing"},
           Case{"/vm/x/uuid", "nothing"},
           Case{"/vm/x/y/name", "nothing"},
           Case{"@introduceDomain", "nothing"},
       }) {
    EXPECT_EQ(meaning(path), expected) << path;
  }
}

TEST(StorePath, ADirectoryThatIsNotADomainsOwnMeansNothing) {
  for (const char* domain : {"07", "+7", "-7", " 7", "7 ", "0x7", "", "32752", "65536", "4294967303", "99999999999"}) {
    const std::string home = "/local/domain/" + std::string(domain);
    EXPECT_EQ(meaning(home + "/vm"), "nothing") << domain;
    EXPECT_EQ(meaning(home + "/backend/vif/7/0/frontend"), "nothing") << domain;
    EXPECT_EQ(meaning(home + "/device/vif/0/backend"), "nothing") << domain;
  }
}

TEST(StorePath, AKernelFollowsPointersUnderAnyNameOfFrontendAndDevice) {
  EXPECT_EQ(meaning("/local/domain/5/backend/vif/07/0/frontend"), "pointer vif ? 0 of 5");
  EXPECT_EQ(meaning("/local/domain/5/backend/vif/x/y/frontend-id"), "pointer vif ? ? of 5");
  EXPECT_EQ(meaning("/local/domain/5/backend/vif/32752/0/frontend"), "pointer vif ? 0 of 5");
  EXPECT_EQ(meaning("/local/domain/7/device/vif/00/backend"), "pointer vif 7 ? of 7");
}

TEST(StorePath, IsCompletedBelowDomain0sDirectory) {
  EXPECT_EQ(absolute_path("backend/vif/2/0/frontend"), "/local/domain/0/backend/vif/2/0/frontend");
  EXPECT_EQ(absolute_path("/local/domain/2"), "/local/domain/2");
  EXPECT_EQ(absolute_path("@releaseDomain"), "@releaseDomain");
}

TEST(LinkDirectory, IsALinkOnlyIfThePathNamesAllOfIt) {
  const monitor::LinkKey key{"vif", monitor::DomId(7), monitor::DomId(5), 2};
  EXPECT_EQ(link_directory("/local/domain/5/backend/vif/7/2"), key);
  for (const char* path :
       {"/local/domain/5/backend/vif/7", "/local/domain/5/backend/vif/7/2/state", "/local/domain/5/backend/vtpm/7/2",
        "/local/domain/05/backend/vif/7/2", "/local/domain/5/backend/vif/07/2", "/local/domain/5/backend/vif/7/02",
        "/local/domain/7/device/vif/2", "/local/domain/5/backend/vif/7/2/"}) {
    EXPECT_FALSE(link_directory(path).has_value()) << path;
  }
}

TEST(FrontendPath, NamesADomainInOneSpellingOnly) {
  EXPECT_EQ(parse_frontend_path("/local/domain/7/device/vif/0"), monitor::DomId(7));
  for (const char* value : {"", "7", "device/vif/0", "/local/domain/07/device/vif/0", "/local/domain/7/device/vif",
                            "/local/domain/7/device/vif/0/", "/local/domain/7/device/vif/x",
                            "/local/domain/7/device//0", "/local/domain/7/device/vif/0/0", "/local/domain/7",
                            "/local/domain/7/backend/vif/0", " /local/domain/7/device/vif/0"}) {
    EXPECT_FALSE(parse_frontend_path(value).has_value()) << value;
  }
}

TEST(BackendPathValue, NamesBothDomainsInOneSpellingOnly) {
  const auto path = parse_backend_path("/local/domain/5/backend/vif/7/0");
  ASSERT_TRUE(path.has_value());
  EXPECT_EQ(path->backend, monitor::DomId(5));
  EXPECT_EQ(path->frontend, monitor::DomId(7));
  for (const char* value :
       {"", "5", "backend/vif/7/0", "/local/domain/05/backend/vif/7/0", "/local/domain/5/backend/vif/07/0",
        "/local/domain/5/backend/vif/7", "/local/domain/5/backend/vif/7/0/", "/local/domain/5/backend/vif/7/x",
        "/local/domain/5/device/vif/7/0", "/local/domain/40000/backend/vif/7/0"}) {
    EXPECT_FALSE(parse_backend_path(value).has_value()) << value;
  }
}

}  // namespace
}  // namespace xenacm::gate

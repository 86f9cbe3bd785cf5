// SPDX-License-Identifier: Apache-2.0
#include "enforcer/gate/store_path.h"

#include <gtest/gtest.h>

#include <string>

namespace xenacm::gate {
namespace {

// "vm 7", "name of 7", "pointer vif F I of OWNER", "attribute" or "nothing".
std::string meaning(std::string_view path) {
  const Meaning found = meaning_of(path);
  if (const auto* vm = std::get_if<DomainVm>(&found)) return "vm " + std::to_string(vm->domid.get());
  if (const auto* pointer = std::get_if<LinkPointer>(&found)) {
    const std::string frontend = pointer->frontend ? std::to_string(pointer->frontend->get()) : "?";
    const std::string device = pointer->device ? std::to_string(*pointer->device) : "?";
    return "pointer " + std::string(pointer->device_class.value_or("?")) + ' ' + frontend + ' ' + device + " of " +
           std::to_string(pointer->owner.get());
  }
  if (const auto* name = std::get_if<NameOfDomain>(&found)) return "name of " + std::to_string(name->domid.get());
  if (const auto* pci = std::get_if<PciAssignment>(&found)) return "pci " + pci->address;
  return std::holds_alternative<NameOfVm>(found) || std::holds_alternative<LinkAttribute>(found) ? "attribute"
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
           Case{"/local/domain/7/name", "name of 7"},
           Case{"/vm/x/name", "attribute"},
           Case{"/local/domain/5/backend/vif/7/0/frontend", "pointer vif 7 0 of 5"},
           Case{"/local/domain/5/backend/vif/7/0/frontend-id", "pointer vif 7 0 of 5"},
           Case{"/local/domain/5/backend/vif/7/0/bridge", "attribute"},
           Case{"/local/domain/7/device/vif/3/backend", "pointer vif 7 3 of 7"},
           Case{"/local/domain/7/device/vif/3/backend-id", "pointer vif 7 3 of 7"},
           Case{"/local/domain/0/device/vif/3/backend-id", "pointer vif 0 3 of 0"},
           // Domain-0 is never started, nor called anything else.
           Case{"/local/domain/0/vm", "nothing"},
           Case{"/local/domain/0/name", "nothing"},
           // Later traffic of a link.
           Case{"/local/domain/5/backend/vif/7/0/state", "nothing"},
           Case{"/local/domain/5/backend/vif/7/0/online", "nothing"},
           Case{"/local/domain/5/backend/vif/7/0/hotplug-status", "nothing"},
           Case{"/local/domain/7/device/vif/0/state", "nothing"},
           Case{"/local/domain/7/device/vif/0/mac", "nothing"},
           // Another class, known or not.
           Case{"/local/domain/5/backend/vtpm/7/0/frontend", "pointer vtpm 7 0 of 5"},
           Case{"/local/domain/7/device/a-new_one/0/backend", "pointer a-new_one 7 0 of 7"},
           Case{"/local/domain/5/backend/v.f/7/0/frontend", "pointer ? 7 0 of 5"},
           Case{"/local/domain/5/backend/xenstore/7/0/frontend", "pointer ? 7 0 of 5"},
           Case{"/local/domain/7/device/target/0/backend", "pointer ? 7 0 of 7"},
           // Backends that their frontends know by another name.
           Case{"/local/domain/5/backend/qdisk/7/0/frontend", "pointer vbd 7 0 of 5"},
           Case{"/local/domain/5/backend/vbd3/7/0/frontend-id", "pointer vbd 7 0 of 5"},
           Case{"/local/domain/5/backend/qusb/7/0/frontend", "pointer vusb 7 0 of 5"},
           // Frontends that are not below device.
           Case{"/local/domain/7/console/backend", "pointer console 7 0 of 7"},
           Case{"/local/domain/7/console/backend-id", "pointer console 7 0 of 7"},
           Case{"/local/domain/7/device/console/1/backend", "pointer console 7 1 of 7"},
           Case{"/local/domain/7/vuart/2/backend", "pointer vuart 7 2 of 7"},
           Case{"/local/domain/7/console/tty", "nothing"},
           Case{"/local/domain/7/console/x/backend", "nothing"},
           Case{"/local/domain/7/vuart/backend", "nothing"},
           Case{"/local/domain/7/device/backend", "nothing"},
           // Attributes are those of their class.
           Case{"/local/domain/5/backend/pci/7/0/dev-0", "attribute"},
           Case{"/local/domain/5/backend/pci/7/0/num_devs", "nothing"},
           Case{"/local/domain/5/backend/vbd3/7/0/params", "attribute"},
           Case{"/local/domain/5/backend/9pfs/7/0/params", "nothing"},
           Case{"/local/domain/5/backend/vbd/7/0/bridge", "nothing"},
           // libxl's own record of a PCI device.
           Case{"/libxl/pci/0000-04-00-0/domid", "pci 0000:04:00.0"},
           Case{"/libxl/pci/0000-04-00-0/driver_path", "nothing"},
           Case{"/libxl/pci/0000-04-00-00/domid", "nothing"},
           Case{"/libxl/pci/0000:04:00.0/domid", "nothing"},
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

// "BACKEND NAME F I", as far as the path goes.
std::string directory(std::string_view path) {
  const auto found = backend_directory(path);
  if (!found) return "none";
  std::string text = std::to_string(found->backend.get());
  if (found->name) text += " " + *found->name;
  if (found->frontend) text += " " + std::to_string(found->frontend->get());
  if (found->device) text += " " + std::to_string(*found->device);
  return text;
}

TEST(BackendDirectory, IsWhatThePathNamesClearly) {
  EXPECT_EQ(directory("/local/domain/5"), "5");
  EXPECT_EQ(directory("/local/domain/5/backend"), "5");
  EXPECT_EQ(directory("/local/domain/5/backend/qdisk"), "5 qdisk");
  EXPECT_EQ(directory("/local/domain/5/backend/vif/7"), "5 vif 7");
  EXPECT_EQ(directory("/local/domain/5/backend/vif/7/2"), "5 vif 7 2");
  for (const char* path :
       {"/local/domain", "/local/domain/05", "/local/domain/5/device", "/local/domain/5/backend/vif/7/2/state",
        "/local/domain/05/backend/vif/7/2", "/local/domain/5/backend/vif/07/2", "/local/domain/5/backend/vif/07",
        "/local/domain/5/backend/vif/7/02", "/local/domain/5/backend/v.f", "/local/domain/7/device/vif/2",
        "/local/domain/5/backend/vif/7/2/", "/vm/5"}) {
    EXPECT_EQ(directory(path), "none") << path;
  }
}

TEST(BackendDirectory, HoldsTheLinksBelowIt) {
  const monitor::LinkKey disk{"vbd", monitor::DomId(7), monitor::DomId(5), 2};
  for (const char* path : {"/local/domain/5", "/local/domain/5/backend/qdisk", "/local/domain/5/backend/vbd/7",
                           "/local/domain/5/backend/vbd3/7/2"}) {
    EXPECT_TRUE(backend_directory(path)->holds(disk)) << path;
  }
  for (const char* path : {"/local/domain/6", "/local/domain/5/backend/vif", "/local/domain/5/backend/vbd/8",
                           "/local/domain/5/backend/vbd/7/3"}) {
    EXPECT_FALSE(backend_directory(path)->holds(disk)) << path;
  }
}

TEST(FrontendPath, NamesADomainInOneSpellingOnly) {
  const auto device = [](std::string_view value) {
    const auto path = parse_frontend_path(value);
    return path ? std::string(path->device_class) + " " + std::to_string(path->frontend.get()) + " " +
                      std::to_string(path->device)
                : "none";
  };
  EXPECT_EQ(device("/local/domain/7/device/vif/3"), "vif 7 3");
  EXPECT_EQ(device("/local/domain/7/console"), "console 7 0");
  EXPECT_EQ(device("/local/domain/7/vuart/1"), "vuart 7 1");
  for (const char* value : {"", "7", "device/vif/0", "/local/domain/07/device/vif/0", "/local/domain/7/device/vif",
                            "/local/domain/7/device/vif/0/", "/local/domain/7/device/vif/x",
                            "/local/domain/7/device//0", "/local/domain/7/device/vif/0/0", "/local/domain/7",
                            "/local/domain/7/backend/vif/0", " /local/domain/7/device/vif/0",
                            "/local/domain/7/console/0", "/local/domain/7/vuart", "/local/domain/7/device/v.f/0"}) {
    EXPECT_FALSE(parse_frontend_path(value).has_value()) << value;
  }
}

TEST(BackendPathValue, NamesBothDomainsInOneSpellingOnly) {
  EXPECT_EQ(parse_backend_path("/local/domain/5/backend/vif/7/0"),
            (monitor::LinkKey{"vif", monitor::DomId(7), monitor::DomId(5), 0}));
  for (const char* value :
       {"", "5", "backend/vif/7/0", "/local/domain/05/backend/vif/7/0", "/local/domain/5/backend/vif/07/0",
        "/local/domain/5/backend/vif/7", "/local/domain/5/backend/vif/7/0/", "/local/domain/5/backend/vif/7/x",
        "/local/domain/5/device/vif/7/0", "/local/domain/40000/backend/vif/7/0"}) {
    EXPECT_FALSE(parse_backend_path(value).has_value()) << value;
  }
}

}  // namespace
}  // namespace xenacm::gate

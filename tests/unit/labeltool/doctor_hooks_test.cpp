// SPDX-License-Identifier: Apache-2.0
// Hooks of toolstacks: found where they stand, and each way in which they do not work told
#include <gtest/gtest.h>
#include <unistd.h>

#include <chrono>
#include <filesystem>

#include "labeltool/doctor/hooks.h"
#include "tests/unit/labeltool/commandline.h"
#include "tests/unit/labeltool/doctor_found.h"

namespace xenacm::labeltool::doctor::test {
namespace {

namespace fs = std::filesystem;

constexpr const char* kCalls = "#!/bin/sh\nexec /usr/libexec/xenacm/acm-hook xl \"$@\"\n";
constexpr const char* kPath = "/usr/local/sbin:/usr/sbin";

struct HookHost {
  labeltool::test::Workplace place;

  void add(const std::string& file, const std::string& text, bool executable = true) const {
    place.write(file, text);
    if (executable) fs::permissions(place.folder() / file, fs::perms::owner_all);
  }
  [[nodiscard]] std::vector<Hook> hooks(const std::string& path = kPath) const {
    return look_for_hooks(place.folder(), path);
  }
  [[nodiscard]] Names found(const std::string& path = kPath) const {
    return names(check_hooks({.systemd = true, .hooks = hooks(path), .program = true}));
  }
  [[nodiscard]] Names remedies() const {
    return commands(check_hooks({.systemd = true, .hooks = hooks(), .program = true}));
  }
};

TEST(DoctorHooks, WhoHasNoToolstackNeedsNone) {
  const HookHost host;
  EXPECT_EQ(host.found(), Names{});
  EXPECT_EQ(hooks_text(host.hooks()), "no toolstack found");
}

TEST(DoctorHooks, XlIsWrappedOrNot) {
  const HookHost host;
  host.add("usr/sbin/xl", "\177ELF");
  EXPECT_EQ(host.found(), Names{"hook-missing"});
  EXPECT_EQ(host.remedies(), Names{"install -D -m 755 /usr/share/doc/xenacm/examples/hooks/xl /usr/local/sbin/xl"});
  EXPECT_EQ(hooks_text(host.hooks()), "xl does not ask first");
  host.add("usr/local/sbin/xl", kCalls);
  EXPECT_EQ(host.found(), Names{});
  EXPECT_EQ(hooks_text(host.hooks()), "xl asks first");
  EXPECT_EQ(host.found("/usr/sbin:/usr/local/sbin"), Names{"hook-shadowed"});
  EXPECT_EQ(host.found("relative:/usr/bin"), Names{"hook-shadowed"}) << "nothing relative is looked into";
  host.add("usr/local/sbin/xl", "#!/bin/sh\nexec /opt/xl\n");
  EXPECT_EQ(host.found(), Names{"hook-foreign"});
  fs::remove(host.place.folder() / "usr/local/sbin/xl");
  host.add("usr/local/sbin/xl", kCalls, false);
  EXPECT_EQ(host.found(), Names{"hook-not-executable"});
  EXPECT_EQ(host.remedies(), Names{"chmod 755 /usr/local/sbin/xl"});
}

TEST(DoctorHooks, LibvirtsMayStandBesideAnothersAndAreOlderThanLibvirtd) {
  const HookHost host;
  host.add("usr/lib/x86_64-linux-gnu/libvirt/connection-driver/libvirt_driver_libxl.so", "");
  EXPECT_EQ(host.found(), (Names{"hook-missing", "hook-missing"}));
  host.add("etc/libvirt/hooks/libxl", "#!/bin/sh\nlogger \"$@\"\n");
  host.add("etc/libvirt/hooks/network", kCalls);
  EXPECT_EQ(host.found(), Names{"hook-foreign"});
  EXPECT_EQ(host.remedies(), (Names{"install -D -m 755 /usr/share/doc/xenacm/examples/hooks/libxl "
                                    "/etc/libvirt/hooks/libxl.d/xenacm",
                                    "systemctl restart libvirtd"}));
  host.add("etc/libvirt/hooks/libxl.d/xenacm", kCalls);
  EXPECT_EQ(host.found(), Names{});
}

TEST(DoctorHooks, OneThatIsNewerThanLibvirtdIsNotCalled) {
  const HookHost host;
  host.add("usr/lib/x86_64-linux-gnu/libvirt/connection-driver/libvirt_driver_libxl.so", "");
  host.add("proc/" + std::to_string(::getpid()) + "/comm", "libvirtd\n");
  host.add("run/libvirtd.pid", std::to_string(::getpid()) + "\n");
  // The clock of files goes in steps: the next one has to come.
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(10);
  do {
    host.add("etc/libvirt/hooks/libxl", kCalls);
    host.add("etc/libvirt/hooks/network", kCalls);
  } while (host.found().size() < 2 && std::chrono::steady_clock::now() < deadline);
  EXPECT_EQ(host.found(), (Names{"hook-too-new", "hook-too-new"}));
  fs::remove_all(host.place.folder() / "proc");
  EXPECT_EQ(host.found(), Names{}) << "that libvirtd has ended";
}

TEST(DoctorHooks, XapiNeedsBothOfIts) {
  const HookHost host;
  host.add("opt/xensource/bin/xapi", "");
  host.add("etc/xapi.d/vm-pre-start/10-xenacm", kCalls);
  EXPECT_EQ(host.found(), Names{"hook-missing"});
  EXPECT_EQ(host.remedies(), Names{"install -D -m 755 /usr/share/doc/xenacm/examples/hooks/xapi "
                                   "/etc/xapi.d/vm-post-destroy/10-xenacm"});
}

TEST(DoctorHooks, TheProgramHasToBeThereAndToAnswer) {
  const HookHost host;
  host.add("usr/sbin/xl", "");
  host.add("usr/local/sbin/xl", kCalls);
  HookFacts facts = look_at_hooks(host.place.folder(), kPath, "/socket");
  EXPECT_EQ(names(check_hooks(facts)), Names{"hook-program-missing"});
  host.add("usr/libexec/xenacm/acm-hook",
           "#!/bin/sh\ngrep -q vif && [ \"$*\" = 'pre-attach Domain-0' ] && exit 2\nexit 3\n");
  EXPECT_EQ(names(check_hooks(look_at_hooks(host.place.folder(), kPath, "/socket"))), Names{})
      << "refused is an answer";
  host.add("usr/libexec/xenacm/acm-hook", "#!/bin/sh\nexit 3\n");
  EXPECT_EQ(names(check_hooks(look_at_hooks(host.place.folder(), kPath, "/socket"))), Names{"hook-silent"});
  EXPECT_EQ(names(check_hooks(look_at_hooks(host.place.folder(), kPath, ""))), Names{}) << "no daemon, no question";
}

}  // namespace
}  // namespace xenacm::labeltool::doctor::test

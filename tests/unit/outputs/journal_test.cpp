// SPDX-License-Identifier: Apache-2.0
// What reaches journald and syslog, in a mount namespace whose sockets the test listens at. Needs root.
#include <gtest/gtest.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <array>
#include <cstring>
#include <filesystem>
#include <functional>
#include <thread>

#include "enforcer/audit/record.h"
#include "enforcer/outputs/journal_output.h"
#include "enforcer/outputs/syslog_output.h"

namespace xenacm::outputs {
namespace {

audit::Line line(std::int64_t seq) {
  audit::Record record;
  record.seq = seq;
  record.what = {.action = "start", .subject = "b\nMESSAGE=forged", .subject_label = "B-Bank"};
  record.decision = "deny";
  record.message = "two banks";
  record.who = {.via = "gate", .uid = 5, .pid = 4711, .executable = "/usr/sbin/xl", .toolstack = "xl"};
  const std::string text = audit::text_of(record);
  return {text, audit::next_hash(audit::kNoHash, text)};
}

// A datagram socket where a system daemon would have it.
class Listener {
 public:
  explicit Listener(const char* path) {
    sockaddr_un address{.sun_family = AF_UNIX, .sun_path = {}};
    std::strcpy(address.sun_path, path);
    std::filesystem::create_directories(std::filesystem::path(path).parent_path());
    bound_ = ::bind(fd_, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;
  }
  ~Listener() { ::close(fd_); }
  Listener(const Listener&) = delete;
  Listener& operator=(const Listener&) = delete;
  [[nodiscard]] bool bound() const { return bound_; }
  [[nodiscard]] std::string next() const {
    std::array<char, 65'536> data{};
    const ssize_t size = ::recv(fd_, data.data(), data.size(), MSG_DONTWAIT);
    return {data.data(), static_cast<std::size_t>(std::max<ssize_t>(size, 0))};
  }

 private:
  int fd_ = ::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  bool bound_ = false;
};

// A thread may have mounts of its own.
void with_own(const char* folder, const std::function<void()>& test) {
  std::thread([&] {
    ASSERT_EQ(::unshare(CLONE_NEWNS), 0) << std::strerror(errno) << " (root is needed)";
    ASSERT_EQ(::mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr), 0);
    std::filesystem::create_directories(folder);
    ASSERT_EQ(::mount("test", folder, "tmpfs", 0, nullptr), 0) << std::strerror(errno);
    test();
  }).join();
}

TEST(Journal, AnEntryHasAFieldForEachMemberAndNoneThatAGuestPutIn) {
  with_own("/run", [] {
    const Listener journald("/run/systemd/journal/socket");
    ASSERT_TRUE(journald.bound());
    JournalOutput output;
    EXPECT_EQ(output.open(6).value_or(0), 6);
    const std::array lines{line(7)};
    ASSERT_TRUE(output.write(lines));
    EXPECT_EQ(output.open(0).value_or(0), 7);
    const std::string entry = "\n" + journald.next();
    for (const char* field : {"SYSLOG_IDENTIFIER=acm-enforcerd", "SYSLOG_FACILITY=10", "PRIORITY=4", "XENACM_SEQ=7",
                              "XENACM_ACTION=start", "XENACM_DECISION=deny", "XENACM_SUBJECT_LABEL=B-Bank",
                              "XENACM_TOOLSTACK=xl", "XENACM_UID=5", "XENACM_MESSAGE=two banks", "OBJECT_PID=4711",
                              R"(MESSAGE=deny start b\nMESSAGE=forged (B-Bank): two banks)"}) {
      EXPECT_NE(entry.find("\n" + std::string(field) + "\n"), std::string::npos) << field << " in " << entry;
    }
    EXPECT_NE(entry.find("\nXENACM_HASH=" + audit::to_hex(lines[0].hash) + "\n"), std::string::npos);
    EXPECT_NE(entry.find("\nMESSAGE_ID="), std::string::npos);
    // Of several lines: with its length, so that nothing in it is a field.
    const std::string several("\nXENACM_SUBJECT\n\x10\0\0\0\0\0\0\0b\nMESSAGE=forged\n", 41);
    EXPECT_NE(entry.find(several), std::string::npos) << entry;
  });
}

TEST(Journal, WhereThereIsNoneItSaysSo) {
  with_own("/run", [] {
    JournalOutput output;
    const auto opened = output.open(0);
    ASSERT_FALSE(opened);
    EXPECT_NE(opened.error().find("journald does not run"), std::string::npos);
    EXPECT_FALSE(output.write(std::array{line(1)}));
  });
}

TEST(Syslog, ARecordIsOneLineOfTheFacilityAuthpriv) {
  with_own("/dev", [] {
    const Listener syslogd("/dev/log");
    ASSERT_TRUE(syslogd.bound());
    SyslogOutput output;
    ASSERT_TRUE(output.open(0));
    ASSERT_TRUE(output.write(std::array{line(7), line(8)}));
    const std::string first = syslogd.next();
    EXPECT_TRUE(first.starts_with("<84>")) << first;  // LOG_AUTHPRIV, LOG_WARNING
    EXPECT_NE(first.find("acm-enforcerd["), std::string::npos) << first;
    EXPECT_NE(first.find(R"(: seq="7" )"), std::string::npos) << first;
    EXPECT_NE(first.find(R"(subject="b\nMESSAGE=forged")"), std::string::npos) << first;
    EXPECT_NE(syslogd.next().find(R"(: seq="8" )"), std::string::npos);
  });
}

TEST(Syslog, WhereNobodyListensItSaysSo) {
  with_own("/dev", [] {
    SyslogOutput output;
    const auto opened = output.open(0);
    ASSERT_FALSE(opened);
    EXPECT_NE(opened.error().find("/dev/log"), std::string::npos);
  });
}

}  // namespace
}  // namespace xenacm::outputs

// SPDX-License-Identifier: Apache-2.0
// Who may ask, and what the API makes of those who ask badly (architecture, "The interface")
#include <grp.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstring>

#include "tests/integration/daemon/daemon.h"

namespace xenacm::test {
namespace {

constexpr const char* kReadingGroup = "daemon";  // of every Debian; as the test's configuration says

// Does as another user would: the status of METHOD TARGET, or 0 if nobody answered.
unsigned status_as(uid_t uid, gid_t gid, const std::filesystem::path& socket, std::string_view method,
                   std::string_view target) {
  int result[2];
  if (::pipe(result) != 0) return 0;
  const pid_t child = ::fork();
  if (child == 0) {
    unsigned status = 0;
    if (::setgroups(0, nullptr) == 0 && ::setgid(gid) == 0 && ::setuid(uid) == 0) {
      if (const auto answer = api::Client(socket).call(method, target)) status = answer->status;
    }
    (void)!::write(result[1], &status, sizeof status);
    ::_exit(0);
  }
  unsigned status = 0;
  ::close(result[1]);
  (void)!::read(result[0], &status, sizeof status);
  ::close(result[0]);
  ::waitpid(child, nullptr, 0);
  return status;
}

// What comes back for raw bytes, until the daemon closes or one response's worth is there.
std::string raw(const std::filesystem::path& socket, const std::string& bytes) {
  const int fd = ::socket(AF_UNIX, SOCK_STREAM, 0);
  sockaddr_un address{.sun_family = AF_UNIX};
  std::strncpy(address.sun_path, socket.c_str(), sizeof address.sun_path - 1);
  std::string answer;
  if (::connect(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0) {
    (void)!::write(fd, bytes.data(), bytes.size());
    ::shutdown(fd, SHUT_WR);
    char chunk[4096];
    for (ssize_t size = 0; (size = ::read(fd, chunk, sizeof chunk)) > 0;)
      answer.append(chunk, static_cast<std::size_t>(size));
  }
  ::close(fd);
  return answer;
}

class Access : public testing::Test {
 protected:
  void SetUp() override {
    ASSERT_EQ(::geteuid(), 0U) << "this test becomes other users: run it as root";
    std::filesystem::permissions(dom0.folder(), std::filesystem::perms(0755));
    dom0.start();
    const struct group* group = ::getgrnam(kReadingGroup);
    ASSERT_NE(group, nullptr);
    readers = group->gr_gid;
  }
  Dom0 dom0;
  gid_t readers = 0;
  static constexpr uid_t kNobody = 65534;
};

TEST_F(Access, TheReadingGroupReadsAndChangesNothing) {
  EXPECT_EQ(status_as(kNobody, readers, dom0.socket(), "GET", "/v1/status"), 200u);
  EXPECT_EQ(status_as(kNobody, readers, dom0.socket(), "GET", "/v1/audit"), 200u);
  EXPECT_EQ(status_as(kNobody, readers, dom0.socket(), "PUT", "/v1/mode"), 403u);
  EXPECT_EQ(status_as(kNobody, readers, dom0.socket(), "POST", "/v1/config"), 403u);
  EXPECT_EQ(status_as(kNobody, readers, dom0.socket(), "DELETE", "/v1/domains/a/label"), 403u);
}

TEST_F(Access, NobodyElseIsAnswered) {
  EXPECT_EQ(status_as(kNobody, kNobody, dom0.socket(), "GET", "/v1/status"), 0u) << "the socket's mode keeps them out";
  std::filesystem::permissions(dom0.socket(), std::filesystem::perms(0666));
  EXPECT_EQ(status_as(kNobody, kNobody, dom0.socket(), "GET", "/v1/status"), 403u) << "and so does the daemon";
}

struct BadRequest {
  const char* name;
  const char* method;
  const char* target;
  const char* body;
  unsigned status;
};

class BadRequests : public testing::TestWithParam<BadRequest> {};

TEST_P(BadRequests, AreAnsweredWithAnErrorThatSaysWhy) {
  Dom0 dom0;
  dom0.start();
  const auto& bad = GetParam();
  const auto answer = dom0.client().call(bad.method, bad.target, bad.body);
  ASSERT_TRUE(answer) << answer.error();
  EXPECT_EQ(answer->status, bad.status) << answer->body;
  const auto body = nlohmann::json::parse(answer->body);
  EXPECT_FALSE(body["error"]["message"].get<std::string>().empty());
}

INSTANTIATE_TEST_SUITE_P(
    All, BadRequests,
    testing::Values(
        BadRequest{"NoSuchResource", "GET", "/v1/nothing", "", 404},
        BadRequest{"OutsideTheApi", "GET", "/status", "", 404}, BadRequest{"NoTarget", "GET", "v1", "", 404},
        BadRequest{"BadEncoding", "GET", "/v1/domains/%zz/label", "", 404},
        BadRequest{"WrongMethod", "POST", "/v1/policy", "", 405}, BadRequest{"NoBody", "PUT", "/v1/mode", "", 400},
        BadRequest{"NotJson", "PUT", "/v1/mode", "mode=enforcing", 400},
        BadRequest{"NotAnObject", "PUT", "/v1/mode", "[1]", 400},
        BadRequest{"WrongType", "PUT", "/v1/mode", R"({"mode": 1})", 400},
        BadRequest{"NoSuchMode", "PUT", "/v1/mode", R"({"mode": "off"})", 422},
        BadRequest{"NoSuchLabel", "PUT", "/v1/domains/a/label", R"({"label": "x"})", 422},
        BadRequest{"NameWithASlash", "PUT", "/v1/domains/a%2Fb/label", R"({"label": "SystemManagement"})", 422},
        BadRequest{"NameWithControlCharacters", "PUT", "/v1/domains/a%0A/label", R"({"label": "SystemManagement"})",
                   422},
        BadRequest{"EmptyName", "PUT", "/v1/domains//label", R"({"label": "SystemManagement"})", 422},
        BadRequest{"BadUuid", "PUT", "/v1/domains/a/label", R"({"label": "SystemManagement", "uuid": "7"})", 422},
        BadRequest{"BadResource", "PUT", "/v1/resources/disk/label", R"({"label": "x"})", 422},
        BadRequest{"BadLabelType", "GET", "/v1/labels?type=vm", "", 400},
        BadRequest{"PolicyThatIsNoXml", "PUT", "/v1/policy", "policy", 422},
        BadRequest{"ConfigThatXlCannotRead", "POST", "/v1/config?file=a.cfg", "name = [", 422},
        BadRequest{"ConfigWithoutAName", "POST", "/v1/config", "memory = 1\n", 422},
        BadRequest{"ConfigLabelledTwice", "POST", "/v1/config",
                   "name='a'\naccess_control=['policy=p,label=l','policy=p,label=m']\n", 422},
        BadRequest{"NumberThatIsNone", "GET", "/v1/audit?limit=many", "", 400}),
    [](const auto& test) { return test.param.name; });

TEST(Api, SurvivesBytesThatAreNoHttp) {
  Dom0 dom0;
  dom0.start();
  raw(dom0.socket(), std::string("\0\xff\r\n\r\n", 6));
  raw(dom0.socket(), "GET /v1/status HTTP/1.1\r\nContent-Length: 99999999999999999999\r\n\r\n");
  raw(dom0.socket(), "PUT /v1/policy HTTP/1.1\r\nContent-Length: 1000000000\r\n\r\n<x");
  raw(dom0.socket(), "GET /v1/status HTTP/1.1\r\nX: " + std::string(100'000, 'x') + "\r\n\r\n");
  EXPECT_EQ(dom0.status()["mode"], "permissive");
}

TEST(Api, AnswersSeveralRequestsOnOneConnection) {
  Dom0 dom0;
  dom0.start();
  const std::string one = "GET /v1/policy/document HTTP/1.1\r\nHost: xenacm\r\n\r\n";
  const std::string answers = raw(dom0.socket(), one + one);
  const std::size_t first = answers.find("<PolicyName>DEFAULT</PolicyName>");
  ASSERT_NE(first, std::string::npos) << answers;
  EXPECT_NE(answers.find("<PolicyName>DEFAULT</PolicyName>", first + 1), std::string::npos);
}

}  // namespace
}  // namespace xenacm::test

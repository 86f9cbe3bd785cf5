// SPDX-License-Identifier: Apache-2.0
// labeltool labels: of the enforced policy by asking the daemon, of another by reading its file
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <thread>
#include <utility>

#include "tests/unit/labeltool/commandline.h"
#include "tests/unit/labeltool/policies.h"

namespace xenacm::labeltool::test {
namespace {

// Gives one answer to one request, as the daemon would.
class Daemon {
 public:
  Daemon(std::filesystem::path socket, const std::string& body)
      : socket_(std::move(socket)), listening_(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_un address{.sun_family = AF_UNIX, .sun_path = {}};
    socket_.string().copy(std::begin(address.sun_path), sizeof address.sun_path - 1);
    // NOLINTNEXTLINE(cppcoreguidelines-pro-type-reinterpret-cast): what the sockets API asks for
    const bool bound = ::bind(listening_, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0;
    EXPECT_TRUE(bound && ::listen(listening_, 1) == 0);
    serving_ = std::jthread([this, body] { serve(body); });
  }
  ~Daemon() {
    ::shutdown(listening_, SHUT_RDWR);  // ends an accept that nobody came to
    serving_.join();
    ::close(listening_);
    std::filesystem::remove(socket_);
  }
  Daemon(const Daemon&) = delete;
  Daemon& operator=(const Daemon&) = delete;

 private:
  void serve(const std::string& body) const {
    const int client = ::accept(listening_, nullptr, nullptr);
    if (client < 0) return;
    std::string request;
    char byte = 0;
    while (!request.ends_with("\r\n\r\n") && ::read(client, &byte, 1) == 1) request += byte;
    const std::string answer = "HTTP/1.1 200 OK\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
    EXPECT_EQ(::write(client, answer.data(), answer.size()), static_cast<ssize_t>(answer.size()));
    ::close(client);
  }

  std::filesystem::path socket_;
  int listening_;
  std::jthread serving_;
};

class Labels : public testing::Test {
 protected:
  void SetUp() override {
    workplace.write("other-security_policy.xml", document("other"));
    workplace.write("a/b-security_policy.xml", document("a.b"));
  }
  [[nodiscard]] Ran labels(const std::vector<std::string>& words) const {
    return run(labels_command, words, workplace.folder() / "socket");
  }
  // What `words` print where the daemon enforces a policy `enforced` with one label, called "of-the-daemon".
  [[nodiscard]] Ran labels_beside(const std::string& enforced, const std::vector<std::string>& words) const {
    const Daemon daemon(workplace.folder() / "socket",
                        R"({"policy": ")" + enforced + R"(", "labels": ["of-the-daemon"]})");
    return labels(words);
  }
  Workplace workplace;
};

TEST_F(Labels, OfAnotherPolicyAreReadFromItsFileInByteOrderAndEachOnce) {
  EXPECT_EQ(labels_beside("mytest", {"other"}).out, "__UNLABELED__\na-label\ndom0\n");
  EXPECT_EQ(labels_beside("mytest", {"other", "type=dom"}).out, "__UNLABELED__\na-label\ndom0\n");
}

TEST_F(Labels, OfTheEnforcedPolicyAreTheDaemons) {
  EXPECT_EQ(labels_beside("other", {"other"}).out, "of-the-daemon\n");
  EXPECT_EQ(labels_beside("other", {}).out, "of-the-daemon\n");
}

TEST_F(Labels, OfANamedPolicyNeedNoDaemon) {
  struct Case {
    std::vector<std::string> words;
    std::string out;
  };
  const Case cases[] = {
      {{"other"}, "__UNLABELED__\na-label\ndom0\n"},
      {{"type=res", "other"}, "a-label\ndisk\n"},
      {{"other", "type=any"}, "__UNLABELED__\na-label\ndisk\ndom0\n"},
      {{"a.b", "type=res"}, "a-label\ndisk\n"},
      {{"./a/b-security_policy.xml", "type=res"}, "a-label\ndisk\n"},
  };
  for (const auto& [words, out] : cases) {
    const Ran ran = labels(words);
    EXPECT_EQ(ran.out, out) << words.front();
    EXPECT_FALSE(ran.failure) << words.front();
  }
}

TEST_F(Labels, NameThePolicyAsItsDocumentDoesInJson) {
  EXPECT_EQ(nlohmann::json::parse(labels({"./other-security_policy.xml", "type=res", "--json"}).out),
            nlohmann::json({{"policy", "other"}, {"labels", {"a-label", "disk"}}}));
}

TEST_F(Labels, ThatAreNotDeclaredAreNotListed) {
  workplace.write("p-security_policy.xml", R"(<SecurityPolicyDefinition xmlns="http://www.ibm.com">
<PolicyHeader><PolicyName>p</PolicyName><Version>1.0</Version></PolicyHeader>
<SecurityLabelTemplate><SubjectLabels bootstrap="dom0">
<VirtualMachineLabel><Name>dom0</Name></VirtualMachineLabel>
</SubjectLabels></SecurityLabelTemplate></SecurityPolicyDefinition>)");
  EXPECT_EQ(labels({"p"}).out, "dom0\n");

  const Ran none = labels({"p", "type=res"});
  ASSERT_TRUE(none.failure);
  EXPECT_EQ(none.failure->message, "Current policy 'p' has no labels defined.");
  EXPECT_EQ(nlohmann::json::parse(labels({"p", "type=res", "--json"}).out),
            nlohmann::json({{"policy", "p"}, {"labels", nlohmann::json::array()}}));
}

TEST_F(Labels, AreRefusedInTheWordsOfTheManual) {
  struct Case {
    std::vector<std::string> words;
    std::string message;
  };
  const Case cases[] = {
      {{"kind=dom"}, "Unrecognised option: kind=dom"},
      {{"other", "type=vm"}, "Unknown label type 'vm'; the types are dom, res and any"},
      {{"type="}, "Unknown label type ''; the types are dom, res and any"},
      {{"type=dom", "type=res"}, "type is defined twice"},
      {{"other", "a.b"}, "policy is defined twice"},
      {{"no.such"}, "Policy file '/etc/xen/acm-security/policies/no/such-security_policy.xml' not found."},
      {{"./k=v/none.xml"}, "Policy file './k=v/none.xml' not found."},
  };
  for (const auto& [words, message] : cases) {
    const Ran ran = labels(words);
    EXPECT_EQ(ran.out, "");
    ASSERT_TRUE(ran.failure) << message;
    EXPECT_EQ(ran.failure->message, message);
    EXPECT_EQ(ran.failure->status, 1);
  }
}

TEST_F(Labels, WithoutADaemonAndWithoutAFileBothAreNamed) {
  const Ran ran = labels({"no.such"});
  ASSERT_TRUE(ran.failure);
  ASSERT_EQ(ran.failure->details.size(), 1U);
  EXPECT_TRUE(ran.failure->details.front().starts_with("acm-enforcerd is not running")) << ran.failure->details.front();
}

TEST_F(Labels, OfTheEnforcedPolicyNeedTheDaemon) {
  const Ran ran = labels({});
  ASSERT_TRUE(ran.failure);
  EXPECT_TRUE(ran.failure->message.starts_with("acm-enforcerd is not running")) << ran.failure->message;
}

TEST_F(Labels, OfAFileThatIsNoPolicyAreRefusedWithEveryFault) {
  workplace.write("wrong-security_policy.xml", document("wrong", kWrong));
  const Ran ran = labels_beside("mytest", {"wrong"});
  ASSERT_TRUE(ran.failure);
  EXPECT_EQ(ran.failure->message, "Policy file './wrong-security_policy.xml' is not a valid policy.");
  ASSERT_EQ(ran.failure->details.size(), 2U);
  EXPECT_TRUE(ran.failure->details.front().starts_with("./wrong-security_policy.xml:12:73: error: "));
}

}  // namespace
}  // namespace xenacm::labeltool::test

// SPDX-License-Identifier: Apache-2.0
// policy.trusted_key: only policies that the owner of a key has signed are set (docs/policy-change.md, "Signed
// policies")
#include <gtest/gtest.h>

#include <fstream>

#include "tests/integration/daemon/daemon.h"

namespace xenacm::test {
namespace {

using nlohmann::json;

constexpr const char* kMytest = XENACM_SOURCE_DIR "/examples/policies/mytest-security_policy.xml";
constexpr const char* kUpdate = XENACM_SOURCE_DIR "/examples/policies/mytest_update-security_policy.xml";

class SignedPolicy : public testing::Test {
 protected:
  void SetUp() override {
    std::filesystem::copy_file(kMytest, mytest);
    std::filesystem::copy_file(kUpdate, update);
    openssl({"genpkey", "-algorithm", "ed25519", "-out", key});
    openssl({"pkey", "-in", key, "-pubout", "-out", pub});
  }

  static void openssl(std::vector<std::string> words) {
    words.insert(words.begin(), "/usr/bin/openssl");
    const Finished finished = run(words);
    ASSERT_EQ(finished.status, 0) << finished.err;
  }
  // As the manual has it.
  void sign(const std::string& document) const {
    openssl({"pkeyutl", "-sign", "-rawin", "-inkey", key, "-in", document, "-out", document + ".sig"});
  }
  void ask_for_signatures() const { dom0.configure_gate("[policy]\ntrusted_key = \"" + pub + "\"\n"); }
  [[nodiscard]] std::string version() const { return dom0.status()["policy"]["version"]; }
  void expect_refused(const std::vector<std::string>& words, const std::string& said) const {
    const std::string before = dom0.status()["policy"]["digest"];
    const Finished refused = dom0.labeltool(words);
    EXPECT_EQ(refused.status, 1) << refused.out;
    EXPECT_NE(refused.err.find(said), std::string::npos) << refused.err;
    EXPECT_NE(refused.err.find(pub), std::string::npos) << refused.err;
    EXPECT_NE(refused.err.find("openssl pkeyutl -sign -rawin"), std::string::npos) << refused.err;
    EXPECT_EQ(dom0.status()["policy"]["digest"], before);
  }

  TemporaryDirectory folder{"xenacm-signed"};
  std::string mytest = folder.path() / "mytest.xml";
  std::string update = folder.path() / "update.xml";
  std::string key = folder.path() / "policy.key";
  std::string pub = folder.path() / "policy.pub";
  Dom0 dom0;
};

TEST_F(SignedPolicy, IsSetAndOneThatIsNotSignedIsRefusedAndRecorded) {
  ask_for_signatures();
  dom0.start();
  expect_refused({"setpolicy", "ACM", mytest}, "The policy is not signed");
  const json last = json::parse(dom0.client().call("GET", "/v1/audit")->body).back();
  EXPECT_EQ(last["decision"], "error");
  EXPECT_NE(last["message"].get<std::string>().find("The policy is not signed"), std::string::npos) << last;
  sign(mytest);
  dom0.tool({"setpolicy", "ACM", mytest, "--dry-run"});
  dom0.tool({"setpolicy", "ACM", mytest});
  EXPECT_EQ(version(), "1.0");
}

TEST_F(SignedPolicy, OfAnotherDocumentOrAnotherKeyCountsForNothing) {
  ask_for_signatures();
  dom0.start();
  sign(update);
  std::filesystem::copy_file(update + ".sig", mytest + ".sig");
  expect_refused({"setpolicy", "ACM", mytest}, "signature is not this document's");
  std::ofstream(mytest + ".sig") << "no signature";
  expect_refused({"setpolicy", "ACM", mytest}, "signature is not this document's");
  openssl({"genpkey", "-algorithm", "ed25519", "-out", key});
  sign(mytest);
  expect_refused({"setpolicy", "ACM", mytest}, "signature is not this document's");
  expect_refused({"setpolicy", "ACM", mytest, "--dry-run"}, "signature is not this document's");
}

TEST_F(SignedPolicy, MayBeBase64) {
  ask_for_signatures();
  dom0.start();
  sign(mytest);
  openssl({"base64", "-in", mytest + ".sig", "-out", mytest + ".text"});
  std::filesystem::rename(mytest + ".text", mytest + ".sig");
  dom0.tool({"setpolicy", "ACM", mytest});
  EXPECT_EQ(version(), "1.0");
}

TEST_F(SignedPolicy, ComesBackFromTheHistoryAndOneThatWasNotSignedDoesNot) {
  dom0.start();
  dom0.tool({"setpolicy", "ACM", mytest});
  ASSERT_EQ(dom0.stop(), 0);
  ask_for_signatures();
  dom0.start();
  sign(update);
  dom0.tool({"setpolicy", "ACM", update});
  expect_refused({"policy", "rollback", "2"}, "The policy is not signed");
  dom0.tool({"resetpolicy"});
  EXPECT_EQ(dom0.status()["policy"]["name"], "DEFAULT") << "which takes rights only";
  dom0.tool({"policy", "rollback", "3"});
  EXPECT_EQ(version(), "1.1");
}

TEST_F(SignedPolicy, ADaemonWithoutTheKeyDoesNotStart) {
  std::ofstream(pub) << "not a key";
  ask_for_signatures();
  const Finished failed = dom0.run_second();
  EXPECT_EQ(failed.status, 1);
  EXPECT_NE(failed.err.find("policy.trusted_key " + pub + ": it is not an Ed25519 public key"), std::string::npos)
      << failed.err;
  std::filesystem::remove(pub);
  EXPECT_NE(dom0.run_second().err.find("policy.trusted_key " + pub + ": No such file"), std::string::npos);
}

}  // namespace
}  // namespace xenacm::test

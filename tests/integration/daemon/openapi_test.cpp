// SPDX-License-Identifier: Apache-2.0
// The specification and the daemon say the same (schemas/openapi.yaml)
#include <gtest/gtest.h>

#include <fstream>

#include "enforcer/api/routes.h"
#include "tests/integration/daemon/daemon.h"

namespace xenacm::test {
namespace {

// Well-formed, but its version chain leads from nowhere.
const std::string kOldPolicy = contents(XENACM_SOURCE_DIR "/examples/policies/example/test-security_policy.xml");

// One call of every route, and of every kind of answer that can be had without breaking something.
const std::vector<std::vector<std::string>> kCalls{
    {"GET", "/status"},
    {"GET", "/policy"},
    {"GET", "/policy/document"},
    {"PUT", "/policy", "not xml"},
    {"GET", "/policy/history"},
    {"GET", "/policy/history/1/document"},
    {"GET", "/policy/history/99/document"},
    {"GET", "/policy/history/one/document"},
    {"POST", "/policy/history/2/restore"},
    {"POST", "/policy/history/99/restore"},
    {"GET", "/policy/tables"},
    {"POST", "/whatif/setpolicy", "not xml"},
    {"POST", "/whatif/setpolicy", kOldPolicy},
    {"GET", "/labels?type=any"},
    {"GET", "/labels?type=nothing"},
    {"GET", "/domains"},
    {"PUT", "/domains/a/label", R"({"label": "A-Bank", "uuid": "00000000-0000-4000-8000-000000000001"})"},
    {"GET", "/bindings"},
    {"PUT", "/domains/a/label", R"({"label": "B-Bank"})"},
    {"PUT", "/domains/a/label", "{}"},
    {"PUT", "/domains/Domain-0/label", R"({"label": "A-Bank"})"},
    {"PUT", "/domains/Domain-0/label", R"({"label": "SystemManagement"})"},
    {"GET", "/domains/a/label"},
    {"GET", "/domains/b/label"},
    {"DELETE", "/domains/a/label"},
    {"DELETE", "/domains/a/label"},
    {"PUT", "/resources/bridge:xenbr0/label", R"({"label": "A-Bank"})"},
    {"GET", "/resources/bridge:xenbr0/label"},
    {"GET", "/resources"},
    {"GET", "/resources/disk/label"},
    {"DELETE", "/resources/bridge:xenbr0/label"},
    {"DELETE", "/resources/bridge:xenbr0/label"},
    {"GET", "/resources/check"},
    {"POST", "/resources/file:%2Fnone/repair", R"({"mend": "adopt"})"},
    {"POST", "/resources/file:%2Fnone/repair", R"({"mend": "guess"})"},
    {"PUT", "/domains/a/vifs/0/label", R"({"label": "A-Bank"})"},
    {"PUT", "/domains/a/vifs/x/label", R"({"label": "A-Bank"})"},
    {"GET", "/domains/a/vifs/0/label"},
    {"DELETE", "/domains/a/vifs/0/label"},
    {"GET", "/domains/a/vifs/0/label"},
    {"POST", "/tickets", R"({"config": "name='b'", "file": "b.cfg"})"},
    {"POST", "/tickets",
     R"({"domain": {"name": "c", "disks": [{"name": "/dev/none"}], "vifs": [{}]}, "holder": null})"},
    {"GET", "/tickets"},
    {"GET", "/status"},
    {"GET", "/policy/tables"},
    {"POST", "/tickets", R"({"domain": {"name": "b"}, "holder": 1000000000})"},
    {"POST", "/tickets", R"({"domain": {}})"},
    {"POST", "/tickets", "name='b'"},
    {"DELETE", "/tickets/none"},
    {"POST", "/whatif/attach", R"({"domain": "0", "disk": {"spec": "phy:/dev/none,xvda,w"}})"},
    {"POST", "/whatif/attach", R"({"domain": "0", "disk": {"spec": "phy"}})"},
    {"POST", "/whatif/start?file=a.cfg", "name='a'\ndisk=['phy:/dev/none,xvda,w']\nvif=['bridge=b']\n"},
    {"POST", "/whatif/start", "name='a'\ndisk=['what']\n"},
    {"POST", "/whatif/attach", R"({"domain": "Domain-0", "vif": {"bridge": "xenbr0"}})"},
    {"POST", "/whatif/attach", R"({"domain": "Domain-0", "disk": {"name": "file:/a"}})"},
    {"POST", "/whatif/attach", R"({"domain": "Domain-0"})"},
    {"POST", "/whatif/attach", R"({"domain": "nobody", "pci": "04:00.0"})"},
    {"PUT", "/mode", R"({"mode": "enforcing"})"},
    {"PUT", "/mode", R"({"mode": "off"})"},
    {"POST", "/tickets", R"({"domain": {"name": "b"}})"},
    {"POST", "/config?file=a.cfg", "name='a'\naccess_control=['policy=p,label=l']\n"},
    {"POST", "/config", "name = ["},
    {"GET", "/audit"},
    {"GET", "/audit?refused=1"},
    {"GET", "/audit/lines?after=1&limit=2"},
    {"GET", "/audit/lines?after=x"},
    {"GET", "/audit/checkpoints?after=0"},
    {"GET", "/audit/checkpoints?limit=x"},
    {"GET", "/audit/key"},
    {"GET", "/audit?since=1&domain=a&label=A-Bank&resource=phy:vg%2Fa&rule=ste&toolstack=xl&uid=0&program=xl"},
    {"GET", "/audit?rule=none"},
    {"GET", "/audit/archives"},
    {"GET", "/metrics"},
    {"DELETE", "/policy"},
};

TEST(OpenApi, DescribesEveryRouteAndEveryAnswerOfTheDaemon) {
  Dom0 dom0;
  dom0.start();
  dom0.tool({"setpolicy", "ACM", XENACM_SOURCE_DIR "/examples/policies/mytest-security_policy.xml"});
  const auto file = dom0.folder() / "calls.json";
  std::ofstream out(file);
  nlohmann::json calls = nlohmann::json::array();
  for (const auto& call : kCalls) {
    const auto answer = dom0.client().call(call[0], "/v1" + call[1], call.size() > 2 ? call[2] : "");
    ASSERT_TRUE(answer) << answer.error();
    calls.push_back({{"method", call[0]}, {"target", call[1]}, {"status", answer->status}, {"body", answer->body}});
  }
  out << nlohmann::json{{"routes", api::route_names()}, {"calls", calls}};
  out.close();
  const Finished validation =
      run({"/usr/bin/python3", XENACM_SOURCE_DIR "/tests/integration/daemon/validate_openapi.py",
           XENACM_SOURCE_DIR "/schemas/openapi.yaml", file.string()});
  EXPECT_EQ(validation.status, 0) << validation.out << validation.err;
}

}  // namespace
}  // namespace xenacm::test

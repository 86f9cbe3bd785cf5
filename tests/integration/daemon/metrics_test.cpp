// SPDX-License-Identifier: Apache-2.0
// What the daemon tells Prometheus, and that page, dashboard and alert rules speak of the same (docs/metrics.md)
#include <gtest/gtest.h>

#include "tests/integration/daemon/daemon.h"
#include "tests/integration/daemon/toolstack.h"

namespace xenacm::test {
namespace {

class Metrics : public testing::Test {
 protected:
  void SetUp() override {
    dom0.start();
    dom0.tool({"setpolicy", "ACM", XENACM_SOURCE_DIR "/examples/policies/mytest-security_policy.xml"});
    dom0.tool({"mode", "enforcing"});
    for (const auto& [name, label] : {std::pair{"nicdom", "A-Bank"}, {"client2", "AutoCorp"}, {"domain2", "B-Bank"}}) {
      dom0.tool({"addlabel", label, "mgt", name});
    }
  }
  [[nodiscard]] std::string text() const { return dom0.client().call("GET", "/v1/metrics")->body; }
  [[nodiscard]] bool tells(const std::string& line) const {
    return ("\n" + text()).find("\n" + line + "\n") != std::string::npos;
  }
  // As the timer of examples/monitoring does it.
  [[nodiscard]] Finished collect(const std::filesystem::path& file) const {
    return run({XENACM_SOURCE_DIR "/examples/monitoring/xenacm-metrics", dom0.socket().string(), file.string()});
  }

  Dom0 dom0{"[audit]\ncheckpoint_records = 4\nwitness = []\n"};
};

TEST_F(Metrics, RefusalsAreCountedByRuleAndClass) {
  Toolstack xl(dom0.xenstored());
  ASSERT_TRUE(xl.create(1, "nicdom"));
  ASSERT_TRUE(xl.create(3, "client2"));
  ASSERT_FALSE(xl.attach_vif(3, 1));
  ASSERT_FALSE(xl.create(4, "domain2"));
  EXPECT_TRUE(tells(R"(xenacm_verdicts_total{decision="deny",rule="ste",class="vif"} 1)")) << text();
  EXPECT_TRUE(tells(R"(xenacm_verdicts_total{decision="deny",rule="chinese-wall",class="start"} 1)"));
  EXPECT_TRUE(tells(R"(xenacm_verdicts_total{decision="allow",rule="none",class="start"} 2)"));
  EXPECT_TRUE(tells(R"(xenacm_verdicts_total{decision="allow",rule="none",class="policy-change"} 1)"));
  EXPECT_TRUE(tells("xenacm_gate_refused_total 2"));
  EXPECT_TRUE(tells("xenacm_gate_waiting 0"));
  EXPECT_TRUE(tells(R"(xenacm_running_types{type="A-Bank"} 1)"));
}

TEST_F(Metrics, TheLastCheckpointIsToldAcrossARestart) {
  const auto log = [&] { return dom0.status()["audit"]; };
  const auto before = log();
  EXPECT_GT(before["last_record"], 4);
  EXPECT_GT(before["checkpoint_record"], 0);
  EXPECT_GT(before["ledger_bytes"], 0);
  dom0.stop();  // signs the rest
  dom0.start();
  EXPECT_GT(log()["checkpoint_record"], before["checkpoint_record"]);
  EXPECT_GE(log()["checkpoint_time"], before["checkpoint_time"]);
}

TEST_F(Metrics, PrometheusUnderstandsThemAndPageDashboardAndAlertsNameNoOthers) {
  const auto file = dom0.folder() / "xenacm.prom";
  const Finished collected = collect(file);
  ASSERT_EQ(collected.status, 0) << collected.err;
  const Finished checked = run({"/usr/bin/python3", XENACM_SOURCE_DIR "/tests/integration/daemon/check_metrics.py",
                                XENACM_SOURCE_DIR, file.string()});
  EXPECT_EQ(checked.status, 0) << checked.out << checked.err;
}

TEST_F(Metrics, WhereNobodyAnswersNoOldMetricsAreLeft) {
  const auto file = dom0.folder() / "xenacm.prom";
  ASSERT_EQ(collect(file).status, 0);
  dom0.stop();
  EXPECT_NE(collect(file).status, 0);
  EXPECT_FALSE(std::filesystem::exists(file));
  EXPECT_FALSE(std::filesystem::exists(file.string() + ".new"));
}

}  // namespace
}  // namespace xenacm::test

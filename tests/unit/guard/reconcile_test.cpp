// SPDX-License-Identifier: Apache-2.0
// The hypervisor's domains against the ledger's (docs/guard.md, "Domains")
#include "enforcer/guard/reconcile.h"

#include <gtest/gtest.h>

namespace xenacm::guard {
namespace {

using namespace monitor;

const std::string kA = "aaaaaaaa-0000-4000-8000-000000000000";
const std::string kB = "bbbbbbbb-0000-4000-8000-000000000000";

RunningDomain known(std::uint16_t domid, const std::string& uuid) {
  return {DomId(domid), Uuid(uuid), DomainName("d" + std::to_string(domid)), {"p", "l"}};
}

xen::DomainInfo present(std::uint16_t domid, const std::string& uuid, const std::string& state = "-b----") {
  return {.domid = DomId(domid), .uuid = Uuid(uuid), .state = state};
}

// "stopped 1; strange 4"
std::string compared(const std::vector<RunningDomain>& recorded, const std::vector<xen::DomainInfo>& there) {
  std::string out;
  for (const auto& domain : stopped(recorded, there)) out += "stopped " + std::to_string(domain.domid.get()) + ";";
  for (const auto& domain : strangers(there, recorded)) out += "strange " + std::to_string(domain.domid.get()) + ";";
  return out;
}

TEST(Reconcile, AgreementFindsNothing) {
  EXPECT_EQ(compared({known(0, kA), known(1, kB)}, {present(0, kA), present(1, kB)}), "");
}

TEST(Reconcile, ADomainThatIsGoneHasStopped) {
  EXPECT_EQ(compared({known(0, kA), known(1, kB)}, {present(0, kA)}), "stopped 1;");
}

TEST(Reconcile, ADomainThatIsNotRecordedIsAStranger) {
  EXPECT_EQ(compared({known(0, kA)}, {present(0, kA), present(4, kB)}), "strange 4;");
}

TEST(Reconcile, AnIdThatIsUsedAgainAndAUuidThatChangedAreAnotherDomain) {
  EXPECT_EQ(compared({known(0, kA), known(1, kA)}, {present(0, kA), present(1, kB)}), "stopped 1;strange 1;");
}

// It holds its memory, and counts, until the last of it is gone.
TEST(Reconcile, ADyingDomainHasNotStoppedAndIsNoStranger) {
  EXPECT_EQ(compared({known(0, kA), known(1, kB)}, {present(0, kA), present(1, kB, "--ps-d")}), "");
  EXPECT_EQ(compared({known(0, kA)}, {present(0, kA), present(1, kB, "--ps-d")}), "");
}

TEST(Reconcile, Domain0IsNeitherStoppedNorAStranger) { EXPECT_EQ(compared({known(0, kA)}, {present(0, kB)}), ""); }

}  // namespace
}  // namespace xenacm::guard

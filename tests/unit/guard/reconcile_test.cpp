// SPDX-License-Identifier: Apache-2.0
// The hypervisor's domains against the ledger's (architecture, "guard")
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

xen::DomainInfo present(std::uint16_t domid, const std::string& uuid) {
  return {.domid = DomId(domid), .uuid = Uuid(uuid)};
}

std::optional<std::string> built(DomId domid) { return "n" + std::to_string(domid.get()); }
std::optional<std::string> still_being_made(DomId) { return std::nullopt; }

std::string text(const std::vector<Request>& requests) {
  std::string out;
  for (const Request& request : requests) {
    if (const auto* stop = std::get_if<StopDomain>(&request)) out += "stop " + std::to_string(stop->domid.get()) + ";";
    if (const auto* adopt = std::get_if<AdoptDomain>(&request)) out += "adopt " + adopt->name.get() + ";";
  }
  return out;
}

TEST(Reconcile, AgreementAsksForNothing) {
  EXPECT_EQ(text(reconcile({known(0, kA), known(1, kB)}, {present(0, kA), present(1, kB)}, built)), "");
}

TEST(Reconcile, ADomainThatIsGoneHasStopped) {
  EXPECT_EQ(text(reconcile({known(0, kA), known(1, kB)}, {present(0, kA)}, built)), "stop 1;");
}

TEST(Reconcile, ADomainThatIsNotRecordedIsAdopted) {
  EXPECT_EQ(text(reconcile({known(0, kA)}, {present(0, kA), present(4, kB)}, built)), "adopt n4;");
}

TEST(Reconcile, ADomainThatIsStillBeingMadeIsNotAdopted) {
  EXPECT_EQ(text(reconcile({known(0, kA)}, {present(0, kA), present(4, kB)}, still_being_made)), "");
}

TEST(Reconcile, AnIdThatIsUsedAgainIsAnotherDomain) {
  EXPECT_EQ(text(reconcile({known(0, kA), known(1, kA)}, {present(0, kA), present(1, kB)}, built)), "stop 1;adopt n1;");
}

TEST(Reconcile, Domain0IsNeitherStoppedNorAdopted) {
  EXPECT_EQ(text(reconcile({known(0, kA)}, {present(0, kB)}, built)), "");
}

}  // namespace
}  // namespace xenacm::guard

// SPDX-License-Identifier: Apache-2.0
#include "tests/faults/load.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>
#include <system_error>

#include "tests/faults/transaction.h"
#include "tests/integration/gate/raw_client.h"

namespace xenacm::faults {

using gate::testing::RawClient;
using nlohmann::json;

namespace {

Heard heard_of(const api::Answer& answer) {
  const json body = json::parse(answer.body, nullptr, false);
  if (answer.status == 403) return Heard::denied;
  if (answer.status == 503) return Heard::unavailable;
  return answer.status == 200 && body.is_object() ? Heard::allowed : Heard::unknown;
}

std::string document(const char* name) {
  return test::contents(std::string(XENACM_SOURCE_DIR "/examples/policies/") + name);
}

}  // namespace

Load::Load(test::Dom0& dom0, Answers& answers, Serial& serial) : dom0_(dom0), answers_(answers), serial_(serial) {
  for (void (Load::*who)() :
       {&Load::toolstack, &Load::toolstack, &Load::label_domains, &Load::change_policies, &Load::reserve}) {
    threads_.emplace_back([this, who] {
      while (!over_) (this->*who)();
    });
  }
}

Load::~Load() { over_ = true; }

Heard Load::call(const std::string& asked, std::string_view method, const std::string& target,
                 const std::string& body) {
  const auto answer = dom0_.client().call(method, target, body);
  const Heard heard = answer ? heard_of(*answer) : Heard::unknown;
  answers_.note(asked, heard);
  if (!answer) std::this_thread::yield();
  return heard;
}

void Load::label_domains() {
  const std::string name = fmt::format("d{}", ++serial_.names);
  const std::string target = "/v1/domains/" + name + "/label";
  if (call("addlabel mgt " + name, "PUT", target, R"({"label":"A-Bank"})") != Heard::allowed) return;
  if (serial_.names % 2 == 0) call("rmlabel mgt " + name, "DELETE", target, "");
  const std::string vlan = fmt::format("vlan:{}", serial_.names % 4000 + 1);
  call("addlabel res " + vlan, "PUT", "/v1/resources/" + api::encoded(vlan) + "/label", R"({"label":"A-Bank"})");
  call("rmlabel res " + vlan, "DELETE", "/v1/resources/" + api::encoded(vlan) + "/label", "");
}

void Load::change_policies() {
  static const std::string update = document("mytest_update-security_policy.xml");
  call("setpolicy mytest 1.1", "PUT", "/v1/policy", update);
  call("mode AutoCorp", "PUT", "/v1/mode", R"({"mode":"permissive","label":"AutoCorp"})");
  call("rollback mytest 1.0", "POST", "/v1/policy/history/2/restore", "");
  call("mode AutoCorp", "PUT", "/v1/mode", R"({"mode":"enforcing","label":"AutoCorp"})");
}

// As a hook does that asks before a start.
void Load::reserve() {
  const std::string name = fmt::format("t{}", ++serial_.names);
  call("addlabel mgt " + name, "PUT", "/v1/domains/" + name + "/label", R"({"label":"B-Bank"})");
  const auto answer =
      dom0_.client().call("POST", "/v1/tickets", json{{"domain", {{"name", name}}}, {"holder", nullptr}}.dump());
  answers_.note("reserve start " + name, answer ? heard_of(*answer) : Heard::unknown);
  const json body = answer ? json::parse(answer->body, nullptr, false) : json();
  if (body.is_object() && body.contains("ticket")) {
    (void)dom0_.client().call("DELETE", "/v1/tickets/" + body["ticket"].get<std::string>());
  }
}

void Load::toolstack() {
  const unsigned number = ++serial_.names;
  const std::string name = fmt::format("g{}", number);
  const char* label = number % 3 == 0 ? R"({"label":"B-Bank"})" : R"({"label":"A-Bank"})";
  if (call("addlabel mgt " + name, "PUT", "/v1/domains/" + name + "/label", label) != Heard::allowed) return;
  const unsigned created = ++serial_.domains;
  const unsigned domid = 1 + created % kDomids;
  if (create(domid, created / kDomids, name)) attach(domid, name);
  destroy(domid);
}

bool Load::create(unsigned domid, unsigned life, const std::string& name) {
  dom0_.xenstored().add_domain(domid, test::DomainState::paused, static_cast<std::uint16_t>(life));
  const Heard heard = commit(dom0_.xenstored().socket_path(), creation(domid, life, name));
  answers_.note("start " + name, heard);
  if (heard != Heard::allowed) return false;
  try {
    RawClient client(dom0_.xenstored().socket_path());
    return client.introduce(domid) == "OK";
  } catch (const std::system_error&) {
    return false;
  }
}

void Load::attach(unsigned domid, const std::string& name) {
  answers_.note("attach vif 0 " + name, commit(dom0_.xenstored().socket_path(), vif_of(domid, name)));
}

void Load::destroy(unsigned domid) {
  try {
    RawClient client(dom0_.xenstored().socket_path());
    (void)client.rm(fmt::format("/local/domain/{}", domid));
    (void)client.rm(fmt::format("/local/domain/0/backend/vif/{}", domid));
  } catch (const std::system_error&) {
    // The guard finds out.
  }
  dom0_.xenstored().remove_domain(domid);
  dom0_.xenstored().poke_domains();
}

}  // namespace xenacm::faults

// SPDX-License-Identifier: Apache-2.0
#include "tests/unit/monitor/scene.h"

#include <algorithm>
#include <cstdio>
#include <fstream>
#include <sstream>

namespace xenacm::monitor {

SetPolicy policy_request(std::string document) {
  auto compiled = policy::compile_document(document);
  if (!compiled) {
    for (const auto& diagnostic : compiled.error()) ADD_FAILURE() << policy::to_text(diagnostic, "policy");
    throw std::runtime_error("the test's policy does not compile");
  }
  return {std::make_shared<const policy::Compiled>(*std::move(compiled)),
          std::make_shared<const std::string>(std::move(document))};
}

std::string example_policy(const std::string& file) {
  std::ifstream in(std::string(XENACM_SOURCE_DIR) + "/examples/policies/" + file);
  std::ostringstream text;
  text << in.rdbuf();
  return text.str();
}

std::string rules(const Verdict& verdict) {
  std::string text;
  for (const Reason& reason : verdict.reasons) text += (text.empty() ? "" : ", ") + std::string(to_text(reason.rule));
  return text;
}

Scene Scene::mytest() { return of(example_policy("mytest-security_policy.xml")); }

Scene Scene::of(std::string document) {
  const SetPolicy set = policy_request(std::move(document));
  Scene scene(State(set.compiled, set.document));
  scene.apply(PutMode{"", Mode::enforcing});
  return scene;
}

Verdict Scene::ask(const Request& request) {
  const Outcome outcome = decide(state_, request);
  if (!outcome) throw std::runtime_error("not decided: " + outcome.error().message);
  state_.apply(outcome->delta);
  return outcome->verdict;
}

std::string Scene::fault(const Request& request) const {
  const Outcome outcome = decide(state_, request);
  if (outcome) {
    ADD_FAILURE() << "decided: " << to_text(outcome->verdict.decision) << " " << rules(outcome->verdict);
    return {};
  }
  return outcome.error().message;
}

Verdict Scene::start(unsigned domid, const std::string& name) {
  return ask(
      StartDomain{.domid = DomId(static_cast<std::uint16_t>(domid)), .uuid = uuid_of(domid), .name = DomainName(name)});
}

Verdict Scene::start(unsigned domid, const std::string& name, const std::string& label) {
  ask(LabelDomain{DomainName(name), {}, label, {}});
  return start(domid, name);
}

Verdict Scene::stop(unsigned domid) {
  return ask(StopDomain{.domid = DomId(static_cast<std::uint16_t>(domid)), .uuid = uuid_of(domid)});
}

Verdict Scene::attach(unsigned frontend, unsigned backend, const std::string& bridge) {
  return ask(AttachLink{vif(frontend, backend), {bridge, ""}, {}});
}

namespace {

long count_of(const std::vector<std::string>& types, const std::vector<std::int64_t>& counts, const std::string& type) {
  const auto found = std::ranges::find(types, type);
  if (found == types.end()) throw std::runtime_error("no Chinese Wall type " + type);
  return counts[static_cast<std::size_t>(found - types.begin())];
}

}  // namespace

long Scene::running(const std::string& type) const {
  return count_of(state_.tables().chw_types, state_.wall().running(), type);
}

long Scene::aggregate(const std::string& type) const {
  return count_of(state_.tables().chw_types, state_.wall().aggregate(), type);
}

Uuid uuid_of(unsigned domid) {
  char text[37];
  std::snprintf(text, sizeof text, "00000000-0000-4000-8000-%012x", domid);
  return *parse_uuid(text);
}

ResourceName name_of(std::string_view text) { return *parse_resource_name(text); }

Resource resource(std::string_view text) { return {name_of(text), {}, {}}; }

LinkKey vif(unsigned frontend, unsigned backend, unsigned device) {
  return {"vif", DomId(static_cast<std::uint16_t>(frontend)), DomId(static_cast<std::uint16_t>(backend)), device};
}

}  // namespace xenacm::monitor

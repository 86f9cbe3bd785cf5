// SPDX-License-Identifier: Apache-2.0
#include "labeltool/doctor/hooks.h"

#include <algorithm>
#include <utility>

namespace xenacm::labeltool::doctor {

namespace {

constexpr const char* kProgram = "/usr/libexec/xenacm/acm-hook";

std::vector<Step> install(const HookFacts& facts, const Hook& hook, const std::filesystem::path& place) {
  std::vector<Step> steps{
      {"install -D -m 755 /usr/share/doc/xenacm/examples/hooks/" + hook.sample + " " + place.string()}};
  if (hook.toolstack.starts_with("libvirt") && facts.systemd) steps.push_back({"systemctl restart libvirtd"});
  return steps;
}

void check(const HookFacts& facts, const Hook& hook, Findings& findings) {
  const std::string place = hook.place.string();
  const auto add = [&](Kind kind, const std::string& what, std::vector<Step> remedy) {
    findings.push_back({kind, place, what, std::move(remedy)});
  };
  switch (hook.state) {
    case HookState::installed:
    case HookState::unseen:
      return;
    case HookState::missing:
      return add(Kind::hook_missing, hook.toolstack + " is here and does not ask first",
                 install(facts, hook, hook.place));
    case HookState::foreign:
      return add(Kind::hook_foreign, "a hook of " + hook.toolstack + " stands here that does not call acm-hook",
                 hook.beside.empty() ? std::vector<Step>{{"mv " + place + " " + place + ".before"},
                                                         install(facts, hook, hook.place).front()}
                                     : install(facts, hook, hook.beside));
    case HookState::not_executable:
      return add(Kind::hook_not_executable, "the hook of " + hook.toolstack + " cannot be run",
                 {{"chmod 755 " + place}});
    case HookState::shadowed:
      return add(Kind::hook_shadowed, "another xl comes before it in PATH",
                 {{"export PATH=" + hook.place.parent_path().string() + ":$PATH"}});
    case HookState::too_new:
      return add(Kind::hook_too_new, "the hook is newer than the libvirtd that should call it",
                 {{"systemctl restart libvirtd"}});
  }
}

std::string_view to_text(HookState state) {
  switch (state) {
    case HookState::installed:
      return "installed";
    case HookState::missing:
      return "missing";
    case HookState::foreign:
      return "foreign";
    case HookState::not_executable:
      return "not executable";
    case HookState::shadowed:
      return "shadowed";
    case HookState::too_new:
      return "too new";
    case HookState::unseen:
      return "unseen";
  }
  std::unreachable();
}

std::string verb(HookState state) {
  if (state == HookState::installed) return " asks first";
  return state == HookState::unseen ? " cannot be seen" : " does not ask first";
}

}  // namespace

Findings check_hooks(const HookFacts& facts) {
  Findings findings;
  const bool called = std::ranges::any_of(facts.hooks, [](const Hook& hook) {
    return hook.state == HookState::installed || hook.state == HookState::too_new;
  });
  if (!facts.program && called) {
    findings.push_back({Kind::hook_program_missing,
                        kProgram,
                        "hooks are installed that call it, and it is not there",
                        {{"apt-get install --reinstall xenacm"}}});
  }
  if (facts.silent) {
    findings.push_back({Kind::hook_silent,
                        kProgram,
                        "the daemon answers, but the hook gets no verdict",
                        {{std::string("echo '{\"vif\": {}}' | ") + kProgram + " pre-attach Domain-0"}}});
  }
  for (const Hook& hook : facts.hooks) check(facts, hook, findings);
  return findings;
}

nlohmann::json hooks_json(const std::vector<Hook>& hooks) {
  nlohmann::json list = nlohmann::json::array();
  for (const Hook& hook : hooks) {
    list.push_back({{"toolstack", hook.toolstack}, {"place", hook.place.string()}, {"state", to_text(hook.state)}});
  }
  return list;
}

std::string hooks_text(const std::vector<Hook>& hooks) {
  std::string text;
  for (const Hook& hook : hooks) text += (text.empty() ? "" : "; ") + hook.toolstack + verb(hook.state);
  return text.empty() ? "no toolstack found" : text;
}

}  // namespace xenacm::labeltool::doctor

// SPDX-License-Identifier: Apache-2.0
#include "tests/selinux/cil.h"

#include <fmt/core.h>

#include <algorithm>

namespace xenacm::selinux {

using namespace xenacm::policy;

namespace {

// What SELinux wants of any policy, and says nothing about sharing.
constexpr const char* kFrame =
    "(class domain (share))\n(classorder (domain))\n(sid kernel)\n(sidorder (kernel))\n"
    "(user u)\n(role r)\n(userrole u r)\n(type nobody)\n(roletype r nobody)\n"
    "(sensitivity s0)\n(sensitivityorder (s0))\n(userlevel u (s0))\n(userrange u ((s0) (s0)))\n"
    "(sidcontext kernel (u r nobody ((s0) (s0))))\n";

std::string context(const std::string& type) { return "u:r:" + type; }
std::string vm_type(std::size_t label) { return fmt::format("vm{}", label); }
std::string resource_type(std::size_t label) { return fmt::format("resource{}", label); }

bool names(const Name& a, const Name& b) { return a.text == b.text; }

std::string carriers(const Policy& policy, const Name& ste_type) {
  const auto is_it = [&](const Name& name) { return names(name, ste_type); };
  std::string types;
  for (std::size_t i = 0; i < policy.vm_labels.size(); ++i) {
    if (std::ranges::any_of(policy.vm_labels[i].ste_types, is_it)) types += " " + vm_type(i);
  }
  for (std::size_t i = 0; i < policy.resource_labels.size(); ++i) {
    const auto& only = policy.resource_labels[i].ste_type;
    if (only && is_it(*only)) types += " " + resource_type(i);
  }
  return types;
}

}  // namespace

std::string vm_context(std::size_t label) { return context(vm_type(label)); }
std::string resource_context(std::size_t label) { return context(resource_type(label)); }

std::string to_cil(const Policy& policy) {
  std::string text = kFrame;
  const auto declare = [&](const std::string& type) { text += fmt::format("(type {0})\n(roletype r {0})\n", type); };
  for (std::size_t i = 0; i < policy.vm_labels.size(); ++i) declare(vm_type(i));
  for (std::size_t i = 0; i < policy.resource_labels.size(); ++i) declare(resource_type(i));
  for (std::size_t i = 0; i < policy.ste_types.size(); ++i) {
    const std::string types = carriers(policy, policy.ste_types[i]);
    if (types.empty()) continue;
    text += fmt::format("(typeattribute ste{0})\n(typeattributeset ste{0} ({1}))\n(allow ste{0} ste{0} ({2} ({3})))\n",
                        i, types, kClass, kPermission);
  }
  return text;
}

}  // namespace xenacm::selinux

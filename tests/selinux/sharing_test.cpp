// SPDX-License-Identifier: Apache-2.0
// A second opinion on acm.md 3.1: SELinux, given the same policy, lets the same labels share.
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iostream>
#include <random>
#include <sstream>

#include "policy/compiler.h"
#include "tests/selinux/access.h"
#include "tests/selinux/cil.h"

// libsepol does not give back all that it has allocated.
extern "C" const char* __lsan_default_suppressions();  // NOLINT: the sanitizer's name
extern "C" const char* __lsan_default_suppressions() { return "leak:libsepol"; }

namespace xenacm::selinux {

using namespace xenacm::policy;

namespace {

constexpr unsigned kRandomPolicies = 200;

Name named(const std::string& kind, std::size_t number) { return {.text = kind + std::to_string(number), .at = {}}; }

Policy random_policy(unsigned seed) {
  std::mt19937 random(seed);
  const auto below = [&](std::size_t bound) { return random() % bound; };
  Policy policy;
  policy.header.name.text = "random";
  for (std::size_t i = 0, count = 1 + below(40); i < count; ++i) policy.ste_types.push_back(named("t", i));
  for (std::size_t i = 0, count = 1 + below(24); i < count; ++i) {
    VmLabel& label = policy.vm_labels.emplace_back();
    label.name = named("vm", i);
    const std::size_t density = 1 + below(12);
    for (const Name& type : policy.ste_types) {
      if (below(density) == 0) label.ste_types.push_back(type);
    }
  }
  for (std::size_t i = 0, count = below(12); i < count; ++i) {
    ResourceLabel& label = policy.resource_labels.emplace_back();
    label.name = named("resource", i);
    if (below(10) != 0) label.ste_type = policy.ste_types[below(policy.ste_types.size())];
  }
  policy.bootstrap = policy.vm_labels.front().name;
  return policy;
}

// Every pair of VM labels, and of a VM label and a resource label; says how many.
std::size_t expect_agreement(const Policy& policy, const Tables& tables) {
  load(to_cil(policy));
  std::size_t pairs = 0;
  for (std::size_t a = 0; a < policy.vm_labels.size(); ++a) {
    const VmLabelId label = *tables.find_vm_label(policy.vm_labels[a].name.text);
    for (std::size_t b = 0; b < policy.vm_labels.size(); ++b, ++pairs) {
      const VmLabelId other = *tables.find_vm_label(policy.vm_labels[b].name.text);
      EXPECT_EQ(share(tables, label, other), may_share(vm_context(a), vm_context(b)))
          << policy.vm_labels[a].name.text << " and " << policy.vm_labels[b].name.text;
    }
    for (std::size_t b = 0; b < policy.resource_labels.size(); ++b) {
      if (policy.resource_labels[b].name.text == kUnlabeled) continue;  // has the VM label's types (decisions.md 10)
      ++pairs;
      const ResourceLabelId resource = *tables.find_resource_label(policy.resource_labels[b].name.text);
      EXPECT_EQ(share(tables, label, resource), may_share(vm_context(a), resource_context(b)))
          << policy.vm_labels[a].name.text << " and resource " << policy.resource_labels[b].name.text;
    }
  }
  return pairs;
}

TEST(Selinux, LetsTheSameLabelsShareUnderTheExamplePolicies) {
  std::size_t policies = 0;
  std::size_t pairs = 0;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(XENACM_SOURCE_DIR "/examples/policies")) {
    if (entry.path().extension() != ".xml") continue;
    SCOPED_TRACE(entry.path());
    std::ostringstream document;
    document << std::ifstream(entry.path()).rdbuf();
    const auto compiled = compile_document(document.str());
    ASSERT_TRUE(compiled);
    pairs += expect_agreement(compiled->policy, compiled->tables);
    ++policies;
  }
  EXPECT_GE(policies, 4U);
  std::cout << "selinux: " << policies << " example policies, " << pairs << " pairs of labels\n";
}

TEST(Selinux, LetsTheSameLabelsShareUnderRandomPolicies) {
  std::size_t pairs = 0;
  for (unsigned seed = 0; seed < kRandomPolicies; ++seed) {
    SCOPED_TRACE("policy of seed " + std::to_string(seed));
    const Policy policy = random_policy(seed);
    pairs += expect_agreement(policy, compile(policy, "digest"));
  }
  std::cout << "selinux: " << kRandomPolicies << " random policies, " << pairs << " pairs of labels\n";
}

}  // namespace
}  // namespace xenacm::selinux

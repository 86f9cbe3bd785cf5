// SPDX-License-Identifier: Apache-2.0
// What becomes of the labels of an old host: which are taken over, which are there already, which cannot be, and why.
#pragma once

#include <expected>
#include <functional>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "enforcer/monitor/resource_name.h"
#include "labeltool/import/resource_labels.h"
#include "policy/model.h"

namespace xenacm::labeltool {

enum class Labelled { resource, domain };

// A label that a file of the old host gives.
struct Import {
  Labelled kind = Labelled::resource;
  std::string name;  // as it is asked for: "phy:/dev/vg/a"
  std::string label;
  std::string origin;               // "FILE:LINE", or "FILE"
  std::optional<std::string> uuid;  // of a domain whose configuration has one
};

struct LeftOut {
  Import what;
  std::string why;
  std::string way_out;
};

struct Plan {
  std::vector<Import> take;
  std::vector<Import> present;  // nothing is left to do
  std::vector<LeftOut> left;
};

// The configuration of a domain of the old host, as xl reads it.
struct OldDomain {
  std::string origin;
  std::string name;
  std::optional<std::string> uuid;
  std::string policy;  // of access_control
  std::string label;
};

// What has to be known of this host; the error is what speaks against the label.
struct Host {
  // What is at the name: the same text for two names of one thing. None: nothing.
  std::function<std::optional<std::string>(const monitor::ResourceName&)> thing;
  // The label that is on record, "ACM:mytest:A-Bank"; empty: none.
  std::function<std::expected<std::string, std::string>(const Import&)> recorded;
  std::set<std::string> running;  // names of domains
};

// Adds the labels of `file` to the plan. `policy` is the one that is imported along with them.
void plan_resources(const policy::Policy& policy, const std::string& file, const std::vector<OldLabel>& labels,
                    const Host& host, Plan& plan);

// The same of a domain that has a label in its configuration.
void plan_domain(const policy::Policy& policy, const OldDomain& domain, const Host& host, Plan& plan);

}  // namespace xenacm::labeltool

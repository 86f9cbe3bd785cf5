// SPDX-License-Identifier: Apache-2.0
// What a scenario file says: a policy, and the steps that are played under it (decisions.md, "Scenario files").
#pragma once

#include <cstdint>
#include <expected>
#include <map>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "enforcer/monitor/request.h"

namespace xenacm::labeltool::scenario {

// What a domain is given at its start, or is attached to while it runs.
struct Disk {
  monitor::ResourceName name;  // as its backend calls it: "phy:/dev/a" for "phy@nicdom:/dev/a"
  monitor::DomainName backend;
};
struct Vif {
  monitor::DomainName backend;
  monitor::Network network;
  std::optional<std::string> label;  // of the vif itself, a resource label
};
struct Pci {
  monitor::ResourceName name;
};
struct PlainLink {  // of any class, with nothing said of what it is made of
  std::string device_class;
  monitor::DomainName backend;
};
using Device = std::variant<Disk, Vif, Pci, PlainLink>;

struct Start {
  monitor::DomainName domain;
  std::optional<std::string> label;
  std::vector<Device> devices;  // disks, vifs, PCI devices
};
struct Stop {
  monitor::DomainName domain;
};
struct Attach {
  monitor::DomainName domain;
  Device device;
};
struct Detach {
  monitor::DomainName domain;
  Device device;
};
struct Label {
  monitor::ResourceName resource;
  std::string label;
};
struct Unlabel {
  monitor::ResourceName resource;
};
struct Relabel {
  monitor::DomainName domain;
  std::string label;
};
struct Install {                                          // setpolicy
  std::string file;                                       // as the scenario names it
  std::expected<monitor::SetPolicy, std::string> policy;  // error: why the document is no policy
};
struct Reset {};
struct ChangeMode {
  monitor::Mode mode = monitor::Mode::enforcing;
  std::optional<std::string> label;
};
using Deed = std::variant<Start, Stop, Attach, Detach, Label, Unlabel, Relabel, Install, Reset, ChangeMode>;

// What is to come of a step.
struct Expectation {
  bool allowed = true;
  std::optional<std::string> rule;              // of a reason against it
  std::optional<std::string> message;           // a part of the text of that reason, or of what hindered the step
  std::map<std::string, std::int64_t> running;  // after it: domains by Chinese Wall type
};

struct Step {
  unsigned line = 0;
  Deed deed;
  Expectation expected;
};

struct Scenario {
  std::string file;
  std::string name;
  monitor::SetPolicy policy;  // that it begins under
  std::vector<Step> steps;    // at least one
};

}  // namespace xenacm::labeltool::scenario

// SPDX-License-Identifier: Apache-2.0
#include "labeltool/doctor/passthrough.h"

namespace xenacm::labeltool::doctor {

namespace {

std::string text(const PciDevice& device) {
  return (device.is_network ? "network card " : "PCI device ") + device.address;
}

// A device's label is not changed while a domain has it.
std::vector<Step> while_detached(const PciDevice& device, std::vector<Step> steps) {
  if (!device.owner) return steps;
  const std::string words = std::to_string(device.owner->get()) + " " + device.address;
  steps.insert(steps.begin(), Step{"xl pci-detach " + words});
  return steps;
}

}  // namespace

Findings check_passthrough(const PassthroughFacts& facts) {
  Findings findings;
  for (const PciDevice& device : facts.devices) {
    if (facts.iommu == false) {
      // Without a domain it does no harm yet; and it could not be given away safely.
      findings.push_back({Kind::no_iommu, text(device),
                          "Xen uses no IOMMU (firmware setting VT-d or AMD-Vi; xen iommu=1)",
                          while_detached(device, {{"xl pci-assignable-remove -r " + device.address}})});
    }
    if (facts.labelled && !facts.labelled->contains("pci:" + device.address)) {
      auto steps = while_detached(device, {{"labeltool addlabel LABEL res pci:" + device.address}});
      if (device.owner) {
        steps.push_back({"xl pci-attach " + std::to_string(device.owner->get()) + " " + device.address});
      }
      findings.push_back(
          {Kind::pci_unlabelled, text(device),
           device.owner ? "is a domain's, and has no label" : "is set aside for domains, and has no label",
           std::move(steps)});
    }
  }
  return findings;
}

}  // namespace xenacm::labeltool::doctor

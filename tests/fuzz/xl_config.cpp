// SPDX-License-Identifier: Apache-2.0
// Configurations of xl: read as the daemon reads them, and rewritten as addlabel and rmlabel do. Of what the file says
// nothing but the label may change.
// Meant for: enforcer/xen/config_devices.cpp enforcer/xen/domain_config.cpp labeltool/config_text.cpp
#include <string>

#include "enforcer/xen/domain_config.h"
#include "labeltool/config_text.h"
#include "tests/fuzz/fuzz.h"

// libxlutil does not free what it has read of a configuration that it then refuses.
extern "C" const char* __lsan_default_suppressions() { return "leak:libxlutil\n"; }

namespace {

using namespace xenacm;
using fuzz::require;
using xen::DomainConfig;

// All but the label.
std::string devices_of(const DomainConfig& config) {
  std::string text = config.name.get() + '\n' + (config.uuid ? config.uuid->get() : "") + '\n';
  for (const auto& disk : config.disks) {
    text += "disk " + disk.text + '|' + (disk.resource ? disk.resource->get() : "") + '|' + disk.backend + '\n';
  }
  for (const auto& vif : config.vifs) {
    text += "vif " + vif.text + '|' + vif.backend + '|' + vif.bridge + '|' + vif.nic + '|' +
            (vif.number ? std::to_string(*vif.number) : "") + '\n';
  }
  for (const auto& pci : config.pci) text += "pci " + pci.text + '|' + pci.resource.get() + '\n';
  return text;
}

void check_rewriting(const std::string& text, const DomainConfig& config) {
  const std::string bare_text = config.access_control ? labeltool::without_label(text) : text;
  const auto bare = xen::parse_domain_config(bare_text, "bare");
  if (!bare) std::fprintf(stderr, "%s\n---\n%s\n", bare.error().c_str(), bare_text.c_str());
  require(bare.has_value(), "rmlabel leaves a configuration");
  require(!bare->access_control, "rmlabel removes the label");
  require(devices_of(*bare) == devices_of(config), "rmlabel changes nothing but the label");
  require(labeltool::without_label(bare_text) == bare_text, "of what has no label rmlabel changes nothing");

  const auto labelled = xen::parse_domain_config(labeltool::with_label(bare_text, "mytest", "A-Bank"), "labelled");
  if (!labelled) std::fprintf(stderr, "%s\n---\n%s\n", labelled.error().c_str(), bare_text.c_str());
  require(labelled.has_value(), "addlabel leaves a configuration");
  require(labelled->access_control && labelled->access_control->policy == "mytest" &&
              labelled->access_control->label == "A-Bank",
          "addlabel adds the label");
  require(devices_of(*labelled) == devices_of(config), "addlabel changes nothing but the label");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string text(fuzz::text_of(data, size));
  if (const auto disk = xen::parse_disk(text)) {
    if (disk->resource) {
      const auto name = monitor::parse_resource_name(disk->resource->get());
      require(name && *name == *disk->resource, "a disk's resource has a canonical name");
    }
  }
  const auto config = xen::parse_domain_config(text, "config");
  if (!config) {
    require(!config.error().empty(), "a refusal says why");
    return 0;
  }
  require(!config->name.get().empty(), "a domain has a name");
  check_rewriting(text, *config);
  return 0;
}

// SPDX-License-Identifier: Apache-2.0
// What toolstacks hand to acm-hook: libvirt's XML of domains and ports, libxl's JSON, saved domains. What the hook
// makes of it the daemon understands, or refuses in words.
// Meant for: enforcer/hooks/libvirt_domain.cpp enforcer/hooks/xl_save_file.cpp enforcer/api/domain_json.cpp
#include <fstream>

#include "enforcer/api/start_request.h"
#include "enforcer/hooks/libvirt_domain.h"
#include "enforcer/hooks/xl_save_file.h"
#include "tests/fuzz/fuzz.h"

// See xl_config.cpp; a saved domain may hold a configuration in xl's language.
extern "C" const char* __lsan_default_suppressions() { return "leak:libxlutil\n"; }

namespace {

using namespace xenacm;
using fuzz::require;
using nlohmann::json;

// As the hook sends it and the daemon takes it.
void check_question(const json& body) {
  const json sent = json::parse(body.dump(-1, ' ', false, json::error_handler_t::replace));
  const auto read = api::read_description(sent);
  if (!read) {
    require(!read.error().empty(), "a refusal says why");
    return;
  }
  if (!sent.contains("domain")) return;
  const json& domain = sent["domain"];
  require(read->name.get() == domain.value("name", ""), "the daemon reads the name that was sent");
  for (const char* list : {"disks", "vifs", "pci"}) {
    const std::size_t sent_entries = domain.value(list, json::array()).size();
    const std::size_t entries = list == std::string_view("disks")  ? read->disks.size()
                                : list == std::string_view("vifs") ? read->vifs.size()
                                                                   : read->pci.size();
    require(entries == sent_entries, "the daemon reads every device that was sent");
  }
}

std::size_t count(std::string_view text, std::string_view word) {
  std::size_t found = 0;
  for (std::size_t at = text.find(word); at != std::string_view::npos; at = text.find(word, at + 1)) ++found;
  return found;
}

void check_libvirt(std::string_view text) {
  if (const auto domain = hooks::describe_libvirt_domain(text)) {
    require(!domain->value("name", "").empty(), "libvirt's domain has a name");
    const bool utf16 = text.contains('\0');
    require(utf16 || (domain->value("disks", json::array()).size() <= count(text, "<disk") &&
                      domain->value("vifs", json::array()).size() <= count(text, "<interface")),
            "no device is made up");
    check_question({{"domain", *domain}});
  }
  const auto port = hooks::describe_libvirt_port(text);
  require(port || !port.error().empty(), "a port is read, or the refusal says why");
}

void check_saved(std::string_view text, const std::filesystem::path& folder) {
  if (const auto described = hooks::describe_libxl_json(text)) check_question(*described);
  const std::string file = folder / "saved";
  std::ofstream(file, std::ios::binary).write(text.data(), static_cast<std::streamsize>(text.size()));
  if (const auto saved = hooks::read_save_file(file)) check_question(*saved);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const fuzz::Folder folder;
  const std::string_view text = fuzz::text_of(data, size);
  check_libvirt(text);
  check_saved(text, folder.path());
  return 0;
}

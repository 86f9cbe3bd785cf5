// SPDX-License-Identifier: Apache-2.0
// acm-hook: asks acm-enforcerd on behalf of a toolstack, before it creates a domain or attaches a device.
//
// The words are read here without a library: what follows the toolstack's name is the toolstack's own.
#include <array>
#include <iostream>
#include <span>
#include <string_view>

#include "enforcer/hooks/hooks.h"
#include "enforcer/hooks/xl.h"

namespace {

using namespace xenacm::hooks;

struct Toolstack {
  std::string_view name;
  Outcome (*ask)(const Settings&, const std::vector<std::string>&);
};

constexpr std::array kToolstacks{
    Toolstack{"libvirt-libxl", libvirt_domain_hook},
    Toolstack{"libvirt-network", libvirt_network_hook},
    Toolstack{"xapi", xapi_hook},
    Toolstack{"pre-create", pre_create_hook},
    Toolstack{"pre-attach", pre_attach_hook},
};

constexpr const char* kHelp =
    "acm-hook: asks acm-enforcerd before a toolstack creates a domain or attaches a device\n"
    "\n"
    "  acm-hook xl WORDS...                             asks, then becomes xl\n"
    "  acm-hook libvirt-libxl GUEST OPERATION SUB EXTRA for /etc/libvirt/hooks/libxl\n"
    "  acm-hook libvirt-network NET OPERATION SUB EXTRA for /etc/libvirt/hooks/network\n"
    "  acm-hook xapi HOOK -vmuuid UUID -reason REASON   for /etc/xapi.d/HOOK\n"
    "  acm-hook pre-create NAME [PID]                   a domain, as JSON on standard input; prints the ticket\n"
    "  acm-hook pre-attach NAME                         a device, as JSON on standard input\n"
    "\n"
    "Exit status: 0 allowed, 2 refused, 3 no verdict (xl: allowed is xl's own status)\n"
    "Environment: XENACM_SOCKET, XENACM_HOOK_TIMEOUT (seconds), XENACM_XL\n";

Outcome ask(std::span<char*> line) {
  const auto settings = read_settings();
  if (!settings) return no_verdict(settings.error());
  const std::string_view toolstack = line[0];
  if (toolstack == "xl") return run_xl(*settings, line.subspan(1));
  for (const Toolstack& known : kToolstacks) {
    if (known.name == toolstack) return known.ask(*settings, {line.begin() + 1, line.end() - 1});
  }
  return no_verdict("there is no toolstack '" + std::string(toolstack) + "'; acm-hook --help shows them");
}

}  // namespace

int main(int argc, char** argv) {
  // With the null pointer at its end.
  const std::span<char*> line(argv + 1, argv + argc + 1);
  const std::string_view first = argc > 1 ? argv[1] : "--help";
  if (first == "--help" || first == "-h") {
    std::cout << kHelp;
    return argc > 1 ? 0 : static_cast<int>(Status::no_verdict);
  }
  if (first == "--version") {
    std::cout << "acm-hook " XENACM_VERSION "\n";
    return 0;
  }
  Outcome outcome;
  try {
    outcome = ask(line);
  } catch (const std::exception& error) {
    outcome = no_verdict(error.what());
  }
  std::cerr << outcome.message;
  if (first == "pre-create" && !outcome.ticket.empty()) std::cout << outcome.ticket << '\n';
  return static_cast<int>(outcome.status);
}

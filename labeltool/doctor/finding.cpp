// SPDX-License-Identifier: Apache-2.0
#include "labeltool/doctor/finding.h"

#include <algorithm>
#include <array>
#include <utility>

#include "enforcer/api/printable.h"

namespace xenacm::labeltool::doctor {

namespace {

using enum Severity;

constexpr auto kMeanings = std::to_array<Meaning>({
    {Kind::xenstored_missing, "xenstored-missing", critical,
     "the gate stands before the socket of a xenstored in Domain-0; without one nothing is decided"},
    {Kind::xenstored_several, "xenstored-several", critical,
     "toolstacks that speak to the other one are not seen by the gate"},
    {Kind::xenstored_silent, "xenstored-silent", critical, "no toolstack can do anything, and the gate has no place"},
    {Kind::daemon_silent, "daemon-silent", critical, "nothing is enforced and nothing recorded until it runs"},
    {Kind::everything_refused, "everything-refused", critical,
     "the daemon was killed; until it runs again its keeper refuses every request to xenstored"},
    {Kind::ledger_unreadable, "ledger-unreadable", critical, "no verdict can be made, so enforcing mode refuses all"},
    {Kind::gate_off, "gate-off", critical, "domains and links are judged only after they have come into being"},
    {Kind::gate_displaced, "gate-displaced", critical, "whoever connects to xenstored now is not judged"},
    {Kind::guard_off, "guard-off", critical, "what comes round the gate stays, and no domain's end is counted"},
    {Kind::bypass, "bypass", warning, "what it writes is not judged before it happens"},
    {Kind::bypass_unseen, "bypass-unseen", notice, "programs may speak to xenstored round the gate unnoticed"},
    {Kind::permissive, "permissive", notice, "what the policy refuses is recorded, and done all the same"},
    {Kind::not_admitted, "not-admitted", warning, "no verdict covers what it was started with"},
    {Kind::hook_program_missing, "hook-program-missing", critical, "the hooks that call it fail: no domain starts"},
    {Kind::hook_missing, "hook-missing", warning,
     "refusals come late, from the gate, and without the reason in the toolstack's output"},
    {Kind::hook_foreign, "hook-foreign", warning, "the place of the hook is taken, so the monitor is not asked first"},
    {Kind::hook_not_executable, "hook-not-executable", warning, "the toolstack passes over a hook that it cannot run"},
    {Kind::hook_shadowed, "hook-shadowed", warning, "another program of that name is found before the wrapper"},
    {Kind::hook_too_new, "hook-too-new", warning, "libvirtd calls only hooks that were there when it started"},
    {Kind::hook_silent, "hook-silent", critical, "a hook without a verdict stops every start"},
    {Kind::default_script_missing, "default-script-missing", warning, "network interfaces of Domain-0 do not connect"},
    {Kind::backend_gone, "backend-gone", warning, "the device is dead, and its record holds labels in use"},
    {Kind::backend_not_taken, "backend-not-taken", warning, "no driver in the backend's domain serves the device"},
    {Kind::script_silent, "script-silent", warning,
     "the device never connects, and the toolstack waits in vain, without a message"},
    {Kind::script_failed, "script-failed", warning, "the device is not plugged in"},
    {Kind::frontend_silent, "frontend-silent", notice, "the guest has no driver for it, or has not come to it yet"},
    {Kind::device_stale, "device-stale", warning, "the next device with its number may hang"},
    {Kind::no_iommu, "no-iommu", critical, "a device that a guest drives can read and write all of the host's memory"},
    {Kind::pci_unlabelled, "pci-unlabelled", warning,
     "without a label no domain gets it under enforcement, and none is kept from it without"},
    {Kind::domain_unlabelled, "domain-unlabelled", warning, "the policy's types do not keep it apart from others"},
    {Kind::label_idle, "label-idle", notice, "whoever starts a domain of that name gets the label"},
    {Kind::label_invalid, "label-invalid", warning, "a policy change took the label's meaning away"},
    {Kind::resource_contradictory, "resource-contradictory", warning,
     "name and thing disagree about the label, so nobody may use it"},
    {Kind::resource_idle, "resource-idle", notice, "the label has no effect on anything now"},
    {Kind::audit_unwritable, "audit-unwritable", critical, "verdicts go unrecorded, or everything is refused"},
    {Kind::audit_unsound, "audit-unsound", critical, "the log was changed after it was written"},
    {Kind::audit_unsigned, "audit-unsigned", notice, "whoever can write the ledger could make the log anew"},
    {Kind::audit_archive, "audit-archive", warning, "the ledger grows until the disk is full"},
    {Kind::audit_output, "audit-output", warning, "a copy of the audit log lags behind"},
    {Kind::clock_back, "clock-back", warning, "new records seem older than those before them"},
    {Kind::clock_unsynchronised, "clock-unsynchronised", notice,
     "times in the audit log cannot be compared with those of other hosts"},
});

constexpr std::size_t kLongest = 160;  // bytes

}  // namespace

std::span<const Meaning> meanings() { return kMeanings; }

const Meaning& meaning(Kind kind) { return *std::ranges::find(kMeanings, kind, &Meaning::kind); }

std::string_view to_text(Severity severity) {
  switch (severity) {
    case notice:
      return "notice";
    case warning:
      return "warning";
    case critical:
      return "critical";
  }
  std::unreachable();
}

std::string guests_words(std::string_view text) {
  const bool cut = text.size() > kLongest;
  std::string shown = api::printable(text.substr(0, kLongest));
  // Beyond ASCII a terminal may show anything, and the cut may have gone through a character.
  std::ranges::replace_if(shown, [](char c) { return static_cast<unsigned char>(c) > 0x7e; }, '?');
  return shown + (cut ? "..." : "");
}

}  // namespace xenacm::labeltool::doctor

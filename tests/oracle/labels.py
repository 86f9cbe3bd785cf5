# SPDX-License-Identifier: Apache-2.0
"""Labels that an administrator gives and takes (acm.md 4.3, 6.5; decisions.md 11, 12)."""

from answer import allow, conclude, fault
from policy import INACCESSIBLE
from policy_change import judge_running
from rules import place, record_of
from state import DOMAIN0, Stored, configured


def stored_label(state, event, declared):
    """The label of the policy in force that is meant, or nothing."""
    if event.get("policy") not in (None, state.policy.name) or declared(event["label"]) is None:
        return None
    return Stored(state.policy.name, event["label"])


def runs(state, name, uuid=None):
    return any(configured(d.name) == name or (uuid and d.uuid == uuid) for d in state.running.values())


def label_domain(state, event):
    name, uuid = configured(event["name"]), event.get("uuid")
    stored = stored_label(state, event, state.policy.vm_label)
    if stored is None or (name != event["name"]):
        return fault(state, "invalid")
    if name == DOMAIN0:
        return label_domain0(state, stored)
    after = state.copy()
    if name in state.bindings:
        same = state.bindings[name][:2] == (stored, uuid)
        return allow(state, state) if same else fault(state, "conflict")
    if runs(state, name, uuid) or (uuid and any(owner == uuid for _, owner, _ in state.bindings.values())):
        return fault(state, "conflict")
    after.bindings[name] = (stored, uuid, None)
    return allow(state, after)


def label_domain0(state, stored):
    if state.running[0].label == stored:
        return allow(state, state)
    after = state.copy()
    after.running[0].label = stored
    after.tickets = {}
    return conclude(state, stored, judge_running(after), after)


def unlabel_domain(state, event):
    name = event["name"]
    if name == DOMAIN0:
        return fault(state, "invalid")
    if name not in state.bindings:
        return fault(state, "not_found")
    if runs(state, name, state.bindings[name][1]):
        return fault(state, "conflict")
    after = state.copy()
    del after.bindings[name]
    return allow(state, after)


# ---- resources -----------------------------------------------------------------------------------


def resource_label(state, event):
    if event["label"] == INACCESSIBLE:
        return Stored("*", INACCESSIBLE)
    return stored_label(state, event, state.policy.resource_label)


def in_use(state, resource):
    """A disk, PCI device, bridge or NIC of a link on record; a bridge also by BRIDGE.VLAN."""
    used = set()
    for (_, _, backend, _), (bridge, nic, resources) in state.links.items():
        owner = configured(state.running[backend].name)
        at = "" if owner == DOMAIN0 else f"@{owner}"
        used |= {place(name) for name in resources}
        used |= {f"bridge:{bridge}{at}", f"bridge:{bridge.split('.', 1)[0]}{at}", f"nic:{nic}{at}"}
    return place(resource) in used


def label_resource(state, event):
    stored = resource_label(state, event)
    if stored is None:
        return fault(state, "invalid")
    present = record_of(state, event["resource"])
    if present is not None and state.resources[present] == stored:
        return allow(state, state)
    if present is not None or in_use(state, event["resource"]):
        return fault(state, "conflict")
    after = state.copy()
    after.resources[event["resource"]] = stored
    return allow(state, after)


def unlabel_resource(state, event):
    name = record_of(state, event["resource"])
    if name is None:
        return fault(state, "not_found")
    if in_use(state, event["resource"]):
        return fault(state, "conflict")
    after = state.copy()
    del after.resources[name]
    return allow(state, after)


# ---- vifs ----------------------------------------------------------------------------------------


def vif_of(event):
    return configured(event["name"]), event["index"]


def label_vif(state, event):
    stored = resource_label(state, event)
    vif = vif_of(event)
    if stored is None or vif[0] != event["name"]:
        return fault(state, "invalid")
    if state.vifs.get(vif) == stored:
        return allow(state, state)
    if vif in state.vifs or (vif[0] != DOMAIN0 and runs(state, vif[0])):
        return fault(state, "conflict")
    after = state.copy()
    after.vifs[vif] = stored
    return allow(state, after)


def unlabel_vif(state, event):
    vif = vif_of(event)
    if vif not in state.vifs:
        return fault(state, "not_found")
    if vif[0] != DOMAIN0 and runs(state, vif[0]):
        return fault(state, "conflict")
    after = state.copy()
    del after.vifs[vif]
    return allow(state, after)

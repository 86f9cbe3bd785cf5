# SPDX-License-Identifier: Apache-2.0
"""Domains that start, end, are renamed, or run without having been asked about."""

from answer import allow, conclude, fault
from rules import judge_domain, judge_ends, judge_resource, judge_vif, never_admitted, of_backend, reason
from state import DOMAIN0, NIL_UUID, Domain, Stored, configured


# ---- whose label a domain has --------------------------------------------------------------------


def bindings_of(state, name, uuid):
    """Those that its uuid has, wherever, then the one of its name."""
    found = [(bound, label, owner) for bound, (label, owner, _) in sorted(state.bindings.items(), key=lambda b: b[0])
             if owner == uuid]
    name = configured(name)
    if name in state.bindings and state.bindings[name][1] != uuid:
        found.append((name, *state.bindings[name][:2]))
    return found


def binding_for(state, name, uuid):
    """The name that the domain's label is bound to, or none."""
    return next((bound for bound, _, owner in bindings_of(state, name, uuid) if owner in (None, uuid)), None)


def label_for(state, name, uuid):
    bound = binding_for(state, name, uuid)
    return state.unlabelled() if bound is None else state.bindings[bound][0]


def judge_name(state, name, uuid):
    """integrity: a label bound to another uuid, or name and uuid with different labels."""
    if configured(name) == DOMAIN0:
        return [reason("integrity", name)]
    if configured(name) not in state.bindings:
        return []
    found = bindings_of(state, name, uuid)
    is_anothers = any(owner not in (None, uuid) for _, _, owner in found)
    return [reason("integrity", name)] if is_anothers or len({label for _, label, _ in found}) > 1 else []


# ---- starts --------------------------------------------------------------------------------------


def judge_devices(state, event, stored):
    """Every device in the order of the configuration; its number says which."""
    reasons = []
    front = Domain(event["name"], event["uuid"], stored)

    def against(device, what):
        reasons.extend([rule, device] for rule in what)

    for number, disk in enumerate(event["disks"]):
        backend = state.domain_named(disk["backend"])
        if backend is None:
            against(f"disk {number}", [reason("label", front.name, disk["backend"])])
            continue
        of_domain0 = backend is state.running[0]
        ends = [] if of_domain0 else judge_ends(state, front, backend)
        resource = of_backend(disk["resource"], None if of_domain0 else configured(backend.name))
        against(f"disk {number}", ends or judge_resource(state, front, resource))
    for number, vif in enumerate(event["vifs"]):
        backend = state.domain_named(vif["backend"])
        if backend is None:
            against(f"vif {number}", [reason("label", front.name, vif["backend"])])
            continue
        ends = [] if backend is state.running[0] else judge_ends(state, front, backend)
        index = vif.get("number", number)
        against(f"vif {number}", ends or judge_vif(state, front, configured(backend.name), index, vif["bridge"],
                                                  vif["nic"]))
    for number, device in enumerate(event["pci"]):
        against(f"pci {number}", judge_resource(state, front, device))
    return reasons


def judge_claim(state, event, stored):
    """What the configuration says of the label: the one on record, or what that was when it was bound."""
    if "claimed" not in event:
        return []
    claimed = Stored(*event["claimed"])
    bound = binding_for(state, event["name"], event["uuid"])
    if claimed == stored or (bound is not None and state.bindings[bound][2] == claimed):
        return []
    return [reason("integrity" if claimed.policy == state.policy.name else "label", event["name"])]


def judge_start(state, event, stored):
    """decisions.md 1; a ticket of the domain's own is in nobody's way."""
    past = state.copy()
    drop_tickets(past, event["name"], event["uuid"])
    reasons = [[rule, ""] for rule in judge_name(state, event["name"], event["uuid"])]
    reasons += [[rule, ""] for rule in judge_claim(state, event, stored)]
    own = [[rule, ""] for rule in judge_domain(past, event["name"], stored)]
    if state.vm_label(stored) is None:
        return reasons + own
    return reasons + own + judge_devices(past, event, stored)


def is_of(ticket, name, uuid):
    """A ticket is a domain's by uuid, or by name where one of the two has no uuid."""
    if NIL_UUID in (ticket.uuid, uuid):
        return configured(ticket.name) == configured(name)
    return ticket.uuid == uuid


def drop_tickets(state, name, uuid):
    state.tickets = {t: d for t, d in state.tickets.items() if not is_of(d, name, uuid)}


def start(state, event):
    domid, name, uuid = event["domid"], event["name"], event["uuid"]
    holder = state.running.get(domid)
    if holder and holder.uuid == uuid:  # asked again: it stays, whatever becomes of what was asked
        return rename(state, event)._replace(changed=False)
    if domid == 0:
        return fault(state, "invalid")
    stored = label_for(state, name, uuid)
    reasons = judge_start(state, event, stored)
    if holder:
        reasons.insert(0, [reason("integrity", name), ""])
    after = state.copy()
    drop_tickets(after, name, uuid)
    release(after, domid)
    after.running[domid] = Domain(name, uuid, stored)
    return conclude(state, stored, reasons, after)


def reserve(state, event):
    name, uuid = event["name"], event["uuid"]
    if event["ticket"] in state.tickets:
        return fault(state, "conflict")
    stored = label_for(state, name, uuid)
    reasons = judge_start(state, event, stored)
    after = state.copy()
    drop_tickets(after, name, uuid)
    after.tickets[event["ticket"]] = Domain(configured(name), uuid, stored)
    return conclude(state, stored, reasons, after)


def lapse(state, event):
    after = state.copy()
    after.tickets.pop(event["ticket"], None)
    return allow(state, after)


# ---- ends, names, and those that nobody asked about ----------------------------------------------


def release(state, domid):
    """Its links end with it."""
    state.running.pop(domid, None)
    state.links = {key: link for key, link in state.links.items() if domid not in (key[1], key[2])}


def stop(state, event):
    domain = state.running.get(event["domid"])
    if event["domid"] == 0:
        return fault(state, "invalid")
    after = state.copy()
    if domain and domain.uuid == event["uuid"]:
        release(after, event["domid"])
    return allow(state, after)


def introduce(state, event):
    if event["domid"] not in state.running:
        return conclude(state, None, [[never_admitted(event["domid"]), ""]], state)
    return allow(state, state)


def rename(state, event):
    domid, name = event["domid"], event["name"]
    domain = state.running.get(domid)
    if domain is None or domain.name == name:
        return allow(state, state)
    if domid == 0:
        return conclude(state, domain.label, [[reason("integrity", name), ""]], state)
    reasons = judge_name(state, name, domain.uuid)
    bound = state.bindings.get(configured(name))
    if not reasons and bound and bound[0] != domain.label:
        reasons = [reason("integrity", name)]
    if any(d.name == name for d in state.running.values()):
        reasons.append(reason("integrity", name))
    after = state.copy()
    after.running[domid].name = name
    return conclude(state, domain.label, [[rule, ""] for rule in reasons], after)


def adopt_domain(state, event):
    domid, name, uuid = event["domid"], event["name"], event["uuid"]
    known = state.running.get(domid)
    if domid == 0:
        return fault(state, "invalid")
    if known and known.uuid == uuid:
        return allow(state, state)
    stored = label_for(state, name, uuid)
    before = state.copy()
    release(before, domid)
    drop_tickets(before, name, uuid)
    reasons = [[rule, ""] for rule in judge_name(before, name, uuid) + judge_domain(before, name, stored)]
    after = before.copy()
    after.running[domid] = Domain(name, uuid, stored, True)
    answer = conclude(state, stored, reasons, after)
    was_there = answer.outcome == "deny" and not event["appeared"]
    return answer._replace(outcome="would-deny" if was_there else answer.outcome, state=after, changed=True)

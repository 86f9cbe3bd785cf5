# SPDX-License-Identifier: Apache-2.0
"""Policies that are set and reset, and modes (acm.md 2, 4.1, 4.2; decisions.md 13 to 15)."""

from dataclasses import replace

from answer import Answer, allow, conclude, fault
from policy import default_policy, is_valid
from rules import judge_domain, judge_standing
from state import Stored


def judge_running(state):
    """acm.md 4.1.4: as if all started anew, in the order of domain ids; then the links. All of it is named."""
    reasons = []
    alone = state.copy()
    alone.running, alone.tickets = {0: state.running[0]}, {}
    for domid in sorted(set(state.running) - {0}):
        domain = state.running[domid]
        reasons += [[rule, ""] for rule in judge_domain(alone, domain.name, domain.label)]
        alone.running[domid] = domain
    for key, (bridge, nic, resources) in sorted(state.links.items()):
        reasons += [[rule, ""] for rule in judge_standing(state, key, (bridge, nic), resources)]
    return reasons


def version_fits(old, new):
    """acm.md 2"""
    if "DEFAULT" in (old.name, new.name):
        return True
    return new.follows == (old.name, old.version) and new.version > old.version


def successor(labels, name):
    """acm.md 4.1.2: renamed, kept if its name is still there, else nothing. A name that another label took is no
    longer the old label's."""
    renamed = [label.name for label in labels if label.renames == name]
    if renamed:
        return renamed[0]
    return name if any(label.name == name and not label.renames for label in labels) else None


def carried(stored, old, new, kind):
    """What becomes of a stored label; `kind` is "vm" or "resource"."""
    if not stored.valid or stored.policy != old.name:
        return stored
    name = successor(getattr(new, kind), stored.label)
    return Stored(new.name, name) if name else Stored(stored.policy, stored.label, False)


def rebound(binding, old, new):
    """A configuration keeps saying what its domain's label was called when it was bound."""
    label, uuid, configured = binding
    after = carried(label, old, new, "vm")
    return after, uuid, configured or (label if after != label else None)


def carry_over(state, new, domain0):
    """Everything under the new policy."""
    old = state.policy
    after = state.copy()
    after.policy, after.tickets = new, {}
    unlabelled = state.unlabelled()
    for domid, domain in after.running.items():
        if domid == 0:
            domain.label = domain0
        elif domain.label == unlabelled:
            domain.label = after.unlabelled()
        else:
            domain.label = carried(domain.label, old, new, "vm")
    after.bindings = {name: rebound(binding, old, new) for name, binding in state.bindings.items()}
    after.resources = {n: carried(label, old, new, "resource") for n, label in state.resources.items()}
    after.vifs = {vif: carried(label, old, new, "resource") for vif, label in state.vifs.items()}
    modes = {label: successor(new.vm, label) for label in state.modes if label}
    after.modes = {to: state.modes[label] for label, to in modes.items() if to}
    if "" in state.modes:
        after.modes[""] = state.modes[""]
    return after


def is_drastic(state, after, most):
    """More than so many percent of the labels of domains, or of resources, lose their meaning."""
    def lost(before, now):
        return sum(before[name].valid and not now[name].valid for name in before) * 100 > len(before) * most

    bound, bound_after = ({name: binding[0] for name, binding in s.bindings.items()} for s in (state, after))
    return lost(bound, bound_after) or lost(state.resources, after.resources)


def set_policy(state, event):
    new, old = event["policy"], state.policy
    if not is_valid(new):
        return Answer("invalid-policy", [], state)
    if new.name == "DEFAULT":
        return fault(state, "invalid")  # belongs to the built-in policy
    if new == old:
        return allow(state, state)
    if not version_fits(old, new):
        return fault(state, "refused_version")
    for kind in ("vm", "resource"):
        declared = {label.name for label in getattr(old, kind)}
        if any(label.renames and label.renames not in declared for label in getattr(new, kind)):
            return fault(state, "invalid")
    domain0 = carried(state.running[0].label, old, new, "vm")
    if new.vm_label(domain0.label) is None or not domain0.valid:
        return fault(state, "conflict")
    after = carry_over(state, new, domain0)
    if is_drastic(state, after, event.get("most_invalidated", 100)):
        return fault(state, "conflict")
    return conclude(state, None, judge_running(after), after)


def reset_policy(state, _event):
    if state.policy.name == "DEFAULT":
        return allow(state, state)
    new = default_policy()
    nothing = replace(new, vm=[], resource=[])  # every label loses its meaning, whatever DEFAULT has
    after = carry_over(state, nothing, Stored(new.name, new.bootstrap))
    after.policy = new
    return conclude(state, None, judge_running(after), after)


def set_mode(state, event):
    label = event.get("label")
    if label is not None and state.policy.vm_label(label) is None:
        return fault(state, "invalid")
    after = state.copy()
    after.modes[label or ""] = event["mode"]
    return allow(state, after)._replace(changed=True)  # nothing that is given back: written down again, the same or not

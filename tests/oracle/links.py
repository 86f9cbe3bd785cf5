# SPDX-License-Identifier: Apache-2.0
"""Links that are made, found and ended (decisions.md, "Links between domains")."""

from answer import allow, conclude
from rules import judge_link, of_backend, reason
from state import NO_DEVICE, configured


def key_of(event):
    return event["class"], event["frontend"], event["backend"], event["device"]


def merged(state, event):
    """What is not written again of a link stays what it was, unless its directory is made anew."""
    key = key_of(event)
    bridge, nic, resources = event["bridge"], event["nic"], event["resources"]
    if key[2] != 0 and key[2] in state.running:
        resources = [of_backend(name, configured(state.running[key[2]].name)) for name in resources]
    is_pci = key[0] == "pci"
    if key in state.links and (is_pci or not event["anew"]):
        old_bridge, old_nic, old_resources = state.links[key]
        bridge, nic = bridge or old_bridge, nic or old_nic
        if is_pci:  # devices come to those that are there
            resources = resources + [name for name in old_resources if name not in resources]
        resources = resources or old_resources
    return bridge, nic, list(resources)


def is_renumbering(state, event):
    """A detached PCI device leaves the others, which are written anew with other numbers: nothing is made."""
    recorded = state.links.get(key_of(event))
    named = event["resources"]
    return event["class"] == "pci" and recorded and not event["anew"] and named and set(named) <= set(recorded[2])


def judged(state, event):
    """Whose mode rules, what speaks against the link, and the state with it."""
    key = key_of(event)
    link = merged(state, event)
    if is_renumbering(state, event):
        return state.running[key[1]].label, [], state
    reasons = [[rule, ""] for rule in judge_link(state, key, link[:2], link[2])]
    frontend = state.running.get(key[1])
    after = state.copy()
    if frontend and key[2] in state.running:
        bridge, nic, resources = link
        after.links[key] = bridge, nic, sorted(set(resources))  # decisions.md 18: lists are in byte order
    return frontend.label if frontend else None, reasons, after


def attach(state, event):
    answer = conclude(state, *judged(state, event))
    is_new = key_of(event) in answer.state.links and key_of(event) not in state.links
    return answer._replace(changed=is_new)  # a link that was there stays, whatever becomes of what was asked


def adopt_link(state, event):
    stored, reasons, after = judged(state, event)
    answer = conclude(state, stored, reasons, after)
    if answer.outcome == "deny" and not event["appeared"]:
        return answer._replace(outcome="would-deny", state=after, changed=after != state)
    return answer


def detach(state, event):
    after = state.copy()
    after.links.pop(key_of(event), None)
    return allow(state, after)


def detach_below(state, event):
    kind, frontend = event.get("class"), event.get("frontend")

    def is_below(key):
        if key[2] != event["backend"] or key[0] in NO_DEVICE:
            return False
        if key[0] == "pci" and frontend is None:
            return False  # may be assigned all the same, and have no directory
        return kind in (None, key[0]) and frontend in (None, key[1])

    after = state.copy()
    after.links = {key: link for key, link in state.links.items() if not is_below(key)}
    return allow(state, after)


def malformed(state, event):
    return conclude(state, None, [[reason("integrity", event["path"]), ""]], state)

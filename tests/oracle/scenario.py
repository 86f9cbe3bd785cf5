# SPDX-License-Identifier: Apache-2.0
"""Writes a trace as a scenario file (docs/scenarios.md), with what the model expects, where it can be expressed: no
uuids, tickets, adoptions or vif labels, links of Domain-0's devices, and starts without devices."""

import json
import os

from events import play_all
from policy import to_xml
from state import DOMAIN0


class NotExpressible(Exception):
    pass


def value(what):
    if isinstance(what, dict):
        return "{ " + ", ".join(f"{key} = {value(part)}" for key, part in what.items()) + " }"
    return json.dumps(what)


def need(condition):
    if not condition:
        raise NotExpressible


def start(state, event):
    need(not event["disks"] + event["vifs"] + event["pci"] and "claimed" not in event)
    need(event["domid"] not in state.running and state.domain_named(event["name"]) is None)
    return {"do": "start", "domain": event["name"]}


def stop(state, event):
    need(event["domid"] in state.running and state.running[event["domid"]].uuid == event["uuid"])
    return {"do": "stop", "domain": state.running[event["domid"]].name}


def attach(state, event):
    key = (event["class"], event["frontend"], event["backend"], event["device"])
    need(key not in state.links and {event["frontend"], event["backend"]} <= set(state.running))
    backend = state.running[event["backend"]].name
    step = {"do": "attach", "domain": state.running[event["frontend"]].name}
    if event["class"] == "vif":
        named = {"backend": backend, "bridge": event["bridge"], "nic": event["nic"]}
        return {**step, "vif": {part: name for part, name in named.items() if name}}
    if event["class"] in ("vbd", "pci"):
        need(len(event["resources"]) == 1 and backend == DOMAIN0)
        resource = event["resources"][0]
        return {**step, "disk": resource} if event["class"] == "vbd" else {**step, "pci": resource[len("pci:"):]}
    need(event["class"] not in ("target", "xenstore"))
    return {**step, "link": {"class": event["class"], "backend": backend}}


def label_domain(state, event):
    need("uuid" not in event and "policy" not in event)
    need(event["name"] not in state.bindings)  # relabel takes another label away first
    return {"do": "relabel", "domain": event["name"], "label": event["label"]}


def label_resource(_state, event):
    need("policy" not in event)
    return {"do": "label", "resource": event["resource"], "label": event["label"]}


STEPS = {
    "start": start, "stop": stop, "attach": attach, "label_domain": label_domain, "label_resource": label_resource,
    "unlabel_resource": lambda _, event: {"do": "unlabel", "resource": event["resource"]},
    "reset_policy": lambda _, event: {"do": "resetpolicy"},
    "mode": lambda _, event: dict(event),
}


def write(trace, number, folder):
    """The scenario's path, or none."""
    begun, steps = play_all(trace)
    policies = {f"trace-{number}.xml": trace["document"]}
    lines = ['  { do = "mode", mode = "permissive", expect = "allow" },\n']  # a trace begins so, a scenario does not
    try:
        need(not trace["bindings"] and not trace["resources"])
        for event, state, answer in zip(trace["events"], [begun] + [a.state for a in steps], steps):
            if event["do"] == "set_policy":
                name = f"trace-{number}-{len(policies)}.xml"
                policies[name] = to_xml(event["policy"])
                step = {"do": "setpolicy", "policy": name}
            else:
                need(event["do"] in STEPS)
                step = STEPS[event["do"]](state, event)
            step["expect"] = "allow" if answer.outcome in ("allow", "would-deny") else "deny"
            if answer.reasons:
                step["rule"] = answer.reasons[0][0].split()[0]
            lines.append(f"  {value(step)},\n")
    except NotExpressible:
        return None
    for name, document in policies.items():
        with open(os.path.join(folder, name), "w", encoding="utf-8") as file:
            file.write(document)
    path = os.path.join(folder, f"trace-{number}.toml")
    with open(path, "w", encoding="utf-8") as file:
        file.write(f'name = "trace {number}"\npolicy = "trace-{number}.xml"\nstep = [\n{"".join(lines)}]\n')
    return path

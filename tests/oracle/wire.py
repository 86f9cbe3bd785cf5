# SPDX-License-Identifier: Apache-2.0
"""The model's events as requests to the monitor (enforcer/monitor/request_json.h)."""

import json


def picked(event, *names):
    return {name: event[name] for name in names if name in event}


def network(event):
    return {"network": picked(event, "bridge", "nic")}


def start(event):
    request = {"domid": 0, **picked(event, "domid", "uuid", "name", "pci"),
               "disks": [{"resource": {"name": disk["resource"]}, "backend": disk["backend"]}
                         for disk in event["disks"]],
               "vifs": [{**picked(vif, "backend", "number"), **network(vif)} for vif in event["vifs"]]}
    if "claimed" in event:
        request["claimed"] = dict(zip(("policy", "label", "valid"), event["claimed"]))
    return request


def key(event):
    return {"key": picked(event, "class", "frontend", "backend", "device")}


def attach(event):
    return {**key(event), **network(event), **picked(event, "anew"),
            "resources": [{"name": name} for name in event["resources"]]}


def resource(event):
    return {"resource": {"name": event["resource"]}, **picked(event, "label", "policy")}


def vif(event):
    return {"vif": {"domain": event["name"], "index": event["index"]}, **picked(event, "label", "policy")}


def as_it_is(event):
    return {name: value for name, value in event.items() if name != "do"}


REQUESTS = {
    "start": ("start", start), "stop": ("stop", as_it_is),
    "reserve": ("reserve_start", lambda event: {"ticket": event["ticket"], "start": start(event)}),
    "lapse": ("lapse_ticket", as_it_is), "introduce": ("introduce", as_it_is), "rename": ("rename", as_it_is),
    "adopt_domain": ("adopt", as_it_is), "attach": ("attach", attach),
    "adopt_link": ("adopt_link", lambda event: {"link": attach(event), "appeared": event["appeared"]}),
    "detach": ("detach", lambda event: {**key(event), "withdrawn": event["withdrawn"]}),
    "detach_below": ("detach_below", as_it_is),
    "malformed": ("malformed_write", lambda event: {"path": event["path"], "why": "it has no form that is known"}),
    "label_domain": ("label_domain", as_it_is), "unlabel_domain": ("unlabel_domain", as_it_is),
    "label_resource": ("label_resource", resource), "unlabel_resource": ("unlabel_resource", resource),
    "label_vif": ("label_vif", vif), "unlabel_vif": ("unlabel_vif", vif),
    "set_policy": ("set_policy", lambda event: {"document": event["document"],
                                                "most_invalidated": event.get("most_invalidated", 100)}),
    "reset_policy": ("reset_policy", as_it_is), "mode": ("set_mode", as_it_is),
}


def request(event):
    kind, members = REQUESTS[event["do"]]
    return {"kind": kind, **members(event)}


def to_line(trace):
    """What the driver reads."""
    return json.dumps({**picked(trace, "document", "bindings", "resources"),
                       "requests": [request(event) for event in trace["events"]]})

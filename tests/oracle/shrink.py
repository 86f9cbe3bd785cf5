# SPDX-License-Identifier: Apache-2.0
"""Makes a trace in which model and monitor differ as small as it gets."""

import copy

from compare import differences
from events import play_all
from policy import is_valid, to_xml


def differs(driver, trace):
    return differences(*play_all(trace), driver.play(trace))


def smaller_events(trace):
    for number in reversed(range(len(trace["events"]))):
        yield {**trace, "events": trace["events"][:number] + trace["events"][number + 1:]}
    for number, event in enumerate(trace["events"]):
        for key in ("disks", "vifs", "pci", "resources"):
            for place in range(len(event.get(key, []))):
                events = copy.deepcopy(trace["events"])
                del events[number][key][place]
                yield {**trace, "events": events}


def smaller_policies(policy):
    for part in ("sets", "vm", "resource", "ste", "chw"):
        for place in range(len(getattr(policy, part))):
            smaller = copy.deepcopy(policy)
            gone = getattr(smaller, part).pop(place)
            for label in smaller.vm + smaller.resource if part in ("ste", "chw") else []:
                types = getattr(label, part)
                types[:] = [t for t in types if t != gone]
            smaller.sets = [(name, [t for t in types if t in smaller.chw]) for name, types in smaller.sets]
            yield smaller
    for place, label in enumerate(policy.vm):
        for part in ("ste", "chw"):
            for gone in getattr(label, part):
                smaller = copy.deepcopy(policy)
                getattr(smaller.vm[place], part).remove(gone)
                yield smaller


def candidates(trace):
    yield from smaller_events(trace)
    for part in ("bindings", "resources"):
        for place in range(len(trace[part])):
            yield {**trace, part: trace[part][:place] + trace[part][place + 1:]}
    for policy in smaller_policies(trace["policy"]):
        if is_valid(policy) and all(types for _, types in policy.sets):
            yield {**trace, "policy": policy, "document": to_xml(policy)}
    for number, event in enumerate(trace["events"]):
        if event["do"] != "set_policy":
            continue
        for policy in smaller_policies(event["policy"]):
            if all(types for _, types in policy.sets):
                events = list(trace["events"])
                events[number] = {**event, "policy": policy, "document": to_xml(policy)}
                yield {**trace, "events": events}


def shrink(driver, trace):
    number, _ = differs(driver, trace)
    trace = {**trace, "events": trace["events"][:number]}
    again = True
    while again:
        again = False
        for candidate in candidates(trace):
            if differs(driver, candidate):
                trace, again = candidate, True
                break
    return trace

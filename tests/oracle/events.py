# SPDX-License-Identifier: Apache-2.0
"""Plays events to the model: (state, event) -> Answer."""

import domains
import labels
import links
import policy_change
from state import begin

EVENTS = {
    "start": domains.start, "stop": domains.stop, "reserve": domains.reserve, "lapse": domains.lapse,
    "introduce": domains.introduce, "rename": domains.rename, "adopt_domain": domains.adopt_domain,
    "attach": links.attach, "adopt_link": links.adopt_link, "detach": links.detach,
    "detach_below": links.detach_below, "malformed": links.malformed,
    "label_domain": labels.label_domain, "unlabel_domain": labels.unlabel_domain,
    "label_resource": labels.label_resource, "unlabel_resource": labels.unlabel_resource,
    "label_vif": labels.label_vif, "unlabel_vif": labels.unlabel_vif,
    "set_policy": policy_change.set_policy, "reset_policy": policy_change.reset_policy, "mode": policy_change.set_mode,
}


def play(state, event):
    return EVENTS[event["do"]](state, event)


def play_all(trace):
    """The first state, and an answer to each event."""
    begun = state = begin(trace["policy"], trace["bindings"], trace["resources"])
    steps = []
    for event in trace["events"]:
        steps.append(play(state, event))
        state = steps[-1].state
    return begun, steps

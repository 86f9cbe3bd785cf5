# SPDX-License-Identifier: Apache-2.0
"""Random traces. The model plays along, so that most events mean something that is there."""

import random

from events import play
from policies import NAMES, random_policy, successor_of
from policy import INACCESSIBLE, UNLABELED, is_valid, to_xml
from state import DOMAIN0, NIL_UUID, begin

DOMAINS = ["a", "b", "c"]
UUIDS = [f"00000000-0000-4000-8000-00000000000{n}" for n in range(1, 5)]
DISKS = ["phy:/dev/a", "file:/dev/a", "tap:aio:/img", "file:/img", "phy@a:/dev/a", "phy@b:/dev/a", "file@b:/dev/a"]
DEVICES = ["pci:0000:00:01.0", "pci:0000:00:02.0"]
NO_NAMES = ["br 0", "b" * 256]  # no bridge or NIC can have them
BRIDGES = ["", "", "br0", "br0.5", "br1"] * 4 + NO_NAMES
NICS = ["", "", "eth0"] * 6 + NO_NAMES
NETWORKS = ["bridge:br0", "bridge:br0.5", "bridge:br0@a", "bridge:br1@b", "nic:eth0", "nic:eth0@b"]
CLASSES = ["vif", "vif", "vif", "vbd", "vbd", "pci", "9pfs", "target", "xenstore"]
SPARE_DOMIDS = [1, 2, 3, 4]


class Generator:
    def __init__(self, number):
        self.rng = random.Random(number)
        self.state = begin(random_policy(self.rng))
        while not is_valid(self.state.policy):
            self.state = begin(random_policy(self.rng))

    def often(self, share):
        return self.rng.random() < share

    # ---- words ----------------------------------------------------------------------------------

    def name(self):
        return self.rng.choice(DOMAINS) + ("--incoming" if self.often(0.03) else "")

    def uuid_of(self, name):
        if self.often(0.05):
            return self.rng.choice(UUIDS)
        return UUIDS[DOMAINS.index(name.split("--")[0])]

    def domid(self):
        """Of a domain that runs, as a rule."""
        known = sorted(self.state.running)
        return self.rng.choice(known) if self.often(0.95) else self.rng.choice(SPARE_DOMIDS)

    def user_domid(self):
        known = [domid for domid in sorted(self.state.running) if domid]
        return self.rng.choice(known) if known and self.often(0.9) else self.rng.choice(SPARE_DOMIDS)

    def backend(self):
        running = [d.name for _, d in sorted(self.state.running.items())]
        return self.rng.choice([DOMAIN0] * 2 + running if self.often(0.95) else DOMAINS)

    def vm_label(self):
        declared = [label.name for label in self.state.policy.vm]
        return self.rng.choice(declared if self.often(0.95) else NAMES + ["nobody"])

    def resource_label(self):
        declared = [label.name for label in self.state.policy.resource]
        if declared and self.often(0.85):
            return self.rng.choice(declared)
        return self.rng.choice(NAMES + [INACCESSIBLE, UNLABELED])

    def resource(self):
        return self.rng.choice(DISKS + NETWORKS + DEVICES)

    def policy_word(self):
        return {} if self.often(0.9) else {"policy": self.rng.choice(["first", "second", "*"])}

    def rows(self, names):
        """Labels on record that an earlier policy has left, or another one: valid and invalidated."""
        if self.often(0.8):
            return []
        return [[name, self.rng.choice(["first", "first", "second"]), self.rng.choice(NAMES + ["disk", "net"]),
                 self.often(0.5)] for name in self.rng.sample(names, self.rng.randint(1, 2))]

    # ---- events ---------------------------------------------------------------------------------

    def start(self):
        name = DOMAIN0 if self.often(0.01) else self.name()
        if self.state.bindings and self.often(0.6):
            name = self.rng.choice(sorted(self.state.bindings))
        free = [domid for domid in SPARE_DOMIDS if domid not in self.state.running]
        event = {"do": "start", "domid": self.rng.choice(free if free and self.often(0.95) else SPARE_DOMIDS),
                 "name": name, "uuid": self.uuid_of(name if name != DOMAIN0 else "a"), "disks": [], "vifs": [],
                 "pci": []}
        if self.often(0.01):
            event.update(domid=0, uuid=self.rng.choice([NIL_UUID, event["uuid"]]))
        for _ in range(self.rng.choice([0, 0, 0, 1, 2])):
            event["disks"].append({"resource": self.rng.choice(DISKS[:4]), "backend": self.backend()})
        for _ in range(self.rng.choice([0, 0, 0, 1, 2])):
            vif = {"backend": self.backend(), "bridge": self.rng.choice(BRIDGES), "nic": self.rng.choice(NICS)}
            event["vifs"].append({**vif, "number": self.rng.randrange(3)} if self.often(0.2) else vif)
        if self.often(0.15):
            event["pci"] = [self.rng.choice(DEVICES)]
        if self.often(0.05):
            event["claimed"] = [self.rng.choice(["first", "second"]), self.vm_label(), self.often(0.7)]
        return event

    def reserve(self):
        event = {**self.start(), "do": "reserve", "ticket": self.rng.choice(["t1", "t2", "t3"])}
        del event["domid"]
        if self.often(0.3):
            event["uuid"] = NIL_UUID
        return event

    def lapse(self):
        return {"do": "lapse", "ticket": self.rng.choice(sorted(self.state.tickets) * 4 + ["t1", "t2"])}

    def stop(self):
        domid = self.user_domid()
        domain = self.state.running.get(domid)
        uuid = domain.uuid if domain and self.often(0.95) else self.rng.choice(UUIDS)
        return {"do": "stop", "domid": domid, "uuid": uuid, "withdrawn": self.often(0.2)}

    def introduce(self):
        return {"do": "introduce", "domid": self.domid()}

    def rename(self):
        return {"do": "rename", "domid": self.user_domid() if self.often(0.9) else 0,
                "name": self.name() if self.often(0.9) else DOMAIN0}

    def adopt_domain(self):
        event = self.start()
        if self.often(0.1):
            event["name"] = ""  # that the guard has found, and of which the store has no name
        return {"do": "adopt_domain", **{key: event[key] for key in ("domid", "name", "uuid")},
                "appeared": self.often(0.5)}

    def link_key(self):
        if self.state.links and self.often(0.5):
            key = self.rng.choice(sorted(self.state.links))
        else:
            key = (self.rng.choice(CLASSES), self.domid(), self.domid(), self.rng.choice([0, 0, 1]))
        return dict(zip(("class", "frontend", "backend", "device"), key))

    def attach(self):
        event = {"do": "attach", **self.link_key(), "bridge": "", "nic": "", "resources": [], "anew": self.often(0.3)}
        if event["class"] == "vif":
            event.update(bridge=self.rng.choice(BRIDGES), nic=self.rng.choice(NICS))
        elif event["class"] in ("vbd", "pci"):
            pool = DISKS[:4] if event["class"] == "vbd" else DEVICES
            event["resources"] = some_of(self.rng, pool)
        return event

    def adopt_link(self):
        return {**self.attach(), "do": "adopt_link", "appeared": self.often(0.5)}

    def detach(self):
        return {"do": "detach", **self.link_key(), "withdrawn": self.often(0.2)}

    def detach_below(self):
        event = {"do": "detach_below", "backend": self.domid()}
        if self.often(0.6):
            event["class"] = self.rng.choice(CLASSES)
            if self.often(0.6):
                event["frontend"] = self.domid()
        return event

    def malformed(self):
        return {"do": "malformed", "path": "/local/domain/1/device/vif/0/backend"}

    def label_domain(self):
        name = DOMAIN0 if self.often(0.15) else self.name()
        event = {"do": "label_domain", "name": name, "label": self.vm_label(), **self.policy_word()}
        return {**event, "uuid": self.uuid_of(name)} if name != DOMAIN0 and self.often(0.25) else event

    def unlabel_domain(self):
        return {"do": "unlabel_domain", "name": self.rng.choice(sorted(self.state.bindings) * 2 + DOMAINS)}

    def label_resource(self):
        return {"do": "label_resource", "resource": self.resource(), "label": self.resource_label(),
                **self.policy_word()}

    def unlabel_resource(self):
        return {"do": "unlabel_resource", "resource": self.rng.choice(sorted(self.state.resources) * 2 + DISKS)}

    def label_vif(self):
        return {"do": "label_vif", "name": self.name() if self.often(0.95) else DOMAIN0, "index": self.rng.randrange(2),
                "label": self.resource_label(), **self.policy_word()}

    def unlabel_vif(self):
        name, index = self.rng.choice(sorted(self.state.vifs) * 4 + [("a", 0)])
        return {"do": "unlabel_vif", "name": name, "index": index}

    def set_policy(self):
        policy = self.state.policy if self.often(0.03) else successor_of(self.rng, self.state.policy)
        event = {"do": "set_policy", "policy": policy, "document": to_xml(policy)}
        return {**event, "most_invalidated": self.rng.choice([0, 50])} if self.often(0.1) else event

    def reset_policy(self):
        return {"do": "reset_policy"}

    def mode(self):
        event = {"do": "mode", "mode": self.rng.choice(["enforcing", "permissive"])}
        return {**event, "label": self.vm_label()} if self.often(0.6) else event

    WEIGHTS = {"start": 26, "stop": 8, "reserve": 7, "lapse": 2, "introduce": 1, "rename": 4, "adopt_domain": 4,
               "attach": 20, "adopt_link": 4, "detach": 3, "detach_below": 2, "malformed": 1, "label_domain": 20,
               "unlabel_domain": 4, "label_resource": 12, "unlabel_resource": 4, "label_vif": 4, "unlabel_vif": 2,
               "set_policy": 10, "reset_policy": 1, "mode": 5}

    def trace(self):
        """The first policy, the events, and what the model says of each."""
        first = self.state.policy
        rows = {"bindings": self.rows(DOMAINS), "resources": self.rows(["phy:/dev/a", "file:/img", *NETWORKS])}
        begun = self.state = begin(first, **rows)
        events, steps = [], []
        length = self.rng.randint(4, 16)
        while len(events) < length:
            what = self.rng.choices(list(self.WEIGHTS), list(self.WEIGHTS.values()))[0]
            event = getattr(self, what)()
            if not events and self.often(0.9):
                event = {"do": "mode", "mode": "enforcing"}
            elif 0 < len(events) < 4 and self.often(0.6):
                event = self.label_domain()
            steps.append(play(self.state, event))
            self.state = steps[-1].state
            events.append(event)
        return {"document": to_xml(first), "policy": first, "events": events, **rows}, begun, steps


def some_of(rng, pool):
    return rng.sample(pool, rng.choice([0, 1, 1, 2]))

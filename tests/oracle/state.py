# SPDX-License-Identifier: Apache-2.0
"""What is known of a host, and the counts of acm.md 3.3, which are counted anew each time they are looked at."""

import copy
from dataclasses import dataclass

from policy import UNLABELED, Policy

DOMAIN0 = "Domain-0"
NIL_UUID = "00000000-0000-0000-0000-000000000000"
NO_DEVICE = ("target", "xenstore")  # classes of links that are no device's


@dataclass(frozen=True)
class Stored:
    """acm.md 1.5: a label as it is written down, valid or INV_ACM."""

    policy: str
    label: str
    valid: bool = True

    def __str__(self):
        return f"{'ACM' if self.valid else 'INV_ACM'}:{self.policy}:{self.label}"


@dataclass
class Domain:
    name: str
    uuid: str
    label: Stored
    adopted: bool = False


def configured(name):
    """NAME--incoming is NAME (decisions.md, Links)."""
    suffix = "--incoming"
    return name[: -len(suffix)] if name.endswith(suffix) and name != suffix else name


@dataclass
class State:
    policy: Policy
    running: dict  # domain id: Domain
    bindings: dict  # name: (Stored, uuid or None, what the domain's configuration may say still: Stored or None)
    resources: dict  # name: Stored
    vifs: dict  # (name, number): Stored
    tickets: dict  # id: Domain
    links: dict  # (class, frontend, backend, device): (bridge, nic, [resource])
    modes: dict  # label, or "" for the host: mode

    def copy(self):
        twin = copy.copy(self)
        twin.running = {domid: copy.copy(domain) for domid, domain in self.running.items()}
        twin.tickets = {ticket: copy.copy(domain) for ticket, domain in self.tickets.items()}
        twin.bindings, twin.resources, twin.vifs = dict(self.bindings), dict(self.resources), dict(self.vifs)
        twin.links, twin.modes = dict(self.links), dict(self.modes)
        return twin

    # ---- labels ---------------------------------------------------------------------------------

    def unlabelled(self):
        return Stored(self.policy.name, UNLABELED)

    def vm_label(self, stored):
        """The label's types, or nothing where the policy in force does not know it."""
        if stored.valid and stored.policy == self.policy.name:
            return self.policy.vm_label(stored.label)
        return None

    def mode(self, stored=None):
        """The label's own, else the host's. A label that the policy does not know has none of its own."""
        own = stored is not None and self.vm_label(stored) is not None
        return self.modes.get(stored.label, self.modes[""]) if own else self.modes[""]

    def domain_named(self, name):
        return next((d for _, d in sorted(self.running.items()) if d.name == name), None)

    # ---- acm.md 3.3 ------------------------------------------------------------------------------

    def counted(self):
        """The Chinese Wall types of each domain that counts, tickets included."""
        domains = list(self.running.values()) + list(self.tickets.values())
        labels = [self.vm_label(domain.label) for domain in domains]
        return [set(label.chw) for label in labels if label]

    def count(self, chw_type):
        return sum(chw_type in types for types in self.counted())

    def aggregate(self, chw_type):
        total = 0
        for types in self.counted():
            for _, conflict_set in self.policy.sets:
                if set(conflict_set) & types and chw_type in set(conflict_set) - types:
                    total += 1
        return total

    # ---- what is compared ------------------------------------------------------------------------

    def snapshot(self):
        def domain(d):
            return [d.name, d.uuid, str(d.label)]

        return {
            "policy": "{} {}.{}".format(self.policy.name, *self.policy.version),
            "running": {str(domid): domain(d) + [d.adopted] for domid, d in self.running.items()},
            "bindings": {name: [str(label), uuid, configured_label and str(configured_label)]
                         for name, (label, uuid, configured_label) in self.bindings.items()},
            "resources": {name: str(label) for name, label in self.resources.items()},
            "vifs": {f"{name}/{number}": str(label) for (name, number), label in self.vifs.items()},
            "tickets": {ticket: domain(d) for ticket, d in self.tickets.items()},
            "links": {"/".join(map(str, key)): [bridge, nic, list(names)]
                      for key, (bridge, nic, names) in self.links.items()},
            "modes": dict(self.modes),
            "counts": {t: self.count(t) for t in self.policy.chw},
            "aggregates": {t: self.aggregate(t) for t in self.policy.chw},
        }


def begin(policy, bindings=(), resources=()):
    """Domain-0 alone, under the bootstrap label, permissive (decisions.md 8), and labels that are on record already:
    rows of name, policy, label and whether it is valid."""
    bound = {name: (Stored(*label), None, None) for name, *label in bindings}
    labelled = {name: Stored(*label) for name, *label in resources}
    domain0 = Domain(DOMAIN0, NIL_UUID, Stored(policy.name, policy.bootstrap))
    return State(policy, {0: domain0}, bound, labelled, {}, {}, {}, {"": "permissive"})

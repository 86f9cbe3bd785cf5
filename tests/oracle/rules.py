# SPDX-License-Identifier: Apache-2.0
"""The rules of docs/acm.md 3 and docs/decisions.md. Each answers with the rules that refuse, in order, and with what
is told of them."""

from policy import INACCESSIBLE, UNLABELED
from state import DOMAIN0, configured


def reason(rule, subject, about="", details=""):
    """As the driver writes it (tests/oracle/snapshot.cpp): against whom, because of what."""
    return f"{rule} {subject}" + (f" @{about}" if about else "") + details


def share(a, b):
    return bool(set(a) & set(b))


def authorization(state, name, label):
    """acm.md 3.2; names the types that are missing."""
    domain0 = state.vm_label(state.running[0].label)
    if share(label.ste, domain0.ste) and set(label.ste) <= set(domain0.ste):
        return []
    missing = sorted(set(label.ste) - set(domain0.ste))
    return [reason("authorization", name, DOMAIN0, "".join(f" {t}" for t in missing))]


def holders(state, chw_type):
    """Who runs with the type, in the order of domain ids, then who is about to start."""
    def carry(domains):
        return [d for _, d in sorted(domains.items())
                if state.vm_label(d.label) and chw_type in state.vm_label(d.label).chw]

    return [f"{d.name} ({d.label.label})" for d in carry(state.running)] + [
        f"{d.name} ({d.label.label}, about to start)" for d in carry(state.tickets)]


def chinese_wall(state, domain, label):
    """acm.md 3.3; a refusal for each conflict set that refuses, which names the label's types in it and the others."""
    refusals = []
    for name, conflict_set in sorted(state.policy.sets, key=lambda named: named[0]):
        types = set(label.chw) & set(conflict_set)
        others = sorted(t for t in set(conflict_set) - types if state.count(t) > 0)
        if types and others:
            held = [f"; {t}: {' '.join(holders(state, t))}" for t in others]
            refusals.append(reason("chinese-wall", domain, "", " ".join(["", name, *sorted(types)]) + "".join(held)))
    # The two statements of the rule agree: the sets', and the aggregates'.
    assert bool(refusals) == any(state.aggregate(t) > 0 for t in label.chw)
    return refusals


def judge_domain(state, name, stored):
    label = state.vm_label(stored)
    if label is None:
        return [reason("label", name)]
    return authorization(state, name, label) + chinese_wall(state, name, label)


# ---- resources: acm.md 6.4, decisions.md 9 and 10 ------------------------------------------------


def may_use(state, vm_label, stored):
    """Whether the label of a resource, or none, lets the domain use it. A domain that has lost its own label is refused
    what is refused to everyone; the loss is said by itself."""
    if stored is None:
        types = state.policy.vm_label(UNLABELED)
        if vm_label is None:
            return True
    elif not stored.valid or stored.label == INACCESSIBLE or stored.policy != state.policy.name:
        types = None
    elif stored.label == UNLABELED and state.policy.resource_label(UNLABELED):
        types = state.policy.vm_label(UNLABELED)
        if vm_label is None:
            return True
    else:
        types = state.policy.resource_label(stored.label)
    return types is not None and (vm_label is None or share(types.ste, vm_label.ste))


def place(resource):
    """file:/x, tap:aio:/x and phy:/x are one disk; phy@nicdom:/x and file@nicdom:/x are one of nicdom's."""
    kind, rest = resource.split(":", 1)
    if kind in ("phy", "file"):
        return rest
    if kind == "tap":
        return rest.split(":", 1)[1]
    if kind.startswith(("phy@", "file@")):
        return f"@{kind.split('@', 1)[1]}:{rest}"
    return resource


def record_of(state, resource):
    """The name under which the resource is labelled."""
    return next((name for name in sorted(state.resources) if place(name) == place(resource)), None)


def label_of(state, resource):
    name = record_of(state, resource)
    return None if name is None else state.resources[name]


def of_backend(resource, backend):
    """What Domain-0 calls phy:/dev/a is phy@nicdom:/dev/a where nicdom has it. No name: Domain-0 has it itself."""
    kind, rest = resource.split(":", 1)
    if backend is None or kind not in ("phy", "file", "tap"):
        return resource
    return f"{kind}@{backend}:{rest}" if kind != "tap" else f"file@{backend}:{rest.split(':', 1)[1]}"


def judge_resource(state, frontend, resource):
    allowed = may_use(state, state.vm_label(frontend.label), label_of(state, resource))
    return [] if allowed else [reason("resource", frontend.name, resource)]


def is_name(name):
    """Of a bridge, a NIC, or a domain that has them (acm.md 6.1)."""
    return 0 < len(name.encode()) <= 255 and not any(c <= " " or c in "/:@\x7f" for c in name)


def network_names(kind, name, backend):
    """A bridge or NIC that is named; BRIDGE.VLAN counts as BRIDGE too. None: in a form that none has."""
    if not name:
        return []
    names = [name, name.split(".", 1)[0]] if kind == "bridge" and "." in name else [name]
    return [f"{kind}:{n}" + ("" if backend == DOMAIN0 else f"@{backend}") if is_name(n) and is_name(backend) else None
            for n in names]


def is_network_of(resource, backend):
    kind, rest = resource.split(":", 1)
    owner = rest.split("@", 1)[1] if "@" in rest else DOMAIN0
    return kind in ("bridge", "nic") and owner == backend


def judge_vif(state, frontend, backend, number, bridge, nic):
    """decisions.md, Links, 4; the backend's name without --incoming"""
    label = state.vm_label(frontend.label)
    vif = (configured(frontend.name), number)
    own = f"vif-{number} of {vif[0]}"
    labels = {own: state.vifs[vif]} if vif in state.vifs else {}
    names = network_names("bridge", bridge, backend) + network_names("nic", nic, backend)
    labels |= {name: state.resources[name] for name in names if name in state.resources}

    def refusal(about):
        return reason("resource", frontend.name, about)

    refusals = [refusal(name or "vif") for name in ([own] + names)
                if name is None or (name in labels and not may_use(state, label, labels[name]))]
    if refusals or labels:
        return refusals
    if not bridge and not nic and any(is_network_of(name, backend) for name in state.resources):
        return [refusal("vif")]
    if backend == DOMAIN0 and label and len(set(label.ste)) > 1:
        return [refusal(network_names("bridge", bridge, backend)[0] if bridge else own)]
    return []


def judge_ends(state, frontend, backend):
    """Rules 2 and 3 for links: labels that the policy knows, and a type in common."""
    labels = [state.vm_label(frontend.label), state.vm_label(backend.label)]
    if None in labels:
        return [reason("label", d.name) for d, label in zip((frontend, backend), labels) if label is None]
    return [] if share(labels[0].ste, labels[1].ste) else [reason("ste", frontend.name, backend.name)]


def never_admitted(domid):
    return reason("integrity", f"domain {domid}")


def judge_link(state, key, network, resources):
    """decisions.md, Links, 1 to 5; `resources` by the names that the backend's have."""
    _, frontend, backend, _ = key
    if frontend not in state.running or backend not in state.running:
        return [never_admitted(domid) for domid in (frontend, backend) if domid not in state.running]
    front, back = state.running[frontend], state.running[backend]
    reasons = judge_ends(state, front, back)
    return reasons or judge_shared(state, key, network, resources)


def judge_shared(state, key, network, resources):
    """4 and 5: the network of a vif, or the resources of other links."""
    kind, frontend, backend, number = key
    front, back = state.running[frontend], state.running[backend]
    if kind == "vif":
        return judge_vif(state, front, configured(back.name), number, *network)
    return [rule for resource in resources for rule in judge_resource(state, front, resource)]


def judge_standing(state, key, network, resources):
    """A link between domains that were judged already: all that speaks against it."""
    front, back = (state.running[domid] for domid in key[1:3])
    known = state.vm_label(front.label) and state.vm_label(back.label)
    return (judge_ends(state, front, back) if known else []) + judge_shared(state, key, network, resources)

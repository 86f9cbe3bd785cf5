# SPDX-License-Identifier: Apache-2.0
"""Random policies of few names, so that their parts collide; and successors that rename, swap and delete."""

import copy

from policy import INACCESSIBLE, UNLABELED, Label, Policy, has_two_of_one_set

STE = ["blue", "green", "red"]
CHW = ["w", "x", "y", "z"]
NAMES = ["L1", "L2", "L3", "L4"]


def some(rng, pool, least=0, most=None):
    most = min(len(pool), most if most is not None else len(pool))
    return rng.sample(pool, rng.randint(min(least, most), most))


def random_sets(rng, types):
    count = rng.choice([0, 1, 2, 2, 3]) if types else 0
    return [(rng.choice(["RER", "RER", "other"]), some(rng, types, 1 if rng.random() < 0.1 else 2, 3))
            for _ in range(count)]


def random_label(rng, policy, name):
    least = 0 if rng.random() < 0.1 else 1
    label = Label(name, some(rng, policy.ste, least, 2), some(rng, policy.chw, 0, 2))
    while has_two_of_one_set(policy, label) and rng.random() < 0.99:
        label.chw.pop()
    return label


def random_policy(rng, name="first"):
    policy = Policy(name, (1, rng.randint(0, 9)), None, some(rng, STE, 1), some(rng, CHW, 1), [], "", [], [])
    if rng.random() < 0.1:
        policy.ste, policy.chw = rng.choice([([], policy.chw), (policy.ste, [])])
    policy.sets = random_sets(rng, policy.chw)
    policy.bootstrap = rng.choice(["SystemManagement"] * 8 + ["L1", UNLABELED])
    names = some(rng, NAMES, 2) + rng.choice([[], [UNLABELED], [UNLABELED]])
    domain0 = random_label(rng, policy, policy.bootstrap)
    if rng.random() < 0.8:
        domain0.ste = list(policy.ste)
    if rng.random() < 0.7:
        domain0.chw = []
    policy.vm = [domain0] + [random_label(rng, policy, n) for n in names if n != policy.bootstrap]
    named = some(rng, ["L1", "L2", "disk", "net"], 1) + rng.choice([[], [], [UNLABELED], [INACCESSIBLE]])
    policy.resource = [Label(n, some(rng, policy.ste, 0 if rng.random() < 0.1 else 1, 1)) for n in named]
    return policy


def rename(rng, labels, pool):
    """A chain or a cycle through some labels: each takes the name of the next."""
    chain = rng.sample(labels, rng.randint(1, min(3, len(labels))))
    names = [label.name for label in chain]
    free = [name for name in pool if all(label.name != name for label in labels)]
    if rng.random() < 0.5 and free:
        targets = names[1:] + [rng.choice(free)]
    else:
        targets = names[1:] + names[:1]
    for label, target in zip(chain, targets):
        label.renames, label.name = label.name, target


def broken(rng, policy):
    """A document that docs/acm.md 1.2 refuses, or an update that 2 refuses."""
    what = rng.randrange(7)
    if what == 0:
        policy.vm.append(copy.deepcopy(rng.choice(policy.vm)))
    elif what == 1 and policy.chw:
        policy.sets.append(("RER", ["undeclared"]))
    elif what == 2:
        rng.choice(policy.vm).ste.append("undeclared")
    elif what == 3:
        policy.bootstrap = "nobody"
    elif what == 4:
        policy.follows = (policy.name, (policy.version[0], policy.version[1] + 7))
    elif what == 5:
        policy.version = policy.follows[1] if policy.follows else policy.version
    else:
        rng.choice(policy.vm).renames = rng.choice(NAMES + ["nobody"])


def mutate(rng, policy):
    """What an administrator may change from one version to the next."""
    what = rng.randrange(7)
    if what == 0:
        rename(rng, policy.vm, NAMES)
        if rng.random() < 0.8 and policy.vm_label(policy.bootstrap) is None:
            policy.bootstrap = policy.vm[0].name
    elif what == 1 and policy.resource:
        rename(rng, policy.resource, ["L1", "disk", "net"])
    elif what == 2:
        gone = rng.choice(policy.vm)
        if gone.name != policy.bootstrap:
            policy.vm.remove(gone)
    elif what == 3 and policy.resource:
        policy.resource.remove(rng.choice(policy.resource))
    elif what == 4:
        policy.sets = random_sets(rng, policy.chw)
        for label in policy.vm:
            while has_two_of_one_set(policy, label):
                label.chw.pop()
    elif what == 5:
        changed = rng.randrange(len(policy.vm))
        policy.vm[changed] = random_label(rng, policy, policy.vm[changed].name)
    else:
        name = rng.choice(NAMES + [UNLABELED])
        if policy.vm_label(name) is None:
            policy.vm.append(random_label(rng, policy, name))


def successor_of(rng, old):
    if old.name == "DEFAULT" or rng.random() < 0.05:
        return random_policy(rng, rng.choice(["first", "second"]))
    policy = copy.deepcopy(old)
    for label in policy.vm + policy.resource:
        label.renames = None
    policy.follows = (old.name, old.version)
    policy.version = (old.version[0] + rng.randint(0, 1), old.version[1] + rng.randint(0, 1))
    if policy.version == old.version:
        policy.version = (old.version[0], old.version[1] + 1)
    if rng.random() < 0.2:
        policy.name = rng.choice(["first", "second"])
    for _ in range(rng.randint(1, 3)):
        if not any(label.renames for label in policy.vm + policy.resource):
            mutate(rng, policy)
    if rng.random() < 0.1:
        broken(rng, policy)
    return policy

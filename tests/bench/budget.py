#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""How many instructions decisions take, held against tests/bench/budget.json: budget.py LABELTOOL [--write]

Valgrind's callgrind counts what is executed inside one function of `labeltool`, as the packages have it, while it plays
a scenario. The number is the same however busy the machine is. One that is more than a twentieth above its budget fails;
one that is as much below is to be written down (--write), so that what was won is kept.
"""
import argparse
import json
import pathlib
import re
import subprocess
import sys
import tempfile

BUDGET = pathlib.Path(__file__).resolve().parent / "budget.json"
TOLERANCE = 0.05
DECIDE = "xenacm::monitor::decide(xenacm::monitor::State const&, std::variant<*"
COMPILE = "xenacm::policy::compile_document(*"
TYPES, LABELS, DOMAINS, STEPS = 200, 1000, 200, 200


def types(numbers):
    return "".join(f"<Type>t{number % TYPES}</Type>" for number in numbers)


def policy():
    """Label i has four STE types from type 4i on and the Chinese Wall type 2i; types are in conflict by twos."""
    every = types(range(TYPES))
    conflicts = "".join(f'<Conflict name="c{i}">{types((2 * i, 2 * i + 1))}</Conflict>' for i in range(TYPES // 2))
    labels = "".join(
        f"<VirtualMachineLabel><Name>l{i}</Name><SimpleTypeEnforcementTypes>{types(range(4 * i, 4 * i + 4))}"
        f"</SimpleTypeEnforcementTypes><ChineseWallTypes>{types((2 * i,))}</ChineseWallTypes></VirtualMachineLabel>\n"
        for i in range(LABELS))
    return ('<SecurityPolicyDefinition xmlns="http://www.ibm.com"><PolicyHeader><PolicyName>budget</PolicyName>'
            f"<Version>1.0</Version></PolicyHeader><SimpleTypeEnforcement><SimpleTypeEnforcementTypes>{every}"
            f"</SimpleTypeEnforcementTypes></SimpleTypeEnforcement><ChineseWall><ChineseWallTypes>{every}"
            f"</ChineseWallTypes><ConflictSets>{conflicts}</ConflictSets></ChineseWall><SecurityLabelTemplate>"
            '<SubjectLabels bootstrap="SystemManagement"><VirtualMachineLabel><Name>SystemManagement</Name>'
            f"<SimpleTypeEnforcementTypes>{every}</SimpleTypeEnforcementTypes></VirtualMachineLabel>\n{labels}"
            f"</SubjectLabels><ObjectLabels><ResourceLabel><Name>r</Name><SimpleTypeEnforcementTypes>{types((0,))}"
            "</SimpleTypeEnforcementTypes></ResourceLabel></ObjectLabels></SecurityLabelTemplate>"
            "</SecurityPolicyDefinition>\n")


def step(**words):
    return "[[step]]\n" + "".join(f"{key} = {json.dumps(word)}\n" for key, word in words.items())


def disk(number):
    return f"phy:/dev/vg/disk{number}"


def host():
    """Labelled disks, and domains that run. Every fiftieth label shares its types with l0."""
    steps = [step(do="label", resource=disk(i), label="r", expect="allow") for i in range(DOMAINS)]
    return steps + [step(do="start", domain=f"d{i}", label="l0", expect="allow") for i in range(DOMAINS)]


def stories():
    """Name of the figure, the function, the steps before those that are counted, and those."""
    one = [step(do="start", domain="more", label="l0", disks=[disk(10 * i) for i in range(10)], expect="allow"),
           step(do="stop", domain="more", expect="allow")]
    conflict = [step(do="start", domain="rival", label="l1", expect="allow"), step(do="stop", domain="rival", expect="allow")]
    link = [step(do="attach", domain=f"d{i}", link={"class": "vtpm", "backend": "d0"}, expect="allow") for i in range(1, DOMAINS)]
    yield "start with ten disks, and stop", DECIDE, host(), one * STEPS
    yield "start and stop", DECIDE, host(), conflict * STEPS
    yield "link", DECIDE, host(), link
    yield "compile", COMPILE, [], []


def inline(steps):
    """TOML has tables within a line."""
    return "\n".join(steps).replace('{"class": ', "{ class = ").replace('"backend": ', "backend = ")


def instructions(labeltool, folder, function, steps):
    (folder / "story.toml").write_text(f'name = "budget"\npolicy = "policy.xml"\n{step(do="mode", mode="enforcing", expect="allow")}'
                                       + inline(steps), encoding="utf-8")
    done = subprocess.run(["valgrind", "--tool=callgrind", f"--toggle-collect={function}",
                           f"--callgrind-out-file={folder}/out", labeltool, "test", folder / "story.toml"],
                          capture_output=True, text=True, check=False)
    collected = re.search(r"Collected : (\d+)", done.stderr)
    if done.returncode != 0 or collected is None:
        sys.exit(f"budget: {labeltool} test: {done.stdout[-500:]}{done.stderr[-500:]}")
    return int(collected[1])


def measured(labeltool):
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        (folder / "policy.xml").write_text(policy(), encoding="utf-8")
        for figure, function, before, counted in stories():
            first = instructions(labeltool, folder, function, before) if counted else 0
            yield figure, (instructions(labeltool, folder, function, before + counted) - first) // (len(counted) or 1)


def main():
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("labeltool", type=pathlib.Path)
    arguments.add_argument("--write", action="store_true", help="make these the budget")
    arguments = arguments.parse_args()
    found = dict(measured(arguments.labeltool))
    if arguments.write:
        BUDGET.write_text(json.dumps(found, indent=2) + "\n", encoding="utf-8")
    budget = json.loads(BUDGET.read_text(encoding="utf-8"))
    failed = 0
    for figure, count in found.items():
        ratio = count / budget[figure]
        word = "FAIL " if ratio > 1 + TOLERANCE else "ok   "
        failed += word == "FAIL "
        note = "; fewer than written down: budget.py --write" if ratio < 1 - TOLERANCE else ""
        print(f"{word} {figure}: {count:,} instructions, budget {budget[figure]:,} ({ratio:.2f}x){note}")
    print(f"{len(found) - failed} passed, {failed} failed")
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()

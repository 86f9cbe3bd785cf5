#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Has spin search the models of enforcer/model through, and then shows that it would find something.

verify.py [--deep]     --deep: with more that goes wrong at once

Each model is searched whole: no promise may be broken. Then each step that it can leave out is left out, and a promise
must be broken: an assertion, for where all stand still nothing is shown; and each state that makes the model worth
anything must be reached. The exit status is 0 only if all of that is so.
"""

import argparse
import concurrent.futures
import os
import re
import subprocess
import sys
import tempfile
import time

MODELS = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "enforcer", "model")
FIRST_STATE = 100  # of `broken`: from here on states that must be reached
ENOUGH = "-m200000"  # the depth of the search
DEATHS, FAILURES = ("1 0 1", "0 1 1")  # how many deaths, failed writes, ways round the gate

# file, options of spin, searches
RUNS = [
    ("start.pml", "-DLIVES=1", [FAILURES, DEATHS]),
    ("start.pml", "-DLIVES=2 -DDOMAINS=1", ["1 1 1"]),
    ("link.pml", "", [FAILURES, DEATHS]),
]
DEEP = [
    ("start.pml", "-DLIVES=1", ["1 1 1"]),
    ("start.pml", "-DLIVES=2", ["0 0 0"]),
    ("link.pml", "", ["1 0 2", "0 1 2", "1 1 1"]),
]


def names_in(file):
    """What may be left out, and what must be reached: number, name, and the search that is to show it."""
    with open(os.path.join(MODELS, file), encoding="utf-8") as text:
        return [(int(number), name, DEATHS if death else FAILURES) for name, number, death in
                re.findall(r"^#define ([A-Z_]+) ([1-9]\d*)( /\* death \*/)?$", text.read(), re.M)]


def compiled(file, options, megabytes, folder):
    subprocess.run(["spin", *options.split(), "-a", os.path.join(MODELS, file)], cwd=folder, check=True,
                   stdout=subprocess.DEVNULL)
    program = os.path.join(folder, "pan")
    subprocess.run(["gcc", "-O2", "-w", "-DSAFETY", "-DNOCLAIM", "-DCOLLAPSE", f"-DMEMLIM={megabytes}", "-o", program,
                    "pan.c"], cwd=folder, check=True)
    return program


def search(program, world, broken=0):
    """Whether a promise was broken, or a state reached; the states looked at. None: the search was not whole."""
    deaths, failures, bypasses = world.split()
    options = [ENOUGH, "-w22"] + (["-E"] if broken else [])  # -E: goes on where all stand still
    with tempfile.TemporaryDirectory() as folder:
        run = subprocess.run([program, *options], cwd=folder, stdout=subprocess.PIPE, check=False, text=True,
                             env={"BROKEN": str(broken), "DEATHS": deaths, "FAILURES": failures, "BYPASSES": bypasses})
    found = re.search(r"errors: (\d+)", run.stdout)
    states = re.search(r"(\d+) states, stored", run.stdout)
    whole = found and states and "max search depth too small" not in run.stdout
    if not whole or found[1] == "0" and "Search not completed" in run.stdout:
        print(run.stdout, file=sys.stderr)
        return None, 0
    violated = re.search(r"pan:1: (.*)", run.stdout)
    return (violated[1] if violated else ""), int(states[1])


def verify(runs, megabytes, with_broken):
    failed = []
    states = 0
    broken = []
    with tempfile.TemporaryDirectory() as folder, concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        programs = []
        for number, (file, options, worlds) in enumerate(runs):
            place = os.path.join(folder, str(number))
            os.mkdir(place)
            programs.append((file, options, worlds, pool.submit(compiled, file, options, megabytes, place)))
        whole = [(f"{file} {options} ({world})", pool.submit(search, program.result(), world))
                 for file, options, worlds, program in programs for world in worlds]
        for file, _, worlds, program in programs if with_broken else []:
            broken += [(file, number, name, pool.submit(search, program.result(), world, number))
                       for number, name, world in names_in(file) if world in worlds]
        for what, result in whole:
            violated, looked_at = result.result()
            states += looked_at
            print(f"model: {what}: {looked_at} states" + (f", {violated}" if violated else ""), flush=True)
            failed += [] if violated == "" else [what]
        for file, number, name, result in broken:
            if not (result.result()[0] or "").startswith("assertion violated"):
                failed.append(f"{file}: " + (f"{name} was never reached" if number > FIRST_STATE else
                                             f"without {name} no promise was broken"))
    return failed, states, broken


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--deep", action="store_true")
    given = parser.parse_args()
    began = time.monotonic()
    failed, states, broken = verify(DEEP if given.deep else RUNS, 6000 if given.deep else 900, not given.deep)
    for what in failed:
        print(f"model: FAILED: {what}", file=sys.stderr)
    left_out = sum(number < FIRST_STATE for _, number, _, _ in broken)
    print(f"model: {states} states" + (f", {left_out} steps left out one by one, {len(broken) - left_out} states "
                                       "reached" if broken else "") +
          f", {len(failed)} failures, {time.monotonic() - began:.0f} s")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())

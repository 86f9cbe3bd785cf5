#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Breaks each decision rule in turn and demands that a test notices.

mutation.py [--build FOLDER] [--every N] [--only REGEX]

Works on a copy of the sources, of which only the broken file is compiled again. A mutant that no longer fits the source,
or does not build, is a failure of this list. The exit status is 0 only if all mutants were noticed.
"""

import argparse
import os
import re
import shutil
import subprocess
import sys
import time

from mutants import MUTANTS
from mutants_around import AROUND

SOURCE = os.path.abspath(os.path.join(os.path.dirname(__file__), "..", ".."))
TRACES = "4000"
NOBODY = "nobody"
LONGEST = 300  # seconds of one detector: who hangs has noticed


def detectors(tree, build):
    """Those that are to notice, the quickest first: what each is called, its program, its command."""
    programs = os.path.join(build, "bin")

    def unit(program):
        return (program, program, [f"{programs}/{program}", "--gtest_brief=1", "--gtest_fail_fast"])

    return {
        "policy": [unit("policy_test"), unit("monitor_test")],
        "enforcer/gate": [unit("gate_unit_test")],
        "enforcer/guard": [unit("guard_test")],
        "enforcer/monitor": [
            ("the exhaustive search", "exhaustive", [f"{programs}/exhaustive", "1", "2", "2", "2"]),
            unit("monitor_test"),
            ("the oracle", "oracle_driver", [sys.executable, f"{tree}/tests/oracle/oracle.py", "--driver",
                                             f"{programs}/oracle_driver", "--traces", TRACES, "--failures", build]),
        ],
    }


def quietly(command, **options):
    try:
        run = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                             check=False, timeout=LONGEST, **options)
    except subprocess.TimeoutExpired:
        return False
    return run.returncode == 0


def prepare(folder):
    tree, build = folder, os.path.join(folder, "build", "mutants")
    shutil.rmtree(tree, ignore_errors=True)
    files = subprocess.run(["git", "-C", SOURCE, "ls-files", "-z"], stdout=subprocess.PIPE, check=True).stdout
    for name in files.decode().split("\0")[:-1]:
        os.makedirs(os.path.dirname(os.path.join(tree, name)), exist_ok=True)
        shutil.copy2(os.path.join(SOURCE, name), os.path.join(tree, name))
    # As the dev preset compiles, so that a cache of its objects serves.
    subprocess.run(["cmake", "-S", tree, "-B", build, "-G", "Ninja", "-DCMAKE_BUILD_TYPE=Debug",
                    "-DCMAKE_CXX_FLAGS=-D_GLIBCXX_ASSERTIONS", "-DXENACM_BENCH=OFF"],
                   stdout=subprocess.DEVNULL, check=True)
    return tree, build


def make(tree, build, *targets):
    caching = {"CMAKE_BUILD_PARALLEL_LEVEL": "2", **os.environ, "CCACHE_BASEDIR": tree, "CCACHE_NOHASHDIR": "1"}
    run = subprocess.run(["cmake", "--build", build, "--target", *targets], env=caching, check=False,
                         stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    return run.returncode == 0


def broken(text, old, new):
    """The source with the rule broken, whatever its lines are wrapped like; none where it is not there once."""
    pattern = r"\s+".join(re.escape(word) for word in old.split())
    found = list(re.finditer(pattern, text))
    if len(found) != 1:
        return None
    return text[:found[0].start()] + new.strip() + text[found[0].end():]


def noticed_by(tree, build, path, old, new, judges):
    """The first that noticed, or nobody; none if the mutant could not be made."""
    with open(path, encoding="utf-8") as source:
        text = source.read()
    mutant = broken(text, old, new)
    if mutant is None:
        return None
    try:
        with open(path, "w", encoding="utf-8") as source:
            source.write(mutant)
        for name, target, command in judges:
            if not make(tree, build, target):
                return None
            if not quietly(command):
                return name
        return NOBODY
    finally:
        with open(path, "w", encoding="utf-8") as source:
            source.write(text)


def judges_of(file, all_judges):
    return next(judges for folder, judges in all_judges.items() if file.startswith(folder))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--build", default=os.path.join(SOURCE, "build", "mutation"))
    parser.add_argument("--every", type=int, default=1, help="only every N-th mutant")
    parser.add_argument("--only", default="", help="only those whose file or description this regular expression finds")
    given = parser.parse_args()
    began = time.monotonic()
    tree, build = prepare(given.build)
    judges = detectors(tree, build)
    for name, target, command in {name: (name, target, command) for each in judges.values()
                                  for name, target, command in each}.values():
        if not make(tree, build, target) or not quietly(command):
            print(f"mutation: {name} does not build, or fails without any mutant", file=sys.stderr)
            return 1
    mutants = [(what, f"enforcer/monitor/{file}", old, new) for what, file, old, new in MUTANTS] + AROUND
    chosen = [mutant for mutant in mutants if re.search(given.only, f"{mutant[1]}: {mutant[0]}")][::given.every]
    score = 0
    for what, file, old, new in chosen:
        by = noticed_by(tree, build, os.path.join(tree, file), old, new, judges_of(file, judges))
        score += by not in (None, NOBODY)
        print(f"{file}: {what}: " + ("could not be made" if by is None else f"noticed by {by}"), flush=True)
    print(f"mutation: {score} of {len(chosen)} broken rules noticed, {time.monotonic() - began:.0f} s")
    return 0 if chosen and score == len(chosen) else 1


if __name__ == "__main__":
    sys.exit(main())

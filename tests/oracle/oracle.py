#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Holds the monitor against an independent model of docs/acm.md and docs/decisions.md, on random traces.

oracle.py --driver PROGRAM [--traces N | --seconds S] [--seed N] [--jobs N] [--failures FOLDER] [--table]
oracle.py --driver PROGRAM --replay FILE     a trace that a mismatch left

Trace N of a seed is the same on every machine. The exit status is 0 only if all traces agreed.
"""

import argparse
import json
import multiprocessing
import os
import sys
import time
from collections import Counter

import scenario
from compare import Driver, differences
from events import play_all
from generator import Generator
from policy import from_xml
from shrink import differs, shrink

MOST_MISMATCHES = 3  # of one process; then it stops


def shown(event):
    """Without the policy that its document says too."""
    return {key: value for key, value in event.items() if key != "policy" or event["do"] != "set_policy"}


def write(trace, number, folder):
    path = os.path.join(folder, f"trace-{number}.json")
    with open(path, "w", encoding="utf-8") as file:
        json.dump({**trace, "policy": None, "events": [shown(event) for event in trace["events"]]}, file)
    return path


def report(driver, trace, number, folder):
    """The smallest trace that shows the difference, on standard error and as a file: the trace, and a scenario."""
    trace = shrink(driver, trace)
    step, lines = differs(driver, trace)
    path = write(trace, number, folder)
    _, steps = play_all(trace)
    path = scenario.write(trace, number, folder) or path
    print(f"\ntrace {number}, smallest form in {path}; under\n{trace['document']}", file=sys.stderr)
    for event, answer in zip(trace["events"], steps):
        print(f"  {json.dumps(shown(event))}\n    model: {answer.outcome} {answer.reasons}", file=sys.stderr)
    print("\n".join(f"  step {step}: {line}" for line in lines), file=sys.stderr)


def play_share(given, share, until):
    """The traces of one of the processes: counts of what came of them."""
    driver = Driver(given.driver)
    figures = Counter()
    waiting = None  # one trace is with the driver while the model plays the next
    number = given.seed * 10**9 + share
    end = given.seed * 10**9 + given.traces
    while waiting or number < end:
        made = None
        if number < end and time.monotonic() < until and figures["mismatches"] < MOST_MISMATCHES:
            made = (number, *Generator(number).trace())
        try:
            if made:
                driver.send(made[1])
            if waiting:
                figures.update(judged(given, *waiting, driver.receive()))
        except RuntimeError as error:
            broken, trace, *_ = waiting or made  # the one before it was answered
            path = write(trace, broken, given.failures)
            raise RuntimeError(f"trace {broken}, in {path}: {error}") from None
        if made is None:
            break
        waiting = made
        number += given.jobs
    status = driver.close()
    if status != 0:
        raise RuntimeError(f"the driver ended with status {status}")
    return figures


def judged(given, number, trace, begun, steps, answers):
    figures = Counter(f"{event['do']} {step.outcome.split(':')[0]}" for event, step in zip(trace["events"], steps))
    figures.update(traces=1, steps=len(steps))
    if differences(begun, steps, answers):
        figures["mismatches"] += 1
        report(Driver(given.driver), trace, number, given.failures)
    return figures


def replay(given):
    """Every step of one trace, with both answers."""
    with open(given.replay, encoding="utf-8") as file:
        trace = json.load(file)
    trace["policy"] = from_xml(trace["document"])
    for event in trace["events"]:
        if event["do"] == "set_policy":
            event["policy"] = from_xml(event["document"])
    begun, steps = play_all(trace)
    answers = Driver(given.driver).play(trace)
    for event, step, answer in zip(trace["events"], steps, answers[1:]):
        print(f"{event['do']}: model {step.outcome} {step.reasons}, monitor {answer['outcome']} {answer['reasons']}")
    found = differences(begun, steps, answers)
    print("\n".join([f"step {found[0]} differs", *found[1]]) if found else "all steps agree")
    return 1 if found else 0


def arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--driver", required=True)
    parser.add_argument("--traces", type=int, default=20000)
    parser.add_argument("--seconds", type=float)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--jobs", type=int, default=os.cpu_count())
    parser.add_argument("--failures", default=".")
    parser.add_argument("--table", action="store_true", help="print how often each event came to what")
    parser.add_argument("--replay")
    return parser.parse_args()


def main():
    given = arguments()
    if given.replay:
        return replay(given)
    began = time.monotonic()
    print(f"oracle: seed {given.seed}", file=sys.stderr)
    if given.seconds:
        given.traces = 10**9
    until = began + (given.seconds or 10**9)
    with multiprocessing.Pool(given.jobs) as pool:
        shares = pool.starmap(play_share, [(given, share, until) for share in range(given.jobs)], 1)
    figures = sum(shares, Counter())
    seconds = time.monotonic() - began
    if given.table:
        for what in sorted(set(figures) - {"traces", "steps", "mismatches"}):
            print(f"{what:30} {figures[what]:10}")
    print(f"oracle: {figures['traces']} traces, {figures['steps']} steps from seed {given.seed}, "
          f"{figures['mismatches']} mismatches, {seconds:.0f} s")
    return 0 if figures["traces"] and not figures["mismatches"] else 1


if __name__ == "__main__":
    sys.exit(main())

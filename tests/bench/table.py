#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Measures, and prints one table (docs/performance.md): table.py BUILD OUTPUT [--only REGEX] [--without lab,peers]

Of each row: the median of ours and of what it is held beside, the median of their ratios with the quartiles, and what
is wanted. OUTPUT gets table.md, samples.json and growth.svg.
"""
import argparse
import json
import pathlib
import platform
import re
import subprocess
import sys
import time

import growth
import rows
import samples

HERE = pathlib.Path(__file__).resolve().parent
PEERS = ["casbin@5.51.1", "@casl/ability@7.0.1", "@cedar-policy/cedar-wasm@4.13.0"]


def suites(build, output):
    """What is run together, by the pattern of the samples that it makes."""
    core, service = build / "bin/xenacm_bench", build / "bin/xenacm_bench_service"

    def google(program, pattern, rounds, seconds=0.05):
        return lambda: samples.of_google_benchmark(program, pattern, rounds, seconds)

    def peers():
        got, trouble = samples.of_peers(output / "peers", HERE / "peers.mjs", PEERS, 7)
        if trouble:
            print(f"peers are not measured: {trouble}", file=sys.stderr)
        return got

    return {
        "ste": google(core, "ste", 15, 0.02),
        "peers": peers,
        "wall": google(core, "wall", 15),
        "admission": google(core, "admission$", 15),
        "api": google(service, "api_", 15, 0.2),
        "verdict": google(service, "verdict", 9, 0.5),
        "gate": google(service, "xs_", 7, 0.1),
        "compile": google(core, "compile", 7, 0.1),
        "policies": lambda: samples.of_policies(build, output, rows.POLICY_SIZES, 5),
        "verify": google(core, f"(verify_records|verify_lines|bare_hashes)/{rows.RECORDS}", 5),
        "start": lambda: samples.of_starts(build, rows.RESOURCES, rows.RECORDS, 5),
        "growth": google(core, "admission_by|link_by", 9, 0.02),
        "lab": lambda: samples.of_lab(HERE.parent / "xenlab/run.sh", build, output / "lab.log"),
    }


def figure(value, unit):
    if unit == "bytes":
        return f"{value / rows.MIB:.1f} MiB"
    for name, size in (("s", 1e9), ("ms", 1e6), ("us", 1e3)):
        if value >= size:
            return f"{value / size:.3g} {name}"
    return f"{value:.3g} ns"


def cells(row, found):
    """Work, ours, beside, its figure, ratio, wanted, result."""
    ours = samples.quartiles(found[row.ours])
    if not row.other:
        result = "met" if ours[1] <= row.at_most else "MISSED"
        spread = f"{figure(ours[0], row.unit)} - {figure(ours[2], row.unit)}"
        return [row.work, figure(ours[1], row.unit), "-", "", spread, f"<= {figure(row.at_most, row.unit)}", result]
    other = samples.quartiles(found[row.other])
    faster = row.at_least > 0 or other[1] > 5 * ours[1]
    pairs = list(zip(found[row.ours], found[row.other]))
    low, ratio, high = samples.quartiles([b / a if faster else a / b for a, b in pairs])
    target, result = "-", ""
    if row.at_most:
        target = f"<= {row.at_most:g}x"
        result = "met" if (1 / ratio if faster else ratio) <= row.at_most else "MISSED"
    if row.at_least:
        target = f">= {row.at_least:g}x faster"
        result = "met" if ratio >= row.at_least else "MISSED"
    low, ratio, high = (f"{value:,.0f}" if value >= 100 else f"{value:.3g}" for value in (low, ratio, high))
    text = f"{ratio}x{' faster' if faster else ''} ({low} - {high})"
    return [row.work, figure(ours[1], row.unit), row.beside, figure(other[1], row.unit), text, target, result]


def table(found):
    head = ["work", "xenacm", "beside", "its time", "ratio (quartiles)", "wanted", ""]
    body = [cells(row, found) if row.ours in found and (not row.other or row.other in found) else
            [row.work, "-", row.beside, "-", "not measured", "", ""] for row in rows.ROWS]
    widths = [max(len(line[i]) for line in [head, *body]) for i in range(len(head))]
    lines = ["| " + " | ".join(cell.ljust(width) for cell, width in zip(line, widths)) + " |" for line in [head, *body]]
    lines.insert(1, "|" + "|".join("-" * (width + 2) for width in widths) + "|")
    missed = sum(line[-1] == "MISSED" for line in body)
    met = sum(line[-1] == "met" for line in body)
    return "\n".join(lines) + f"\n\n{met} met, {missed} missed\n"


def machine():
    model = re.search(r"model name\s*: (.*)", pathlib.Path("/proc/cpuinfo").read_text(encoding="ascii"))
    processors = subprocess.run(["nproc"], capture_output=True, text=True, check=True).stdout.strip()
    name = platform.freedesktop_os_release()["PRETTY_NAME"]
    return (f"{processors} processors, {model[1] if model else platform.machine()}; {name}; Linux {platform.release()}; "
            f"{time.strftime('%Y-%m-%d')}")


def main():
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("build", type=pathlib.Path)
    arguments.add_argument("output", type=pathlib.Path)
    arguments.add_argument("--only", default="", help="suites whose name matches")
    arguments.add_argument("--without", default="", help="suites to leave out")
    arguments = arguments.parse_args()
    build, output = arguments.build.resolve(), arguments.output.resolve()
    output.mkdir(parents=True, exist_ok=True)
    found = {}
    for name, run in suites(build, output).items():
        if not re.search(arguments.only, name) or name in arguments.without.split(","):
            continue
        begun = time.monotonic()
        found |= run()
        print(f"{name}: {time.monotonic() - begun:.0f} s", file=sys.stderr)
    (output / "samples.json").write_text(json.dumps(found), encoding="utf-8")
    text = f"{machine()}\n\n{table(found)}"
    (output / "table.md").write_text(text, encoding="utf-8")
    growth.plot(found, output / "growth.svg")
    print(text)


if __name__ == "__main__":
    main()

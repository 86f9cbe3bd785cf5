#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""watch-machine.py [--timestamps] [--time-limit SECONDS] -- QEMU-COMMAND...

Runs QEMU, prints each line that comes on its standard output as it comes, and stops the machine when the
line TEST-RC=<status> says that the scenario has ended. Exits with that status; with 99 if the machine stopped
by itself, or the time was up, before that line.
"""

import argparse
import re
import signal
import subprocess
import sys
import threading
import time

NO_RESULT = 99
RESULT = re.compile(rb"TEST-RC=(\d+)\s*$")


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    parser.add_argument("--timestamps", action="store_true")
    parser.add_argument("--time-limit", type=float, default=300)
    parser.add_argument("command", nargs="+")
    return parser.parse_args()


def show(line: bytes, since_start: float | None) -> None:
    if since_start is not None:
        sys.stdout.buffer.write(b"%7.2f " % since_start)
    sys.stdout.buffer.write(line.rstrip(b"\r\n") + b"\n")
    sys.stdout.buffer.flush()


def watch(machine: subprocess.Popen, timestamps: bool) -> int | None:
    """The scenario's status; None if the machine's output ended without one."""
    start = time.monotonic()
    for line in machine.stdout:
        result = RESULT.search(line)
        if result:
            line = line[: result.start()]  # what the scenario printed last, if that was no whole line
        if line:
            show(line, time.monotonic() - start if timestamps else None)
        if result:
            return int(result.group(1))
    return None


def main() -> int:
    options = arguments()
    machine = subprocess.Popen(options.command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE)
    # Whatever ends this program ends the machine: the exceptions run the `finally` below.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))
    out_of_time = threading.Event()

    def stop() -> None:
        out_of_time.set()
        machine.kill()

    timer = threading.Timer(options.time_limit, stop)
    timer.daemon = True
    timer.start()
    try:
        status = watch(machine, options.timestamps)
    except KeyboardInterrupt:
        status = 128 + signal.SIGINT
    finally:
        timer.cancel()
        machine.kill()
        machine.wait()
    if status is None:
        reason = f"its {options.time_limit:g} s were up" if out_of_time.is_set() else "the machine stopped"
        print(f"watch-machine.py: the scenario had not ended when {reason}", file=sys.stderr)
        return NO_RESULT
    return status


if __name__ == "__main__":
    sys.exit(main())

# SPDX-License-Identifier: Apache-2.0
"""The monitor as a process, and where its answers and the model's differ."""

import fcntl
import json
import subprocess

from wire import to_line

PIPE_BYTES = 1 << 20  # a trace and its answer fit, so that neither side waits for the other


class Driver:
    def __init__(self, program):
        self.process = subprocess.Popen([program], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        for pipe in (self.process.stdin, self.process.stdout):
            fcntl.fcntl(pipe, fcntl.F_SETPIPE_SZ, PIPE_BYTES)

    def send(self, trace):
        self.process.stdin.write(to_line(trace).encode() + b"\n")
        self.process.stdin.flush()

    def receive(self):
        line = self.process.stdout.readline()
        if not line:
            raise RuntimeError(f"the driver ended with status {self.process.wait()}")
        return json.loads(line)

    def play(self, trace):
        self.send(trace)
        return self.receive()

    def close(self):
        self.process.stdin.close()
        return self.process.wait()


def differences(begun, steps, answers):
    """Of the first step that differs: its number (0: the beginning) and a line for each difference."""
    if len(steps) + 1 != len(answers):
        return 0, [f"{len(answers) - 1} steps where the model has {len(steps)}: {answers[-1]}"]
    expected = begun.snapshot()
    if expected != answers[0]["state"]:
        return 0, different_parts(expected, answers[0]["state"])
    before, monitor = begun, answers[0]["state"]
    for number, ((outcome, reasons, state), answer) in enumerate(zip(steps, answers[1:]), 1):
        expected = expected if state is before else state.snapshot()
        before, monitor = state, answer.get("state", monitor)
        lines = []
        if outcome != answer["outcome"]:
            lines.append(f"outcome: model {outcome}, monitor {answer['outcome']} {answer.get('message', '')}")
        if reasons != answer["reasons"]:
            lines.append(f"reasons: model {reasons}, monitor {answer['reasons']}")
        lines += different_parts(expected, monitor)
        if lines:
            return number, lines
    return None


def different_parts(model, monitor):
    return [f"{part}: model {model[part]}, monitor {monitor[part]}" for part in model if model[part] != monitor[part]]

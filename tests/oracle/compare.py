# SPDX-License-Identifier: Apache-2.0
"""The monitor as a process, and where its answers and the model's differ."""

import fcntl
import json
import subprocess

from wire import to_line

PARTS = ("outcome", "mode", "changed", "reasons")  # of an answer
PIPE_BYTES = 1 << 20  # a trace and its answer fit, so that neither side waits for the other


class Driver:
    def __init__(self, program):
        self.process = subprocess.Popen([program], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        for pipe in (self.process.stdin, self.process.stdout):
            fcntl.fcntl(pipe, fcntl.F_SETPIPE_SZ, PIPE_BYTES)

    def send(self, trace):
        try:
            self.process.stdin.write(to_line(trace).encode() + b"\n")
            self.process.stdin.flush()
        except BrokenPipeError:
            raise self.ended() from None

    def receive(self):
        line = self.process.stdout.readline()
        if not line.endswith(b"\n"):
            raise self.ended()
        return json.loads(line)

    def ended(self):
        return RuntimeError(f"the driver ended with status {self.process.wait()}")

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
    for number, (step, answer) in enumerate(zip(steps, answers[1:]), 1):
        expected = expected if step.state is before else step.state.snapshot()
        before, monitor = step.state, answer.get("state", monitor)
        lines = different_parts({part: getattr(step, part) for part in PARTS}, answer)
        if lines and "message" in answer:
            lines.append(f"monitor: {answer['message']}")
        lines += different_parts(expected, monitor)
        if lines:
            return number, lines
    return None


def different_parts(model, monitor):
    return [f"{part}: model {model[part]}, monitor {monitor[part]}" for part in model if model[part] != monitor[part]]

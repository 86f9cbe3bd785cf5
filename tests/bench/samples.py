# SPDX-License-Identifier: Apache-2.0
"""Runs what is measured and collects its samples: a list of figures for each name, in the order of the rounds.

What is compared with each other runs in turns, so that whatever else the machine does meanwhile touches both sides;
the sample of one side is divided by that of the same round of the other.
"""
import json
import os
import pathlib
import shutil
import socket
import statistics
import subprocess
import tempfile
import time

NANOSECONDS = {"ns": 1, "us": 1e3, "ms": 1e6, "s": 1e9}


def of_google_benchmark(program, pattern, rounds, seconds=0.05):
    """Nanoseconds of each benchmark that matches, by its name; those of its counter p50 as "NAME p50". In each round the
    program runs anew, and each benchmark once."""
    samples = {}
    for _ in range(rounds):
        for name, took in round_of_google_benchmark(program, pattern, seconds).items():
            samples.setdefault(name, []).append(took)
    return samples


def round_of_google_benchmark(program, pattern, seconds):
    command = [str(program), f"--benchmark_filter=^({pattern})", "--benchmark_repetitions=1",
               f"--benchmark_min_time={seconds}", "--benchmark_format=json"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise RuntimeError(f"{program.name} {pattern}: {done.stderr[-2000:]}")
    took = {}
    for run in json.loads(done.stdout)["benchmarks"]:
        if run.get("error_occurred"):
            raise RuntimeError(f"{run['name']}: {run['error_message']}")
        # Where one thread works by itself, its processor time: that of others is none of its.
        clock = "real_time" if "/real_time" in run["run_name"] else "cpu_time"
        name = run["run_name"].replace("/real_time", "")
        took[name] = run[clock] * NANOSECONDS[run["time_unit"]]
        if "p50" in run:
            took[name + " p50"] = run["p50"] * 1e3
    return took


def of_processes(commands, rounds):
    """Nanoseconds of whole programs: `commands` is {name: words}. One round before is not counted."""
    samples = {name: [] for name in commands}
    for number in range(rounds + 1):
        for name, words in commands.items():
            begun = time.perf_counter_ns()
            done = subprocess.run(words, capture_output=True, text=True, check=False)
            took = time.perf_counter_ns() - begun
            if done.returncode != 0:
                raise RuntimeError(f"{words}: {done.stdout[-500:]}{done.stderr[-500:]}")
            if number > 0:
                samples[name].append(took)
    return samples


def of_policies(build, folder, sizes, rounds):
    """Whole programs that read a policy: labeltool checkpolicy, and secilc on the same policy in SELinux's language."""
    samples = {}
    for labels, types in sizes:
        file = folder / f"policy-{labels}-{types}"
        subprocess.run([build / "bin/xenacm_bench_inputs", "policy", file, str(labels), str(types)], check=True)
        samples |= of_processes({
            f"checkpolicy/{labels}/{types}": [build / "bin/labeltool", "checkpolicy", f"{file}.xml"],
            f"secilc/{labels}/{types}": ["secilc", "--mls", "false", "--output", f"{file}.bin", "--filecontexts",
                                         "/dev/null", f"{file}.cil"]}, rounds)
    return samples


def status_of(pid, key):
    for line in pathlib.Path(f"/proc/{pid}/status").read_text(encoding="ascii").splitlines():
        if line.startswith(key + ":"):
            return int(line.split()[1]) * 1024
    raise RuntimeError(f"/proc/{pid}/status has no {key}")


def of_starts(build, resources, records, rounds):
    """The daemon's start on a ledger of that size: nanoseconds until it is ready, and bytes of memory at most by then."""
    folder = pathlib.Path(tempfile.mkdtemp(prefix="xenacm-bench-", dir="/var/tmp"))
    samples = {"start": [], "start memory": []}
    try:
        subprocess.run([build / "bin/xenacm_bench_inputs", "ledger", folder / "state", str(resources), str(records)],
                       check=True)
        config = folder / "xenacm.toml"
        config.write_text(f'state_dir = "{folder}/state"\n[api]\nsocket = "{folder}/api.sock"\n[gate]\nenabled = false\n'
                          "[guard]\nenabled = false\n", encoding="utf-8")
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as notify:
            notify.bind(str(folder / "notify"))
            notify.settimeout(60)
            for number in range(rounds + 1):
                took, memory = start_once(build, config, notify, folder)
                if number > 0:
                    samples["start"].append(took)
                    samples["start memory"].append(memory)
    finally:
        shutil.rmtree(folder)
    return samples


def start_once(build, config, notify, folder):
    with open(folder / "log", "wb") as log:
        begun = time.perf_counter_ns()
        with subprocess.Popen([build / "bin/acm-enforcerd", "--config", config], stdout=log, stderr=log,
                              env=os.environ | {"NOTIFY_SOCKET": str(folder / "notify")}) as daemon:
            try:
                while b"READY=1" not in notify.recv(4096):
                    pass
                took = time.perf_counter_ns() - begun
                return took, status_of(daemon.pid, "VmHWM")
            finally:
                daemon.terminate()


def of_peers(folder, script, packages, rounds):
    """Decisions by engines that npm has; why there are none, where it has not."""
    if not shutil.which("npm"):
        return {}, "npm is not installed"
    folder.mkdir(parents=True, exist_ok=True)
    if not (folder / "node_modules").is_dir():
        got = subprocess.run(["npm", "install", "--no-audit", "--no-fund", "--prefix", folder, *packages],
                             capture_output=True, text=True, check=False)
        if got.returncode != 0:
            return {}, "npm cannot fetch " + ", ".join(packages)
    done = subprocess.run(["node", script, folder, str(rounds)], capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise RuntimeError(done.stderr[-1000:])
    return json.loads(done.stdout), ""


def of_lab(run_sh, build, log):
    """What the lab's scenario "bench" prints: lines "@sample NAME MILLISECONDS"."""
    done = subprocess.run([run_sh, "--time-limit", "1200", "bench"], env=os.environ | {"XENACM_BUILD": str(build)}, capture_output=True,
                          text=True, check=False)
    log.write_text(done.stdout + done.stderr, encoding="utf-8")
    if done.returncode != 0:
        raise RuntimeError(f"the lab's scenario failed: {log}")
    samples = {}
    for line in done.stdout.splitlines():
        if line.startswith("@sample "):
            name, milliseconds = line.split()[1:]
            samples.setdefault(name, []).append(float(milliseconds) * 1e6)
    return samples


def quartiles(values):
    if len(values) < 2:
        return values[0], values[0], values[0]
    low, middle, high = statistics.quantiles(values, n=4, method="inclusive")
    return low, middle, high

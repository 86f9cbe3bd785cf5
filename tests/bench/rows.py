# SPDX-License-Identifier: Apache-2.0
"""The rows of the table: what is measured, beside what, and what is wanted."""
import dataclasses


@dataclasses.dataclass(frozen=True)
class Row:
    """`ours` and `other` name samples. Wanted is a ratio at most (ours to other) or at least (other to ours); of a row
    without `other`, a figure at most. `limit`: no target, but what cannot be done without."""
    work: str
    ours: str
    beside: str = ""
    other: str = ""
    at_most: float = 0
    at_least: float = 0
    unit: str = "time"


def ste_rows():
    for types in (16, 256, 1024):
        work, ours = f"STE decision, refused, {types:,} types", f"ste/{types}"
        yield Row(work, ours, "bare AND of the rows", f"ste_bare_and/{types}", at_most=2)
        yield Row(work, ours, "ACM", f"ste_acm/{types}", at_least=20 if types == 1024 else 0)
        yield Row(work, ours, "libsepol", f"ste_libsepol/{types}", at_least=100)
        for peer, name in (("casbin", "casbin (JS)"), ("casl", "CASL (JS)"), ("cedar", "Cedar (WASM from JS)")):
            yield Row(work, ours, name, f"{peer}/{types}")
        yield Row(f"STE decision, permitted, {types:,} types", f"ste_permitted/{types}", "ACM, from its cache",
                  f"ste_permitted_acm/{types}")


def gate_rows():
    for clients in (1, 50):
        for call in ("xs_read", "xs_write", "xs_transaction", "xs_watch"):
            name = {"xs_transaction": "transaction", "xs_watch": "watch event"}.get(call, call)
            work = f"gate: {name}, {clients} client{'s' if clients > 1 else ''}, p50"
            ours = f"{call}/gate/threads:{clients} p50"
            yield Row(work, ours, "bare xenstored", f"{call}/bare/threads:{clients} p50", at_most=1.5)
            yield Row(work, ours, "byte proxy", f"{call}/proxy/threads:{clients} p50")


def compile_rows():
    for labels, types in POLICY_SIZES:
        work = f"compile {labels:,} labels x {types:,} types"
        yield Row(work, f"compile/{labels}/{types}", "pugixml's parse", f"compile_pugixml/{labels}/{types}", at_most=5)
        yield Row(f"check {labels:,} labels x {types:,} types", f"checkpolicy/{labels}/{types}", "secilc",
                  f"secilc/{labels}/{types}", at_least=5)


GROWTH = {
    "resources": ("admission_by_resources", (1_000, 10_000, 100_000)),
    "labels": ("admission_by_labels", (100, 1_000, 10_000)),
    "labelled domains": ("admission_by_bindings", (1_000, 10_000, 100_000)),
    "running domains": ("admission_by_running", (100, 1_000, 10_000)),
    "conflict sets": ("admission_by_conflict_sets", (10, 100, 1_000)),
    "resources, a link": ("link_by_resources", (1_000, 10_000, 100_000)),
    "running domains, a link": ("link_by_running", (100, 1_000, 10_000)),
}


def growth_rows():
    for what, (name, sizes) in GROWTH.items():
        for size, times in ((sizes[1], 10), (sizes[2], 100)):
            yield Row(f"growth: {size:,} {what}", f"{name}/{size}", f"{sizes[0]:,}, {times} times fewer",
                      f"{name}/{sizes[0]}", at_most=1.5)


POLICY_SIZES = ((100, 100), (10_000, 100), (10_000, 10_000))
RECORDS = 1_000_000
RESOURCES = 100_000
MIB = 1 << 20

ROWS = [
    *ste_rows(),
    Row("Chinese Wall, 1,000 running, 100 sets", "wall", "ACM", "wall_acm", at_least=20),
    Row("admission with 10 disks, in process", "admission", at_most=5_000),
    Row("decision over the API's socket, p50", "api_decision p50", "SEQPACKET echo", "api_echo p50", at_most=3),
    Row("durable verdict, 1 client", "verdict/threads:1", "SQLite commit", "verdict_sqlite", at_most=1.3),
    Row("durable verdicts, 64 clients", "verdict/threads:64", "one client", "verdict/threads:1", at_least=20),
    *gate_rows(),
    Row("xl create", "xl-create/with", "without xenacm", "xl-create/without", at_most=1.05),
    Row("xl network-attach", "xl-attach/with", "without xenacm", "xl-attach/without", at_most=1.05),
    *compile_rows(),
    Row(f"verify {RECORDS:,} records", f"verify_records/{RECORDS}", "bare SHA-256 chain", f"bare_hashes/{RECORDS}",
        at_most=2),
    Row(f"verify {RECORDS:,} lines of a file", f"verify_lines/{RECORDS}", "bare SHA-256 chain",
        f"bare_hashes/{RECORDS}", at_most=2),
    Row(f"start, {RESOURCES:,} resources, {RECORDS:,} records", "start", at_most=0.5e9),
    Row("memory after that start", "start memory", at_most=64 * MIB, unit="bytes"),
    *growth_rows(),
]

"""Memory: the peak of a cold run and of 1,000 diagnoses in one process (resident set, from the kernel's accounts).

Goal: at most 120 MB each.
"""

from __future__ import annotations

import json
import sys
from itertools import cycle, islice
from pathlib import Path

from benchmarks.child import execute, keymedic, private_environment
from benchmarks.cold import MESSAGE
from benchmarks.figures import Figure, report
from benchmarks.messages import MESSAGES

GOAL_MB = 120.0
NOISE = 0.05
DIAGNOSES = 1_000


def measure() -> dict[str, float]:
    """Peak megabytes (10^6 bytes) per kind of run."""
    with private_environment() as env:
        cases = Path(env["KEYMEDIC_CACHE_DIR"]).parent / "cases.jsonl"
        lines = islice(cycle(MESSAGES.values()), DIAGNOSES)
        cases.write_text("".join(json.dumps({"text": text}) + "\n" for text in lines), encoding="utf-8")
        cold = [keymedic(), "diagnose", MESSAGE]
        execute(cold, env).done()  # fills the cache
        return {
            "cold run": execute(cold, env).done().peak,
            f"{DIAGNOSES:,} diagnoses": execute([keymedic(), "diagnose", "--jsonl"], env, stdin=cases).done().peak,
            'python -c "import ccxt"': execute([sys.executable, "-c", "import ccxt"], env).done().peak,
        }


def run() -> tuple[str, list[Figure]]:
    """The table, and the figures."""
    peaks = measure()
    figures = [
        Figure(f"peak memory, {name}", peak, "MB", None if "ccxt" in name else GOAL_MB, NOISE)
        for name, peak in peaks.items()
    ]
    return report(figures), figures

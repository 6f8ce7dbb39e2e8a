"""Warm: one diagnosis of a message of one kilobyte, in a process that has loaded the packs.

Goal: the median over all repetitions of all messages is at most 1 ms.
"""

from __future__ import annotations

import statistics
import time

import keymedic
from benchmarks.figures import Figure, report, table
from benchmarks.messages import MESSAGES
from keymedic import case

REPETITIONS = 200
GOAL_MS = 1.0
NOISE = 0.25


def measure(repetitions: int = REPETITIONS) -> dict[str, list[float]]:
    """Milliseconds of every repetition, per message; the messages take turns, garbage collection is as usual."""
    knowledge = keymedic.load()
    for text in MESSAGES.values():
        case.diagnose(text, knowledge)
    times: dict[str, list[float]] = {name: [] for name in MESSAGES}
    for _ in range(repetitions):
        for name, text in MESSAGES.items():
            start = time.perf_counter()
            case.diagnose(text, knowledge)
            times[name].append((time.perf_counter() - start) * 1000)
    return times


def run() -> tuple[str, list[Figure]]:
    """The tables, and the figures that have goals."""
    times = measure()
    knowledge = keymedic.load()
    rows = []
    for name, values in times.items():
        result = case.diagnose(MESSAGES[name], knowledge)
        middle, best = statistics.median(values), min(values)
        found = result.causes[0].id if result.causes else result.verdict
        rows.append((name, f"{len(MESSAGES[name]):,}", f"{middle:.2f}", f"{best:.2f}", f"{_p95(values):.2f}", found))
    everything = [value for values in times.values() for value in values]
    figures = [
        Figure("warm diagnosis of 1 KB, median", statistics.median(everything), "ms", GOAL_MS, NOISE),
        Figure("best of each message, median", statistics.median(min(values) for values in times.values()), "ms"),
        Figure("95th percentile", _p95(everything), "ms"),
    ]
    head = ("message", "characters", "median ms", "best ms", "p95 ms", "most probable cause")
    return f"{report(figures)}\n\n{table(head, rows)}", figures


def _p95(values: list[float]) -> float:
    return statistics.quantiles(values, n=20)[-1]

"""Warm: one diagnosis of a message of one kilobyte, in a process that has loaded the packs.

Goal: the median over all repetitions of all messages is at most 1 ms.
"""

from __future__ import annotations

import statistics
import time
from typing import NamedTuple

import keymedic
from benchmarks.figures import Figure, report, table
from benchmarks.messages import MESSAGES
from keymedic import case

REPETITIONS = 200
GOAL_MS = 1.0
NOISE = 0.25


class Times(NamedTuple):
    """Milliseconds of every repetition: by the clock, and of processor time."""

    clock: list[float]
    cpu: list[float]


def measure(repetitions: int = REPETITIONS) -> dict[str, Times]:
    """The times per message; the messages take turns, garbage collection is as usual."""
    knowledge = keymedic.load()
    for text in MESSAGES.values():
        case.diagnose(text, knowledge)
    times = {name: Times([], []) for name in MESSAGES}
    for _ in range(repetitions):
        for name, text in MESSAGES.items():
            start, cpu = time.perf_counter(), time.thread_time()
            case.diagnose(text, knowledge)
            times[name].cpu.append((time.thread_time() - cpu) * 1000)
            times[name].clock.append((time.perf_counter() - start) * 1000)
    return times


def run() -> tuple[str, list[Figure]]:
    """The tables, and the figures that have goals."""
    times = measure()
    knowledge = keymedic.load()
    rows = []
    for name, (clock, cpu) in times.items():
        result = case.diagnose(MESSAGES[name], knowledge)
        shown = (statistics.median(clock), statistics.median(cpu), min(clock), _p95(clock))
        found = result.causes[0].id if result.causes else result.verdict
        rows.append((name, f"{len(MESSAGES[name]):,}", *(f"{value:.2f}" for value in shown), found))
    everything = [value for clock, _ in times.values() for value in clock]
    figures = [
        Figure("warm diagnosis of 1 KB, median", statistics.median(everything), "ms", GOAL_MS, NOISE),
        Figure("processor time, median", statistics.median(v for _, cpu in times.values() for v in cpu), "ms"),
        Figure("best of each message, median", statistics.median(min(clock) for clock, _ in times.values()), "ms"),
        Figure("95th percentile", _p95(everything), "ms"),
    ]
    head = ("message", "characters", "median ms", "processor ms", "best ms", "p95 ms", "most probable cause")
    return f"{report(figures)}\n\n{table(head, rows)}", figures


def _p95(values: list[float]) -> float:
    return statistics.quantiles(values, n=20)[-1]

"""First run: `keymedic diagnose "..."` without a cache, when the packs have to be read, checked and compiled.

Goal: at most 5 seconds, and a line on stderr that says what it is doing.
"""

from __future__ import annotations

import statistics

from benchmarks.child import Run, execute, keymedic, private_environment
from benchmarks.cold import MESSAGE
from benchmarks.figures import Figure, report

REPETITIONS = 3
GOAL_SECONDS = 5.0
NOISE = 0.25
_PROGRESS = b"Preparing the rule packs"


def measure(repetitions: int = REPETITIONS) -> tuple[list[Run], bool]:
    """The runs, and whether every one of them said what took so long."""
    runs, said = [], True
    for _ in range(repetitions):
        with private_environment() as env:
            done = execute([keymedic(), "diagnose", MESSAGE], env).done()
        runs.append(done)
        said = said and _PROGRESS in done.err
    return runs, said


def run() -> tuple[str, list[Figure]]:
    """The table, and the figures."""
    runs, said = measure()
    seconds = [one.seconds for one in runs]
    figures = [
        Figure("first run, no cache and no bytecode, median", statistics.median(seconds), "s", GOAL_SECONDS, NOISE),
        Figure("best", min(seconds), "s"),
        Figure("processor time, median", statistics.median(one.cpu for one in runs), "s"),
        Figure("runs without a progress line on stderr", 0 if said else 1, "", 0),
    ]
    return report(figures), figures

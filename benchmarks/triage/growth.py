"""Growth: seconds of a triage from 10 MB to the largest size. Goal: linear in bytes beyond the cost of a start."""

from __future__ import annotations

from benchmarks.child import private_environment
from benchmarks.figures import Figure, report, table
from benchmarks.triage import running
from benchmarks.triage.running import Setting

SIZES = (1e7, 1e8, 1e9, 4e9)
GOAL = 1.2
NOISE = 0.1


def measure(setting: Setting) -> dict[float, float]:
    """Size in bytes -> seconds; size 0 is the fixed cost, measured on a log of 100 kB."""
    seconds = {}
    with private_environment() as env:
        for size in (0.0, *(size for size in SIZES if size <= setting.most)):
            path = running.log(setting, size or 1e5, 0.01)
            running.warm(path)
            outcomes = []
            for _ in range((setting.rounds if size <= 1e9 else 1) + (not size)):
                with running.triage(path, setting.jobs, env) as (outcome, _):
                    outcomes.append(outcome)
            seconds[float(path.stat().st_size) if size else 0.0] = running.median(outcomes)
    return seconds


def run(setting: Setting) -> tuple[str, list[Figure]]:
    """The tables, and the figures."""
    seconds = measure(setting)
    fixed = seconds.pop(0.0)
    paces = {size: (spent - fixed) / size * 1e9 for size, spent in seconds.items()}
    rows = [
        (f"{size / 1e6:,.0f} MB", f"{spent:.2f}", f"{size / spent / 1e6:,.0f}", f"{1e3 / paces[size]:,.0f}")
        for size, spent in seconds.items()
    ]
    large = [pace for size, pace in paces.items() if size > 5e7]  # at 10 MB the fixed cost is nearly all there is
    figures = [Figure("fixed cost of a start", fixed, "s")]
    if len(large) > 1:
        figures.append(Figure("seconds per byte, largest size / 100 MB", large[-1] / large[0], "", GOAL, NOISE))
    head = ("log", "seconds", "MB/s", "MB/s beyond the fixed cost")
    return table(head, rows) + "\n\n" + report(figures), figures

"""Speed where every line belongs to a key problem. Goal: 150,000 lines a second."""

from __future__ import annotations

from benchmarks.child import private_environment
from benchmarks.figures import Figure, report
from benchmarks.triage import running
from benchmarks.triage.running import Setting

SIZE = 2e8
GOAL = 150_000
NOISE = 0.1


def run(setting: Setting) -> tuple[str, list[Figure]]:
    """The table, and the figures."""
    path = running.log(setting, min(SIZE, setting.size), 1.0)
    lines = running.truth(path)["lines"]
    running.warm(path)
    outcomes = []
    with private_environment() as env:
        for number in range(setting.rounds + 1):
            with running.triage(path, setting.jobs, env) as (outcome, _):
                outcomes += [outcome] * bool(number)  # the first fills the pack cache
    seconds = running.median(outcomes)
    best = min(outcome.seconds for outcome in outcomes)
    figures = [
        Figure(f"triage of {lines:,} dense lines, median", seconds, "s", lines / GOAL, NOISE),
        Figure("lines a second, median", lines / seconds, ""),
        Figure("lines a second, best", lines / best, ""),
        Figure("MB/s, median", path.stat().st_size / seconds / 1e6, ""),
        Figure("processor time", outcomes[0].cpu, "s"),
    ]
    return report(figures), figures

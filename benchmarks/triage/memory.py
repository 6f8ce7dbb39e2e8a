"""Memory: the peak of a triage with all its processes. Goal: 400 MB at any size.

Sums of proportional set sizes, read from the kernel every 20 ms: pages that processes share count once.
"""

from __future__ import annotations

from benchmarks.child import private_environment
from benchmarks.figures import Figure, report
from benchmarks.triage import running
from benchmarks.triage.running import Setting

GOAL_MB = 400.0
NOISE = 0.05
_CORPORA = ((1e8, 0.01), (4e9, 0.01), (2e8, 1.0))


def run(setting: Setting) -> tuple[str, list[Figure]]:
    """The table, and the figures."""
    figures = []
    with private_environment() as env:
        for size, share in _CORPORA:
            path = running.log(setting, min(size, setting.most), share)
            with running.triage(path, setting.jobs, env, watch=True) as (outcome, _):
                name = f"peak memory, {path.stat().st_size / 1e6:,.0f} MB {'dense' if share == 1 else 'sparse'}"
                figures.append(Figure(name, outcome.peak, "MB", GOAL_MB, NOISE))
    return report(figures), figures

"""Cold: `keymedic diagnose "..."` from start to exit with a filled cache, beside `python -c "import ccxt"`.

A tool built on ccxt cannot answer before that import is done. Goal: less than half its time, to a pipe and a terminal.
"""

from __future__ import annotations

import re
import statistics
import sys
from collections.abc import Mapping

from benchmarks.child import Run, execute, keymedic, private_environment
from benchmarks.figures import Figure, report, table

MESSAGE = "CoinTracker: my KuCoin wallet stopped syncing, it says invalid API key"
REPETITIONS = 20
GOAL_RATIO = 0.5
NOISE = 0.1
_TEN = 10


def measure(repetitions: int = REPETITIONS) -> dict[str, list[Run]]:
    """Runs of each kind, taking turns. The first of each, which fills the caches, is left out."""
    commands = {
        "pipe": ([keymedic(), "diagnose", MESSAGE], False),
        "terminal": ([keymedic(), "diagnose", MESSAGE], True),
        "import ccxt": ([sys.executable, "-c", "import ccxt"], False),
        "python": ([sys.executable, "-c", "pass"], False),
    }
    runs: dict[str, list[Run]] = {name: [] for name in commands}
    with private_environment() as env:
        for _ in range(repetitions + 1):
            for name, (argv, terminal) in commands.items():
                runs[name].append(execute(argv, env, terminal=terminal).done())
    return {name: of[1:] for name, of in runs.items()}


def figures_of(runs: Mapping[str, list[Run]]) -> list[Figure]:
    """Medians and the two ratios."""
    middle = {name: statistics.median(one.seconds for one in of) * 1000 for name, of in runs.items()}
    best = {name: min(one.seconds for one in of) * 1000 for name, of in runs.items()}
    cpu = {name: statistics.median(one.cpu for one in of) for name, of in runs.items()}
    ccxt = middle["import ccxt"]
    return [
        Figure("cold diagnosis to a pipe / import ccxt", middle["pipe"] / ccxt, "", GOAL_RATIO, NOISE),
        Figure("cold diagnosis to a terminal / import ccxt", middle["terminal"] / ccxt, "", GOAL_RATIO, NOISE),
        Figure("the same for the best of each (pipe)", best["pipe"] / best["import ccxt"], ""),
        Figure("the same for processor time (pipe)", cpu["pipe"] / cpu["import ccxt"], ""),
        Figure("cold diagnosis to a pipe, median", middle["pipe"], "ms"),
        Figure("cold diagnosis to a terminal, median", middle["terminal"], "ms"),
        Figure('python -c "import ccxt", median', ccxt, "ms"),
        Figure('python -c "pass", median', middle["python"], "ms"),
    ]


def run() -> tuple[str, list[Figure]]:
    """The table, and the figures."""
    figures = figures_of(measure())
    return report(figures), figures


def imports() -> str:
    """The ten most expensive imports of a cold run, by their own time (python -X importtime)."""
    with private_environment() as env:
        for _ in range(2):  # the first fills the caches
            done = execute([sys.executable, "-X", "importtime", keymedic(), "diagnose", MESSAGE], env).done()
    lines = re.findall(r"import time:\s+(\d+) \|\s+(\d+) \|\s+(\S+)", done.err.decode())
    dear = sorted(lines, key=lambda line: -int(line[0]))[:_TEN]
    rows = [(name, f"{int(own) / 1000:.1f}", f"{int(all_of_it) / 1000:.1f}") for own, all_of_it, name in dear]
    total = sum(int(line[0]) for line in lines) / 1000
    return f"{len(lines)} imports, {total:.0f} ms\n\n{table(('import', 'own ms', 'with its imports ms'), rows)}"

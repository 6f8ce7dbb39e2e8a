"""Speed by the number of packs. Goal: flat within 20 % from 10 to 140.

As a program: python -m benchmarks.triage.packs RULES LOG OUT JOBS triages with the packs of one folder only.
"""

from __future__ import annotations

import importlib
import random
import shutil
import sys
import tempfile
from pathlib import Path

from benchmarks.child import private_environment
from benchmarks.figures import Figure, report
from benchmarks.triage import running
from benchmarks.triage.running import Outcome, Setting
from keymedic import paths

COUNTS = (10, 40, 80, 140)
GOAL = 1.2
NOISE = 0.1
_SIZE = 3e8
_FIRST = ("binance", "kucoin", "kraken", "bybit", "okx", "coinbase", "coinbaseexchange", "hollaex", "freqtrade", "ccxt")
"""Two of them because base names them."""


def chosen() -> list[Path]:
    """All packs but base in the order in which they are added: common ones, other written ones, derived ones."""
    files = sorted(path for kind in ("exchanges", "sources") for path in (paths.rules() / kind).rglob("*.yaml"))
    random.Random(1).shuffle(files)

    def rank(path: Path) -> tuple[bool, bool]:
        return path.stem not in _FIRST, path.parent.name == "derived"

    return sorted(files, key=rank)


def folder(at: Path, count: int) -> Path:
    """A folder with the base packs and `count` others."""
    target = at / f"rules-{count}"
    shutil.copytree(paths.rules() / "base", target / "base")
    shutil.copy2(paths.rules() / "packs.lock", target)
    for path in chosen()[:count]:
        place = target / path.relative_to(paths.rules())
        place.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(path, place)
    return target


def measure(setting: Setting) -> dict[int, list[Outcome]]:
    """Number of packs -> rounds, taking turns; the packs are compiled beforehand."""
    path = running.log(setting, min(_SIZE, setting.size), 0.01)
    small = running.log(setting, 1e5, 0.01)
    running.warm(path)
    rounds: dict[int, list[Outcome]] = {count: [] for count in COUNTS}
    with private_environment() as env, tempfile.TemporaryDirectory() as at:
        folders = {count: folder(Path(at), count) for count in COUNTS}
        for number in range(setting.rounds + 1):
            for count, rules in folders.items():
                log = path if number else small
                argv = [
                    sys.executable,
                    "-m",
                    "benchmarks.triage.packs",
                    str(rules),
                    str(log),
                    f"{at}/out{count}.{number}",
                ]
                outcome = running.run([*argv, str(setting.jobs)], env)
                rounds[count] += [outcome] * bool(number)
    return rounds


def run(setting: Setting) -> tuple[str, list[Figure]]:
    """The table, and the figures."""
    seconds = {count: running.median(outcomes) for count, outcomes in measure(setting).items()}
    figures = [Figure(f"slowest / fastest, {COUNTS[0]} to {COUNTS[-1]} packs",
                      max(seconds.values()) / min(seconds.values()), "", GOAL, NOISE)]  # fmt: skip
    size = running.log(setting, min(_SIZE, setting.size), 0.01).stat().st_size
    for count, spent in seconds.items():
        figures.append(Figure(f"{count} packs, {size / 1e6:,.0f} MB", spent, "s"))
        figures.append(Figure(f"{count} packs", size / spent / 1e6, "MB/s"))
    return report(figures), figures


def _triage(rules: str, log: str, out: str, jobs: int) -> None:
    """A triage with the packs of one folder only: the one place that knows the Python call."""
    from keymedic.knowledge import store

    runner = importlib.import_module("keymedic.triage.run")
    runner.triage([log], Path(out), store.load_folders([Path(rules)]), jobs=jobs)


if __name__ == "__main__":
    _triage(sys.argv[1], sys.argv[2], sys.argv[3], int(sys.argv[4]))

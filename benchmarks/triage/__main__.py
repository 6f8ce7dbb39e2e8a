"""Measure log triage and print Markdown.

python -m benchmarks.triage [speed|growth|packs|memory|dense|precision|all] [--size 1e9]
"""

from __future__ import annotations

import argparse
import importlib
import sys
import tempfile
from pathlib import Path

from benchmarks.figures import where
from benchmarks.triage.running import Setting

MEASURES = ("speed", "growth", "packs", "memory", "dense", "precision")


def main() -> int:
    """Print the chosen tables. 1 with --gate when a figure misses its goal by more than its noise margin."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.triage", description="Measure log triage and print Markdown."
    )
    parser.add_argument("which", nargs="?", default="all", choices=[*MEASURES, "all"])
    parser.add_argument("--size", type=float, default=1e9, help="bytes of the main corpus")
    parser.add_argument("--most", type=float, default=4e9, help="bytes of the largest corpus (growth, memory)")
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--rounds", type=int, default=3, help="runs of each program; the median counts")
    parser.add_argument(
        "--data", type=Path, default=Path(tempfile.gettempdir()) / "keymedic-corpora", help="kept corpora"
    )
    parser.add_argument("--gate", action="store_true", help="exit with 1 when a figure misses its goal beyond noise")
    given = parser.parse_args()
    setting = Setting(given.data, given.size, given.most, given.jobs, given.rounds)
    missed = False
    for name in MEASURES if given.which == "all" else [given.which]:
        print(f"## triage: {name}\n\n{where()}\n", flush=True)
        text, figures = importlib.import_module(f"benchmarks.triage.{name}").run(setting)
        missed |= any(figure.missed for figure in figures)
        print(text + "\n", flush=True)
    return 1 if given.gate and missed else 0


if __name__ == "__main__":
    sys.exit(main())

"""Run benchmarks and print Markdown: python -m benchmarks [warm|cold|first|memory|bad|masking|triage|all].

`triage` takes many minutes and several gigabytes, so `all` leaves it out.
"""

from __future__ import annotations

import argparse
import importlib
import subprocess
import sys

from benchmarks.figures import where

# Which module measures it; each has run() -> (Markdown, figures). Imported when it is its turn.
MEASURES = {"warm": "warm", "cold": "cold", "first": "first_run", "memory": "memory", "bad": "bad_input"}

PROGRAMS = {"masking": "benchmarks.masking.run", "triage": "benchmarks.triage"}
"""These print for themselves."""


def main() -> int:
    """Print the chosen tables. 1 with --gate when a figure misses its goal by more than its noise margin."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("which", nargs="?", default="all", choices=[*MEASURES, *PROGRAMS, "all"])
    parser.add_argument("--gate", action="store_true", help="exit with 1 when a goal is missed by more than noise")
    parser.add_argument("--imports", action="store_true", help="cold: also list the ten most expensive imports")
    arguments = parser.parse_args()
    missed = False
    for name in [*MEASURES, "masking"] if arguments.which == "all" else [arguments.which]:
        print(f"## {name}\n\n{where()}\n", flush=True)
        if name in PROGRAMS:
            missed |= _fails(name, gate=arguments.gate)
            continue
        text, figures = importlib.import_module(f"benchmarks.{MEASURES[name]}").run()
        missed |= any(figure.missed for figure in figures)
        print(text + "\n", flush=True)
        if name == "cold" and arguments.imports:
            from benchmarks.cold import imports

            print(imports() + "\n", flush=True)
    return 1 if arguments.gate and missed else 0


def _fails(name: str, *, gate: bool) -> bool:
    """Whether the gate of a measure that is a program of its own failed."""
    options = ["--gate"] if gate and name == "triage" else []
    return subprocess.run([sys.executable, "-m", PROGRAMS[name], *options], check=False).returncode != 0


if __name__ == "__main__":
    sys.exit(main())

"""Speed on the sparse corpus: a whole triage beside ripgrep and a loop of `re`, taking turns in one run.

Goals: no slower than `rg -c -F` with the literals of all packs on the same number of threads, at least 100 times as
fast as one alternation of `re` line by line, at least 0.8 GB/s where ripgrep does 0.3.
"""

from __future__ import annotations

import re
import tempfile
import time
from pathlib import Path

import keymedic
from benchmarks.child import private_environment
from benchmarks.figures import Figure, report
from benchmarks.triage import running
from benchmarks.triage.running import Outcome, Setting

NOISE = 0.1
_SAMPLE = 2_000_000
_PYTHON = 100
_RIPGREP_MB, _GOAL_MB = 300.0, 800.0


def literals() -> list[str]:
    """Every fixed text that a symptom of a pack looks for."""
    index = keymedic.load().index
    found = {
        pattern.text
        for number, pattern in enumerate(index.patterns)
        if pattern.literal and any(use.kind == "atom" for use in index.uses[number])
    }
    return sorted(found - {""})


def gate_literals() -> list[str]:
    """The words that a triage looks for first; none where it has no such list."""
    try:
        from keymedic.triage.scanning import gate
    except ImportError:
        return []
    return sorted(set(gate.literals(keymedic.load())))


def measure(setting: Setting) -> dict[str, list[Outcome]]:
    """Rounds of each program over the same file, taking turns."""
    path = running.log(setting, setting.size, 0.01)
    running.warm(path)
    rounds: dict[str, list[Outcome]] = {"triage": []}
    with private_environment() as env, tempfile.TemporaryDirectory() as folder:
        peers = _peers(path, setting.jobs, Path(folder)) if running.has_ripgrep() else {}
        with running.triage(running.log(setting, 1e6, 0.01), setting.jobs, env):
            pass  # fills the pack cache and Python's own
        for _ in range(setting.rounds):
            with running.triage(path, setting.jobs, env) as (outcome, _):
                rounds["triage"].append(outcome)
            for name, argv in peers.items():
                rounds.setdefault(name, []).append(running.run(argv))
    return rounds


def python_loop(path: Path, words: list[str], flags: int) -> float:
    """Seconds per byte of one alternation, line by line, over the beginning of the file."""
    with path.open(encoding="utf-8") as file:
        lines = file.read(_SAMPLE).splitlines()
    search = re.compile("|".join(map(re.escape, words)), flags).search
    start = time.perf_counter()
    hits = sum(1 for line in lines if search(line))
    seconds = time.perf_counter() - start
    return seconds / sum(len(line.encode()) + 1 for line in lines) if hits else 0.0


def run(setting: Setting) -> tuple[str, list[Figure]]:
    """The table, and the figures."""
    rounds = measure(setting)
    path = running.log(setting, setting.size, 0.01)
    megabytes = path.stat().st_size / 1e6
    own = running.median(rounds["triage"])
    loops = {
        "loop of re, any case": python_loop(path, literals(), re.IGNORECASE) * path.stat().st_size,
        "loop of re, case as written": python_loop(path, literals(), 0) * path.stat().st_size,
    }
    loop = min(loops.values())
    figures = [Figure(f"{_PYTHON} x triage / the faster loop of re", own * _PYTHON / loop, "", 1.0, NOISE)]
    if "rg, literals of the packs" in rounds:
        peer = running.median(rounds["rg, literals of the packs"])
        goal = megabytes / (_GOAL_MB * (megabytes / peer) / _RIPGREP_MB)
        figures.append(Figure("triage / rg with the literals of the packs", own / peer, "", 1.0, NOISE))
        figures.append(Figure(f"triage of {megabytes:,.0f} MB", own, "s", goal, NOISE))
    if "rg, words of the gate" in rounds:
        peer = running.median(rounds["rg, words of the gate"])
        figures.append(Figure("triage / rg with the words of the gate", own / peer, ""))
    for name, outcomes in rounds.items():
        figures.append(Figure(f"{name}, median", megabytes / running.median(outcomes), "MB/s"))
        figures.append(Figure(f"{name}, best", megabytes / min(outcome.seconds for outcome in outcomes), "MB/s"))
        figures.append(Figure(f"{name}, processor time", sum(outcome.cpu for outcome in outcomes) / len(outcomes), "s"))
    figures += [Figure(name, megabytes / seconds, "MB/s") for name, seconds in loops.items()]
    missing = "" if running.has_ripgrep() else "\n\nrg is not installed (package ripgrep): compared with `re` only."
    return report(figures) + missing, figures


def _peers(path: Path, jobs: int, folder: Path) -> dict[str, list[str]]:
    """ripgrep's command lines. The words of the gate are written in small letters, so case is ignored with them."""
    lists = {
        "rg, literals of the packs": (literals(), []),
        "rg, words of the gate": (gate_literals(), ["--ignore-case"]),
    }
    peers = {}
    for number, (name, (words, options)) in enumerate(lists.items()):
        if words:
            file = folder / f"{number}.txt"
            file.write_text("\n".join(words) + "\n", encoding="utf-8")
            peers[name] = [
                "rg",
                "--no-config",
                "-c",
                "--threads",
                str(jobs),
                *options,
                "-F",
                "-f",
                str(file),
                str(path),
            ]
    return peers

"""Running a triage and its peers: seconds, processor time, peak memory of the whole process tree; the corpora."""

from __future__ import annotations

import contextlib
import hashlib
import json
import re
import resource
import shutil
import statistics
import subprocess
import tempfile
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from benchmarks.child import keymedic
from benchmarks.triage import corpus

_EVERY = 0.02
_PSS = re.compile(rb"^Pss:\s+(\d+) kB", re.M)


class Setting(NamedTuple):
    """What the measures have in common: `size` of the main corpus and `most` of the largest in bytes."""

    data: Path
    size: float
    most: float
    jobs: int
    rounds: int


class Outcome(NamedTuple):
    """A finished program. `cpu`: seconds of processor time of the whole tree; `peak`: MB (10^6 bytes), 0 = not
    watched: the largest sum of the proportional set sizes of all its processes."""

    seconds: float
    cpu: float
    peak: float
    out: bytes


def log(setting: Setting, size: float, share: float) -> Path:
    """The corpus of this size and share, written if it is not there or was made by another generator."""
    folder = setting.data / f"{'dense' if share == 1 else 'sparse'}-{size / 1e6:.0f}MB"
    mark = folder / "made_by"
    made_by = f"{_generator()} {size} {share}"
    if not mark.is_file() or mark.read_text(encoding="utf-8") != made_by:
        corpus.write(folder, size, share)
        mark.write_text(made_by, encoding="utf-8")
    return folder / "mixed.log"


def truth(path: Path) -> dict[str, Any]:
    """What is planted in a corpus."""
    found: dict[str, Any] = json.loads((path.parent / "truth.json").read_text(encoding="utf-8"))
    return found


def warm(path: Path) -> None:
    """Read a file once, so that every program finds it in memory."""
    with path.open("rb") as file:
        while file.read(1 << 24):
            pass


@contextlib.contextmanager
def triage(path: Path, jobs: int, env: Mapping[str, str], *, watch: bool = False) -> Iterator[tuple[Outcome, Path]]:
    """Run the installed triage, report included; its output folder is gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="keymedic-triage-") as out:
        argv = [keymedic(), "triage", str(path), "--out", out, "--jobs", str(jobs)]
        yield run(argv, env, watch=watch), Path(out)


def run(argv: Sequence[str], env: Mapping[str, str] | None = None, *, watch: bool = False) -> Outcome:
    """Run a program to its end. Raises RuntimeError when it fails (rg says 1 when it finds nothing)."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    start = time.perf_counter()
    with tempfile.TemporaryFile() as err:
        process = subprocess.Popen(argv, env=env, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=err)
        peak = _Watch(process.pid) if watch else None
        out = process.communicate()[0]
        seconds = time.perf_counter() - start
        if process.returncode != 0 and (argv[0], process.returncode) != ("rg", 1):
            err.seek(0)
            raise RuntimeError(f"exit status {process.returncode}: {err.read()[-600:].decode(errors='replace')}")
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return Outcome(seconds, cpu, peak.stop() if peak else 0.0, out)


def median(outcomes: Sequence[Outcome]) -> float:
    """The median of their seconds."""
    return statistics.median(outcome.seconds for outcome in outcomes)


def has_ripgrep() -> bool:
    """Whether the peer is installed."""
    return shutil.which("rg") is not None


class _Watch:
    """Looks at a process and all its descendants again and again."""

    def __init__(self, pid: int) -> None:
        self._peak = 0
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._look, args=(pid,), daemon=True)
        self._thread.start()

    def stop(self) -> float:
        """The peak in MB."""
        self._over.set()
        self._thread.join()
        return self._peak * 1024 / 1e6

    def _look(self, pid: int) -> None:
        while not self._over.wait(_EVERY):
            self._peak = max(self._peak, sum(_pss(process) for process in _tree(pid)))


def _tree(pid: int) -> list[int]:
    """A process and its descendants."""
    found = [pid]
    with contextlib.suppress(OSError):
        for children in Path(f"/proc/{pid}/task").glob("*/children"):
            found += [process for child in children.read_text().split() for process in _tree(int(child))]
    return found


def _pss(pid: int) -> int:
    """Proportional set size in kB; 0 for a process that has ended."""
    with contextlib.suppress(OSError):
        if found := _PSS.search(Path(f"/proc/{pid}/smaps_rollup").read_bytes()):
            return int(found[1])
    return 0


def _generator() -> str:
    """Changes when the generator does."""
    digest = hashlib.blake2b(digest_size=8)
    for name in ("corpus.py", "plan.py", "values.py", "ordinary.yaml", "incidents.yaml"):
        digest.update((Path(__file__).parent / name).read_bytes())
    return digest.hexdigest()

"""Worker processes: each scans pieces and does what else takes the packs; results come in the order of the work."""

from __future__ import annotations

import multiprocessing
import os
import sys
import threading
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from pathlib import Path
from typing import TypeVar

from keymedic.knowledge import store
from keymedic.knowledge.store import Knowledge
from keymedic.triage.reading.pieces import SIZE, Piece, load
from keymedic.triage.scanning.chunk import Found
from keymedic.triage.scanning.gate import Buffer, Gate
from keymedic.triage.scanning.scan import Scanner
from keymedic.triage.scanning.source import Reading

T = TypeVar("T")


class Worker:
    """Scans, and whatever else takes the packs. One a process."""

    def __init__(self, knowledge: Knowledge, gate: Gate) -> None:
        self._knowledge = knowledge
        self._buffer = Buffer(SIZE)
        self.scanner = Scanner(gate)

    def scan(self, piece: Piece, reading: Reading, known: bytes | None) -> tuple[Found, bool]:
        """Scan a piece. Where its hash is `known`, only its ends are read. Returns what was found, and whether it was
        known."""
        buffer = self._buffer
        if piece.path:
            buffer.filled(load(piece, buffer.data))
        else:
            buffer.put(piece.content)
        self.scanner.learn(piece.input, reading)
        if known is not None:
            ends = self.scanner.ends(piece.input, buffer)
            if ends.hash == known:
                return ends, True
        return self.scanner.scan(piece.input, buffer), False

    def apply(self, work: Callable[..., T], *arguments: object) -> T:
        """Do any other work: a function that takes the knowledge first."""
        return work(self._knowledge, *arguments)


class Pool:
    """`jobs` worker processes, or none for one job: then the work is done here."""

    def __init__(self, knowledge: Knowledge, jobs: int) -> None:
        self.jobs = jobs
        gate = Gate(knowledge)
        self.worker = Worker(knowledge, gate)
        """For work that is not worth sending away."""
        # What the worker has scanned is ahead of the seams: it would take what a seam says for known.
        self.seams = Scanner(gate)
        """For what two pieces hold together, in order."""
        self._processes: ProcessPoolExecutor | None = None
        if jobs > 1:
            forks = sys.platform.startswith("linux")
            context = multiprocessing.get_context("fork" if forks else "spawn")
            _inherited.append((knowledge, gate))
            self._processes = ProcessPoolExecutor(jobs, context, _start, () if forks else (list(knowledge.folders),))

    def __enter__(self) -> Pool:
        return self

    def __exit__(self, *_: object) -> None:
        if self._processes:
            self._processes.shutdown(cancel_futures=True)

    def scans(self, pieces: Iterator[tuple[Piece, Reading, bytes | None]]) -> Iterator[tuple[Piece, Found, bool]]:
        """What was found in each piece, in order; a few pieces ahead are on their way."""
        waiting: deque[tuple[Piece, Future[tuple[Found, bool]]]] = deque()
        for piece, reading, known in pieces:
            waiting.append((piece, self._submit(_scan, Worker.scan, piece, reading, known)))
            if len(waiting) > self._ahead(piece):
                done, future = waiting.popleft()
                yield (done, *future.result())
        while waiting:
            done, future = waiting.popleft()
            yield (done, *future.result())

    def _ahead(self, piece: Piece) -> int:
        """Pieces that may be on their way: fewer of those that lie in memory, several times on their way."""
        return self.jobs if piece.content else 2 * self.jobs

    def run(self, work: Callable[..., T], *arguments: object) -> Future[T]:
        """Have a function done that takes the knowledge first."""
        return self._submit(_apply, Worker.apply, work, *arguments)

    def _submit(self, away: Callable[..., T], here: Callable[..., T], *arguments: object) -> Future[T]:
        if self._processes:
            return self._processes.submit(away, *arguments)
        done: Future[T] = Future()
        done.set_result(here(self.worker, *arguments))
        return done


_inherited: list[tuple[Knowledge, Gate]] = []
"""Handed to forked processes through the memory that they share with the parent."""
_worker: list[Worker] = []


def _start(folders: Sequence[Path] | None = None) -> None:
    import signal

    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent decides when to stop
    threading.Thread(target=_end_with_parent, daemon=True).start()
    if folders is None:
        _worker.append(Worker(*_inherited[-1]))
    else:
        knowledge = store.load_folders(folders)
        _worker.append(Worker(knowledge, Gate(knowledge)))


def _end_with_parent() -> None:
    """A process pool whose parent was killed would wait for work for ever."""
    parent = multiprocessing.parent_process()
    if parent:
        parent.join()
        os._exit(1)


def _scan(piece: Piece, reading: Reading, known: bytes | None) -> tuple[Found, bool]:
    return _worker[0].scan(piece, reading, known)


def _apply(work: Callable[..., T], *arguments: object) -> T:
    return _worker[0].apply(work, *arguments)

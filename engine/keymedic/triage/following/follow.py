"""`keymedic triage --follow`: reads what is added to logs and tells when a problem begins, ends and comes back."""

from __future__ import annotations

import os
import signal
import sys
import threading
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import BinaryIO, TextIO

from keymedic.errors import Unusable
from keymedic.knowledge.store import Knowledge
from keymedic.report.sanitize import oneline
from keymedic.triage.following import words as follow_words
from keymedic.triage.following.board import Board, Told
from keymedic.triage.following.growing import Identity
from keymedic.triage.following.listener import Heard, Listener, refusal
from keymedic.triage.following.tail import Tail
from keymedic.triage.options import Options
from keymedic.triage.scanning.stamps import zone

POLL = 0.25
"""Seconds from one look at the logs to the next."""


class Clock:
    """The times that following goes by."""

    def steady(self) -> float:
        """Seconds, whatever happens to the time of day."""
        return time.monotonic()

    def wall(self) -> float:
        """Seconds since 1970."""
        return time.time()

    def sleep(self, seconds: float) -> None:
        """Wait."""
        time.sleep(seconds)


class Printer:
    """Prints changes, each at once."""

    def __init__(self, fmt: str, zone_name: str, out: TextIO, notes: TextIO) -> None:
        self._json, self._zone = fmt == "json", zone(zone_name)
        self._out, self._notes = out, notes

    def tell(self, told: Told) -> None:
        """A change."""
        print(
            follow_words.machine(told) if self._json else follow_words.term(told, self._zone),
            file=self._out,
            flush=True,
        )

    def remind(self, told: Told) -> None:
        """A change that programs do not need to hear of: they count themselves."""
        if not self._json:
            self.tell(told)

    def close(self, line: str) -> None:
        """The last line: for programs it goes where it does not disturb them."""
        print(line, file=self._notes if self._json else self._out, flush=True)

    def say(self, line: str) -> None:
        """Something about the logs themselves."""
        print(f"keymedic: {oneline(line)}", file=self._notes, flush=True)


class Follower:
    """All parts together. `poll` is to be called again and again."""

    def __init__(self, tail: Tail, knowledge: Knowledge, options: Options, printer: Printer, clock: Clock) -> None:
        self._tail, self._printer, self._clock = tail, printer, clock
        self._listener = Listener(knowledge, options, clock.wall())
        self._board = Board(knowledge, options)

    @property
    def found(self) -> bool:
        """Whether there was a key problem."""
        return self._board.counts["key_problems"] > 0

    def poll(self) -> None:
        """Read what is new, and tell what it changes."""
        clock = self._clock
        for lines in self._tail.poll(clock.steady()):
            self._take(self._listener.hear(lines, clock.steady(), clock.wall()))
        self._take(self._listener.quiet(clock.steady()))
        self._show(self._board.tick(clock.steady(), self._wall()))

    def finish(self) -> None:
        """Tell what is still open, and sum up."""
        for lines in self._tail.finish():
            self._take(self._listener.hear(lines, self._clock.steady(), self._clock.wall()))
        self._take(self._listener.rest())
        still = 0
        for told in self._board.open():
            self._printer.tell(told)
            still += told.event == "still"
        self._printer.close(follow_words.summary(self._board.counts, still, self._listener.lines))

    def _take(self, heard: Iterable[Heard]) -> None:
        for one in heard:
            self._show(self._board.take(one, self._clock.steady(), self._wall()))

    def _show(self, told: Iterable[Told]) -> None:
        for one in told:
            if one.event == "still":
                self._printer.remind(one)
            else:
                self._printer.tell(one)

    def _wall(self) -> int:
        return round(self._clock.wall() * 1000)


def run(
    paths: Sequence[str],
    knowledge: Knowledge,
    options: Options,
    fmt: str,
    *,
    found: int = 0,
    clock: Clock | None = None,
    stdin: BinaryIO | None = None,
) -> int:
    """Follow logs until Ctrl-C, SIGTERM, or the end of standard input when nothing else is followed.

    fmt: term or json. Returns 0, or `found` when there was a key problem: being stopped is how following ends, so it
    is no failure. With `options.since` what is in the files already is read, too.
    """
    if not paths:
        raise Unusable("nothing to follow: name files or folders with logs, or - for standard input")
    clock = clock or Clock()
    stdin = stdin or (sys.stdin.buffer if sys.stdin is not None else None)
    printer = Printer(fmt, options.zone, sys.stdout, sys.stderr)
    with _stopped() as stopped:
        tail = Tail(paths, refusal, printer.say, whole=options.since is not None, stdin=stdin, apart=_outputs())
        try:
            follower = Follower(tail, knowledge, options, printer, clock)
            follower.poll()
            logs = "1 log" if tail.count == 1 else f"{tail.count:,} logs"
            printer.say(f"following {logs}, times in {options.zone}; Ctrl-C ends")
            while not stopped and not tail.ended:
                if not tail.behind:
                    clock.sleep(POLL)
                follower.poll()
            follower.finish()
        finally:
            tail.close()
    return found if follower.found else 0


def _outputs() -> set[Identity]:
    """The files that we write to ourselves: following them would never come to rest."""
    found = set()
    for stream in (sys.stdout, sys.stderr):
        with suppress(OSError, ValueError, AttributeError):
            status = os.fstat(stream.fileno())
            found.add((status.st_dev, status.st_ino))
    return found


@contextmanager
def _stopped() -> Iterator[list[int]]:
    """Signals that ask to stop, as they come; the second one stops at once."""
    asked: list[int] = []
    if threading.current_thread() is not threading.main_thread():
        yield asked
        return

    def ask(number: int, _frame: object) -> None:
        if asked:
            raise KeyboardInterrupt
        asked.append(number)

    before = {number: signal.signal(number, ask) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield asked
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)

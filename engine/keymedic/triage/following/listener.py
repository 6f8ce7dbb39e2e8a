"""What is said in logs that are being followed: new lines -> events, as soon as they are whole."""

from __future__ import annotations

import io
from collections.abc import Iterator

import msgspec

from keymedic.knowledge.store import Knowledge
from keymedic.triage.following.growing import Lines, Part
from keymedic.triage.options import Options
from keymedic.triage.reading.context import context
from keymedic.triage.reading.formats import Format, detect
from keymedic.triage.reading.transcode import csv_lines
from keymedic.triage.scanning.chunk import Found, Message, Span
from keymedic.triage.scanning.gate import Buffer, Gate
from keymedic.triage.scanning.scan import Scanner
from keymedic.triage.scanning.source import Reading
from keymedic.triage.scanning.stamps import day_first

QUIET = 1.0
"""Seconds after which the last event of a log is taken to be whole."""
_PENDING = 64 * 1024
"""Bytes of an event that are waited for."""
_SAMPLE = 64 * 1024
"""Bytes after which the format of a log is settled."""
_AGAIN = 2_048
"""Bytes of a new file under an old name that are read as the old one was."""
_MESSAGES = 20_000
"""Messages that are remembered; then all are forgotten, which only costs time."""
_FRESH = 12 * 3600.0
"""Seconds after which stamps without a year are read anew."""


class Event(msgspec.Struct, frozen=True):
    """Events with the same message and worker; times in milliseconds since 1970, `line` from 1, `sample` masked."""

    message: int
    said: Message
    worker: str
    count: int
    spans: list[Span]
    line: int
    sample: str


class Heard(msgspec.Struct, frozen=True):
    """What was found in new lines of a log. `until`: the time that the log has reached, None when it names none."""

    log: str
    events: list[Event]
    until: int | None


_NOT_KNOWN = Format("", "")


class _Log(msgspec.Struct):
    """A log on its way. `pending`: its last event, which begins after `line` lines and may go on."""

    part: Part
    format: Format = _NOT_KNOWN
    exchange: str = ""
    source: str = ""
    day_first: bool = False
    beginning: bytes = b""
    sample: bytes = b""
    learnt: int = -1
    settled: bool = False
    pending: bytes = b""
    line: int = 0
    touched: float = 0.0


def refusal(head: bytes) -> str:
    """Why a log that begins so cannot be followed; "" when it can."""
    found = detect(head)
    if found.binary:
        return found.binary
    if found.encoding.startswith("utf-16"):
        return "it is written in UTF-16: have it written in UTF-8"
    return ""


class Listener:
    """Reads the new lines of logs. Times in seconds: `now` of a steady clock, `wall` since 1970."""

    def __init__(self, knowledge: Knowledge, options: Options, wall: float) -> None:
        self._knowledge, self._options = knowledge, options
        self._gate = Gate(knowledge)
        self._buffer = Buffer(1 << 18)
        self._logs: dict[str, _Log] = {}
        self._pending: dict[str, _Log] = {}
        self.lines = 0
        """Lines read so far."""
        self._forget(wall)

    def hear(self, new: Lines, now: float, wall: float) -> Iterator[Heard]:
        """What new lines of a log say; the last event waits for its end."""
        if len(self._messages) > _MESSAGES or wall - self._wall > _FRESH:
            self._forget(wall)
        name = new.part.name
        log = self._logs.get(name)
        if log is None:
            log = self._logs[name] = _Log(new.part)
            if new.part.before:
                log.beginning, log.sample = new.part.before()
        elif log.part is not new.part:
            yield from self._flush(log)
            log.part, log.settled, log.beginning, log.sample, log.learnt = new.part, False, b"", b"", _AGAIN
        if not log.settled:
            yield from self._learn(log, new.data)
        self.lines += new.data.count(b"\n")
        data = self._converted(log, new)
        if not log.pending:
            log.line = new.line
        log.touched = now
        yield from self._scan(log, log.pending + data)

    def quiet(self, now: float) -> Iterator[Heard]:
        """The events that nothing was added to for a while."""
        for log in [log for log in self._pending.values() if now - log.touched >= QUIET]:
            yield from self._flush(log)

    def rest(self) -> Iterator[Heard]:
        """All events that wait."""
        for log in list(self._pending.values()):
            yield from self._flush(log)

    # --- how to read a log

    def _learn(self, log: _Log, data: bytes) -> Iterator[Heard]:
        """Look at how a log is written, again and again while there is little of it."""
        log.sample += data[: max(0, _SAMPLE - len(log.sample))]
        if log.learnt >= 0 and len(log.sample) < min(2 * log.learnt, _SAMPLE):
            return
        found = self._detect(log)
        if found != log.format:
            yield from self._flush(log)
        log.format = found
        exchange, source = context(self._knowledge, log.sample)
        log.exchange, log.source = exchange or log.exchange, source or log.source
        log.day_first = log.day_first or day_first(log.sample)
        log.learnt = len(log.sample)
        if log.learnt >= _SAMPLE:
            log.settled, log.beginning, log.sample = True, b"", b""

    def _detect(self, log: _Log) -> Format:
        """The format; that of a table is told by its header alone, which stands at the beginning of the file."""
        name, forced = log.part.name, self._options.format
        found = detect(log.beginning or log.sample, forced, name)
        if log.beginning and found.columns:
            found = msgspec.structs.replace(found, columns=msgspec.structs.replace(found.columns, headed=False))
        elif log.beginning:
            recent = detect(log.sample, forced, name)
            found = found if recent.columns else recent
        return msgspec.structs.replace(found, reason="", encoding="utf-8", width=0)

    def _converted(self, log: _Log, new: Lines) -> bytes:
        """Lines as they are scanned: of a table one JSON object a record."""
        columns = log.format.columns
        if columns is None:
            return new.data
        headed = columns.headed and not new.line
        read = csv_lines(io.BytesIO(new.data).read, msgspec.structs.replace(columns, headed=headed))
        return b"".join(iter(lambda: read(1 << 20), b""))

    # --- scanning

    def _scan(self, log: _Log, data: bytes) -> Iterator[Heard]:
        found = self._found(log, data, seam=False)
        line = log.line
        if found.head.strip():
            yield self._heard(log, self._found(log, found.head, seam=True), line, None)
        times = [time for time in (found.first, found.last) if time is not None]
        yield self._heard(log, found, line, max(times, default=None))
        log.pending = data[_start(data, found) :] if found.tail else b""
        log.line = line + found.tail_line
        if len(log.pending) >= _PENDING:
            yield from self._flush(log)
        elif log.pending:
            self._pending[log.part.name] = log
        else:
            self._pending.pop(log.part.name, None)

    def _flush(self, log: _Log) -> Iterator[Heard]:
        """The event that waits is whole."""
        data, log.pending = log.pending, b""
        self._pending.pop(log.part.name, None)
        line = log.line
        for at in range(0, len(data), _PENDING):
            piece = data[at : at + _PENDING]
            yield self._heard(log, self._found(log, piece, seam=True), line, None)
            line += piece.count(b"\n")

    def _found(self, log: _Log, data: bytes, *, seam: bool) -> Found:
        options = self._options
        reading = Reading(
            log.format, options.zone, self._wall, log.exchange, log.source, log.day_first, options.gap,
            options.since, options.until,
        )  # fmt: skip
        number = self._numbers.setdefault(reading, len(self._numbers))
        self._scanner.learn(number, reading)
        self._buffer.put(data)
        found = self._scanner.scan(number, self._buffer, seam=seam)
        self._messages.update(found.messages)
        return found

    def _heard(self, log: _Log, found: Found, line: int, until: int | None) -> Heard:
        events = []
        for group in found.groups:
            said = self._messages[group.message]
            sample = group.sample or said.text
            events.append(
                Event(group.message, said, group.worker, group.count, group.spans, line + group.line + 1, sample)
            )
        return Heard(log.part.name, events, until)

    def _forget(self, wall: float) -> None:
        """Begin anew with what only saves time, and with what today is."""
        self._wall = wall
        self._scanner = Scanner(self._gate)
        self._numbers: dict[Reading, int] = {}
        self._messages: dict[int, Message] = {}


def _start(data: bytes, found: Found) -> int:
    """Where the last event begins."""
    if len(found.tail) < _PENDING:
        return len(data) - len(found.tail)
    at = 0
    for _ in range(found.tail_line):
        at = data.find(b"\n", at) + 1
    return at

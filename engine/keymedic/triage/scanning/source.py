"""One input as a worker process knows it: how to read it, the times and the messages of its events."""

from __future__ import annotations

import itertools
from array import array
from datetime import UTC, datetime
from hashlib import blake2b

import msgspec
import pyarrow as pa

from keymedic.triage.reading.formats import Format
from keymedic.triage.scanning.chunk import GAP
from keymedic.triage.scanning.fold import fold
from keymedic.triage.scanning.frame import Framing, Wrapped, framing
from keymedic.triage.scanning.stamps import Clock, zone

REMEMBERED = 100_000
"""Contents, messages and pairs that a process remembers; then it forgets all, which only costs time."""
_BRACE = ord("{")
_EDGE = 512
"""Bytes at the beginning and the end of a traceback within which the lines stand that always count."""


class Reading(msgspec.Struct, frozen=True):
    """How to read an input: its format, its zone, and the context that its messages are understood in."""

    format: Format
    zone: str
    now: float
    """Seconds since 1970; stamps without a year are not later."""
    exchange: str = ""
    source: str = ""
    """What the log is about as a whole."""
    day_first: bool = False
    gap: int = GAP
    since: int | None = None
    until: int | None = None
    """Milliseconds since 1970; events before and after do not count."""


class Source:
    """What a process needs to read an input, with what it has learnt of it."""

    def __init__(self, number: int, reading: Reading) -> None:
        self.number = number
        self.framing: Framing = framing(reading.format)
        self.json = reading.format.kind in {"jsonl", "csv", "docker", "journald"}
        self.wrapped = isinstance(self.framing, Wrapped)
        self.reading = reading
        self._key = f"{reading.exchange} {reading.source}".encode()[:64]
        now = datetime.fromtimestamp(reading.now, UTC)
        self.clock = Clock(zone(reading.zone), now, day_first=reading.day_first)
        self._numbers: dict[bytes, int] = {}

    def time(self, data: bytearray, start: int, end: int) -> int | None:
        """The time of the event that begins at `start`."""
        stop = data.find(b"\n", start, end)
        stop = end if stop < 0 else stop
        if self.json or data[start] == _BRACE:
            keyed = self.clock.keyed(data, start, stop)
            return self.clock.read(data, start, stop) if keyed is None else keyed
        time = self.clock.read(data, start, stop)
        return self.clock.keyed(data, start, stop) if time is None else time

    def within(self, time: int) -> bool:
        """Whether a time is one that was asked for."""
        since, until = self.reading.since, self.reading.until
        return (since is None or time >= since) and (until is None or time <= until)

    def messages(self, events: pa.BinaryArray) -> list[int]:
        """The numbers of messages: the same for all that fold alike."""
        folded = fold(events).dictionary_encode()
        numbers = [self._message(content) for content in folded.dictionary.to_pylist()]
        return [numbers[index] for index in folded.indices.to_pylist()]

    def _message(self, content: bytes) -> int:
        number = self._numbers.get(content)
        if number is None:
            if len(self._numbers) > REMEMBERED:
                self._numbers.clear()
            digest = blake2b(content, digest_size=8, key=self._key).digest()
            number = self._numbers[content] = int.from_bytes(digest, "big")
        return number


def events(contents: list[bytes]) -> pa.Array:
    """Events for Arrow (binary). Its own `array` would import pandas wherever that is installed."""
    offsets = array("q", itertools.accumulate(map(len, contents), initial=0))
    return pa.Array.from_buffers(
        pa.large_binary(), len(contents), [None, pa.py_buffer(offsets), pa.py_buffer(b"".join(contents))]
    )


def telling(data: bytearray, start: int, stop: int, hits: tuple[int, int]) -> bytes:
    """What tells one event from another: all of it, or of one with many lines the first, the last, and those of its
    first and its last hit (`hits`: where these end)."""
    head = data.find(b"\n", start + _EDGE // 2, start + _EDGE) + 1
    tail = data.find(b"\n", stop - _EDGE, stop - 1) + 1
    if stop - start <= 2 * _EDGE or not start < head < tail < stop:
        return bytes(data[start:stop])
    lines = dict.fromkeys(_line(data, hit - 1, head, tail) for hit in hits if head < hit <= tail)
    return bytes(data[start:head]) + b"".join(data[a:b] for a, b in lines) + bytes(data[tail:stop])


def _line(data: bytearray, at: int, floor: int, ceiling: int) -> tuple[int, int]:
    """From where to where the line at a place stands."""
    return max(data.rfind(b"\n", floor, at) + 1, floor), data.find(b"\n", at, ceiling) + 1 or ceiling

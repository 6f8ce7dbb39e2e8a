"""What all chunks together hold, put together in the order of the inputs."""

from __future__ import annotations

import msgspec

from keymedic.triage.scanning.chunk import Found, Message, Span, joined

MOST_MESSAGES = 20_000
"""Different messages that are judged; further ones are counted only."""
MOST_TALLIES = 500_000
"""Messages x workers x inputs that are told apart; further workers are counted together."""
_CROWD = "(others)"


class Tally(msgspec.Struct):
    """Events with the same message and worker in one input. `line` counts from 1."""

    count: int
    line: int
    spans: list[Span]
    sample: str


class Extent(msgspec.Struct):
    """What is known of an input so far. `begin` and `end`: times of its first and of its last event; `first` and
    `last`: those of the earliest and of the latest that count, and once it is closed of these two as well."""

    size: int = 0
    lines: int = 0
    candidates: int = 0
    filtered: int = 0
    begin: int | None = None
    end: int | None = None
    first: int | None = None
    last: int | None = None
    hashes: list[bytes] = []


class Tallies:
    """Counts of all events, bounded."""

    def __init__(self, gap: int) -> None:
        self._gap = gap
        self.messages: dict[int, Message] = {}
        self.tallies: dict[tuple[int, str, int], Tally] = {}
        self.extents: dict[int, Extent] = {}
        self.uncounted = 0
        """Events of more different messages than are judged."""

    def add(self, number: int, found: Found, line: int) -> list[int]:
        """Add what was found in a chunk of input `number` that begins after `line` lines. Returns the new messages."""
        new = []
        for message, said in found.messages.items():
            if message not in self.messages and len(self.messages) < MOST_MESSAGES:
                self.messages[message] = said
                new.append(message)
        for group in found.groups:
            if group.message not in self.messages:
                self.uncounted += group.count
                continue
            key = (group.message, group.worker, number)
            if key not in self.tallies and len(self.tallies) >= MOST_TALLIES:
                key = (group.message, _CROWD, number)
            tally = self.tallies.get(key)
            if tally is None:
                sample = group.sample or self.messages[group.message].text
                self.tallies[key] = Tally(group.count, line + group.line + 1, list(group.spans), sample)
            else:
                tally.count += group.count
                tally.spans = joined([*tally.spans, *group.spans], self._gap)
        extent = self.extents.setdefault(number, Extent())
        extent.candidates += found.candidates
        extent.filtered += found.filtered
        _widen(extent, *(time for group in found.groups for span in group.spans for time in span[:2]))
        return new

    def extend(self, number: int, found: Found) -> None:
        """Add the size, lines, hash and times of a chunk to its input."""
        extent = self.extents.setdefault(number, Extent())
        extent.size += found.size
        extent.lines += found.lines
        extent.hashes.append(found.hash)
        extent.begin = found.first if extent.begin is None else extent.begin
        extent.end = extent.end if found.last is None else found.last

    def close(self, number: int) -> None:
        """Nothing more comes of an input. Only its own ends count, not those of its chunks, which may lie anywhere."""
        extent = self.extents.setdefault(number, Extent())
        _widen(extent, extent.begin, extent.end)


def _widen(extent: Extent, *times: int | None) -> None:
    known = [time for time in (*times, extent.first, extent.last) if time is not None]
    extent.first, extent.last = min(known, default=None), max(known, default=None)

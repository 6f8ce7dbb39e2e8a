"""What was found in one chunk of an input: small, masked, and put together in the order of the chunks."""

from __future__ import annotations

import msgspec

GAP = 60 * 60 * 1000
"""Milliseconds of quiet after which an incident counts as over."""
Span = tuple[int, int, int]
"""First and last time in milliseconds, and how many events."""


class Message(msgspec.Struct, array_like=True, frozen=True):
    """A message that was seen for the first time: its masked text, with what the log says around it."""

    text: str
    exchange: str = ""
    source: str = ""
    """What the log is about as a whole: see `keymedic.triage.reading.context`."""


class Group(msgspec.Struct, array_like=True):
    """Events with the same message and the same worker in one chunk. `line` counts from 0 at the chunk's beginning."""

    message: int
    worker: str
    count: int
    line: int
    spans: list[Span]
    sample: str = ""
    """The first of them, masked; empty when the scanner has given one of this message and worker before."""


class Found(msgspec.Struct, array_like=True):
    """What was found in one chunk. `head` may belong to the event before and `tail`, from line `tail_line` on, may go
    on in the next chunk; neither is masked, so neither is ever written down."""

    hash: bytes
    size: int
    lines: int
    candidates: int
    groups: list[Group]
    messages: dict[int, Message]
    first: int | None = None
    last: int | None = None
    """Time of the first and of the last event."""
    filtered: int = 0
    """Events outside of the times asked for."""
    tail_line: int = 0
    head: bytes = b""
    tail: bytes = b""


def add_time(spans: list[Span], time: int, gap: int) -> None:
    """Put one event into the spans, which are ascending and further than `gap` apart. Most come in order."""
    if spans:
        first, last, count = spans[-1]
        if first <= time <= last + gap:
            spans[-1] = (first, max(last, time), count + 1)
            return
    if not spans or time > spans[-1][1]:
        spans.append((time, time, 1))
    else:
        spans[:] = joined([*spans, (time, time, 1)], gap)


def joined(spans: list[Span], gap: int) -> list[Span]:
    """Spans in any order -> ascending, those less than `gap` apart as one."""
    result: list[Span] = []
    for first, last, count in sorted(spans):
        if result and first <= result[-1][1] + gap:
            before = result[-1]
            result[-1] = (before[0], max(before[1], last), before[2] + count)
        else:
            result.append((first, last, count))
    return result

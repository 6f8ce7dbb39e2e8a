"""Framing: a masked text -> events, one utterance each (a log record with its traceback, a ticket)."""

from __future__ import annotations

import bisect
import re
from collections.abc import Iterator

import msgspec

_MONTH = r"(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[a-z]*"
_STAMP = (
    r"\d{4}[-/.]\d\d?[-/.]\d\d?(?:[T ,]\s?\d\d?:\d\d|\b)|\d\d?[-/.]\d\d?[-/.]\d{2,4}[ ,T]+\d\d?:\d\d"
    rf"|\d\d:\d\d:\d\d|{_MONTH}\s+\d\d?,?\s+(?:\d{{4}}\s+)?\d\d?:\d\d|\d\d?[-/]{_MONTH}[-/]\d{{4}}[ :T]\d\d"
    r"|1[0-9]{9}(?:\.\d+|\d{3})?\b"
)
_LEVEL = r"TRACE|DEBUG?|INFO|NOTICE|WARN(?:ING)?|ERROR?|FATAL|CRIT(?:ICAL)?|SEVERE"
_COLOUR = r"(?:\x1b\[[\d;]*m)*"
_PREFIX = rf"{_COLOUR}(?:<\d{{1,3}}>(?:\d )?)?(?:(?:\d+\|)?[\w./-]+\s*\|\s*)?{_COLOUR}"
_RECORD = re.compile(
    rf"{_PREFIX}[\[(<]?\s*(?:{_STAMP})|{_COLOUR}[\[(<]?(?:{_LEVEL})\b[\])>:|\[ -]|{_PREFIX}(?:{_LEVEL})\[\d"
    rf"|\d{{3,}}\s+\[[\w-]+\]\s+(?:{_STAMP})|[IWEF]\d{{4}} \d\d:\d\d:\d\d|(?:trce|dbug|info|warn|fail|crit): [\w.]+\["
    r"|(?:time|ts|t|level|lvl)=\S"
    r"|\{(?=.*\"(?:level|severity|levelname|lvl)\" ?:)\".*\}\s*$"
)
"""The first line of a log record, by its stamp, its level, or the way in which a logging library begins."""
_OPENING = frozenset("[(<{\x1b0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZtdiwfcl")
"""What a log record can begin with; a cheap test before the pattern."""
_NARROWEST, _WIDEST = 60, 260
_TRACE = re.compile(r"^\s+at |^\s*File \"|^\s*\^+\s*$|^Traceback|^Caused by|^During handling|^The above exception")
_FOLD = re.compile(
    r"<[a-z]+ \d+>|0x[0-9a-fA-F]+|\d+(?:[.,:/T-]\d+)+|\b\d{1,2}\b|\d{7,}|(?<=\w\[)\d+(?=\])|\d+(?=\s?(?:ms|s|USDT?)\b)"
    r"|(?:order|trade|id|line|port|count|size|qty|amount|price|pid|after|attempt|retry|took)[\"']?\s?[:=#]?\s?[\"']?\d+"
)
"""What differs between repetitions of one message: stamps, addresses, amounts, ids; but not codes and statuses."""


class Event(msgspec.Struct, frozen=True):
    """One utterance. `text` is masked and unwrapped; `pieces` maps its offsets to the masked input."""

    number: int
    text: str
    pieces: tuple[tuple[int, int], ...]
    repeats: int = 1
    fields: dict[str, tuple[str, ...]] = {}
    """Fields known beforehand, such as the method and status of a HAR entry."""
    anchored: bool = False
    """True when `text` was put together: all of it stands for the place where its entry begins."""

    def to_masked(self, offset: int) -> int:
        """Where an offset of `text` stands in the masked input."""
        if self.anchored:
            return self.pieces[0][1]
        at = bisect.bisect_right(self.pieces, (offset, 1 << 60)) - 1
        own, outer = self.pieces[max(at, 0)]
        return outer + offset - own


def frame(text: str) -> list[Event]:
    """Cut a masked text into events, rejoin hard-wrapped lines, fold events that differ in numbers only."""
    lines = _lines(text)
    width = wrap_width(lines)
    folded: dict[str, Event] = {}
    groups = list(_groups(lines))
    for group in groups:
        body, pieces = _join(group, width)
        if not body.strip():
            continue
        if len(groups) == 1:
            return [Event(0, body, pieces)]
        key = _FOLD.sub("0", body)
        known = folded.get(key)
        if known:
            folded[key] = msgspec.structs.replace(known, repeats=known.repeats + 1)
        else:
            folded[key] = Event(len(folded), body, pieces)
    return list(folded.values())


def _lines(text: str) -> list[tuple[int, str]]:
    """Lines with their offsets, without line ends."""
    result, at = [], 0
    for line in text.splitlines(keepends=True):
        result.append((at, line.rstrip("\r\n\v\f\x85\u2028\u2029")))
        at += len(line)
    return result


def wrap_width(lines: list[tuple[int, str]]) -> int:
    """The column at which a terminal wrapped the text; 0 when it did not. Records that happen to be equally long are
    no wrapped text: then most lines of full width are followed by a new record."""
    widest = max((len(line) for _, line in lines), default=0)
    if not _NARROWEST <= widest <= _WIDEST:
        return 0
    full = [number for number, (_, line) in enumerate(lines) if len(line) == widest]
    going_on = sum(not begins_record(lines[number + 1][1]) for number in full if number + 1 < len(lines))
    return widest if len(full) >= 2 and 2 * going_on >= len(full) - 1 else 0


def begins_record(line: str) -> bool:
    """Whether a line begins a log record."""
    return (line[:1] in _OPENING or "| " in line) and _RECORD.match(line) is not None


def _groups(lines: list[tuple[int, str]]) -> Iterator[list[tuple[int, str]]]:
    """Lines that belong to one event: a log record with what follows it, or all of a text without records."""
    group: list[tuple[int, str]] = []
    for at, line in lines:
        if group and begins_record(line):
            yield group
            group = []
        group.append((at, line))
    if group:
        yield group


def _join(group: list[tuple[int, str]], width: int) -> tuple[str, tuple[tuple[int, int], ...]]:
    """The text of an event and its offset map. A line of full width goes on in the next one without a break."""
    parts: list[str] = []
    pieces: list[tuple[int, int]] = []
    length = 0
    for number, (at, line) in enumerate(group):
        if number:
            before = group[number - 1][1]
            wrapped = width and len(before) == width and not _TRACE.match(line) and line[:1].strip()
            if not wrapped:
                parts.append("\n")
                length += 1
        pieces.append((length, at))
        parts.append(line)
        length += len(line)
    return "".join(parts), tuple(pieces)

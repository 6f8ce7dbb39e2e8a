"""Tables of log records: which delimiter, and which column is the message, the time, the level, the worker."""

from __future__ import annotations

import csv
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

import msgspec

from keymedic.intake.events import begins_record

FIELD_LIMIT = 16_000_000
_DELIMITERS = ",;\t|"
_RECORDS = 1_000
_NAME = re.compile(r"[^={}\[\]:!?]{0,80}")
_SYNONYMS = {
    "message": re.findall(
        r"\w+",
        "message msg log text body description content logmessage errormessage textpayload jsonpayloadmessage "
        "rawmessage raw error details detail comment",
    ),
    "time": re.findall(
        r"\w+",
        "time timestamp date datetime ts createdat created eventtime logtime timestamputc utc receivedat occurredat",
    ),
    "level": ["level", "severity", "loglevel", "levelname", "lvl"],
    "worker": re.findall(
        r"\w+",
        "account worker bot user host service accountid accountname workerid botid botname userid username hostname "
        "container pod instance",
    ),
    "exchange": ["exchange", "exchangeid", "exchangename", "venue"],
}
"""Canonical column -> header names, folded to letters and digits, best first."""


class Columns(msgspec.Struct, frozen=True):
    """How to read a table. The columns are given by their position in `header`; None where there is none."""

    delimiter: str
    header: tuple[str, ...]
    message: int
    time: int | None = None
    date: int | None = None
    """The column of the day, where `time` holds the time of day only."""
    level: int | None = None
    worker: int | None = None
    exchange: int | None = None
    headed: bool = True
    """Whether the first record is the header."""

    @property
    def keys(self) -> tuple[str, ...]:
        """One name a column: the canonical one, else its own; no name twice."""
        canonical = {at: name for name in _SYNONYMS if (at := getattr(self, name)) is not None}
        taken = {"__line", *canonical.values()}
        return tuple(canonical.get(at) or _unused(name, at, taken) for at, name in enumerate(self.header))


def find(lines: Sequence[str], *, header_suffices: bool = False) -> tuple[Columns, int, int] | None:
    """The columns of a table whose header names a message, with the number of records that have as many columns as
    the header, and of all records looked at. None for anything else. `header_suffices`: also without any record."""
    if not lines or begins_record(lines[0]):
        return None
    for delimiter in _DELIMITERS:
        rows = _rows(lines, delimiter)
        header = next(rows, [])
        columns = _columns(header, delimiter)
        if columns is None:
            continue
        sizes = Counter(len(row) for row in rows if row)
        fit, every = sizes[len(header)], sum(sizes.values())
        if 2 * fit > every or (not every and header_suffices):
            return columns, fit, every
    return None


def guess(lines: Sequence[str]) -> Columns:
    """Columns for a text that the user says is a table: by its header if that names a message, else the widest one."""
    known = find(lines, header_suffices=True)
    if known:
        return known[0]
    delimiter = max(_DELIMITERS, key=lambda sign: _steadiness(lines, sign))
    rows = [row for row in _rows(lines, delimiter) if row] or [["message"]]
    count = Counter(map(len, rows)).most_common(1)[0][0]
    widths = [sum(len(row[at]) for row in rows if at < len(row)) for at in range(count)]
    message = widths.index(max(widths))
    headed = len(rows[0]) == count and all(re.fullmatch(r"[A-Za-z@_][\w .@-]{0,40}", cell) for cell in rows[0])
    header = rows[0] if headed else [f"column_{at + 1}" for at in range(count)]
    stamped = (at for at in range(count) if at != message and begins_record(rows[-1][at] if at < len(rows[-1]) else ""))
    time = _named(header, "time") if headed else next(stamped, None)
    return Columns(delimiter, tuple(header), message, time if time != message else None, headed=headed)


def _rows(lines: Iterable[str], delimiter: str) -> Iterator[list[str]]:
    """The first records; reading ends at one that is no table at all."""
    csv.field_size_limit(FIELD_LIMIT)
    reader = csv.reader((f"{line}\n" for line in lines), delimiter=delimiter)
    try:
        for _, row in zip(range(_RECORDS), reader, strict=False):
            yield row
    except csv.Error:
        return


def _columns(header: Sequence[str], delimiter: str) -> Columns | None:
    """The columns by the names in a header; None when it names no message or is no header."""
    names = [name.strip() for name in header]
    if sum(map(bool, names)) < 2 or not all(map(_NAME.fullmatch, names)):
        return None
    message = _named(names, "message")
    if message is None:
        return None
    time, level, worker, exchange = (_named(names, each) for each in ("time", "level", "worker", "exchange"))
    folded = [_fold(name) for name in names]
    if (time, level, worker, exchange) == (None,) * 4 and any(len(name.split()) > 2 for name in names):
        return None
    date = folded.index("date") if time is not None and folded[time] == "time" and "date" in folded else None
    return Columns(delimiter, tuple(names), message, time, date, level, worker, exchange)


def _named(header: Sequence[str], canonical: str) -> int | None:
    """The position of the column that has the best name for something."""
    folded = [_fold(name) for name in header]
    return next((folded.index(name) for name in _SYNONYMS[canonical] if name in folded), None)


def _fold(name: str) -> str:
    return re.sub(r"[^a-z0-9]", "", name.lower())


def _unused(name: str, at: int, taken: set[str]) -> str:
    """A name that no other column has."""
    wanted = name or f"column_{at + 1}"
    while wanted in taken:
        wanted += f"_{at + 1}"
    taken.add(wanted)
    return wanted


def _steadiness(lines: Sequence[str], delimiter: str) -> int:
    """How many lines share the commonest number of a delimiter, none counting for nothing."""
    counts = Counter(line.count(delimiter) for line in lines[:_RECORDS])
    del counts[0]
    return max(counts.values(), default=0)

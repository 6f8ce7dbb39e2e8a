"""Logs that cannot be searched as they are, turned into UTF-8 and into one JSON object a record, piece by piece."""

from __future__ import annotations

import codecs
import csv
import io
import itertools
from collections.abc import Callable, Iterator

import msgspec

from keymedic.intake.events import begins_record
from keymedic.triage.reading.columns import FIELD_LIMIT, Columns

Read = Callable[[int], bytes]
"""`size` bytes, fewer at the end only, b"" after it."""

_Record = dict[str, object]
_Numbered = tuple[int, _Record]
"""A record and the physical line (from 1) where it begins."""
_BLOCK = 1 << 18
_LONGEST = 1_000_000
"""Bytes of one record."""
_MOST_LINES = 2_000
"""Physical lines of one record."""


def utf8(stream_read: Read, encoding: str) -> Read:
    """UTF-8 from text in another encoding, without its byte order mark; what is broken becomes U+FFFD."""
    return sized(_decoded(stream_read, encoding))


def csv_lines(read: Read, columns: Columns) -> Read:
    """JSON lines from a table in UTF-8, one a record, each in the line in which the record begins in the table.

    Keys: `message`, `time`, `level`, `worker`, `exchange`, the other columns by their own names. A row that does not
    fit the columns has its whole text as message. A record of more than 1 MB or 2,000 lines is taken for a broken
    quote: its first line is a message of its own and reading goes on in the next line. A line of more than 1 MB
    counts as several.
    """
    return sized(_Table(columns).convert(read))


def rejoined(read: Read, width: int) -> Read:
    """Text whose lines a terminal cut at `width` characters, whole again, and empty lines in place of the parts."""
    return sized(_rejoined(read, width))


def _rejoined(read: Read, width: int) -> Iterator[bytes]:
    whole, cuts = "", 0
    for text in _whole_lines(read):
        parts = []
        for line in io.StringIO(text, newline="\n"):
            if whole and len(whole) >= width * (cuts + 1) and line[:1].strip() and not begins_record(line):
                whole, cuts = whole + line.rstrip("\n"), cuts + 1
            else:
                parts.append(whole + "\n" * (cuts + 1) if whole or cuts else "")
                whole, cuts = line.rstrip("\n"), 0
                if len(whole) != width:
                    parts.append(whole + "\n")
                    whole = ""
            if whole and len(whole) < width * (cuts + 1):  # the last part, shorter than the others
                parts.append(whole + "\n" * (cuts + 1))
                whole, cuts = "", 0
        yield "".join(parts).encode()
    if whole:
        yield (whole + "\n" * (cuts + 1)).encode()


def sized(pieces: Iterator[bytes]) -> Read:
    """Pieces of any size, as something to read from."""
    ready = bytearray()

    def read(size: int) -> bytes:
        while len(ready) < size:
            piece = next(pieces, None)
            if piece is None:
                break
            ready.extend(piece)
        with memoryview(ready) as view:
            result = bytes(view[:size])
        del ready[:size]
        return result

    return read


def _decoded(read: Read, encoding: str) -> Iterator[bytes]:
    decoder = codecs.getincrementaldecoder(encoding)("replace")
    at_start = True
    data = b"\0"
    while data:
        data = read(_BLOCK)
        text = decoder.decode(data, not data)
        if at_start and text:
            text = text.removeprefix("\ufeff")
            at_start = False
        yield text.encode()


class _Table:
    """A table being read block by block. The last record of a block may go on in the next: it is read again there."""

    def __init__(self, columns: Columns) -> None:
        self._columns = columns
        self._keys = columns.keys
        self._header = list(columns.header)
        self._header_due = columns.headed
        self._line = 0
        """Physical lines before the block at hand."""
        self._within = False
        """Whether the block at hand begins within a line that was cut."""
        self._written = 0
        """Lines written so far."""
        self._encoder = msgspec.json.Encoder()

    def convert(self, read: Read) -> Iterator[bytes]:
        csv.field_size_limit(FIELD_LIMIT)
        kept: list[str] = []
        """Lines of the record that may go on."""
        for text in _whole_lines(read):
            lines = io.StringIO(text, newline="\n").readlines()
            if kept and not kept[-1].endswith("\n"):
                lines[0] = kept.pop() + lines[0]
            records, kept = self._block(kept + lines, last=False)
            yield self._lines(records)
        yield self._lines(self._block(kept, last=True)[0])

    def _lines(self, records: list[_Numbered]) -> bytes:
        """JSON lines, each where its record begins in the table: empty lines stand for the others."""
        parts = []
        for line, record in records:
            parts.append(b"\n" * (line - 1 - self._written))
            parts.append(self._encoder.encode(record))
            parts.append(b"\n")
            self._written = max(line, self._written + 1)
        return b"".join(parts)

    def _block(self, lines: list[str], *, last: bool) -> tuple[list[_Numbered], list[str]]:
        """The records of a block and the lines of the one that may go on. `last`: nothing can."""
        records: list[_Numbered] = []
        at = 0
        if lines and self._within:
            self._plain(lines[0], 0, records)
            at = 1
        while at < len(lines):
            at, sound = self._read(lines, at, records)
            rest = lines[at:]
            if sound and len(rest) <= _MOST_LINES and sum(map(len, rest)) <= _LONGEST:
                if not last:
                    break
                if not _swallows(rest, self._columns.delimiter):
                    self._add(next(csv.reader(rest, delimiter=self._columns.delimiter)), at, records)
                    at = len(lines)
                    break
            self._plain(lines[at], at, records)
            at += 1
        if at:
            self._within = not lines[at - 1].endswith("\n")
            self._line += at - self._within
        return records, lines[at:]

    def _read(self, lines: list[str], at: int, records: list[_Numbered]) -> tuple[int, bool]:
        """Read records from a line on. Returns the line where the last record begins, which may not be whole, and True;
        or the line where one begins that is too long or that the csv module refuses, and False."""
        reader = csv.reader(itertools.islice(lines, at, None), delimiter=self._columns.delimiter)
        first, begin, count = at, at, len(lines)
        keys, width, add, header = self._keys, len(self._keys), records.append, self._header
        quick = self._columns.date is None and not self._header_due
        try:
            for row in reader:
                end = first + reader.line_num
                if end - begin > _MOST_LINES:
                    return begin, False
                if end == count:
                    break
                if quick and len(row) == width and row != header:
                    record: _Record = dict(zip(keys, row, strict=True))
                    add((self._line + begin + 1, record))
                else:
                    self._add(row, begin, records)
                    quick = self._columns.date is None and not self._header_due
                begin = end
        except csv.Error:
            return begin, False
        return begin, True

    def _add(self, row: list[str], at: int, records: list[_Numbered]) -> None:
        """One record, whether or not it fits the columns."""
        if not row:
            return
        due, self._header_due = self._header_due, False
        columns, width = self._columns, len(self._keys)
        if due or [cell.strip() for cell in row] == self._header:
            return
        if len(row) > width and columns.message == width - 1:
            row[width - 1 :] = [columns.delimiter.join(row[width - 1 :])]
        if len(row) > width or len(row) <= columns.message:
            record: _Record = {"message": columns.delimiter.join(row)}
        else:
            record = dict(zip(self._keys, row, strict=False))
            if columns.date is not None and columns.time is not None and max(columns.date, columns.time) < len(row):
                record["time"] = f"{row[columns.date]} {row[columns.time]}"
        records.append((self._line + at + 1, record))

    def _plain(self, line: str, at: int, records: list[_Numbered]) -> None:
        """A line as a message of its own."""
        self._header_due = False
        if text := line.rstrip("\r\n"):
            records.append((self._line + at + 1, {"message": text}))


def _swallows(lines: list[str], delimiter: str) -> bool:
    """Whether these lines open a quote that is never closed, so that what follows would belong to it."""
    return len(lines) > 1 and len(list(csv.reader([*lines, "end"], delimiter=delimiter))) < 2


def _whole_lines(read: Read) -> Iterator[str]:
    """Text in blocks that end where a line ends; a line of more than 1 MB is cut."""
    kept = b""
    first = True
    while data := read(_BLOCK):
        data = kept + data
        cut = data.rfind(b"\n") + 1
        if not cut and len(data) <= _LONGEST:
            kept = data
            continue
        cut = cut or len(data)
        block, kept = data[:cut], data[cut:]
        text = block.decode("utf-8", "replace")
        yield text.removeprefix("\ufeff") if first else text
        first = False
    if kept:
        text = kept.decode("utf-8", "replace")
        yield text.removeprefix("\ufeff") if first else text

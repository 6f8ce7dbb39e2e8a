"""What kind of log this is, told by its beginning: lines, JSON, a table, Docker, journald, syslog; or no log at all."""

from __future__ import annotations

import codecs
import re
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from typing import Any

import msgspec

from keymedic.errors import Unusable
from keymedic.intake.events import begins_record, wrap_width
from keymedic.triage.reading import columns as tables
from keymedic.triage.reading.columns import Columns

KINDS = ("plain", "jsonl", "csv", "docker", "journald", "syslog")
HEAD = 1 << 18
"""Bytes that are looked at."""

_LINES = 2_000
_MESSAGES = re.findall(
    r"\S+",
    "message msg @message log text event textPayload MESSAGE body Message @m RenderedMessage short_message error err",
)
_JOURNAL = frozenset(
    ("__REALTIME_TIMESTAMP", "__CURSOR", "_SYSTEMD_UNIT", "SYSLOG_IDENTIFIER", "_HOSTNAME", "_PID", "_COMM", "_BOOT_ID")
)
_MONTH = r"(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)"
_ISO = r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:?\d\d)"
_TAG = r"(?!(?i:trace|debug|info|notice|warn|warning|error|critical|fatal)\b)[^\s:\[\]]+(?:\[[\w.-]+\])?:(?:\s|$)"
_SYSLOG = {
    "RFC 5424": re.compile(rf"<\d{{1,3}}>\d{{1,2}} (?:-|{_ISO}) \S+ \S+ \S+ \S+ (?:-|\[)"),
    "RFC 3164": re.compile(
        rf"(?:<\d{{1,3}}>)?{_MONTH} [ \d]\d (?:\d{{4}} )?\d\d:\d\d:\d\d(?:\.\d+)? [\w.:-]+ (?:\w+\.\w+ )?{_TAG}"
    ),
    "RFC 3164 with ISO times": re.compile(rf"(?:<\d{{1,3}}>)?{_ISO} [\w.:-]+ {_TAG}"),
}
_TRACEBACK = re.compile(r"Traceback \(most recent|goroutine \d+ \[|Caused by: |panic: ")
_FOLLOWING = re.compile(r"\s|[\])}\"',]|[\[{(]\s*$|During handling|The above exception")
"""What can begin a line that goes on with the record before it."""

_FILES = (
    (re.compile(rb"\x7fELF|MZ[\x00-\xff]{2}\x00|\xca\xfe\xba\xbe|\xcf\xfa\xed\xfe"), "a program"),
    (re.compile(rb"\x89PNG|\xff\xd8\xff|GIF8[79]a|RIFF....WEBP", re.DOTALL), "an image"),
    (re.compile(rb"%PDF-"), "a PDF document"),
    (re.compile(rb"SQLite format 3\x00"), "an SQLite database"),
    (re.compile(rb"PK\x03\x04|PK\x05\x06|7z\xbc\xaf\x27\x1c|Rar!\x1a\x07"), "an archive of files: unpack it first"),
    (re.compile(rb"[\x00-\xff]{257}ustar"), "a tar archive: unpack it first"),
    (
        re.compile(rb"\x1f\x8b\x08|\x28\xb5\x2f\xfd|\xfd7zXZ\x00|BZh[1-9]1AY&SY|\x04\x22\x4d\x18"),
        "compressed data: unpack it first",
    ),
    (re.compile(rb"LPKSHHRH"), "a systemd journal: export it with `journalctl --file FILE -o json`"),
    (re.compile(rb"ElfFile\x00"), "a Windows event log: export it as text or CSV"),
    (
        re.compile(rb"PAR1[\x00-\x1f]|ORC[\x00-\x1f]|Obj\x01|ARROW1\x00"),
        "a table in a binary format: export it as CSV or JSON lines",
    ),
)
_TEXT_CONTROLS = frozenset(b"\t\n\r\f\x1b\x08\x0b\x1e")
_HOLE = re.compile(rb"\x00{64,}")
"""What a log has where it was cut while it was being written, or where the power went."""


class Format(msgspec.Struct, frozen=True):
    """How to read a log.

    `stamped`: most records begin with a time stamp or a level, so that lines without belong to the record before; for
    docker and journald this is said of the text inside. `width`: the column at which a terminal wrapped the
    text, 0 when none did. `columns`: for csv. `binary`: why this is no log; "" for a log.
    """

    kind: str
    reason: str
    encoding: str = "utf-8"
    stamped: bool = False
    width: int = 0
    columns: Columns | None = None
    binary: str = ""


def detect(head: bytes, forced: str = "", name: str = "") -> Format:
    """The format of a log by its first bytes, decompressed. `forced`: the kind that the user says it is; `name`: the
    file's name, whose ending helps with a table that has a header only. Raises Unusable for an unknown kind."""
    if forced and forced not in KINDS:
        raise Unusable(f"--log-format {forced}: there is no such format: take one of {', '.join(KINDS)}")
    encoding = _encoding(head)
    binary = "" if forced else _binary(head, encoding)
    if binary:
        return Format("plain", f"not a log: {binary}", encoding, binary=binary)
    lines, cut = _lines(head, encoding)
    if forced:
        return _as(forced, "forced by --log-format", encoding, lines)
    if not lines:
        return Format("plain", "there is nothing in it", encoding)
    return (
        _json(lines, cut, encoding)
        or _table(lines, encoding, name.lower().endswith((".csv", ".tsv")))
        or _syslog(lines, encoding)
        or _plain(lines, encoding)
    )


def _as(kind: str, reason: str, encoding: str, lines: Sequence[str]) -> Format:
    """A format of a given kind."""
    if kind == "csv":
        return Format(kind, reason, encoding, columns=tables.guess(lines))
    if kind == "plain":
        begin, of = _stamped(lines)
        return Format(kind, reason, encoding, stamped=2 * begin > of, width=_width(lines))
    begin, of = _stamped(_inside(kind, lines))
    return Format(kind, reason, encoding, stamped=kind == "syslog" or 2 * begin > of)


def _encoding(head: bytes) -> str:
    """By byte order mark, else by zero bytes at every other place, else UTF-8 unless most of it does not fit."""
    for mark, encoding in (
        (codecs.BOM_UTF16_LE, "utf-16-le"),
        (codecs.BOM_UTF16_BE, "utf-16-be"),
        (codecs.BOM_UTF8, "utf-8-sig"),
    ):
        if head.startswith(mark):
            return encoding
    pairs = len(head) // 2
    low, high = head[1 : 2 * pairs : 2].count(0), head[: 2 * pairs : 2].count(0)
    if pairs and max(low, high) > 0.4 * pairs and min(low, high) < 0.05 * pairs:
        return "utf-16-le" if low > high else "utf-16-be"
    text = codecs.getincrementaldecoder("utf-8")("replace").decode(head, len(head) < HEAD)
    broken = text.count("\ufffd")
    fitting = len(re.findall(r"[^\x00-\x7f\ufffd]", text))
    return "utf-8" if fitting >= broken else "cp1252"


def _binary(head: bytes, encoding: str) -> str:
    """Why this is no log. Zero bytes here and there, and long runs of them, do not make it one."""
    known = next((what for magic, what in _FILES if magic.match(head)), "")
    if known or encoding.startswith("utf-16"):
        return known
    body = _HOLE.sub(b"", head)
    zeros = body.count(0)
    if zeros > max(16, 0.1 * len(body)):
        return "binary data (many zero bytes)"
    controls = sum(byte < 32 and byte not in _TEXT_CONTROLS for byte in body[:65_536]) - body[:65_536].count(0)
    if controls * (50 if encoding == "cp1252" else 10) > len(body[:65_536]):
        return "binary data (many control characters)"
    return ""


def _lines(head: bytes, encoding: str) -> tuple[list[str], bool]:
    """The lines that are not blank, and whether the only one there is may be cut off. The last of several is left out
    where the head ends in it."""
    text = head.decode(encoding, "replace").removeprefix("\ufeff").replace("\0", "")
    lines = text.split("\n")
    cut = len(head) >= HEAD
    if cut and len(lines) > 1:
        lines.pop()
        cut = False
    return [line.rstrip("\r") for line in lines if line.strip()][:_LINES], cut


def _objects(lines: Iterable[str]) -> list[dict[str, Any]]:
    """The JSON objects among lines."""
    found: list[dict[str, Any]] = []
    decode: Callable[[str], Any] = msgspec.json.Decoder().decode
    for line in lines:
        if line.lstrip()[:1] == "{":
            try:
                found.append(decode(line))
            except (msgspec.DecodeError, RecursionError):
                continue
    return found


def _json(lines: Sequence[str], cut: bool, encoding: str) -> Format | None:
    """JSON lines, with the shape that Docker or journald gives them or any other."""
    objects = _objects(lines)
    if cut and re.match(r'\s*\{\s*"', lines[0]):
        return _as("jsonl", "it begins with one very long JSON object", encoding, [])
    count, of = len(objects), len(lines)
    if 2 * count <= of:
        return None
    if 2 * sum(each.keys() >= {"log", "stream", "time"} for each in objects) > count:
        return _as(
            "docker", f"{_share(count, of)} JSON objects as Docker's json-file driver writes them", encoding, lines
        )
    if 2 * sum("MESSAGE" in each and not _JOURNAL.isdisjoint(each) for each in objects) > count:
        return _as("journald", f"{_share(count, of)} journal entries in JSON", encoding, lines)
    fields = Counter(field for each in objects for field in _MESSAGES if isinstance(each.get(field), str))
    message = next((field for field in _MESSAGES if 2 * fields[field] > count), "")
    with_message = f" with a message field ({message})" if message else ""
    return _as("jsonl", f"{_share(count, of)} JSON objects{with_message}", encoding, lines)


def _table(lines: Sequence[str], encoding: str, named_so: bool) -> Format | None:
    """A table whose header names a message column."""
    found = tables.find(lines, header_suffices=named_so)
    if found is None:
        return None
    columns, fit, of = found
    reason = f"the header names a message column ({columns.header[columns.message]}) and "
    reason += f"{fit:,} of {of:,} records have its {len(columns.header)} columns"
    return Format("csv", reason, encoding, columns=columns)


def _syslog(lines: Sequence[str], encoding: str) -> Format | None:
    counts = Counter(name for line in lines for name, pattern in _SYSLOG.items() if pattern.match(line))
    count = sum(counts.values())
    if 2 * count <= len(lines):
        return None
    verb = "begins" if len(lines) == 1 else "begin"
    name = counts.most_common(1)[0][0]
    return _as("syslog", f"{count:,} of {_counted(len(lines))} {verb} like syslog ({name})", encoding, lines)


def _plain(lines: Sequence[str], encoding: str) -> Format:
    begin, of = _stamped(lines)
    if 2 * begin > of:
        reason = (
            f"{begin:,} of {_counted(of)} that can begin a record {'do' if of > 1 else 'does'} so with a time or level"
        )
    elif begin:
        reason = f"only {begin:,} of {_counted(of)} {'begin' if of > 1 else 'begins'} with a time or level"
    else:
        reason = "no line begins with a time or level"
    return _as("plain", reason, encoding, lines)


def _share(count: int, of: int) -> str:
    return f"{count:,} of {_counted(of)} {'is one of the' if of == 1 else 'are'}"


def _counted(lines: int) -> str:
    return f"{lines:,} line{'s' if lines != 1 else ''}"


def _width(lines: Sequence[str]) -> int:
    """The column at which a terminal wrapped the text; 0 when it did not."""
    return wrap_width([(0, line) for line in lines])


def _stamped(lines: Iterable[str]) -> tuple[int, int]:
    """How many lines begin with a time stamp or a level, of those that could begin a record: indented ones and those
    of a traceback cannot."""
    begin = of = 0
    in_trace = False
    for line in lines:
        if begins_record(line):
            begin, of, in_trace = begin + 1, of + 1, False
        elif _TRACEBACK.match(line):
            in_trace = True
        elif not in_trace and line.strip() and not _FOLLOWING.match(line):
            of += 1
    return begin, of


def _inside(kind: str, lines: Sequence[str]) -> list[str]:
    """The texts that Docker or journald wraps."""
    field = {"docker": "log", "journald": "MESSAGE"}.get(kind, "")
    return [text for each in _objects(lines) if isinstance(text := each.get(field), str)] if field else []

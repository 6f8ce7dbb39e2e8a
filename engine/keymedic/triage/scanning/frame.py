"""Framing: which lines of a chunk make up one event (a log record with its traceback)."""

from __future__ import annotations

import re
from typing import Protocol

import msgspec

from keymedic.triage.reading.formats import Format

LONGEST = 64 * 1024
"""Bytes of the longest event; of a longer one, and of a longer line, the surroundings of each hit are read."""
AROUND = 768
"""Bytes before and after a hit that are read where no event can be told."""

_LEVEL = rb"TRACE|DEBUG?|INFO|NOTICE|WARN(?:ING)?|ERROR?|FATAL|CRIT(?:ICAL)?|SEVERE"
_TIME = (
    rb"(?:19|20)\d\d[-/.]\d\d?[-/.]\d\d?[T _,]|\d\d?:\d\d:\d\d|\b1\d{9}(?:\d{3})?\b"
    rb"|\d\d?[-/.](?:\d\d?|[A-Z][a-z]{2})[-/.]\d{4}"
)
_MONTH = rb"(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[a-z]* +\d"
_BEGINS = re.compile(
    rb"[^\n]{0,48}?(?:" + _TIME + rb"|" + _MONTH + rb")|[\[(<]?(?:" + _LEVEL + rb")\b|[IWEFD]\d{4} \d\d:|\{"
)
"""A line with a time or a level near its beginning, or a line of JSON."""
_GOES_ON = re.compile(
    rb"[ \t\r\n]|\Z|(?P<trace>Traceback )|Caused by|During handling|The above exception|at [\w$.<]|[)\]}]"
    rb"|\.\.\. \d+ more|\^"
    rb"|goroutine \d+ \[|\[signal SIG|created by [\w./-]+|exit status \d"
    rb"|[a-z][\w/-]{0,64}\.[\w./()*\[\]-]{1,128}\((?:\)|\.\.\.\)|\{?0x[^\n]{0,512}\))\s*$"
    rb"|called `(?:Result|Option)::|note: (?:run with|[Ss]ome details)|stack backtrace:"
    rb"|(?P<error>[A-Za-z_][\w.$]{0,128}(?:Error|Exception|Nonce|Denied|Needed|Timeout|Available|Exceeded|Suspended"
    rb"|Protection|Supported|Maintenance|Required|Enabled|Interrupt|Warning|Funds|Order\w{0,32}|Symbol|Response|Request)"
    rb"(?::|\s*$|\s+\[))",
    re.MULTILINE,
)
"""A line that belongs to the one before it: of a traceback of Python, Node, Java, Go or Rust."""
_OPEN = re.compile(rb"[ \t]*+(?:\r?\n|\Z)|[ \t]++(?!at |\.\.\. \d)|\^|Traceback ")
"""A line after which the name of an exception goes on; without one it begins the next."""
_JSON_LINE = re.compile(rb"\{[ \t]*[\"}]")
_COMPOSE = re.compile(rb"(?P<mark>(?:\d+\|)?[\w./-]{1,64} *\|) ?")
_SYSLOG = re.compile(
    rb"(?:<\d{1,3}>)?(?:\d{1,2} )?(?:[A-Z][a-z]{2} [ \d]\d (?:\d{4} )?\d\d:\d\d:\d\d(?:\.\d+)?"
    rb"|\d{4}-\d\d-\d\dT[\d:.]+(?:Z|[+-]\d\d:?\d\d)?) (?!(?:" + _LEVEL + rb")\b)"
    rb"(?P<who>\S+ (?:\w+\.\w+ )?[\w./()@-]+(?:\[\d+\])?(?::| \S+ \S+ (?:-|(?:\[[^\]\n]*\])+))) ?(?:\xef\xbb\xbf)?"
)
_CARRIES = frozenset(b"<ADFJMNOS0123456789")
"""What a line of syslog begins with."""
_SPACES = frozenset(b" \t\r\n")
_SPACE = ord(" ")
_BRACE = ord("{")
Bytes = bytes | bytearray


class Framing(Protocol):
    """Which lines of an input begin an event, and what an event says."""

    def begins(self, data: Bytes, start: int, before: int) -> bool:
        """Whether the line at `start` begins an event; the line before it begins at `before` (-1 = not known)."""

    def text(self, data: Bytes, start: int, end: int) -> bytes:
        """What the lines of an event say, without what the log's transport put around them."""


class Plain:
    """Text and JSON lines: what is indented or looks like a traceback goes on; with stamps, what has none too."""

    def __init__(self, *, stamped: bool) -> None:
        self._stamped = stamped

    def begins(self, data: Bytes, start: int, before: int) -> bool:
        """Whether the line at `start` begins an event."""
        if data[start] in _SPACES:
            return False
        compose = _COMPOSE.match(data, start)
        if compose:
            mark, start = compose["mark"], compose.end()
            if before >= 0:
                if data[before : before + len(mark)] != mark:
                    return True
                before += len(mark)
                before += data[before] == _SPACE
        if data[start] == _BRACE:
            return not self._stamped or _JSON_LINE.match(data, start) is not None
        if self._stamped:
            if _GOES_ON.match(data, start) or not _BEGINS.match(data, start):
                return False
        elif _follows(data, start, data, before):
            return False
        return data[start] not in _CARRIES or not _carried_on(data, start, before)

    def text(self, data: Bytes, start: int, end: int) -> bytes:
        """The lines, without the service name that docker compose puts in front of each, and without the stamp and
        host that syslog puts in front of those after the first."""
        whole = bytes(data[start:end])
        compose = _COMPOSE.match(whole)
        if compose:
            mark = compose["mark"]
            whole = whole.replace(b"\n" + mark + b" ", b"\n").replace(b"\n" + mark, b"\n")[compose.end() :]
        first = _SYSLOG.match(whole)
        if not first or whole.find(b"\n") in {-1, len(whole) - 1}:
            return whole
        lines = whole.split(b"\n")
        found = (_SYSLOG.match(line) for line in lines[1:])
        rest = (line[hit.end() :] if hit else line for line, hit in zip(lines[1:], found, strict=True))
        return b"\n".join((lines[0], *rest))


def _follows(data: Bytes, start: int, prior: Bytes, before: int) -> bool:
    """Whether the line at `start` goes on with the one at `before` of `prior` (-1 = not known, then it may)."""
    hit = _GOES_ON.match(data, start)
    if hit is None:
        return False
    if before < 0 or hit.lastgroup is None:
        return True
    if hit.lastgroup == "error":
        return _OPEN.match(prior, before) is not None or _BEGINS.match(prior, before) is not None
    last = _GOES_ON.match(prior, before)
    return last is None or last.lastgroup != "error"


def _carried_on(data: Bytes, start: int, before: int) -> bool:
    """Whether syslog put its stamp and host in front of a line that goes on with the line before."""
    hit = _SYSLOG.match(data, start)
    if hit is None or not _GOES_ON.match(data, hit.end()):
        return False
    if before < 0:
        return True
    prior = _SYSLOG.match(data, before)
    return prior is not None and prior["who"] == hit["who"] and _follows(data, hit.end(), data, prior.end())


class Wrapped:
    """Records around lines of an application (docker, journald, syslog): one event may run over several of them."""

    def __init__(self, kind: str) -> None:
        self._read = {"docker": _docker, "journald": _journald, "syslog": _syslog}[kind]

    def begins(self, data: Bytes, start: int, before: int) -> bool:
        """Whether the record at `start` begins an event."""
        who, said = self._read(data, start)
        if not _GOES_ON.match(said):
            return True
        if before < 0:
            return False
        whose, prior = self._read(data, before)
        return whose != who or not _follows(said, 0, prior, 0)

    def text(self, data: Bytes, start: int, end: int) -> bytes:
        """What the application wrote, line by line."""
        said = []
        while start < end:
            said.append(self._read(data, start)[1].rstrip(b"\r\n"))
            stop = data.find(b"\n", start, end)
            start = end if stop < 0 else stop + 1
        return b"\n".join(said)


def framing(found: Format) -> Framing:
    """How to frame an input of this format."""
    if found.kind in {"docker", "journald", "syslog"}:
        return Wrapped(found.kind)
    return Plain(stamped=found.stamped)


def _line(data: Bytes, start: int) -> bytes:
    end = data.find(b"\n", start)
    return bytes(data[start:] if end < 0 else data[start:end])


def _json(line: bytes) -> dict[str, object]:
    try:
        found = msgspec.json.decode(line)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def _docker(data: Bytes, start: int) -> tuple[bytes, bytes]:
    line = _line(data, start)
    record = _json(line)
    return b"", str(record["log"]).encode("utf-8", "replace") if "log" in record else line


def _journald(data: Bytes, start: int) -> tuple[bytes, bytes]:
    line = _line(data, start)
    record = _json(line)
    said = record.get("MESSAGE") or ""
    who = "/".join(str(record[key]) for key in ("_HOSTNAME", "_SYSTEMD_UNIT", "_PID") if key in record)
    if isinstance(said, list):  # journald writes text with control characters as a list of bytes
        said = bytes(value for value in said if isinstance(value, int) and 0 <= value < 256).decode("utf-8", "replace")
    return who.encode(), (str(said).encode() if record else line)


def _syslog(data: Bytes, start: int) -> tuple[bytes, bytes]:
    line = _line(data, start)
    hit = _SYSLOG.match(line)
    return (hit["who"], line[hit.end() :]) if hit else (b"", line)

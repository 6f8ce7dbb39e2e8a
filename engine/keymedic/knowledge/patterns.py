"""Matchers of packs -> patterns of the scanner: linear-time, any case, white space folded, whole words."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence, Sized
from typing import Any, NamedTuple

import hyperscan
import msgspec

Refused = hyperscan.error
"""Raised when a cached scanner does not fit this machine."""

Handler = Callable[[int, int, int, int, object], bool]
"""Called with pattern number, start, end, flags, context; True ends the scan."""

_EXACT = 0
_ANY_CASE = hyperscan.HS_FLAG_CASELESS
_REGEX_FLAGS = hyperscan.HS_FLAG_CASELESS | hyperscan.HS_FLAG_SOM_LEFTMOST
_PADDING = bytes(64)
"""Stands behind the data while it is scanned: Vectorscan 5.4.12 looks a few bytes past the end (pull request 381)."""
_WORD = frozenset(b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz")
_HYPHEN = ord("-")
_WEAK = re.compile(
    r"(?:errors?|fail(?:ed|ure)|invalid|unauthorized|forbidden|denied|rejected|keys?|api|apikey|secret|permissions?|"
    r"signature|timestamp|nonce|expired|(?:dis)?connected|disabled|wallet|account|order|balance|trade|update|resolve|"
    r"refresh|connect|status|unknown|warning|message)\Z"
)


class Pattern(NamedTuple):
    """One thing to look for. `text` is a literal (white space folded) or a linear-time pattern.

    `left` and `right` say what must stand beside a literal: "word" = no letter or digit, "host" = the beginning of a
    host name or of one of its parts, "rest" = the word goes on to its end, "" = anything.
    """

    text: str
    literal: bool = True
    exact: bool = False
    left: str = ""
    right: str = ""


def fixed(text: str, *, exact: bool = False) -> Pattern:
    """A fixed text, on word boundaries where it begins or ends with a word."""
    text = " ".join(text.split())
    return Pattern(text, True, exact, _edge(text[:1]), _edge(text[-1:]))


def word(text: str) -> Pattern:
    """A word or phrase of the lexicon; a trailing * stands for any ending."""
    if text.endswith("*"):
        return fixed(text[:-1])._replace(right="rest")
    return fixed(text)


def host(name: str) -> Pattern:
    """A host name, alone or below a sub-domain."""
    return Pattern(name, left="host", right="word")


def prefix(text: str) -> Pattern:
    """The beginning of a header name."""
    return Pattern(text, left="word")


def regex(pattern: str) -> Pattern:
    """A linear-time pattern, any case."""
    return Pattern(pattern, literal=False)


def _edge(sign: str) -> str:
    return "word" if sign.isascii() and (sign.isalnum() or sign == "_") else ""


def weakness(text: str) -> str:
    """Why a text is too weak to mean anything by itself; empty when it is not."""
    if not text.isascii():
        return "" if len(text.strip()) >= 3 else "shorter than three characters"
    letters = re.sub(r"[^A-Za-z0-9]", "", text)
    if len(letters) < 5:
        return "fewer than five letters or digits"
    words = re.findall(r"[A-Za-z0-9]+", text.lower())
    if len(words) == 1 and _WEAK.match(words[0]):
        return "an everyday word"
    return ""


def compile_error(pattern: str) -> str:
    """Why the scanner refuses a pattern (not linear-time, no valid syntax, matches nothing); empty when it works."""
    try:
        _Database.compile([(0, pattern.encode(), _REGEX_FLAGS)])
    except hyperscan.error as error:
        return str(error)
    return ""


class Scanner:
    """All patterns, found in one pass over the literals and one over the rest. Read-only; any number of threads may
    scan at once."""

    def __init__(self, patterns: Sequence[Pattern], databases: Sequence[_Database | None] | None = None) -> None:
        self._patterns = patterns
        self._lengths = [len(pattern.text.encode()) for pattern in patterns]
        self._databases = list(databases) if databases is not None else _build(patterns)

    def scan(self, data: bytes, limit: int = 1_000_000) -> list[tuple[int, int, int]]:
        """Hits as (pattern number, first byte, byte after the last), in the order of the text.

        Of several ends of one pattern at one place the longest counts. At most about `limit` hits are looked at.
        """
        literals: list[tuple[int, int]] = []
        longest: dict[tuple[int, int], int] = {}

        def literal(number: int, _start: int, end: int, _flags: int, _context: object) -> bool:
            literals.append((number, end))
            return len(literals) > limit

        def pattern(number: int, start: int, end: int, _flags: int, _context: object) -> bool:
            if end > longest.get((number, start), -1):
                longest[number, start] = end
            return len(longest) > limit

        padded = memoryview(data + _PADDING)[: len(data)]
        ways: tuple[tuple[Sized, Handler], ...] = ((literals, literal), (longest, pattern))
        for database, (found, handler) in zip(self._databases, ways, strict=True):
            if database is not None and not database.scan(padded, handler) and len(found) <= limit:
                raise KeyboardInterrupt  # all that ends a scan early beside the limit
        for number, end in literals:
            hit = self._bounded(number, end - self._lengths[number], end, data)
            if hit is not None and hit[1] > longest.get((number, hit[0]), -1):
                longest[number, hit[0]] = hit[1]
        hits = [(start, number, end) for (number, start), end in longest.items()]
        hits.sort()
        return [(number, start, end) for start, number, end in hits]

    def _bounded(self, number: int, start: int, end: int, data: bytes) -> tuple[int, int] | None:
        """The hit of a literal with its edges checked; None when it stands inside a longer word."""
        pattern = self._patterns[number]
        before = data[start - 1] if start else 32
        after = data[end] if end < len(data) else 32
        if pattern.left and (before in _WORD or (pattern.left == "host" and before == _HYPHEN)):
            return None
        if pattern.right == "word" and after in _WORD:
            return None
        if pattern.right == "rest":
            while end < len(data) and data[end] in _WORD:
                end += 1
        return start, end

    def dump(self) -> bytes:
        """The compiled patterns for the cache."""
        return msgspec.msgpack.encode([database.dump() if database else b"" for database in self._databases])

    @classmethod
    def load(cls, patterns: Sequence[Pattern], data: bytes) -> Scanner:
        """From the cache. Raises Refused or msgspec.MsgspecError when the bytes do not fit this machine."""
        parts = msgspec.msgpack.decode(data, type=tuple[bytes, bytes])
        return cls(patterns, [_Database.load(part) if part else None for part in parts])


class _Database:
    """Compiled patterns, and working memory for every scan that runs at the same time: Vectorscan must never get
    the same one twice at once, and its binding for Python does not see to that.

    Vectored, although there is one piece of data only: in block mode Vectorscan 5.4 (up to 5.4.12) overruns its stack
    on data of more than 255 bytes with patterns such as `[a-z]+\\d+xy` (VectorCamp/vectorscan pull request 392).
    """

    def __init__(self, database: Any) -> None:
        self._database = database
        self._idle: list[Any] = []

    @classmethod
    def compile(cls, expressions: list[tuple[int, bytes, int]], *, literal: bool = False) -> _Database:
        """From (number, expression, flags). Raises Refused."""
        database = hyperscan.Database(mode=hyperscan.HS_MODE_VECTORED)
        database.compile(
            expressions=[text for _, text, _ in expressions],
            ids=[number for number, _, _ in expressions],
            elements=len(expressions),
            flags=[flags for _, _, flags in expressions],
            literal=literal,
        )
        return cls(database)

    @classmethod
    def load(cls, data: bytes) -> _Database:
        """From what `dump` gave. Raises Refused."""
        return cls(hyperscan.loadb(data, hyperscan.HS_MODE_VECTORED))

    def dump(self) -> bytes:
        """The compiled patterns as bytes."""
        return bytes(hyperscan.dumpb(self._database))

    def scan(self, data: memoryview, handler: Handler) -> bool:
        """Call the handler with every hit; False when it was ended before the end of the data."""
        try:
            scratch = self._idle.pop()
        except IndexError:
            scratch = hyperscan.Scratch(self._database)
        try:
            self._database.scan([data], match_event_handler=handler, scratch=scratch)
        except hyperscan.ScanTerminated:
            return False
        finally:
            self._idle.append(scratch)
        return True


def _build(patterns: Sequence[Pattern]) -> list[_Database | None]:
    literals = [(n, p.text.encode(), _EXACT if p.exact else _ANY_CASE) for n, p in enumerate(patterns) if p.literal]
    regexes = [(n, p.text.encode(), _REGEX_FLAGS) for n, p in enumerate(patterns) if not p.literal]
    return [
        _Database.compile(part, literal=literal) if part else None
        for part, literal in ((literals, True), (regexes, False))
    ]

"""The scanner: all patterns of all packs, found in a text in linear time."""

from __future__ import annotations

import bisect
import re
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from typing import Any, BinaryIO, TypeVar

import hyperscan

from keymedic.knowledge.patterns import Pattern

T = TypeVar("T")
R = TypeVar("R")

Refused = hyperscan.error
"""Raised when a cached scanner does not fit this machine."""

Handler = Callable[[int, int, int, int, object], bool]
"""Called with pattern number, start (always 0), end, flags, context; True ends the scan."""

_EXACT = 0
ANY_CASE = hyperscan.HS_FLAG_CASELESS
_SHARES = 6
_MOST_DATABASES = 100
_NUMBER = 4
"""Databases among which the patterns that are no literals are dealt out: several compile sooner, and side by side."""
_NEAR, _FAR = 80, 400
"""Bytes before the end of a hit in which its beginning is looked for. Vectorscan could tell beginnings, at three
times the time to compile and to scan and five times the size."""
_OFTEN = 2_000
"""Hits of one pattern in one text that are looked at; more of the same tell nothing new."""
PADDING = bytes(64)
"""Stands behind the data while it is scanned: Vectorscan 5.4.12 looks a few bytes past the end (pull request 381)."""
_WORD = frozenset(b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz")
_HYPHEN = ord("-")
_MANY = r"(?:[+*]|\{\d*,(?:\d{3,})?\})"
_BYTES = re.compile(r"[^\x00-\x7f][?*+{]|\[[^\]\\]*[^\x00-\x7f]")
_NESTED = re.compile(rf"\((?:[^()\\]|\\.)*{_MANY}(?:[^()\\]|\\.)*\){_MANY}")


def compile_error(pattern: str) -> str:
    """Why a pattern is refused (not linear-time, no valid syntax, matches nothing); empty when it works."""
    if _NESTED.search(pattern):
        return "an unbounded repeat within an unbounded repeat"
    if _BYTES.search(pattern):
        return "a repeat or a class of a letter beyond ASCII, which counts its bytes: write (?:x)? or (?:x|y)"
    try:
        Database.compile([(0, pattern.encode(), ANY_CASE)])
        _python(pattern)
    except (hyperscan.error, re.error) as error:
        return str(error)
    return ""


def compile_errors(patterns: Iterable[str]) -> dict[str, str]:
    """The patterns that are refused, with the reason."""
    distinct = list(dict.fromkeys(patterns))
    return {pattern: why for pattern, why in zip(distinct, _side_by_side(compile_error, distinct), strict=True) if why}


def _side_by_side(work: Callable[[T], R], items: Sequence[T]) -> list[R]:
    """The results for all items, on all cores: Vectorscan lets go of Python's lock while it compiles."""
    from concurrent.futures import ThreadPoolExecutor  # costs 6 ms, and only who compiles needs it

    with ThreadPoolExecutor() as cores:
        return list(cores.map(work, items))


def _python(pattern: str) -> re.Pattern[bytes]:
    """The same pattern for Python, which tells where a hit begins."""
    return re.compile(pattern.encode(), re.IGNORECASE)


class Scanner:
    """All patterns, found in one pass over the literals and a few over the rest. Read-only; any number of threads
    may scan at once."""

    def __init__(self, patterns: Sequence[Pattern], databases: Sequence[Database] | None = None) -> None:
        self._patterns = patterns
        self._databases = tuple(databases) if databases is not None else _build(patterns)
        self._expressions: dict[int, re.Pattern[bytes]] = {}

    def scan(
        self, data: bytes, limit: int = 1_000_000, *, begin: bool = True, parts: Sequence[int] = ()
    ) -> list[tuple[int, int, int]]:
        """Hits as (pattern number, first byte, byte after the last), in the order of the text.

        Of several ends of one pattern at one place the longest counts. At most about `limit` hits are looked at.
        With `begin=False` hits of patterns that are no literals have a negative first byte, and only the first of each
        counts in each part of the data (`parts`: where further parts begin); `begun` tells the rest where it is needed.
        """
        ends: list[tuple[int, int]] = []
        seen: Counter[int] = Counter()
        total = 0

        def found(number: int, _start: int, end: int, _flags: int, _context: object) -> bool:
            nonlocal total
            total += 1
            seen[number] += 1
            if seen[number] <= _OFTEN:
                ends.append((number, end))
            return total > limit

        padded = memoryview(data + PADDING)[: len(data)]
        for database in self._databases:
            if not database.scan(padded, found) and total <= limit:
                raise KeyboardInterrupt  # all that ends a scan early beside the limit
        longest: dict[tuple[int, int], int] = {}
        covered: dict[int, int] = {}
        for number, end in ends:
            if self._patterns[number].literal:
                hit = self._bounded(number, end, data)
            elif not begin:
                longest.setdefault((number, -1 - bisect.bisect_left(parts, end)), end)
                continue
            elif end > covered.get(number, -1):
                hit = self.begun(number, end, data)
                covered[number] = hit[1]
            else:
                continue  # a shorter end of the hit before
            if hit is not None and hit[1] > longest.get((number, hit[0]), -1):
                longest[number, hit[0]] = hit[1]
        hits = [(start, number, end) for (number, start), end in longest.items()]
        hits.sort()
        return [(number, start, end) for start, number, end in hits]

    def _bounded(self, number: int, end: int, data: bytes) -> tuple[int, int] | None:
        """The hit of a literal with its edges checked; None when it stands inside a longer word."""
        pattern, start = self._patterns[number], end - len(self._patterns[number].text.encode())
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

    def begun(self, number: int, end: int, data: bytes) -> tuple[int, int]:
        """The hit of a pattern that ends at `end` or goes on beyond it, from its beginning."""
        expression = self._expressions.get(number)
        if expression is None:
            expression = self._expressions[number] = _python(self._patterns[number].text)
        for reach in (_NEAR, _FAR):
            for hit in expression.finditer(data, max(0, end - reach), min(len(data), end + _NEAR)):
                if hit.start() < end <= hit.end():
                    return hit.span()
        return end - 1, end

    def dump(self) -> bytes:
        """The compiled patterns for the cache: how many databases, their lengths, the databases."""
        parts = [database.dump() for database in self._databases]
        return b"".join([_number(len(parts)), *(_number(len(part)) for part in parts), *parts])

    @classmethod
    def load(cls, patterns: Sequence[Pattern], file: BinaryIO) -> Scanner:
        """From the cache. Raises Refused or ValueError when the bytes do not fit this machine."""
        lengths = [_length(file) for _ in range(min(_length(file), _MOST_DATABASES))]
        return cls(patterns, [Database.load(file.read(length)) for length in lengths])


def _number(value: int) -> bytes:
    return value.to_bytes(_NUMBER, "big")


def _length(file: BinaryIO) -> int:
    data = file.read(_NUMBER)
    if len(data) < _NUMBER:
        raise ValueError("the file ends too early")
    return int.from_bytes(data, "big")


class Database:
    """Compiled patterns, and working memory for every scan that runs at the same time: Vectorscan must never get
    the same one twice at once, and its binding for Python does not see to that.

    Vectored, although there is one piece of data only: in block mode Vectorscan 5.4 (up to 5.4.12) overruns its stack
    on data of more than 255 bytes with patterns such as `[a-z]+\\d+xy` (VectorCamp/vectorscan pull request 392).
    """

    def __init__(self, database: Any) -> None:
        self._database = database
        self._idle: list[Any] = []

    @classmethod
    def compile(cls, expressions: list[tuple[int, bytes, int]], *, literal: bool = False) -> Database:
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
    def load(cls, data: bytes) -> Database:
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


def _build(patterns: Sequence[Pattern]) -> tuple[Database, ...]:
    literals = [(n, p.text.encode(), _EXACT if p.exact else ANY_CASE) for n, p in enumerate(patterns) if p.literal]
    others = [(n, p.text.encode(), ANY_CASE) for n, p in enumerate(patterns) if not p.literal]
    shares = [share for part in range(_SHARES) if (share := others[part::_SHARES])]
    first = (Database.compile(literals, literal=True),) if literals else ()
    return (*first, *_side_by_side(Database.compile, shares))

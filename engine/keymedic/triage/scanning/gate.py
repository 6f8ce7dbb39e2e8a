"""The first look at gigabytes: where in a buffer something stands that is worth reading."""

from __future__ import annotations

import re

from keymedic.knowledge.scanner import ANY_CASE, PADDING, Database
from keymedic.knowledge.store import Knowledge

_SIGNS = re.compile(r"([\\^$.|?*+()\[\]{}/])")
_NUMBER = (
    r"(?:http|status|status[_ ]?code|response|code|errno|error|err|returned|failed|reason)"
    r"[\"'\\]{0,3}[ :=(\[]{1,3}[\"'\\]{0,2}(?:%s)[^0-9.A-Za-z%%]"
)
"""A code or status beside its name: not the status of an access log, which tells what others asked of us."""


def literals(knowledge: Knowledge) -> list[str]:
    """The words that are looked for, in small letters."""
    return list(knowledge.index.gate)


class Buffer:
    """Room for one chunk, used again and again. `data[:size]` is the chunk; a line end and padding stand behind it."""

    def __init__(self, room: int) -> None:
        self.data = bytearray(room + len(PADDING) + 1)
        self.size = 0

    def filled(self, size: int) -> None:
        """Say how much of `data` is the chunk."""
        self.size = size
        self.data[size : size + len(PADDING) + 1] = b"\n" + PADDING

    def put(self, content: bytes) -> None:
        """Take a chunk that is at hand already."""
        if len(content) + len(PADDING) + 1 > len(self.data):
            self.data = bytearray(len(content) + len(PADDING) + 1)
        self.data[: len(content)] = content
        self.filled(len(content))


class Gate:
    """All words at once, in one pass. Not to be shared between threads."""

    def __init__(self, knowledge: Knowledge) -> None:
        patterns = [_SIGNS.sub(r"\\\1", word) for word in literals(knowledge)]
        patterns.append(_NUMBER % "|".join(knowledge.index.gate_numbers or ["401"]))
        self.__setstate__(patterns)

    def __getstate__(self) -> list[str]:
        """The patterns, to be compiled where they are unpickled: that may be another kind of processor."""
        return self._patterns

    def __setstate__(self, patterns: list[str]) -> None:
        self._patterns = patterns
        self._database = Database.compile([(n, pattern.encode(), ANY_CASE) for n, pattern in enumerate(patterns)])

    def ends(self, buffer: Buffer) -> list[int]:
        """Where hits end in a chunk, ascending."""
        found: list[int] = []
        add = found.append

        def hit(_number: int, _start: int, end: int, _flags: int, _context: object) -> bool:
            add(end)
            return False

        with memoryview(buffer.data) as whole, whole[: buffer.size] as chunk:
            if not self._database.scan(chunk, hit):
                raise KeyboardInterrupt  # all that ends a scan early
        found.sort()
        return found

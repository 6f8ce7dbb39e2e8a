"""One log that grows: a file or a pipe, handed on in whole lines."""

from __future__ import annotations

import io
import os
import queue
import threading
from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO

import msgspec

LONGEST = 64 * 1024
"""Bytes of a line that are waited for; a longer one is handed on in parts of this size."""
PATIENCE = 5.0
"""Seconds that a line without an end is waited for, and that a file without a name is kept open."""
PIECE = 1 << 20
"""Bytes that are read in one go."""
BEGINNING, RECENT = 64 * 1024, 256 * 1024
"""Bytes of a file's beginning, and of what stands before the place where following begins, that tell its format."""
_MARK = 64
"""Bytes before the place reached that show whether the file still is what it was."""
_QUEUED = 16
_BOM = b"\xef\xbb\xbf"

Identity = tuple[int, int]
"""Device and inode: what a file stays under another name."""


class Part(msgspec.Struct, frozen=True, eq=False):
    """Lines that belong together: those of one file until it is replaced or begun anew.

    name: what the log is called; before: the first bytes of the file and whole lines that stand before the place where
    following began, where that is not the beginning.
    """

    name: str
    before: Callable[[], tuple[bytes, bytes]] | None = None


class Lines(msgspec.Struct, frozen=True, eq=False):
    """What was added to a log: whole lines, but for one that was given up waiting for. `line`: lines before them."""

    part: Part
    line: int
    data: bytes


class Cutter:
    """Bytes of a part as they come -> whole lines. Times in seconds of a steady clock."""

    def __init__(self, part: Part) -> None:
        self.part = part
        self.line = 0
        """Lines handed on, and those before them."""
        self._kept = bytearray()
        self._since: float | None = None

    def keep(self, data: bytes) -> None:
        """The beginning of a line that stood there before: it is not waited for until it goes on."""
        self._kept += data

    def add(self, data: bytes, now: float) -> list[Lines]:
        """What can be handed on once `data` has come: whole lines, parts of too long a one, one overdue."""
        if data:
            self._kept += data
            end = self._kept.rfind(b"\n") + 1
            end += (len(self._kept) - end) // LONGEST * LONGEST
            if end or self._since is None:
                self._since = now
            if end:
                return self._take(end)
        return self.rest() if self._since is not None and self._kept and now - self._since > PATIENCE else []

    def rest(self) -> list[Lines]:
        """The line that has no end, unless it stood there before and did not go on."""
        if self._since is None:
            self._kept.clear()
        return self._take(len(self._kept))

    def _take(self, size: int) -> list[Lines]:
        if not size:
            return []
        with memoryview(self._kept) as view:
            found = Lines(self.part, self.line, bytes(view[:size]))
        del self._kept[:size]
        self.line += found.data.count(b"\n")
        if not self._kept:
            self._since = None
        return [found]


class Growing:
    """A regular file. Raises OSError where it cannot be opened; what goes wrong later ends it quietly."""

    def __init__(self, name: str, path: Path, *, at_end: bool = False, place: tuple[int, bytes] | None = None) -> None:
        self.name = name
        self._path = path
        self._file: BinaryIO | None = path.open("rb", buffering=0)
        status = os.fstat(self._file.fileno())
        self.identity: Identity = (status.st_dev, status.st_ino)
        self.grown = float("-inf")
        """When it last grew."""
        self.behind = False
        """Whether more is waiting to be read."""
        self.begun = False
        """Whether it has been asked what is in it."""
        self.left: float | None = None
        """Since when no name leads to it."""
        self.size = status.st_size
        self._cutter = Cutter(Part(name))
        self._offset, self._mark, self._blank = 0, b"", True
        self._seen: tuple[int, int] | None = None
        if place and place[0] <= status.st_size and self._at(place[0] - len(place[1]), len(place[1])) == place[1]:
            (self._offset, self._mark), self._blank = place, False
        elif at_end:
            self._go_to_end(status.st_size)

    @property
    def place(self) -> tuple[int, bytes]:
        """How far it has been read, and the bytes before."""
        return self._offset, self._mark

    @property
    def is_open(self) -> bool:
        """Whether a handle is held."""
        return self._file is not None

    def head(self) -> bytes:
        """Its first bytes."""
        return self._at(0, BEGINNING)

    def count_lines(self, room: int) -> int:
        """Count the lines before the place reached, reading at most `room` bytes. Returns what is left of them."""
        if not self._offset or self._offset > room:
            return room
        at = 0
        while at < self._offset:
            data = self._at(at, min(PIECE, self._offset - at))
            if not data:
                break
            self._cutter.line += data.count(b"\n")
            at += len(data)
        return room - self._offset

    def read(self, now: float) -> list[Lines]:
        """What was added since the last time, at most one piece of it."""
        status = self._status()
        seen = (status.st_size, status.st_mtime_ns) if status else None
        if status is None or (seen == self._seen and not self.behind):
            return self._cutter.add(b"", now)
        self._seen, self.size = seen, status.st_size
        found = []
        if status.st_size < self._offset or self._at(self._offset - len(self._mark), len(self._mark)) != self._mark:
            found = self.finish()
            self._restart()
        data = self._at(self._offset, PIECE)
        self.behind = len(data) == PIECE
        if data:
            self.grown = now
            self._mark = (self._mark + data)[-_MARK:]
            self._offset += len(data)
            if self._blank:
                # What truncates a log under a program that goes on where it was leaves a hole behind.
                data = data.removeprefix(_BOM).lstrip(b"\0")
                self._blank = not data
        return found + self._cutter.add(data, now)

    def finish(self) -> list[Lines]:
        """The line without an end: nothing follows any more."""
        return self._cutter.rest()

    def close(self) -> None:
        """Let the handle go; `read` takes another one when the file has changed."""
        if self._file is not None:
            self._file.close()
        self._file = None

    def _status(self) -> os.stat_result | None:
        """The state of the file; None where it cannot be told."""
        try:
            if self._file is None:
                status = self._path.stat()
                if (status.st_size, status.st_mtime_ns) == self._seen:
                    return status
                self._file = self._path.open("rb", buffering=0)
            status = os.fstat(self._file.fileno())
        except OSError:
            return None
        if (status.st_dev, status.st_ino) != self.identity:
            self.close()
            return None
        return status

    def _go_to_end(self, size: int) -> None:
        """Begin at the end, but with the line that is being written there."""
        recent = self._at(max(0, size - RECENT), min(size, RECENT))
        begun = recent[recent.rfind(b"\n") + 1 :]
        begun = begun if len(begun) <= LONGEST else b""
        self._offset, self._mark, self._blank = size, recent[-_MARK:], not size
        before = (lambda: (self.head(), self._recent(size - len(begun)))) if size else None
        self._cutter = Cutter(Part(self.name, before))
        self._cutter.keep(begun)

    def _recent(self, end: int) -> bytes:
        """Whole lines before a place."""
        data = self._at(max(0, end - RECENT), min(end, RECENT))
        return data[data.find(b"\n") + 1 :] if end > RECENT else data

    def _restart(self) -> None:
        self._cutter = Cutter(Part(self.name))
        self._offset, self._mark, self._blank = 0, b"", True

    def _at(self, offset: int, size: int) -> bytes:
        """Bytes of the file; fewer where there are no more, or where it cannot be read."""
        if self._file is None or size <= 0:
            return b""
        try:
            self._file.seek(offset)
            return self._file.read(size)
        except OSError:
            return b""


class Piped:
    """Standard input or a named pipe, read by a thread of its own because reading waits for the writer."""

    def __init__(self, name: str, source: BinaryIO | Path) -> None:
        self.name = name
        self.ended = False
        self.behind = False
        self.begun = False
        self._source = source
        self._cutter = Cutter(Part(name))
        self._first = True
        self._waiting: queue.Queue[bytes] = queue.Queue(_QUEUED)
        threading.Thread(target=self._pump, daemon=True).start()

    def read(self, now: float) -> list[Lines]:
        """What has come since the last time."""
        data, self.behind = b"", False
        if self.ended:
            return []
        try:
            while len(data) < PIECE and not self.ended:
                data += (piece := self._waiting.get_nowait())
                self.ended = not piece
            self.behind = not self.ended
        except queue.Empty:
            pass
        if self._first and data:
            data, self._first = data.removeprefix(_BOM), False
        found = self._cutter.add(data, now)
        return found + self._cutter.rest() if self.ended else found

    def finish(self) -> list[Lines]:
        """The line without an end: nothing follows any more."""
        return self._cutter.rest()

    def _pump(self) -> None:
        """Hand on what comes; an empty piece is the end."""
        try:
            if isinstance(self._source, Path):
                with self._source.open("rb", buffering=0) as pipe:
                    self._read(pipe)
            else:
                # The buffered reader of sys.stdin holds a lock while it waits, which Python could not exit under.
                self._read(getattr(self._source, "raw", self._source))
        except (OSError, ValueError):
            pass
        self._waiting.put(b"")

    def _read(self, source: io.RawIOBase | BinaryIO) -> None:
        while piece := source.read(LONGEST):
            self._waiting.put(piece)

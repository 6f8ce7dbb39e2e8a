"""Cutting an input into pieces at line ends: the same pieces for a file, the same file through a pipe, and its .gz."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator
from pathlib import Path

import msgspec

from keymedic.triage.reading.formats import HEAD, Format, detect
from keymedic.triage.reading.streams import Stream
from keymedic.triage.reading.transcode import Read, csv_lines, rejoined, utf8

SIZE = 8 << 20
"""Bytes of a piece at most. A line longer than that is cut."""
_BACK = 1 << 16


class Piece(msgspec.Struct, frozen=True):
    """A part of an input: `size` bytes from `offset`, to be read from `path`, or at hand as `content`."""

    input: int
    number: int
    offset: int
    size: int
    path: str = ""
    inode: int = 0
    """Of the file, which another one may have replaced."""
    content: bytes = b""


class Opened:
    """An input that is being read."""

    def __init__(self, stream: Stream, forced: str = "", name: str = "") -> None:
        self.stream = stream
        self.head = stream.read(HEAD)
        self.format: Format = detect(self.head, forced, name)
        self.size = 0
        """Bytes handed out so far, after decompression and conversion."""
        self.grown = 0
        """Bytes that were added to the file while it was read."""

    def pieces(self, number: int) -> Iterator[Piece]:
        """The pieces, in order."""
        found = self.format
        raw = not (found.width or found.columns or found.encoding not in {"utf-8", "utf-8-sig"})
        if raw and self.stream.plain_path is not None:
            yield from self._of_file(number, str(self.stream.plain_path))
        else:
            yield from self._of_stream(number, self._converted(self._from_head(self.stream.read)))

    def beginning(self) -> bytes:
        """The first records as they are scanned: UTF-8, whole lines; line breaks in JSON strings are line breaks."""
        text = self._converted(self._from_head(lambda _: b""))(2 * HEAD)
        return text.replace(b"\\n", b"\n") if text[:1] == b"{" or self.format.columns else text

    def _from_head(self, rest: Read) -> Read:
        """The head, without its byte order mark, and then what `rest` gives."""
        head = self.head[_mark(self.head) :]

        def read(size: int) -> bytes:
            nonlocal head
            part, head = head[:size], head[size:]
            return part + rest(size - len(part)) if len(part) < size else part

        return read

    def _converted(self, read: Read) -> Read:
        """What was read, as UTF-8 lines."""
        found = self.format
        converted: Read = read
        if found.encoding not in {"utf-8", "utf-8-sig"}:
            converted = utf8(converted, found.encoding)
        if found.columns:
            return csv_lines(converted, found.columns)
        return rejoined(converted, found.width) if found.width else converted

    def _of_stream(self, number: int, read: Read) -> Iterator[Piece]:
        kept = bytearray()
        count = 0
        while True:
            kept += read(SIZE - len(kept))
            if not kept:
                return
            size = len(kept) if len(kept) < SIZE else kept.rfind(b"\n") + 1 or len(kept)
            yield Piece(number, count, self.size, size, content=bytes(memoryview(kept)[:size]))
            self.size += size
            count += 1
            del kept[:size]

    def _of_file(self, number: int, path: str) -> Iterator[Piece]:
        begin = _mark(self.head)
        try:
            with Path(path).open("rb", buffering=0) as file:
                status = os.fstat(file.fileno())
                end, offset, count = status.st_size, begin, 0
                while offset < end:
                    size = end - offset
                    if size >= SIZE:
                        size = _cut(file.fileno(), offset, SIZE)
                    yield Piece(number, count, offset, size, path=path, inode=status.st_ino)
                    offset += size
                    self.size = offset - begin
                    count += 1
                self.grown = max(0, os.fstat(file.fileno()).st_size - end)
        except OSError as error:
            self.stream.problem = f"cannot be read on: {error.strerror or error}"


def _mark(head: bytes) -> int:
    """Length of the byte order mark."""
    return 3 if head.startswith(b"\xef\xbb\xbf") else 0


def _cut(file: int, offset: int, size: int) -> int:
    """How much of a part of a file is whole lines; all of it where it holds no line end."""
    stop = size
    while stop > 0:
        start = max(0, stop - _BACK)
        os.lseek(file, offset + start, os.SEEK_SET)
        at = os.read(file, stop - start).rfind(b"\n")
        if at >= 0:
            return start + at + 1
        stop = start
    return size


def load(piece: Piece, data: bytearray) -> int:
    """Read a piece of a file into a buffer. Returns the bytes that were still there: none of a file that was deleted,
    or replaced by another one."""
    filled = 0
    with contextlib.suppress(OSError), Path(piece.path).open("rb", buffering=0) as file, memoryview(data) as room:
        if os.fstat(file.fileno()).st_ino != piece.inode:
            return 0
        file.seek(piece.offset)
        while filled < piece.size:
            got = file.readinto(room[filled : piece.size])
            if not got:
                break
            filled += got
    return filled

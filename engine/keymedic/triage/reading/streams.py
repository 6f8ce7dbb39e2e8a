"""Bytes of a log, whatever it is packed with: told by its first bytes, unpacked piece by piece, never all at once."""

from __future__ import annotations

import bz2
import lzma
import os
import re
import stat
import sys
import zlib
from collections.abc import Callable, Generator, Iterator
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, Protocol

import zstandard

from keymedic.triage.reading.inputs import Input

_MAGIC = (
    ("gz", re.compile(rb"\x1f\x8b\x08")),
    ("zst", re.compile(rb"\x28\xb5\x2f\xfd|[\x50-\x5f]\x2a\x4d\x18")),
    ("xz", re.compile(rb"\xfd7zXZ\x00")),
    ("bz2", re.compile(rb"BZh[1-9](?:1AY&SY|\x17rE8P\x90)")),
)
_MAGIC_LENGTH = 10
_FIRST_BYTES = {"gz": b"\x1f", "zst": b"\x28" + bytes(range(0x50, 0x60)), "xz": b"\xfd", "bz2": b"B"}
_NAMES = {"gz": "gzip", "zst": "zstd", "xz": "xz", "bz2": "bzip2"}
# A kilobyte of zstd may become 32 MB, and its decoder cannot stop half-way; what a slice of xz or zstd held is lost
# when it turns out to be damaged. Hence the small slices.
_SLICE = {"gz": 16_384, "zst": 1_024, "xz": 1_024, "bz2": 4_096}
_PIECE = 1 << 20
_BUFFER = 1 << 18
_WINDOW = 128 << 20
_XZ_MEMORY = 192 << 20
_DAMAGE = (zlib.error, lzma.LZMAError, zstandard.ZstdError, OSError, EOFError, ValueError, MemoryError)


class Stream:
    """One opened log.

    `compression`: "", "gz", "zst", "xz" or "bz2". `size`: bytes as stored, None when not known. `plain_path`: set for
    an uncompressed regular file, which may be read in ranges. `problem`: why less than everything was read, "" so far.
    """

    def __init__(
        self, file: BinaryIO | None, size: int | None = None, path: Path | None = None, problem: str = ""
    ) -> None:
        self._file = file
        self._own = path is not None
        self._ready = bytearray()
        self.consumed = 0
        """Bytes as stored that have been taken so far."""
        self.problem = problem
        self._head = self._take(_MAGIC_LENGTH)
        self.consumed = 0
        # Files of /proc and the like say that they are empty and are not.
        self.size = None if size == 0 and self._head else size
        self.compression = next((kind for kind, magic in _MAGIC if magic.match(self._head)), "")
        self.plain_path = None if self.compression or self.size is None or self.problem else path
        self._pieces = _unpack(self._raw, self.compression) if self.compression else iter(())

    def read(self, size: int) -> bytes:
        """Exactly `size` decompressed bytes, fewer only at the end, b"" after it. Never raises for bad data."""
        if not self.compression:
            return self._raw(size)
        ready = self._ready
        while len(ready) < size:
            piece = self._piece()
            if not piece:
                break
            ready += piece
        with memoryview(ready) as view:
            result = bytes(view[:size])
        del ready[:size]
        return result

    def close(self) -> None:
        """Close the file; standard input stays open."""
        if self._file is not None and self._own:
            self._file.close()
        self._file = None

    def __enter__(self) -> Stream:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _piece(self) -> bytes:
        """The next decompressed bytes; b"" at the end and from the first damage on."""
        try:
            return next(self._pieces, b"")
        except _DAMAGE as error:
            # When the file could not be read on, that is the reason; that the data then end too early follows from it.
            self.problem = self.problem or _problem(error, self.compression, self.consumed)
            return b""

    def _raw(self, size: int) -> bytes:
        """Bytes as stored."""
        head, self._head = self._head[:size], self._head[size:]
        data = head + self._take(size - len(head)) if head else self._take(size)
        self.consumed += len(data)
        return data

    def _take(self, size: int) -> bytes:
        """`size` bytes from the file; fewer at its end or where it cannot be read on."""
        parts: list[bytes] = []
        while size > 0 and self._file is not None:
            try:
                part = self._file.read(size)
            except (OSError, ValueError) as error:
                reason = getattr(error, "strerror", None) or error
                self.problem = f"cannot be read on after {self.consumed + sum(map(len, parts)):,} bytes: {reason}"
                self.close()
                break
            if not part:
                break
            parts.append(part)
            size -= len(part)
        return parts[0] if len(parts) == 1 else b"".join(parts)


def open_stream(source: Input, stdin: BinaryIO | None = None) -> Stream:
    """Open a log. What cannot be opened gives an empty stream whose `problem` says why."""
    if source.path is None:
        return _open_stdin(stdin)
    try:
        mode = source.path.stat().st_mode
        if stat.S_ISDIR(mode):
            os.scandir(source.path).close()
            return Stream(None, problem="is a folder")
        if stat.S_ISCHR(mode) or stat.S_ISBLK(mode):
            return Stream(None, problem="is a device, neither a file nor a pipe")
        file = source.path.open("rb", buffering=_BUFFER)
    except (OSError, ValueError) as error:
        return Stream(None, problem=f"cannot be read: {getattr(error, 'strerror', None) or error}")
    return Stream(file, file_size(file), source.path)


def _open_stdin(stdin: BinaryIO | None) -> Stream:
    """Standard input, or what stands for it."""
    if stdin is None and sys.stdin is None:
        return Stream(None, problem="standard input is closed")
    file = stdin or sys.stdin.buffer
    return Stream(file, file_size(file))


def file_size(file: BinaryIO) -> int | None:
    """The size of a regular file, None for anything else."""
    try:
        status = os.fstat(file.fileno())
    except (OSError, ValueError, AttributeError):
        return None
    return status.st_size if stat.S_ISREG(status.st_mode) else None


class _Broken(ValueError):
    """Compressed data that cannot be read to the end; the message says what about it."""


class _Member(Protocol):
    """One gzip member, zstd frame, xz stream or bzip2 stream, being unpacked."""

    done: bool
    rest: bytes
    """Input that was not used: of this member while it goes on, of the next when it is done."""
    more: bool
    """Whether more may come without further input."""

    def step(self, data: bytes) -> bytes: ...


class _Gzip:
    def __init__(self) -> None:
        self._unpacker = zlib.decompressobj(zlib.MAX_WBITS | 16)
        self._failed = False
        self.done, self.rest, self.more = False, b"", False

    def step(self, data: bytes) -> bytes:
        if self._failed:
            raise _Broken("is damaged")
        before = self._unpacker.copy()
        try:
            out = self._unpacker.decompress(data, _PIECE)
        except zlib.error:
            self._failed = self.more = True
            return _rescue(before, data)
        self.done = self._unpacker.eof
        self.rest = self._unpacker.unused_data if self.done else self._unpacker.unconsumed_tail
        self.more = len(out) == _PIECE
        return out


def _rescue(unpacker: zlib._Decompress, data: bytes) -> bytes:
    """What comes out of damaged data up to the damage; zlib drops it when it is fed more than a byte at a time."""
    out = bytearray()
    try:
        for at in range(len(data)):
            out += unpacker.decompress(data[at : at + 1])
    except zlib.error:
        pass
    return bytes(out)


class _Block:
    """xz and bzip2, whose decoders have one interface."""

    def __init__(self, unpacker: lzma.LZMADecompressor | bz2.BZ2Decompressor) -> None:
        self._unpacker = unpacker
        self.done, self.rest, self.more = False, b"", False

    def step(self, data: bytes) -> bytes:
        out = self._unpacker.decompress(data, _PIECE)
        self.done = self._unpacker.eof
        self.rest = self._unpacker.unused_data if self.done else b""
        self.more = not self.done and not self._unpacker.needs_input
        return out


class _Zstd:
    def __init__(self) -> None:
        self._unpacker = zstandard.ZstdDecompressor(max_window_size=_WINDOW).decompressobj()
        self.done, self.rest, self.more = False, b"", False

    def step(self, data: bytes) -> bytes:
        out = self._unpacker.decompress(data)
        self.done = self._unpacker.eof
        self.rest = self._unpacker.unused_data if self.done else b""
        return out


_MEMBERS: dict[str, Callable[[], _Member]] = {
    "gz": _Gzip,
    "zst": _Zstd,
    "xz": lambda: _Block(lzma.LZMADecompressor(lzma.FORMAT_XZ, memlimit=_XZ_MEMORY)),
    "bz2": lambda: _Block(bz2.BZ2Decompressor()),
}


def _unpack(raw: Callable[[int], bytes], kind: str) -> Iterator[bytes]:
    """Decompressed pieces of all members one after the other; zero bytes between and after them are padding."""
    member: _Member | None = None
    count = 0
    while data := raw(_SLICE[kind]):
        while data:
            if member is None:
                data = data.lstrip(b"\0") if count else data
                if not data:
                    break
                if data[0] not in _FIRST_BYTES[kind]:
                    raise _Broken("is followed by something else")
                member = _MEMBERS[kind]()
                count += 1
            data = yield from _feed(member, data)
            member = None if member.done else member
    if member is not None:
        raise _Broken("ends too early")


def _feed(member: _Member, data: bytes) -> Generator[bytes, None, bytes]:
    """Feed a slice to a member; what it left over for the next one is returned."""
    while True:
        out = member.step(data)
        if out:
            yield out
        data = member.rest
        if member.done or not (data or member.more):
            return data


def _problem(error: BaseException, kind: str, consumed: int) -> str:
    """Damage in words."""
    said = str(error)
    name = _NAMES[kind]
    if "too much memory" in said:
        return f"the zstd data needs a window of more than {_WINDOW >> 20} MB: unpack it with `zstd -d --long=31`"
    if "Memory usage limit" in said or isinstance(error, MemoryError):
        return f"the {name} data needs more than {_XZ_MEMORY >> 20} MB of memory to unpack: unpack it beforehand"
    what = said if isinstance(error, _Broken) else "is damaged"
    return f"the {name} data {what} after {consumed:,} bytes"

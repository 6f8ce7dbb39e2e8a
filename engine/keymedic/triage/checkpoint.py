"""What a broken run leaves behind for the next one: the masked result of every chunk that was done."""

from __future__ import annotations

import contextlib
import os
from pathlib import Path
from typing import BinaryIO
from zlib import crc32

import msgspec

from keymedic.triage.scanning.chunk import Found

NAME = ".checkpoint"
_MARK = b"keymedic/checkpoint/1\n"
_NUMBER = 4
Key = tuple[int, int]
"""Input and number of the piece."""


class Start(msgspec.Struct, frozen=True):
    """What a run was started with. Another `fingerprint` makes the results of an earlier run useless."""

    fingerprint: str
    now: float


class Record(msgspec.Struct, array_like=True, frozen=True):
    """One chunk that is done."""

    key: Key
    found: Found


class Checkpoint:
    """An append-only file. A record that was cut short when the run was killed is dropped, with all behind it."""

    def __init__(self, folder: Path, fingerprint: str, now: float) -> None:
        self._path = folder / NAME
        self.done: dict[Key, Found] = {}
        self.start = Start(fingerprint, now)
        end = self._load()
        self._file: BinaryIO = self._path.open("r+b" if end else "wb")
        if end:
            self._file.truncate(end)
            self._file.seek(end)
        else:
            self._file.write(_MARK)
            self._append(msgspec.msgpack.encode(self.start))

    def add(self, key: Key, found: Found) -> None:
        """Keep the result of a chunk, without the parts that are not masked."""
        bare = msgspec.structs.replace(found, head=b"", tail=b"")
        self._append(msgspec.msgpack.encode(Record(key, bare)))

    def close(self, *, finished: bool) -> None:
        """Close the file; a finished run needs it no more."""
        self._file.close()
        if finished:
            self._path.unlink(missing_ok=True)

    def _append(self, data: bytes) -> None:
        size = len(data).to_bytes(_NUMBER, "big")
        self._file.write(size + crc32(data).to_bytes(_NUMBER, "big") + data)
        self._file.flush()

    def _load(self) -> int:
        """Read what an earlier run with the same fingerprint has done. Returns where it ends, 0 for nothing."""
        end = 0
        with contextlib.suppress(OSError, msgspec.DecodeError), self._path.open("rb") as file:
            if file.read(len(_MARK)) != _MARK or (start := _next(file)) is None:
                return 0
            begun = msgspec.msgpack.decode(start, type=Start)
            if begun.fingerprint != self.start.fingerprint:
                return 0
            self.start = begun
            end = file.tell()
            decoder = msgspec.msgpack.Decoder(Record)
            while (data := _next(file)) is not None:
                record = decoder.decode(data)
                self.done[record.key] = record.found
                end = file.tell()
        return end


def _next(file: BinaryIO) -> bytes | None:
    """The next whole record."""
    head = file.read(2 * _NUMBER)
    if len(head) < 2 * _NUMBER:
        return None
    size = int.from_bytes(head[:_NUMBER], "big")
    if size > os.fstat(file.fileno()).st_size:
        return None
    data = file.read(size)
    return data if crc32(data) == int.from_bytes(head[_NUMBER:], "big") and len(data) == size else None

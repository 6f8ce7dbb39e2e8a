"""Reading packed and plain logs: all of it, in little memory, and as far as damage allows."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import os
import random
import threading
import tracemalloc
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any, BinaryIO

import pytest
import zstandard
from hypothesis import given, settings
from hypothesis import strategies as st

from keymedic.triage.reading.inputs import Input
from keymedic.triage.reading.streams import Stream, open_stream

PACK: dict[str, Callable[[bytes], bytes]] = {
    "": bytes,
    "gz": lambda data: gzip.compress(data, mtime=0),
    "zst": lambda data: zstandard.ZstdCompressor(write_checksum=True).compress(data),
    "xz": lzma.compress,
    "bz2": bz2.compress,
}
PACKED = [kind for kind in PACK if kind]
TEXT = b"".join(b"2026-11-20 10:00:%02d ERROR order %d refused\n" % (n % 60, n**5 % 999_983) for n in range(50_000))


class Pipe(io.RawIOBase):
    """Standard input that gives a few bytes at a time and cannot seek."""

    def __init__(self, data: bytes, piece: int) -> None:
        self._data, self._piece = data, piece

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1, /) -> bytes:
        size = self._piece if size < 0 else min(size, self._piece)
        part, self._data = self._data[:size], self._data[size:]
        return part


def of(data: bytes) -> Stream:
    return open_stream(Input("standard input", None), io.BytesIO(data))


def everything(stream: Stream, size: int = 65_536) -> bytes:
    return b"".join(iter(lambda: stream.read(size), b""))


@pytest.mark.parametrize("kind", PACK)
def test_a_file_is_read_whatever_it_is_packed_with_and_called(tmp_path: Path, kind: str) -> None:
    path = tmp_path / "bot.log.png"
    path.write_bytes(PACK[kind](TEXT))
    with open_stream(Input("x", path)) as stream:
        assert (stream.compression, stream.size) == (kind, path.stat().st_size)
        assert stream.plain_path == (None if kind else path)
        assert stream.consumed == 0
        assert everything(stream) == TEXT
        assert stream.consumed == stream.size
        assert stream.problem == ""
        assert stream.read(10) == b""


@pytest.mark.parametrize("kind", PACKED)
def test_members_one_after_the_other_are_one_log(kind: str) -> None:
    pack = PACK[kind]
    stream = of(pack(b"one\n") + pack(b"") + pack(TEXT) + pack(b"two\n") * 300)
    assert everything(stream) == b"one\n" + TEXT + b"two\n" * 300
    assert stream.problem == ""


def test_zstd_frames_that_are_to_be_skipped_are_skipped() -> None:
    skipped = b"\x50\x2a\x4d\x18\x04\x00\x00\x00abcd"
    stream = of(skipped + PACK["zst"](b"one\n") + skipped + PACK["zst"](b"two\n"))
    assert (stream.compression, everything(stream), stream.problem) == ("zst", b"one\ntwo\n", "")


@pytest.mark.parametrize("kind", PACKED)
def test_zero_bytes_after_the_end_are_padding(kind: str) -> None:
    stream = of(PACK[kind](TEXT) + b"\0" * 100_000)
    assert everything(stream) == TEXT
    assert stream.problem == ""


@settings(max_examples=60, deadline=None)
@given(
    kind=st.sampled_from(list(PACK)),
    data=st.binary(max_size=3_000),
    cut=st.integers(0, 3_000),
    piece=st.integers(1, 50),
    size=st.integers(1, 5_000),
)
def test_any_chunking_gives_the_same_bytes(kind: str, data: bytes, cut: int, piece: int, size: int) -> None:
    if not kind:
        data = b"x" + data
    packed = PACK[kind](data[:cut]) + PACK[kind](data[cut:])
    pipe: BinaryIO = Pipe(packed, piece)  # type: ignore[assignment]
    stream = open_stream(Input("-", None), pipe)
    sizes = []
    parts = []
    while part := stream.read(size):
        parts.append(part)
        sizes.append(len(part))
    assert b"".join(parts) == data
    assert all(each == size for each in sizes[:-1])
    assert (stream.compression, stream.problem, stream.size, stream.consumed) == (kind, "", None, len(packed))


@pytest.mark.parametrize("kind", PACKED)
def test_a_truncated_archive_is_read_as_far_as_it_goes(kind: str) -> None:
    packed = PACK[kind](TEXT)
    stream = of(packed[: len(packed) * 2 // 3])
    data = everything(stream)
    assert TEXT.startswith(data)
    assert len(data) > len(TEXT) // 3
    name = {"gz": "gzip", "zst": "zstd", "xz": "xz", "bz2": "bzip2"}[kind]
    assert stream.problem == f"the {name} data ends too early after {len(packed) * 2 // 3:,} bytes"
    assert stream.read(10) == b""


@pytest.mark.parametrize("kind", PACKED)
def test_a_damaged_archive_is_read_as_far_as_it_goes(kind: str) -> None:
    packed = bytearray(PACK[kind](TEXT))
    middle = len(packed) // 2
    packed[middle : middle + 100] = random.Random(1).randbytes(100)
    stream = of(bytes(packed))
    data = everything(stream)
    assert "data is damaged after" in stream.problem
    assert data.startswith(TEXT[:100_000])


def test_a_wrong_checksum_loses_nothing_of_a_gzip_file() -> None:
    packed = bytearray(PACK["gz"](TEXT))
    packed[-8] ^= 1
    stream = of(bytes(packed))
    assert everything(stream) == TEXT
    assert "the gzip data is damaged" in stream.problem


def test_what_follows_that_is_not_packed_is_reported() -> None:
    stream = of(PACK["gz"](b"one\n") + b"plain text")
    assert everything(stream) == b"one\n"
    assert stream.problem.startswith("the gzip data is followed by something else after")


def bomb(kind: str, size: int) -> bytes:
    zeros = bytes(1 << 20)
    if kind == "zst":
        frame = zstandard.ZstdCompressor(level=19).compress(zeros)
        return frame * (size >> 20)
    packers: dict[str, Callable[[], Any]] = {
        "gz": lambda: zlib.compressobj(9, wbits=31),
        "xz": lzma.LZMACompressor,
        "bz2": bz2.BZ2Compressor,
    }
    packer = packers[kind]()
    return b"".join([*(packer.compress(zeros) for _ in range(size >> 20)), packer.flush()])


@pytest.mark.parametrize("kind", PACKED)
def test_a_bomb_is_read_in_pieces(kind: str) -> None:
    packed = bomb(kind, 150 << 20)
    tracemalloc.start()
    stream = of(packed)
    count = sum(map(len, iter(lambda: stream.read(1 << 20), b"")))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert count == 150 << 20
    assert peak < 80 << 20


def test_a_zstd_window_of_two_gigabytes_is_refused() -> None:
    huge = zstandard.ZstdCompressionParameters(window_log=29, strategy=1)
    packer = zstandard.ZstdCompressor(compression_params=huge).compressobj()
    stream = of(packer.compress(b"x" * 1000) + packer.flush())
    assert everything(stream) == b""
    assert stream.problem == ("the zstd data needs a window of more than 128 MB: unpack it with `zstd -d --long=31`")


def test_an_empty_file_is_plain(tmp_path: Path) -> None:
    path = tmp_path / "empty.log.gz"
    path.touch()
    with open_stream(Input("x", path)) as stream:
        assert (stream.read(5), stream.compression, stream.size, stream.problem) == (b"", "", 0, "")
        assert stream.plain_path == path


def test_files_that_lie_about_their_size_are_streams() -> None:
    with open_stream(Input("x", Path("/proc/self/status"))) as stream:
        assert stream.plain_path is None
        assert stream.size is None
        assert everything(stream).startswith(b"Name:")


def test_a_named_pipe_is_read_as_a_stream(tmp_path: Path) -> None:
    path = tmp_path / "pipe"
    os.mkfifo(path)
    writer = threading.Thread(target=lambda: path.write_bytes(PACK["gz"](TEXT)))
    writer.start()
    with open_stream(Input("pipe", path)) as stream:
        assert everything(stream) == TEXT
        assert (stream.plain_path, stream.size, stream.problem) == (None, None, "")
    writer.join()


@pytest.mark.parametrize(
    ("path", "problem"),
    [
        (Path("/nowhere/x.log"), "cannot be read: No such file or directory"),
        (Path("/"), "is a folder"),
        (Path("/dev/zero"), "is a device, neither a file nor a pipe"),
    ],
)
def test_what_cannot_be_opened_gives_an_empty_stream(path: Path, problem: str) -> None:
    with open_stream(Input("x", path)) as stream:
        assert (stream.read(10), stream.problem, stream.plain_path) == (b"", problem, None)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_file_that_may_not_be_read(tmp_path: Path) -> None:
    path = tmp_path / "x.log"
    path.write_text("x")
    path.chmod(0)
    with open_stream(Input("x", path)) as stream:
        assert (stream.read(10), stream.problem) == (b"", "cannot be read: Permission denied")


class Failing(io.BytesIO):
    """A disk that gives out half-way."""

    def read(self, size: int | None = -1, /) -> bytes:
        data = super().read(size)
        if self.tell() == len(self.getvalue()):
            raise OSError(5, "Input/output error")
        return data


@pytest.mark.parametrize("kind", PACK)
def test_a_disk_that_gives_out_is_the_problem_said(kind: str) -> None:
    stream = open_stream(Input("-", None), Failing(PACK[kind](TEXT)))
    assert TEXT.startswith(everything(stream, 1_000))
    assert stream.problem.startswith("cannot be read on after ")
    assert stream.problem.endswith(" bytes: Input/output error")


def test_standard_input_from_a_file_has_a_size(tmp_path: Path) -> None:
    path = tmp_path / "x.log"
    path.write_bytes(TEXT)
    with path.open("rb") as file:
        stream = open_stream(Input("-", None), file)
        assert (stream.size, stream.plain_path) == (len(TEXT), None)
        stream.close()
        assert not file.closed

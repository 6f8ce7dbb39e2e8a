"""What an executor does: the lines of a file split -> what was found in it. Needs neither the packs nor PySpark."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from operator import itemgetter
from typing import Any

import msgspec
import pyarrow as pa
import pyarrow.compute as pc
import zstandard

import keymedic
from keymedic.triage.merge import Merger
from keymedic.triage.reading.formats import HEAD
from keymedic.triage.reading.pieces import Opened
from keymedic.triage.reading.streams import Stream
from keymedic.triage.reading.transcode import Read, sized
from keymedic.triage.scanning.chunk import Found, Group
from keymedic.triage.scanning.gate import Buffer, Gate
from keymedic.triage.scanning.scan import Scanner
from keymedic.triage.scanning.source import Reading
from keymedic.triage.tally import Extent, Tallies

LINES = {
    "value": "cast(value as binary)",
    "file": "xxhash64(_metadata.file_path)",
    "start": "_metadata.file_block_start",
}
"""What Spark hands on of each line. Every byte more is paid for with each line: hence a hash in place of the path."""
FILES = {"path": "_metadata.file_path", "size": "_metadata.file_size"}
"""And of those at the beginning of a file."""
HEADS = "path string, size long, file long, head binary"
SPLITS = "number long, start long, found binary"
Batches = Iterator[pa.RecordBatch]
_ROOM = 1 << 20
_Place = tuple[int, int]
"""The file of a split, and where in it the split begins."""


class Split(msgspec.Struct, array_like=True):
    """What was found in a split. `uncounted`: events of more different messages than are told apart."""

    found: Found
    uncounted: int


class File(msgspec.Struct, frozen=True):
    """An input: its number, how to read it, and its size where it is read whole (-1 = in splits, or packed)."""

    number: int
    reading: Reading
    whole: int


class Plan(msgspec.Struct, frozen=True):
    """What executors must know. `files` by the hashes of their paths."""

    engine: str
    gate: Gate
    files: dict[int, File]


def heads(batches: Batches) -> Batches:
    """The first bytes of the one file in a partition, packed. What follows is not read."""
    for batch in batches:
        if batch.num_rows:
            file = {name: batch.column(name)[0].as_py() for name in ("path", "size", "file")}
            contents = (_joined(each.column("value")) for each in itertools.chain([batch], batches))
            yield pa.RecordBatch.from_pylist([file | {"head": pack(sized(contents)(HEAD))}])
            # One partition holds one file: ending here spares reading the rest of it.
            return


def scan(plan: Callable[[], Plan], batches: Batches) -> Batches:
    """What was found in each split of a partition."""
    known = plan()
    if known.engine != keymedic.__version__:
        raise RuntimeError(f"keymedic {keymedic.__version__} is on the executors and {known.engine} on the driver")
    runs = itertools.chain.from_iterable(map(_runs, batches))
    for (name, start), group in itertools.groupby(runs, key=itemgetter(0)):
        file = known.files[name]
        contents = map(itemgetter(1), group)
        read = sized(contents if file.whole < 0 else _unended(file.whole, contents))
        found = pack(msgspec.msgpack.encode(_split(known.gate, file.number, file.reading, read)))
        yield pa.RecordBatch.from_pydict({"number": [file.number], "start": [start], "found": [found]})


def pack(data: bytes) -> bytes:
    """Smaller, for the way to the driver."""
    return zstandard.ZstdCompressor(1).compress(data)


def unpack(data: bytes) -> bytes:
    """What was packed."""
    return zstandard.ZstdDecompressor().decompress(data)


class _Lines(Stream):
    """Lines as Spark hands them on."""

    def __init__(self, read: Read) -> None:
        super().__init__(None)
        self._read_lines = read

    def read(self, size: int) -> bytes:
        return self._read_lines(size)


def opened(read: Read, forced: str, name: str) -> Opened:
    """A log whose bytes come from Spark."""
    return Opened(_Lines(read), forced, name)


def _split(gate: Gate, number: int, reading: Reading, read: Read) -> Split:
    """Scan a split. What stands before its first event and its last event stay open: they may go over its borders."""
    source = opened(read, "plain", "")
    source.format = reading.format
    # As for a local run: what chunks hold and what lies across two of them are seen in different order.
    scanner, seams = Scanner(gate), Scanner(gate)
    scanner.learn(number, reading)
    tallies = Tallies(reading.gap)
    merger = Merger(tallies, seams, {number: reading})
    buffer, head = Buffer(_ROOM), b""
    for piece in source.pieces(number):
        buffer.put(piece.content)
        found = scanner.scan(number, buffer)
        if piece.number == 0:
            head, found = found.head, msgspec.structs.replace(found, head=b"")
        merger.add(number, found)
    extent = tallies.extents.get(number, Extent())  # a table of nothing but its header has no piece
    groups = [
        Group(message, worker, tally.count, tally.line - 1, tally.spans, tally.sample)
        for (message, worker, _), tally in tallies.tallies.items()
    ]
    found = Found(
        b"", extent.size, extent.lines, extent.candidates, groups, tallies.messages, extent.begin, extent.end,
        extent.filtered, merger.open_line, head, merger.open,
    )  # fmt: skip
    return Split(found, tallies.uncounted)


def _runs(batch: pa.RecordBatch) -> Iterator[tuple[_Place, bytes]]:
    """Lines in a row that are of one split."""
    if not batch.num_rows:
        return
    changes: Any = [0]
    files, starts = batch.column("file"), batch.column("start")
    if (files[0], starts[0]) != (files[-1], starts[-1]):
        differs = pc.or_(pc.not_equal(files[1:], files[:-1]), pc.not_equal(starts[1:], starts[:-1]))
        changes += [at + 1 for at in pc.indices_nonzero(differs).to_pylist()]
    for begin, end in itertools.pairwise([*changes, batch.num_rows]):
        yield (files[begin].as_py(), starts[begin].as_py()), _joined(batch.column("value")[begin:end])


def _joined(lines: pa.BinaryArray) -> bytes:
    """Lines, each with its end."""
    ended = pc.binary_join_element_wise(lines, b"", b"\n")
    size = pc.sum(pc.binary_length(ended)).as_py()
    data: bytes = ended.buffers()[2].slice(0, size).to_pybytes()
    return data


def _unended(whole: int, contents: Iterator[bytes]) -> Iterator[bytes]:
    """The lines of a whole file, the last without an end where it has none."""
    kept, count = b"", 0
    for content in contents:
        if kept:
            yield kept
        kept, count = content, count + len(content)
    yield kept[:-1] if unended(whole, count) else kept


def unended(whole: int, read: int) -> bool:
    """Whether the last line of a file has no end, by its size and by that of all lines with their ends. Spark leaves
    out a byte order mark."""
    return whole >= 0 and read - whole in {1, -2}

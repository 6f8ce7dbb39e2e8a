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
from keymedic.triage.chunk import Found, Group
from keymedic.triage.formats import HEAD
from keymedic.triage.gate import Buffer, Gate
from keymedic.triage.merge import Merger
from keymedic.triage.pieces import Opened
from keymedic.triage.scan import Reading, Scanner
from keymedic.triage.streams import Stream
from keymedic.triage.tally import Tallies
from keymedic.triage.transcode import Read, sized

LINES = "value binary, path string, start long, length long, whole long"
"""What Spark hands on of each line; `start` and `length` of its split, `whole` of its file."""
HEADS = "path string, whole long, head binary"
SPLITS = "number long, start long, found binary"
Batches = Iterator[pa.RecordBatch]
_ROOM = 1 << 20
_Place = tuple[str, int, int, int]
"""Path, start, length of a split, and size of its file."""


class Split(msgspec.Struct, array_like=True):
    """What was found in a split. `uncounted`: events of more different messages than are told apart."""

    found: Found
    uncounted: int


class Plan(msgspec.Struct, frozen=True):
    """What executors must know. `readings`: path as Spark names it -> number of the input, and how to read it."""

    engine: str
    gate: Gate
    readings: dict[str, tuple[int, Reading]]


def heads(batches: Batches) -> Batches:
    """The first bytes of the one file in a partition, packed. What follows is not read."""
    for place, contents in _splits(batches):
        head = sized(contents)(HEAD)
        # One partition holds one file: ending here spares reading the rest of it.
        yield pa.RecordBatch.from_pydict({"path": [place[0]], "whole": [place[3]], "head": [pack(head)]})
        return


def scan(plan: Callable[[], Plan], batches: Batches) -> Batches:
    """What was found in each split of a partition."""
    known = plan()
    if known.engine != keymedic.__version__:
        raise RuntimeError(f"keymedic {keymedic.__version__} is on the executors and {known.engine} on the driver")
    for (path, start, _, _), contents in _splits(batches):
        number, reading = known.readings[path]
        found = pack(msgspec.msgpack.encode(_split(known.gate, number, reading, sized(contents))))
        yield pa.RecordBatch.from_pydict({"number": [number], "start": [start], "found": [found]})


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
    extent = tallies.extents[number]
    groups = [
        Group(message, worker, tally.count, tally.line - 1, tally.spans, tally.sample)
        for (message, worker, _), tally in tallies.tallies.items()
    ]
    found = Found(
        b"", extent.size, extent.lines, extent.candidates, groups, tallies.messages, extent.first, extent.last,
        extent.filtered, merger.open_line, head, merger.open,
    )  # fmt: skip
    return Split(found, tallies.uncounted)


def _splits(batches: Batches) -> Iterator[tuple[_Place, Iterator[bytes]]]:
    """The splits of a partition, each with its lines."""
    runs = itertools.chain.from_iterable(map(_runs, batches))
    for place, group in itertools.groupby(runs, key=itemgetter(0)):
        contents = map(itemgetter(1), group)
        yield place, _unended(place, contents) if place[1] == 0 and place[2] == place[3] else contents


def _runs(batch: pa.RecordBatch) -> Iterator[tuple[_Place, bytes]]:
    """Lines in a row that are of one split."""
    if not batch.num_rows:
        return
    changes: Any = [0]
    paths, starts = batch.column("path"), batch.column("start")
    if (paths[0], starts[0]) != (paths[-1], starts[-1]):
        differs = pc.or_(pc.not_equal(paths[1:], paths[:-1]), pc.not_equal(starts[1:], starts[:-1]))
        changes += [at + 1 for at in pc.indices_nonzero(differs).to_pylist()]
    for begin, end in itertools.pairwise([*changes, batch.num_rows]):
        path, start, length, whole = (
            batch.column(name)[begin].as_py() for name in ("path", "start", "length", "whole")
        )
        yield (path, start, length, whole), _joined(batch.column("value")[begin:end])


def _joined(lines: pa.BinaryArray) -> bytes:
    """Lines, each with its end."""
    ended = pc.binary_join_element_wise(lines, b"", b"\n")
    size = pc.sum(pc.binary_length(ended)).as_py()
    data: bytes = ended.buffers()[2].slice(0, size).to_pybytes()
    return data


def _unended(place: _Place, contents: Iterator[bytes]) -> Iterator[bytes]:
    """The lines of a whole file, the last without an end where it has none."""
    kept, count = b"", 0
    for content in contents:
        if kept:
            yield kept
        kept, count = content, count + len(content)
    yield kept[:-1] if unended(place[3], count) else kept


def unended(whole: int, read: int) -> bool:
    """Whether the last line of a file has no end, by its size and by that of all lines with their ends. Spark leaves
    out a byte order mark."""
    return read - whole in {1, -2}

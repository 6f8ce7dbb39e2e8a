"""A whole triage: inputs -> chunks -> messages -> incidents -> files. The one place that knows all parts."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures.process import BrokenProcessPool
from hashlib import blake2b
from pathlib import Path
from typing import BinaryIO

import msgspec
from xxhash import xxh3_128_hexdigest

import keymedic
from keymedic.errors import Unusable
from keymedic.knowledge import store
from keymedic.knowledge.store import Knowledge
from keymedic.triage.checkpoint import Checkpoint
from keymedic.triage.conclude import Conclusion, Outcome
from keymedic.triage.merge import Merger
from keymedic.triage.options import Options
from keymedic.triage.pool import Pool
from keymedic.triage.reading import inputs
from keymedic.triage.reading.context import context
from keymedic.triage.reading.pieces import Opened, Piece
from keymedic.triage.reading.streams import open_stream
from keymedic.triage.records import InputRecord
from keymedic.triage.scanning.chunk import Found
from keymedic.triage.scanning.source import Reading
from keymedic.triage.scanning.stamps import day_first, iso
from keymedic.triage.tally import Extent

Progress = Callable[[int, int | None], None]
"""Called with the bytes read and the bytes that there are in all (None = not known)."""


def triage(
    paths: Sequence[str],
    out: Path | None,
    knowledge: Knowledge,
    *,
    jobs: int = 1,
    options: Options | None = None,
    progress: Progress | None = None,
    stdin: BinaryIO | None = None,
) -> Outcome:
    """Triage logs and write the results into the folder `out` (None = nowhere).

    Raises Unusable for inputs that do not exist, and OSError when the results cannot be written. The same call on the
    same inputs goes on where a broken one ended.
    """
    found = _Triage(inputs.expand(paths), out, knowledge, jobs, options or Options())
    return found.run(progress, stdin)


class _Triage:
    """One run on its way."""

    def __init__(
        self,
        sources: list[inputs.Input],
        out: Path | None,
        knowledge: Knowledge,
        jobs: int,
        options: Options,
    ) -> None:
        self._book = Conclusion(knowledge, out, options)
        self._book.names = [source.name for source in sources]
        self._sources, self._knowledge, self._options = sources, knowledge, options
        self._jobs = jobs
        self._checkpoint = Checkpoint(out, self._fingerprint(), self._book.began) if out else None
        self._now = self._checkpoint.start.now if self._checkpoint else self._book.began
        self._opened: dict[int, Opened] = {}
        self._readings: dict[int, Reading] = {}
        self._short: dict[int, int] = {}
        self._resumed = 0

    def run(self, progress: Progress | None, stdin: BinaryIO | None) -> Outcome:
        """Everything, in order."""
        with Pool(self._knowledge, self._jobs) as pool:
            self._book.stage("start")
            try:
                self._scan(pool, progress, stdin)
                self._book.stage("scan")
                records = tuple(self._input(number) for number in sorted(self._opened))
                outcome = self._book.finish(pool, records, self._resumed)
            except BrokenProcessPool:
                raise Unusable(
                    "a worker process was ended from outside (out of memory?): run the same command again, it goes on "
                    "where it stopped; --jobs 1 needs least memory"
                ) from None
        if self._checkpoint:
            self._checkpoint.close(finished=True)
        return outcome

    # --- reading

    def _scan(self, pool: Pool, progress: Progress | None, stdin: BinaryIO | None) -> None:
        """Scan all inputs."""
        merger = Merger(self._book.tallies, pool.seams, self._readings)
        total = self._total()
        for piece, found, known in pool.scans(self._pieces(stdin)):
            new = merger.add(piece.input, self._kept(piece, found) if known else self._keep(piece, found))
            self._book.judge(pool, new)
            if found.size < piece.size:
                self._short[piece.input] = self._short.get(piece.input, 0) + piece.size - found.size
            if progress:
                progress(self._done(piece), total)
        self._book.judge(pool, merger.end())

    def _keep(self, piece: Piece, found: Found) -> Found:
        """Write the result of a chunk into the checkpoint."""
        if self._checkpoint:
            self._checkpoint.add((piece.input, piece.number), found)
        return found

    def _kept(self, piece: Piece, ends: Found) -> Found:
        """The result of a chunk from the checkpoint, with its ends, which are not kept."""
        self._resumed += 1
        done = self._checkpoint.done if self._checkpoint else {}
        return msgspec.structs.replace(done[piece.input, piece.number], head=ends.head, tail=ends.tail)

    def _pieces(self, stdin: BinaryIO | None) -> Iterator[tuple[Piece, Reading, bytes | None]]:
        """All pieces of all inputs, with how to read them and the hash that an earlier run found."""
        options = self._options
        done = self._checkpoint.done if self._checkpoint else {}
        for number, source in enumerate(self._sources):
            with open_stream(source, stdin) as stream:
                opened = self._opened[number] = Opened(stream, options.format, source.name)
                self._book.tallies.extents[number] = Extent()
                if opened.format.binary:
                    continue
                beginning = opened.beginning()
                exchange, tool = context(self._knowledge, beginning)
                reading = self._readings[number] = Reading(
                    opened.format, options.zone, self._now, exchange, tool, day_first(beginning), options.gap,
                    options.since, options.until,
                )  # fmt: skip
                for piece in opened.pieces(number):
                    old = done.get((number, piece.number))
                    yield piece, reading, old.hash if old and old.size == piece.size else None

    # --- recording

    def _input(self, number: int) -> InputRecord:
        opened, extent = self._opened[number], self._book.tallies.extents.get(number, Extent())
        problems = [opened.stream.problem] if opened.stream.problem else []
        skipped = {}
        if opened.format.binary:
            problems.append(f"skipped: {opened.format.binary}")
            skipped["binary"] = opened.stream.size or opened.stream.consumed
        if opened.grown:
            problems.append(f"{opened.grown:,} bytes were added while it was read: run again to see them")
        if self._short.get(number):
            problems.append(f"{self._short[number]:,} bytes were taken away while it was read")
        return InputRecord(
            name=self._sources[number].name,
            compression=opened.stream.compression,
            encoding=opened.format.encoding,
            format=opened.format.kind,
            reason=opened.format.reason,
            size=opened.stream.size,
            read=extent.size,
            hash=xxh3_128_hexdigest(b"".join(extent.hashes)),
            lines=extent.lines,
            candidates=extent.candidates,
            first_seen=iso(extent.first),
            last_seen=iso(extent.last),
            skipped=skipped,
            problems=tuple(problems),
        )

    def _fingerprint(self) -> str:
        """Changes with all that the result of a chunk depends on but the chunk itself."""
        parts = (store.fingerprint(self._knowledge.folders), keymedic.__version__, self._options, self._sources)
        packs = [(head.id, head.version) for head in self._knowledge.index.heads.values()]
        return blake2b(repr((parts, packs)).encode(), digest_size=16).hexdigest()

    def _total(self) -> int | None:
        """Bytes of all inputs as stored."""
        try:
            return sum(source.path.stat().st_size for source in self._sources if source.path)
        except OSError:
            return None

    def _done(self, piece: Piece) -> int:
        """Bytes as stored that have been read so far."""
        before = sum(self._opened[number].stream.size or 0 for number in range(piece.input))
        return before + (piece.offset + piece.size if piece.path else self._opened[piece.input].stream.consumed)

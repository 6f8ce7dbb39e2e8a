"""A triage on a Spark cluster: executors scan splits of files, the driver puts them together as a local run does."""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

import keymedic
from keymedic.errors import Unusable
from keymedic.knowledge.store import Knowledge
from keymedic.triage import spark_scan
from keymedic.triage.chunk import Found
from keymedic.triage.conclude import Conclusion, Outcome
from keymedic.triage.context import context
from keymedic.triage.formats import HEAD, Format
from keymedic.triage.frame import LONGEST
from keymedic.triage.gate import Gate
from keymedic.triage.merge import Merger
from keymedic.triage.options import Options
from keymedic.triage.pool import Pool
from keymedic.triage.records import InputRecord
from keymedic.triage.scan import Reading
from keymedic.triage.spark_inputs import Source, keyed, sources
from keymedic.triage.spark_scan import Batches, Plan, Split, unended, unpack
from keymedic.triage.spark_session import reason, splitting, started, unsplit
from keymedic.triage.stamps import day_first, iso
from keymedic.triage.tally import Extent

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

_HEADS = 1_000
"""Files whose beginnings are fetched in one job."""


def triage(
    paths: Sequence[str], out: Path | None, knowledge: Knowledge, *, master: str, options: Options | None = None
) -> Outcome:
    """Triage logs on the cluster at `master` (a Spark master URL) and write the results into `out` (None = nowhere).

    `paths`: all that Spark reads. The results are those of a local run on the same files. Settings come from Spark's
    own configuration; a session that is active already is used. Raises Unusable, and OSError when the results cannot
    be written.
    """
    options = options or Options()
    book = Conclusion(knowledge, out, options)
    with Pool(knowledge, 1) as pool:
        with started(master) as spark:
            book.stage("start")
            try:
                work = _Triage(spark, paths, knowledge, options, book)
                work.learn()
                book.stage("heads")
                work.scan(pool)
            except _failures() as error:
                raise Unusable(f"Spark gave up: {reason(error)}") from None
        book.stage("scan")
        return book.finish(pool, work.records())


def _failures() -> tuple[type[Exception], ...]:
    from py4j.protocol import Py4JError
    from pyspark.errors import PySparkException

    return Py4JError, PySparkException


class _Triage:
    """The part of a run that needs the cluster."""

    def __init__(
        self, spark: SparkSession, paths: Sequence[str], knowledge: Knowledge, options: Options, book: Conclusion
    ) -> None:
        self._knowledge, self._options, self._book = knowledge, options, book
        self._context = spark.sparkContext
        self._splitting, self._unsplit = splitting(spark), unsplit(spark)
        hadoop = self._context._jsc.hadoopConfiguration()
        local = str(hadoop.get("fs.defaultFS")).startswith("file:")
        self._sources = sources(paths, lambda given: _text(spark, given).inputFiles(), local=local)
        book.names = [source.name for source in self._sources]
        self._formats: dict[int, Format] = {}
        self._sizes: dict[int, int] = {}
        self._readings: dict[str, tuple[int, Reading]] = {}
        book.tallies.extents.update((number, Extent()) for number in range(len(self._sources)))

    def learn(self) -> None:
        """Find out from their beginnings how to read the files."""
        numbers = {source.key: number for number, source in enumerate(self._sources)}
        readable = [source for source in self._sources if not source.problem]
        for at in range(0, len(readable), _HEADS):
            files = [source.path for source in readable[at : at + _HEADS]]
            frame = _lines(self._unsplit, files).mapInArrow(spark_scan.heads, spark_scan.HEADS)
            for path, size, head in frame.collect():
                number = numbers[keyed(path)]
                self._sizes[number] = size
                self._learn(number, path, unpack(bytes(head)))
        for number in set(numbers.values()) - self._formats.keys():  # without any line
            self._learn(number, "", b"")

    def _learn(self, number: int, path: str, head: bytes) -> None:
        if len(head) < HEAD and unended(self._sizes.get(number, 0), len(head)):
            head = head[:-1]
        options = self._options
        opened = spark_scan.opened(io.BytesIO(head).read, options.format, self._sources[number].name)
        self._formats[number] = opened.format
        if path and not opened.format.binary:
            beginning = opened.beginning()
            exchange, tool = context(self._knowledge, beginning)
            self._readings[path] = number, Reading(
                opened.format, options.zone, self._book.began, exchange, tool, day_first(beginning), options.gap,
                options.since, options.until,
            )  # fmt: skip

    def scan(self, pool: Pool) -> None:
        """Scan all splits, and put them together in order."""
        readings = dict(self._readings.values())
        whole = {number for number, reading in readings.items() if _needs_all(reading.format)}
        rows = [
            *self._scanned(self._splitting, readings.keys() - whole),
            *self._scanned(self._unsplit, whole),
        ]
        rows.sort()
        merger = Merger(self._book.tallies, pool.seams, readings)
        for number, found in self._found(rows):
            self._book.judge(pool, merger.add(number, found))
        self._book.judge(pool, merger.end())

    def _scanned(self, session: SparkSession, numbers: Iterable[int]) -> list[tuple[int, int, bytes]]:
        """Input, start and result of each split of these inputs."""
        chosen = set(numbers)
        if not chosen:
            return []
        readings = {path: known for path, known in self._readings.items() if known[0] in chosen}
        plan = self._context.broadcast(Plan(keymedic.__version__, Gate(self._knowledge), readings))

        def scan(batches: Batches) -> Batches:
            return spark_scan.scan(lambda: plan.value, batches)

        frame = _lines(session, [self._sources[number].path for number in sorted(chosen)])
        rows = frame.mapInArrow(scan, spark_scan.SPLITS).collect()
        return [(row["number"], row["start"], bytes(row["found"])) for row in rows]

    def _found(self, rows: Sequence[tuple[int, int, bytes]]) -> Iterator[tuple[int, Found]]:
        """What was found in each split, in order."""
        decoder, read = msgspec.msgpack.Decoder(Split), 0
        for at, (number, _, packed) in enumerate(rows):
            split = decoder.decode(unpack(packed))
            self._book.tallies.uncounted += split.uncounted
            found, read = split.found, read + split.found.size
            if at + 1 == len(rows) or rows[at + 1][0] != number:
                source = self._sources[number]
                if not source.compression and unended(self._sizes[number], read):
                    found = _without_end(found)
                read = 0
            yield number, found

    def records(self) -> tuple[InputRecord, ...]:
        """What was read."""
        return tuple(self._record(number, source) for number, source in enumerate(self._sources))

    def _record(self, number: int, source: Source) -> InputRecord:
        form, extent = self._formats[number], self._book.tallies.extents[number]
        size = self._sizes.get(number, None if source.problem else 0)
        problems = [source.problem] if source.problem else []
        if form.binary:
            problems.append(f"skipped: {form.binary}")
        return InputRecord(
            name=source.name,
            compression=source.compression,
            encoding=form.encoding,
            format=form.kind,
            reason=form.reason,
            size=size,
            read=extent.size,
            hash="",
            lines=extent.lines,
            candidates=extent.candidates,
            first_seen=iso(extent.first),
            last_seen=iso(extent.last),
            skipped={"binary": size or 0} if form.binary else {},
            problems=tuple(problems),
        )


def _text(session: SparkSession, paths: Sequence[str]) -> DataFrame:
    # Without the option, folders such as day=21 would become columns.
    return session.read.option("recursiveFileLookup", "true").option("lineSep", "\n").text(list(paths))


def _lines(session: SparkSession, paths: Sequence[str]) -> DataFrame:
    """Lines, each with where it comes from."""
    meta = "_metadata.file_"
    return _text(session, paths).selectExpr(
        "cast(value as binary) as value", f"{meta}path as path", f"{meta}block_start as start",
        f"{meta}block_length as length", f"{meta}size as whole",
    )  # fmt: skip


def _needs_all(form: Format) -> bool:
    """Whether a log can only be read from its beginning on: records over several lines, two bytes a character."""
    return bool(form.columns or form.width or form.encoding.startswith("utf-16"))


def _without_end(found: Found) -> Found:
    """The last split of a file whose last line has no end."""
    tail = found.tail[:-1] if len(found.tail) < LONGEST else found.tail
    head = found.head if tail or not found.head else found.head[:-1]
    return msgspec.structs.replace(found, tail=tail, head=head, size=found.size - 1, lines=found.lines - 1)

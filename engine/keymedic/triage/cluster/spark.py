"""A triage on a Spark cluster: executors scan splits of files, the driver puts them together as a local run does."""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

import keymedic
from keymedic.errors import Unusable
from keymedic.knowledge.store import Knowledge
from keymedic.triage.cluster import spark_scan
from keymedic.triage.cluster.spark_inputs import Source, keyed, sources
from keymedic.triage.cluster.spark_scan import FILES, LINES, Batches, File, Plan, Split, unended, unpack
from keymedic.triage.cluster.spark_session import reason, splitting, started, unsplit
from keymedic.triage.conclude import Conclusion, Outcome
from keymedic.triage.merge import Merger
from keymedic.triage.options import Options
from keymedic.triage.pool import Pool
from keymedic.triage.reading.context import context
from keymedic.triage.reading.formats import HEAD, Format
from keymedic.triage.records import InputRecord
from keymedic.triage.scanning.chunk import Found
from keymedic.triage.scanning.frame import LONGEST
from keymedic.triage.scanning.gate import Gate
from keymedic.triage.scanning.source import Reading
from keymedic.triage.scanning.stamps import day_first, iso
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
        self._readings: dict[int, Reading] = {}
        self._files: dict[int, int] = {}
        book.tallies.extents.update((number, Extent()) for number in range(len(self._sources)))

    def learn(self) -> None:
        """Find out from their beginnings how to read the files."""
        numbers = {source.key: number for number, source in enumerate(self._sources)}
        readable = [source for source in self._sources if not source.problem]
        for at in range(0, len(readable), _HEADS):
            files = [source.path for source in readable[at : at + _HEADS]]
            lines = _lines(self._unsplit, files, LINES | FILES)
            for row in lines.mapInArrow(spark_scan.heads, spark_scan.HEADS).collect():
                number = numbers[keyed(row["path"])]
                self._sizes[number], self._files[number] = row["size"], row["file"]
                self._learn(number, unpack(bytes(row["head"])))
        for number in set(numbers.values()) - self._formats.keys():  # without any line
            self._learn(number, b"")

    def _learn(self, number: int, head: bytes) -> None:
        if len(head) < HEAD and unended(self._sizes.get(number, 0), len(head)):
            head = head[:-1]
        options = self._options
        opened = spark_scan.opened(io.BytesIO(head).read, options.format, self._sources[number].name)
        self._formats[number] = opened.format
        if head and not opened.format.binary:
            beginning = opened.beginning()
            exchange, tool = context(self._knowledge, beginning)
            self._readings[number] = Reading(
                opened.format, options.zone, self._book.began, exchange, tool, day_first(beginning), options.gap,
                options.since, options.until,
            )  # fmt: skip

    def scan(self, pool: Pool) -> None:
        """Scan all splits, and put them together in order."""
        whole = {number for number, reading in self._readings.items() if _needs_all(reading.format)}
        rows = self._scanned(sorted(self._readings.keys() - whole), whole=False)
        rows += self._scanned(sorted(whole), whole=True)
        rows.sort()
        merger = Merger(self._book.tallies, pool.seams, self._readings)
        for number, found in self._found(rows):
            self._book.judge(pool, merger.add(number, found))
        self._book.judge(pool, merger.end())

    def _scanned(self, numbers: Sequence[int], *, whole: bool) -> list[tuple[int, int, bytes]]:
        """Input, start and result of each split of these inputs."""
        if not numbers:
            return []
        files = {
            self._files[number]: File(number, self._readings[number], self._whole(number) if whole else -1)
            for number in numbers
        }
        if len(files) < len(numbers):
            raise Unusable("two paths have the same hash: triage them in two runs")
        plan = self._context.broadcast(Plan(keymedic.__version__, Gate(self._knowledge), files))

        def scan(batches: Batches) -> Batches:
            return spark_scan.scan(lambda: plan.value, batches)

        session = self._unsplit if whole else self._splitting
        lines = _lines(session, [self._sources[number].path for number in numbers], LINES)
        rows = lines.mapInArrow(scan, spark_scan.SPLITS).collect()
        return [(row["number"], row["start"], bytes(row["found"])) for row in rows]

    def _whole(self, number: int) -> int:
        """The size of a file, -1 where that says nothing of its lines."""
        return -1 if self._sources[number].compression else self._sizes[number]

    def _found(self, rows: Sequence[tuple[int, int, bytes]]) -> Iterator[tuple[int, Found]]:
        """What was found in each split, in order."""
        decoder, read = msgspec.msgpack.Decoder(Split), 0
        for at, (number, _, packed) in enumerate(rows):
            split = decoder.decode(unpack(packed))
            self._book.tallies.uncounted += split.uncounted
            found, read = split.found, read + split.found.size
            if at + 1 == len(rows) or rows[at + 1][0] != number:
                if unended(self._whole(number), read):
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


def _lines(session: SparkSession, paths: Sequence[str], columns: Mapping[str, str]) -> DataFrame:
    return _text(session, paths).selectExpr(*(f"{what} as {name}" for name, what in columns.items()))


def _needs_all(form: Format) -> bool:
    """Whether a log can only be read from its beginning on: records over several lines, two bytes a character."""
    return bool(form.columns or form.width or form.encoding.startswith("utf-16"))


def _without_end(found: Found) -> Found:
    """The last split of a file whose last line has no end."""
    tail = found.tail[:-1] if len(found.tail) < LONGEST else found.tail
    head = found.head if tail or not found.head else found.head[:-1]
    return msgspec.structs.replace(found, tail=tail, head=head, size=found.size - 1, lines=found.lines - 1)

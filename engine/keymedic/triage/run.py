"""A whole triage: inputs -> chunks -> messages -> incidents -> files. The one place that knows all parts."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future
from concurrent.futures.process import BrokenProcessPool
from datetime import UTC, datetime
from hashlib import blake2b
from pathlib import Path
from typing import BinaryIO

import msgspec
from xxhash import xxh3_128_hexdigest

import keymedic
from keymedic.diagnosis import Diagnosis
from keymedic.errors import Unusable
from keymedic.knowledge import store
from keymedic.knowledge.store import Knowledge
from keymedic.triage import grouping, incidents, inputs
from keymedic.triage.checkpoint import Checkpoint
from keymedic.triage.chunk import Found, Message
from keymedic.triage.context import context
from keymedic.triage.judge import Judgement, diagnose, judge
from keymedic.triage.merge import Merger
from keymedic.triage.options import Options
from keymedic.triage.pieces import Opened, Piece
from keymedic.triage.pool import Pool
from keymedic.triage.records import Incident, InputRecord, Run, Unknown
from keymedic.triage.scan import Reading
from keymedic.triage.stamps import day_first, iso
from keymedic.triage.streams import open_stream
from keymedic.triage.tally import Extent, Tallies
from keymedic.triage.unknowns import clusters

_BATCH = 8
"""Messages that are judged in one go."""
Progress = Callable[[int, int | None], None]
"""Called with the bytes read and the bytes that there are in all (None = not known)."""


class Outcome(msgspec.Struct, frozen=True):
    """What a triage found."""

    run: Run
    incidents: list[Incident]
    unknowns: tuple[Unknown, ...]


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
        self._began, self._clock = time.time(), time.perf_counter()
        self._sources, self._out, self._knowledge, self._options = sources, out, knowledge, options
        self._jobs = jobs
        self._stages: dict[str, float] = {}
        self._rules: list[grouping.Rule] = []
        self._checkpoint: Checkpoint | None = None
        if out:
            out.mkdir(parents=True, exist_ok=True)
            self._rules = grouping.load(out)
            self._checkpoint = Checkpoint(out, self._fingerprint(), self._began)
        self._now = self._checkpoint.start.now if self._checkpoint else self._began
        self._tallies = Tallies(options.gap)
        self._opened: dict[int, Opened] = {}
        self._readings: dict[int, Reading] = {}
        self._short: dict[int, int] = {}
        self._resumed = 0
        self._names = [source.name for source in sources]

    def run(self, progress: Progress | None, stdin: BinaryIO | None) -> Outcome:
        """Everything, in order."""
        with Pool(self._knowledge, self._jobs) as pool:
            self._stage("start")
            try:
                judging = self._scan(pool, progress, stdin)
                self._stage("scan")
                judged = dict(pair for future in judging for pair in future.result())
                found, unknowns = self._conclude(pool, judged)
            except BrokenProcessPool:
                raise Unusable(
                    "a worker process was ended from outside (out of memory?): run the same command again, it goes on "
                    "where it stopped; --jobs 1 needs least memory"
                ) from None
        kept = [one for one in found if _wanted(one, self._options)]
        self._stage("incidents")
        outcome = Outcome(self._record(found, kept, unknowns), kept, unknowns)
        if self._out:
            outcome = self._write(self._out, outcome)
        if self._checkpoint:
            self._checkpoint.close(finished=True)
        return outcome

    # --- reading

    def _scan(
        self, pool: Pool, progress: Progress | None, stdin: BinaryIO | None
    ) -> list[Future[list[tuple[int, Judgement]]]]:
        """Scan all inputs. Returns the judgements that are on their way."""
        judging: list[Future[list[tuple[int, Judgement]]]] = []
        waiting: list[int] = []
        merger = Merger(self._tallies, pool.seams, self._readings)
        total = self._total()
        for piece, found, known in pool.scans(self._pieces(stdin)):
            waiting += merger.add(piece.input, self._kept(piece, found) if known else self._keep(piece, found))
            if found.size < piece.size:
                self._short[piece.input] = self._short.get(piece.input, 0) + piece.size - found.size
            while len(waiting) >= _BATCH:
                judging.append(self._judge(pool, waiting[:_BATCH]))
                del waiting[:_BATCH]
            if progress:
                progress(self._done(piece), total)
        waiting += merger.end()
        return [*judging, self._judge(pool, waiting)]

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
                self._tallies.extents[number] = Extent()
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

    def _judge(self, pool: Pool, numbers: list[int]) -> Future[list[tuple[int, Judgement]]]:
        return pool.run(_judgements, [(number, self._tallies.messages[number]) for number in numbers])

    # --- concluding

    def _conclude(self, pool: Pool, judged: dict[int, Judgement]) -> tuple[list[Incident], tuple[Unknown, ...]]:
        """Incidents and unknown messages."""
        tallies, messages, knowledge = self._tallies.tallies, self._tallies.messages, self._knowledge
        by_pair = {(message, worker): judged[message] for message, worker, _ in tallies}
        for (message, exchange), pairs in incidents.homeless(judged, tallies).items():
            said = messages[message]
            again = judge(knowledge, said.text, exchange, said.source)
            by_pair.update(dict.fromkeys(pairs, again))
        drafts = incidents.drafts(knowledge, by_pair, tallies, self._names, self._rules, self._options.gap)
        places = sorted({incidents.place(one) for one in drafts})
        waiting = {place: pool.run(diagnose, messages[place[0]].text, *place[1:]) for place in places}
        decode = msgspec.msgpack.Decoder(Diagnosis).decode
        diagnoses: dict[incidents.Place, Diagnosis] = {
            place: decode(future.result()) for place, future in waiting.items()
        }
        ends = incidents.ends(self._names, self._tallies.extents)
        found = [
            incidents.incident(knowledge, one, diagnoses[incidents.place(one)], self._names, ends, self._options)
            for one in drafts
        ]
        strange = incidents.strange(knowledge, by_pair, tallies, messages, self._names)
        return incidents.ordered(found), clusters(strange)

    def _write(self, out: Path, outcome: Outcome) -> Outcome:
        """Write the results; each file is replaced as a whole."""
        from keymedic.triage import output  # pyarrow.parquet and Jinja2, only where something is written

        output.write(out, outcome.run, outcome.incidents, outcome.unknowns)
        self._stage("write")
        run = msgspec.structs.replace(outcome.run, stages=self._stages, seconds=self._seconds())
        output.write_run(out, run)
        return msgspec.structs.replace(outcome, run=run)

    # --- recording

    def _record(self, found: list[Incident], kept: list[Incident], unknowns: tuple[Unknown, ...]) -> Run:
        extents = self._tallies.extents
        notes = [f"stamps that name no zone were read as {self._options.zone}"]
        if self._tallies.uncounted:
            notes.append(
                f"{self._tallies.uncounted:,} events were not judged: there are more different messages than "
                f"{len(self._tallies.messages):,}"
            )
        return Run(
            engine=keymedic.__version__,
            packs={head.id: head.version for head in self._knowledge.index.heads.values()},
            options=msgspec.to_builtins(self._options),
            started=f"{datetime.fromtimestamp(self._began, UTC):%Y-%m-%dT%H:%M:%S}Z",
            seconds=self._seconds(),
            stages=self._stages,
            resumed=self._resumed,
            counts={
                "bytes": sum(extent.size for extent in extents.values()),
                "lines": sum(extent.lines for extent in extents.values()),
                "candidates": sum(extent.candidates for extent in extents.values()),
                "templates": len(self._tallies.messages),
                "incidents": len(kept),
                "incident_events": sum(one.count for one in kept if one.key_problem),
                "not_key_events": sum(one.count for one in kept if not one.key_problem),
                "unknowns": len(unknowns),
                "unknown_events": sum(one.count for one in unknowns),
                "filtered": len(found) - len(kept),
            },
            inputs=tuple(self._input(number) for number in sorted(self._opened)),
            notes=tuple(notes),
        )

    def _input(self, number: int) -> InputRecord:
        opened, extent = self._opened[number], self._tallies.extents.get(number, Extent())
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
            name=self._names[number],
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

    def _stage(self, name: str) -> None:
        self._stages[name] = round(self._seconds() - sum(self._stages.values()), 3)

    def _seconds(self) -> float:
        return round(time.perf_counter() - self._clock, 3)


def _judgements(knowledge: Knowledge, messages: list[tuple[int, Message]]) -> list[tuple[int, Judgement]]:
    return [(number, judge(knowledge, m.text, m.exchange, m.source)) for number, m in messages]


def _wanted(one: Incident, options: Options) -> bool:
    """Whether the filters let an incident through."""
    exchange = one.exchange.id if one.exchange else ""
    return (
        (not options.exchange or options.exchange == exchange)
        and (not options.cause or options.cause == one.cause)
        and one.probability >= options.min_probability
    )

"""From counted events to results, whichever way they were found: messages judged, incidents, the files of a run."""

from __future__ import annotations

import time
from collections.abc import Iterable
from concurrent.futures import Future
from datetime import UTC, datetime
from pathlib import Path

import msgspec

import keymedic
from keymedic.diagnosis import Diagnosis
from keymedic.knowledge.store import Knowledge
from keymedic.triage.meaning import grouping, incidents
from keymedic.triage.meaning.judge import Judgement, diagnose, judge
from keymedic.triage.meaning.unknowns import clusters
from keymedic.triage.options import Options
from keymedic.triage.pool import Pool
from keymedic.triage.records import Incident, InputRecord, Run, Unknown
from keymedic.triage.scanning.chunk import Message
from keymedic.triage.tally import Tallies

_BATCH = 8
"""Messages that are judged in one go."""


class Outcome(msgspec.Struct, frozen=True):
    """What a triage found."""

    run: Run
    incidents: list[Incident]
    unknowns: tuple[Unknown, ...]


class Conclusion:
    """One run, from its first message to its files. `names` of the inputs; `out`: where files go (None = nowhere)."""

    def __init__(self, knowledge: Knowledge, out: Path | None, options: Options) -> None:
        self.began, self._clock = time.time(), time.perf_counter()
        self._knowledge, self._out, self._options = knowledge, out, options
        if out:
            out.mkdir(parents=True, exist_ok=True)
        self._rules = grouping.load(out) if out else []
        self._stages: dict[str, float] = {}
        self.names: list[str] = []
        self.tallies = Tallies(options.gap)
        self._waiting: list[int] = []
        self._judging: list[Future[list[tuple[int, Judgement]]]] = []

    def stage(self, name: str) -> None:
        """The time since the last stage went into this one."""
        self._stages[name] = round(self._seconds() - sum(self._stages.values()), 3)

    def judge(self, pool: Pool, new: Iterable[int]) -> None:
        """Have messages judged that were seen for the first time."""
        self._waiting += new
        while len(self._waiting) >= _BATCH:
            self._send(pool, self._waiting[:_BATCH])
            del self._waiting[:_BATCH]

    def finish(self, pool: Pool, inputs: tuple[InputRecord, ...], resumed: int = 0) -> Outcome:
        """Incidents and unknown messages, written down. Raises OSError."""
        self._send(pool, self._waiting)
        judged = dict(pair for future in self._judging for pair in future.result())
        found, unknowns = self._incidents(pool, judged)
        kept = [one for one in found if _wanted(one, self._options)]
        self.stage("incidents")
        outcome = Outcome(self._record(found, kept, unknowns, inputs, resumed), kept, unknowns)
        return self._write(self._out, outcome) if self._out else outcome

    def _send(self, pool: Pool, numbers: list[int]) -> None:
        self._judging.append(pool.run(_judgements, [(number, self.tallies.messages[number]) for number in numbers]))

    def _incidents(self, pool: Pool, judged: dict[int, Judgement]) -> tuple[list[Incident], tuple[Unknown, ...]]:
        tallies, messages, knowledge = self.tallies.tallies, self.tallies.messages, self._knowledge
        by_pair = {(message, worker): judged[message] for message, worker, _ in tallies}
        for (message, exchange), pairs in incidents.homeless(judged, tallies).items():
            said = messages[message]
            again = judge(knowledge, said.text, exchange, said.source)
            by_pair.update(dict.fromkeys(pairs, again))
        drafts = incidents.drafts(knowledge, by_pair, tallies, self.names, self._rules, self._options.gap)
        places = sorted({incidents.place(one) for one in drafts})
        waiting = {place: pool.run(diagnose, messages[place[0]].text, *place[1:]) for place in places}
        decode = msgspec.msgpack.Decoder(Diagnosis).decode
        diagnoses: dict[incidents.Place, Diagnosis] = {
            place: decode(future.result()) for place, future in waiting.items()
        }
        ends = incidents.ends(self.names, self.tallies.extents)
        found = [
            incidents.incident(knowledge, one, diagnoses[incidents.place(one)], self.names, ends, self._options)
            for one in drafts
        ]
        strange = incidents.strange(knowledge, by_pair, tallies, messages, self.names)
        return incidents.ordered(found), clusters(strange)

    def _write(self, out: Path, outcome: Outcome) -> Outcome:
        """Write the results; each file is replaced as a whole."""
        from keymedic.triage.showing import output  # pyarrow.parquet and Jinja2, only where something is written

        output.write(out, outcome.run, outcome.incidents, outcome.unknowns)
        self.stage("write")
        run = msgspec.structs.replace(outcome.run, stages=self._stages, seconds=self._seconds())
        output.write_run(out, run)
        return msgspec.structs.replace(outcome, run=run)

    def _record(
        self,
        found: list[Incident],
        kept: list[Incident],
        unknowns: tuple[Unknown, ...],
        inputs: tuple[InputRecord, ...],
        resumed: int,
    ) -> Run:
        extents = self.tallies.extents
        notes = [f"stamps that name no zone were read as {self._options.zone}"]
        if self.tallies.uncounted:
            notes.append(
                f"{self.tallies.uncounted:,} events were not judged: there are more different messages than "
                f"{len(self.tallies.messages):,}"
            )
        return Run(
            engine=keymedic.__version__,
            packs={head.id: head.version for head in self._knowledge.index.heads.values()},
            options=self._options.told(),
            started=f"{datetime.fromtimestamp(self.began, UTC):%Y-%m-%dT%H:%M:%S}Z",
            seconds=self._seconds(),
            stages=self._stages,
            resumed=resumed,
            counts={
                "bytes": sum(extent.size for extent in extents.values()),
                "lines": sum(extent.lines for extent in extents.values()),
                "candidates": sum(extent.candidates for extent in extents.values()),
                "templates": len(self.tallies.messages),
                "incidents": len(kept),
                "incident_events": sum(one.count for one in kept if one.key_problem),
                "not_key_events": sum(one.count for one in kept if not one.key_problem),
                "unknowns": len(unknowns),
                "unknown_events": sum(one.count for one in unknowns),
                "filtered": len(found) - len(kept),
            },
            inputs=inputs,
            notes=tuple(notes),
        )

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

"""Judged messages -> incidents: one for each worker (or file), exchange, source and cause."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from hashlib import blake2b

import msgspec

from keymedic.diagnosis import Diagnosis
from keymedic.knowledge.store import Knowledge
from keymedic.triage.meaning.grouping import Rule, grouped
from keymedic.triage.meaning.judge import INCIDENT, NOT_KEY, STRANGE, Judgement
from keymedic.triage.meaning.unknowns import Candidate
from keymedic.triage.options import Options
from keymedic.triage.records import AskText, CauseShare, FileCount, Incident, Named, Sample, Window
from keymedic.triage.scanning.chunk import Message, Span, joined
from keymedic.triage.scanning.stamps import iso
from keymedic.triage.tally import Extent, Tally

_MOST_SAMPLES, _MOST_FILES, _MOST_CAUSES, _MOST_EVIDENCE = 3, 10, 5, 5
_ROTATED = re.compile(r"(?:[._-](?:\d{1,4}|\d{4}-?\d\d-?\d\d(?:[T_-]?\d{2,6})?))?(?:\.(?:gz|zst|xz|bz2))?\Z")
_STATES = {"ongoing": 0, "returned": 1, "undated": 2, "ended": 3}
Place = tuple[int, str, str]
"""A message at an exchange and in a source: what a diagnosis is made of."""


class Draft(msgspec.Struct):
    """An incident in the making. `messages` counts the events of each message in it."""

    by: dict[str, str]
    rule: str
    worker: str
    exchange: str
    source: str
    cause: str
    key_problem: bool
    general: bool
    spans: list[Span] = []
    count: int = 0
    messages: Counter[int] = msgspec.field(default_factory=Counter)
    files: Counter[int] = msgspec.field(default_factory=Counter)
    samples: list[tuple[int, int, str]] = []
    """Input, line, text."""
    strongest: tuple[int, int] = (0, 0)
    """Of what a rule merged, the part that stands for all: its events and its message."""

    def merge(self, other: Draft, gap: int) -> None:
        """Take the events of another one by a rule, whatever else differs."""
        if other.strongest > self.strongest:
            self.strongest, self.cause, self.key_problem = other.strongest, other.cause, other.key_problem
            self.exchange, self.source = other.exchange, other.source
        self.take(other, gap)

    def take(self, other: Draft, gap: int) -> None:
        """Take the events of another one."""
        self.spans = joined([*self.spans, *other.spans], gap)
        self.count += other.count
        self.messages += other.messages
        self.files += other.files
        self.samples = sorted(self.samples + other.samples)[:_MOST_SAMPLES]


def homeless(
    judgements: Mapping[int, Judgement], tallies: Mapping[tuple[int, str, int], Tally]
) -> dict[tuple[int, str], set[tuple[int, str]]]:
    """Messages that name no exchange, at workers seen at one only: (message, exchange) -> pairs (message, worker)."""
    at: dict[str, set[str]] = {}
    for message, worker, _ in tallies:
        judged = judgements[message]
        if worker and judged.exchange:
            at.setdefault(worker, set()).add(judged.exchange)
    found: dict[tuple[int, str], set[tuple[int, str]]] = {}
    for message, worker, _ in tallies:
        judged = judgements[message]
        if judged.kind in {INCIDENT, STRANGE} and not judged.exchange and len(at.get(worker, ())) == 1:
            found.setdefault((message, next(iter(at[worker]))), set()).add((message, worker))
    return found


def drafts(
    knowledge: Knowledge,
    judgements: Mapping[tuple[int, str], Judgement],
    tallies: Mapping[tuple[int, str, int], Tally],
    names: Sequence[str],
    rules: list[Rule],
    gap: int,
) -> list[Draft]:
    """Events grouped into incidents. `judgements` by message and worker; `names` of the inputs."""
    found: dict[tuple[tuple[str, str], ...], Draft] = {}
    for (message, worker, number), tally in tallies.items():
        judged = judgements[message, worker]
        if judged.kind not in {INCIDENT, NOT_KEY}:
            continue
        fields = {
            "worker": worker,
            "file": names[number],
            "exchange": judged.exchange,
            "source": judged.source,
            "cause": judged.cause,
        }
        by, rule = grouped(rules, fields, ("worker" if worker else "file", "exchange", "source", "cause"))
        cause = knowledge.causes[judged.cause]
        one = Draft(
            by, rule, worker, judged.exchange, judged.source, judged.cause, cause.key_problem, judged.general,
            tally.spans, tally.count, Counter({message: tally.count}), Counter({number: tally.count}),
            [(number, tally.line, tally.sample)], (tally.count, message),
        )  # fmt: skip
        key = (("rule", rule), *sorted(by.items()))
        if key in found:
            found[key].general &= one.general
            (found[key].merge if rule else found[key].take)(one, gap)
        else:
            found[key] = one
    return _absorbed(_sourced(list(found.values()), gap), gap)


def _sourced(found: list[Draft], gap: int) -> list[Draft]:
    """Some messages name the tool and others do not: at one worker and exchange, with one cause, it is one incident."""
    named: dict[tuple[str, ...], list[Draft]] = {}
    for one in found:
        if one.source and not one.rule:
            named.setdefault(_but_source(one), []).append(one)
    kept = []
    for one in found:
        others = named.get(_but_source(one), []) if not one.source and not one.rule else []
        if len(others) == 1:
            others[0].general &= one.general
            others[0].take(one, gap)
        else:
            kept.append(one)
    return kept


def _but_source(one: Draft) -> tuple[str, ...]:
    return tuple(one.by.get(name, "") for name in ("worker", "file", "exchange", "cause"))


def _absorbed(found: list[Draft], gap: int) -> list[Draft]:
    """Catch-alls (HTTP 401) are the same incident as what the same worker was told more precisely at the same time."""
    precise: dict[tuple[str, str], list[Draft]] = {}
    for one in found:
        if one.key_problem and not one.general and not one.rule and _who(one)[0]:
            precise.setdefault(_who(one), []).append(one)
    kept = []
    for one in found:
        others = precise.get(_who(one), []) if one.general and one.key_problem and not one.rule else []
        near = [other for other in others if _overlap(one.spans, other.spans, gap)]
        if near:
            max(near, key=lambda other: (other.count, other.cause)).take(one, gap)
        else:
            kept.append(one)
    return kept


def _who(one: Draft) -> tuple[str, str]:
    return one.worker, one.exchange


def _overlap(some: list[Span], others: list[Span], gap: int) -> bool:
    """Whether each stretch of time lies at one of the others."""
    return bool(some) and all(any(a[0] <= b[1] + gap and b[0] <= a[1] + gap for b in others) for a in some)


def place(one: Draft) -> Place:
    """The message that stands for an incident, and where it was seen."""
    if one.rule:
        return one.strongest[1], one.exchange, one.source
    message = max(one.messages.items(), key=lambda item: (item[1], -item[0]))[0]
    return message, one.exchange, one.source


def incident(
    knowledge: Knowledge,
    one: Draft,
    diagnosis: Diagnosis,
    names: Sequence[str],
    ends: Mapping[int, int | None],
    options: Options,
) -> Incident:
    """The record of an incident. `ends`: input -> last time of its log."""
    end = max((time for number in one.files if (time := ends.get(number)) is not None), default=None)
    causes = diagnosis.causes
    leading = next((cause for cause in causes if cause.id == one.cause), causes[0])
    identity = repr((one.rule, sorted(one.by.items())))
    ask = diagnosis.questions[0] if diagnosis.questions else None
    return Incident(
        id=f"i-{blake2b(identity.encode(), digest_size=5).hexdigest()}",
        grouped_by=one.by,
        rule=one.rule,
        worker=one.by.get("worker", "") if one.rule else one.worker,
        exchange=named(knowledge, one.exchange),
        source=named(knowledge, one.source),
        cause=leading.id,
        title=leading.title,
        key_problem=one.key_problem,
        probability=leading.probability,
        verdict=diagnosis.verdict,
        state=state(one.spans, end, options.gap),
        first_seen=iso(one.spans[0][0]) if one.spans else None,
        last_seen=iso(one.spans[-1][1]) if one.spans else None,
        count=one.count,
        windows=tuple(Window(first=iso(a) or "", last=iso(b) or "", count=count) for a, b, count in one.spans),
        causes=tuple(
            CauseShare(id=c.id, title=c.title, probability=c.probability, key_problem=c.key_problem)
            for c in causes[:_MOST_CAUSES]
        ),
        evidence=leading.evidence[:_MOST_EVIDENCE],
        samples=tuple(Sample(file=names[number], line=line, text=text) for number, line, text in one.samples),
        files=tuple(FileCount(file=names[n], count=count) for n, count in _most(one.files)),
        remedy=next((fix for fix in diagnosis.remedies if leading.id in fix.mends), None),
        question=AskText(id=ask.id, text=ask.text) if ask else None,
    )


def state(spans: Sequence[Span], end: int | None, gap: int) -> str:
    """ongoing, returned, ended or undated, seen from the end of the log."""
    if not spans or end is None:
        return "undated"
    if spans[-1][1] < end - gap:
        return "ended"
    return "returned" if len(spans) > 1 else "ongoing"


def ends(names: Sequence[str], extents: Mapping[int, Extent]) -> dict[int, int | None]:
    """Input -> last time of its log; rotated parts of one log end together."""
    families: dict[str, int] = {}
    for number, extent in extents.items():
        if extent.last is not None:
            family = _ROTATED.sub("", names[number])
            families[family] = max(families.get(family, extent.last), extent.last)
    return {number: families.get(_ROTATED.sub("", names[number])) for number in extents}


def ordered(found: Sequence[Incident]) -> list[Incident]:
    """Key problems first, then what is still going on, then by number of events."""
    return sorted(found, key=lambda one: (not one.key_problem, _STATES[one.state], -one.count, one.id))


def strange(
    knowledge: Knowledge,
    judgements: Mapping[tuple[int, str], Judgement],
    tallies: Mapping[tuple[int, str, int], Tally],
    messages: Mapping[int, Message],
    names: Sequence[str],
) -> list[Candidate]:
    """Messages that look like errors of this kind and match nothing."""
    found: dict[int, list[tuple[str, int, Tally]]] = {}
    for (message, worker, number), tally in tallies.items():
        if judgements[message, worker].kind == STRANGE:
            found.setdefault(message, []).append((worker, number, tally))
    result = []
    for message, seen in found.items():
        spans = [span for _, _, tally in seen for span in tally.spans]
        places = sorted((number, tally.line, tally.sample) for _, number, tally in seen)[:_MOST_SAMPLES]
        judged = judgements[message, seen[0][0]]
        result.append(
            Candidate(
                message=message,
                text=messages[message].text,
                count=sum(tally.count for _, _, tally in seen),
                first=min((span[0] for span in spans), default=None),
                last=max((span[1] for span in spans), default=None),
                workers=len({worker for worker, _, _ in seen if worker}),
                exchange=named(knowledge, judged.exchange),
                source=named(knowledge, judged.source),
                samples=tuple(Sample(file=names[n], line=line, text=text) for n, line, text in places),
            )
        )
    return result


def named(knowledge: Knowledge, pack: str) -> Named | None:
    """A pack by id and name."""
    return Named(id=pack, name=knowledge.head(pack).name) if pack else None


def _most(files: Counter[int]) -> list[tuple[int, int]]:
    return sorted(files.items(), key=lambda item: (-item[1], item[0]))[:_MOST_FILES]

"""Incidents of logs that are being followed: which are open, which closed, which are back.

Grouped as in a whole triage (worker or file, exchange, source, cause; no rules of an operator), told as they change.
"""

from __future__ import annotations

from collections import Counter, OrderedDict
from collections.abc import Iterator

import msgspec
from msgspec.structs import replace

from keymedic.knowledge.store import Knowledge
from keymedic.triage.following.judges import Judges
from keymedic.triage.following.listener import Event, Heard
from keymedic.triage.meaning import incidents
from keymedic.triage.meaning.grouping import grouped
from keymedic.triage.meaning.incidents import Draft
from keymedic.triage.meaning.judge import INCIDENT, NOT_KEY, STRANGE, Judgement
from keymedic.triage.options import Options
from keymedic.triage.records import Incident, Unknown
from keymedic.triage.scanning.chunk import Span

MOST = 5_000
"""Incidents that are told apart; further workers are counted together."""
_CROWD = "(others)"
_HELD = 2.0
"""Seconds that a catch-all (HTTP 401) waits for somebody who says more precisely what is wrong."""
_WINDOWS = 1_000
_REMINDER = 100
"""Events from which on each tenfold of them is worth a line."""
_STATES = {"open": "ongoing", "back": "returned", "closed": "ended"}
Key = tuple[tuple[str, str], ...]


class Told(msgspec.Struct, frozen=True, kw_only=True):
    """Something that changed. `event`: open, back, closed, still (goes on), unknown. Times in milliseconds since 1970:
    `at` by the log where it names times, else by the clock; `first`, `last` and `count` are those of the present
    stretch."""

    event: str
    at: int
    first: int
    last: int
    count: int
    incident: Incident | None = None
    unknown: Unknown | None = None
    log: str = ""


class _State(msgspec.Struct, eq=False):
    """An incident. `mark`: the time that its log had reached at the last event; `heard`: when that came, in seconds."""

    key: Key
    draft: Draft
    text: str
    log: str
    heard: float
    mark: int | None
    first: int
    last: int
    count: int = 0
    event: str = "open"
    told: bool = False
    next: int = _REMINDER


class Board:
    """Which incidents are open. Times: `now` in seconds of a steady clock, `wall` in milliseconds since 1970."""

    def __init__(self, knowledge: Knowledge, options: Options) -> None:
        self._knowledge, self._options = knowledge, options
        self._judges = Judges(knowledge)
        self._live: dict[Key, _State] = {}
        self._past: OrderedDict[Key, _State] = OrderedDict()
        self._precise: dict[tuple[str, str], Key] = {}
        """Worker and exchange -> the open incident that says more than a catch-all."""
        self._times: dict[str, int] = {}
        """Log -> the time that it has reached."""
        self._due: dict[str, int] = {}
        """Log -> the time from which on one of its incidents may be over."""
        self._names: list[str] = []
        self._numbers: dict[str, int] = {}
        self.counts: Counter[str] = Counter()
        """opened, back, closed, unknown, events; key_problems: how many of those opened are."""

    def take(self, heard: Heard, now: float, wall: int) -> Iterator[Told]:
        """New events of a log, in the order of their times."""
        steps: list[tuple[int | None, Event, Span | None]] = []
        for event in heard.events:
            dated = sum(count for _, _, count in event.spans)
            steps += [(span[0], event, span) for span in event.spans]
            if event.count > dated:
                steps.append((None, event, None))
        for time, event, span in sorted(steps, key=lambda step: step[0] or 0):
            yield from self._reach(heard.log, time)
            yield from self._event(heard.log, event, span, now, wall)
        ends = [span[1] for event in heard.events for span in event.spans]
        yield from self._reach(heard.log, max([*ends, heard.until or -1]))

    def tick(self, now: float, wall: int) -> Iterator[Told]:
        """What the clock alone changes."""
        for one in list(self._live.values()):
            if not one.told and now - one.heard >= _HELD:
                yield self._tell(one)
            if (now - one.heard) * 1000 >= self._options.gap:
                yield from self._close(one, wall)

    def open(self) -> Iterator[Told]:
        """What is open, key problems and the longest first."""
        for one in sorted(self._live.values(), key=lambda one: (not one.draft.key_problem, one.first)):
            if not one.told:
                yield self._tell(one)
            yield self._as("still", one, one.last)

    # --- events

    def _event(self, log: str, event: Event, span: Span | None, now: float, wall: int) -> Iterator[Told]:
        judged = self._judges.judge(event)
        if judged.kind == STRANGE:
            yield from self._unknown(log, event, judged, span[0] if span else wall)
        if judged.kind not in {INCIDENT, NOT_KEY} or not self._wanted(judged):
            return
        draft = self._draft(log, event, judged, span)
        one = self._state(draft, event, log, now, span[0] if span else wall)
        added = draft.count
        if one.draft is not draft:
            one.draft.take(draft, self._options.gap)
            one.draft.general &= draft.general
            one.draft.spans = one.draft.spans[-_WINDOWS:]
        one.count += added
        one.heard, one.log = now, log
        one.last = max(one.last, span[1] if span else wall)
        self._mark(one, span)
        self.counts["events"] += added
        if not one.told and not draft.general:
            yield self._tell(one)
        elif one.told and one.count >= one.next:
            one.next = max(one.next, one.count) * 10
            yield self._as("still", one, one.last)

    def _state(self, draft: Draft, event: Event, log: str, now: float, first: int) -> _State:
        """The incident that an event belongs to, open from now on."""
        key = tuple(sorted(draft.by.items()))
        who = (draft.worker, draft.exchange)
        precise = self._precise.get(who)
        if draft.key_problem and draft.general and precise in self._live and key not in self._live:
            assert precise is not None  # noqa: S101 - for mypy
            return self._live[precise]
        one = self._live.get(key)
        if one is None:
            one = self._begin(key, draft, event, log, now, first)
        if draft.key_problem and not draft.general and draft.worker and precise not in self._live:
            self._precise[who] = key
            self._absorb(one)
        return one

    def _begin(self, key: Key, draft: Draft, event: Event, log: str, now: float, first: int) -> _State:
        one = self._past.pop(key, None)
        if one is None:
            one = _State(key, draft, event.said.text, log, now, None, first, first)
        else:
            one.event, one.told, one.count, one.next = "back", False, 0, _REMINDER
            one.first = one.last = first
            one.text = event.said.text
        self._live[key] = one
        return one

    def _absorb(self, precise: _State) -> None:
        """A catch-all that was not told yet is the same incident as what says it precisely."""
        for one in list(self._live.values()):
            same = (one.draft.worker, one.draft.exchange) == (precise.draft.worker, precise.draft.exchange)
            if same and one is not precise and not one.told and one.draft.general and one.draft.key_problem:
                precise.draft.take(one.draft, self._options.gap)
                precise.count += one.count
                precise.first = min(precise.first, one.first)
                del self._live[one.key]

    def _draft(self, log: str, event: Event, judged: Judgement, span: Span | None) -> Draft:
        number = self._numbers.setdefault(log, len(self._numbers))
        if number == len(self._names):
            self._names.append(log)
        count = span[2] if span else event.count - sum(count for _, _, count in event.spans)
        worker, by = self._grouped(event.worker, log, judged)
        if tuple(sorted(by.items())) not in self._live and len(self._live) + len(self._past) >= MOST:
            if self._past:
                self._past.popitem(last=False)
            else:
                worker, by = self._grouped(_CROWD, log, judged)
        return Draft(
            by, "", worker, judged.exchange, judged.source, judged.cause,
            self._knowledge.causes[judged.cause].key_problem, judged.general, [span] if span else [], count,
            files=Counter({number: count}), samples=[(number, event.line, event.sample)],
        )  # fmt: skip

    def _grouped(self, worker: str, log: str, judged: Judgement) -> tuple[str, dict[str, str]]:
        fields = {
            "worker": worker,
            "file": log,
            "exchange": judged.exchange,
            "source": judged.source,
            "cause": judged.cause,
        }
        return worker, grouped([], fields, ("worker" if worker else "file", "exchange", "source", "cause"))[0]

    def _wanted(self, judged: Judgement) -> bool:
        options = self._options
        return (
            options.exchange in {"", judged.exchange}
            and options.cause in {"", judged.cause}
            and judged.probability >= options.min_probability
        )

    # --- times

    def _reach(self, log: str, time: int | None) -> Iterator[Told]:
        """A log has reached a time: what was quiet for so long in it is over."""
        if time is None or time <= self._times.get(log, -1):
            return
        self._times[log] = time
        if time <= self._due.get(log, time):
            return
        left = []
        for one in list(self._live.values()):
            if one.log != log or one.mark is None:
                continue
            if time - one.mark > self._options.gap:
                yield from self._close(one, time)
            else:
                left.append(one.mark + self._options.gap)
        self._due.pop(log)
        if left:
            self._due[log] = min(left)

    def _mark(self, one: _State, span: Span | None) -> None:
        """Quiet counts from the time that the log has reached: one wrong stamp must not end all that follows."""
        reached = self._times.get(one.log)
        one.mark = max(reached or 0, span[1]) if span else reached
        if one.mark is not None:
            self._due.setdefault(one.log, one.mark + self._options.gap)

    def _close(self, one: _State, at: int) -> Iterator[Told]:
        if not one.told:
            yield self._tell(one)
        del self._live[one.key]
        self._past[one.key] = one
        self.counts["closed"] += 1
        one.event = "closed"
        yield self._as("closed", one, at)

    # --- telling

    def _tell(self, one: _State) -> Told:
        one.told = True
        self.counts["opened" if one.event == "open" else one.event] += 1
        self.counts["key_problems"] += one.draft.key_problem
        return self._as(one.event, one, one.first)

    def _as(self, event: str, one: _State, at: int) -> Told:
        draft = one.draft
        diagnosis = self._judges.diagnose(one.text, draft.exchange, draft.source)
        record = incidents.incident(self._knowledge, draft, diagnosis, self._names, {}, self._options)
        record = replace(record, state=_STATES[one.event])
        return Told(event=event, at=at, first=one.first, last=one.last, count=one.count, incident=record)

    def _unknown(self, log: str, event: Event, judged: Judgement, at: int) -> Iterator[Told]:
        """A message that no rule knows, the first time that its like is seen."""
        options = self._options
        if options.cause or (options.exchange and judged.exchange not in {"", options.exchange}):
            return
        found = self._judges.unknown(log, event, judged)
        if found:
            self.counts["unknown"] += 1
            yield Told(event="unknown", at=at, first=at, last=at, count=event.count, unknown=found, log=log)

"""What messages mean as they come: each judged once, remembered, bounded."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import TypeVar

import msgspec

from keymedic.diagnosis import Diagnosis
from keymedic.knowledge.store import Knowledge
from keymedic.triage.following.listener import Event
from keymedic.triage.meaning.incidents import named
from keymedic.triage.meaning.judge import INCIDENT, STRANGE, Judgement, diagnose, judge
from keymedic.triage.meaning.unknowns import Candidate, clusters
from keymedic.triage.records import Sample, Unknown

_JUDGEMENTS = 20_000
_DIAGNOSES = 500
_WORKERS = 20_000
_STRANGE = 10_000
_SEVERAL = "*"

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")


class Judges:
    """Judges messages. One that names no exchange is understood to speak of the only one its worker was seen at."""

    def __init__(self, knowledge: Knowledge) -> None:
        self._knowledge = knowledge
        self._decode = msgspec.msgpack.Decoder(Diagnosis).decode
        self._judged: OrderedDict[tuple[int, str], Judgement] = OrderedDict()
        self._diagnosed: OrderedDict[tuple[str, str, str], Diagnosis] = OrderedDict()
        self._at: OrderedDict[str, str] = OrderedDict()
        """Worker -> its exchange."""
        self._strange: OrderedDict[str, None] = OrderedDict()

    def judge(self, event: Event) -> Judgement:
        """What the message of an event means."""
        judged = self._judge(event, event.said.exchange)
        worker = event.worker
        if worker and judged.exchange:
            before = self._at.get(worker, judged.exchange)
            _keep(self._at, worker, judged.exchange if before == judged.exchange else _SEVERAL, _WORKERS)
        exchange = self._at.get(worker, "") if worker else ""
        if judged.exchange or judged.kind not in {INCIDENT, STRANGE} or exchange in {"", _SEVERAL}:
            return judged
        return self._judge(event, exchange)

    def diagnose(self, text: str, exchange: str, source: str) -> Diagnosis:
        """The whole diagnosis of a message."""
        key = (text, exchange, source)
        return _kept(self._diagnosed, key, _DIAGNOSES, lambda: self._decode(diagnose(self._knowledge, *key)))

    def unknown(self, log: str, event: Event, judged: Judgement) -> Unknown | None:
        """The record of a message that no rule knows; None when its like was seen before."""
        candidate = Candidate(
            message=event.message,
            text=event.said.text,
            count=event.count,
            first=event.spans[0][0] if event.spans else None,
            last=event.spans[-1][1] if event.spans else None,
            workers=1 if event.worker else 0,
            exchange=named(self._knowledge, judged.exchange),
            source=named(self._knowledge, judged.source),
            samples=(Sample(file=log, line=event.line, text=event.sample),),
        )
        found = clusters([candidate])[0]
        known = found.id in self._strange
        _keep(self._strange, found.id, None, _STRANGE)
        return None if known else found

    def _judge(self, event: Event, exchange: str) -> Judgement:
        said = event.said
        return _kept(
            self._judged,
            (event.message, exchange),
            _JUDGEMENTS,
            lambda: judge(self._knowledge, said.text, exchange, said.source),
        )


def _kept(store: OrderedDict[K, V], key: K, most: int, make: Callable[[], V]) -> V:
    """What is remembered, or made now; what was not used for longest is forgotten."""
    if key in store:
        store.move_to_end(key)
        return store[key]
    found = make()
    _keep(store, key, found, most)
    return found


def _keep(store: OrderedDict[K, V], key: K, value: V, most: int) -> None:
    store[key] = value
    store.move_to_end(key)
    if len(store) > most:
        store.popitem(last=False)

"""The diagnosis: the one immutable record that every report, page and machine reads.

Described for other programs by schema/diagnosis.schema.json. Probabilities lie between 0 and 1, weights are in
decibans, spans in characters of the original input, half open.
"""

from __future__ import annotations

from keymedic.model import Fact, Record


class Named(Record, frozen=True, kw_only=True):
    """An exchange or source in play, and how sure that is (1.0 = given)."""

    id: str
    name: str
    confidence: float


class Evidence(Record, frozen=True, kw_only=True, omit_defaults=False):
    """One reason. `weight` in decibans, always > 0; `origin`: symptom, deduction or answer."""

    symptom: str
    title: str
    pack: str
    pack_version: str
    weight: float
    quote: str = ""
    span: tuple[int, int] | None = None
    source: tuple[str, ...] = ()


class CauseResult(Record, frozen=True, kw_only=True, omit_defaults=False):
    """A cause with its probability and its reasons for and against, strongest first."""

    id: str
    title: str
    summary: str
    customer: str
    probability: float
    key_problem: bool
    actor: tuple[str, ...]
    evidence: tuple[Evidence, ...] = ()
    against: tuple[Evidence, ...] = ()


class FixStep(Record, frozen=True, kw_only=True):
    """One step of a fix, ready to read. `where` names the place (KuCoin, CoinTracker)."""

    where: str
    text: str
    menu: str = ""
    command: str = ""
    changes: str = ""
    caution: str = ""
    danger: bool = False
    actor: str = "user"


class CautionText(Record, frozen=True, kw_only=True):
    """A caution, ready to read."""

    text: str
    severity: str = "caution"


class Fix(Record, frozen=True, kw_only=True):
    """A remedy put together for this exchange and source. `covers` = probability of what it mends."""

    id: str
    title: str
    mends: tuple[str, ...]
    steps: tuple[FixStep, ...]
    verify: str
    risk: str
    covers: float
    cautions: tuple[CautionText, ...] = ()
    reassure: str = ""
    still_failing: tuple[FixStep, ...] = ()
    sources: tuple[str, ...] = ()


class OutcomeText(Record, frozen=True, kw_only=True):
    """An answer that a question accepts."""

    id: str
    label: str


class Ask(Record, frozen=True, kw_only=True):
    """An open question. `gain` in bits of uncertainty about the remedy, `cost` in units of effort."""

    id: str
    text: str
    outcomes: tuple[OutcomeText, ...]
    gain: float
    cost: float
    effort: str


class MaskedInfo(Record, frozen=True, kw_only=True, omit_defaults=False):
    """How many secrets were masked, per kind."""

    count: int
    kinds: dict[str, int]


class PackRef(Record, frozen=True, kw_only=True):
    """A pack that took part, with its version."""

    id: str
    version: str


class NearMiss(Record, frozen=True, kw_only=True):
    """A symptom that almost matched: what was seen of it and what was missing."""

    symptom: str
    title: str
    seen: tuple[str, ...]
    missing: tuple[str, ...]


class Derived(Record, frozen=True, kw_only=True):
    """A fact that a deduction added, with the rule and what it rests on."""

    rule: str
    why: str
    concluded: tuple[str, ...]
    because: tuple[str, ...]


class Explanation(Record, frozen=True, kw_only=True):
    """Only with why=True: what was deduced, what almost matched, what would change the verdict."""

    facts: tuple[Fact, ...] = ()
    derived: tuple[Derived, ...] = ()
    near_misses: tuple[NearMiss, ...] = ()
    would_change: tuple[str, ...] = ()


class Notice(Record, frozen=True, kw_only=True):
    """Said first in every answer: an exchange that closes, an unknown id, a text that was shortened."""

    kind: str
    text: str


class Diagnosis(Record, frozen=True, kw_only=True, omit_defaults=False):
    """The result: one immutable record, described by schema/diagnosis.schema.json.

    `verdict` is diagnosed, same_fix, ambiguous, not_a_key_problem or unknown. `causes` is ordered by
    probability, `remedies` least destructive first within what they cover, `questions` best first.
    """

    schema: str
    id: str
    verdict: str
    exchange: Named | None
    source: Named | None
    causes: tuple[CauseResult, ...]
    remedies: tuple[Fix, ...]
    questions: tuple[Ask, ...]
    notices: tuple[Notice, ...]
    masked: MaskedInfo
    packs: tuple[PackRef, ...]
    sources: tuple[str, ...]
    text: str
    """The input after masking, shortened to the events that carried evidence when it was long."""
    answers: dict[str, str]
    engine: str
    explanation: Explanation | None = None

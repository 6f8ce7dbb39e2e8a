"""The nouns of Keymedic: what packs declare and what a case contains (the result is in diagnosis.py).

Everything here is a frozen record. Weights are in decibans (10 * log10 of a likelihood ratio), spans in
characters of the original input, half open.
"""

from __future__ import annotations

from typing import Any

import msgspec

Scalar = str | int | float | bool
Condition = dict[str, Any]
"""A condition over facts as packs write it; see `definitions/condition` in schema/pack.schema.json."""


class Record(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Base of all records: defaults are left out when written. Subclasses repeat `frozen` for mypy."""


# --- knowledge: what packs declare -------------------------------------------------------------------------


class Cause(Record, frozen=True, kw_only=True):
    """Something that can be wrong. `prior` is its share before any evidence, normalised over all causes."""

    id: str
    title: str
    summary: str
    customer: str
    family: str
    prior: float
    actor: tuple[str, ...]
    key_problem: bool
    part_of: str = ""
    """The broader cause that also stands for this one; empty for most."""


class Symptom(Record, frozen=True, kw_only=True):
    """What can be seen and what it points to. `indicates` and `against` map cause ids to decibans > 0."""

    id: str
    pack: str
    title: str
    match: dict[str, Any]
    means: str = ""
    indicates: dict[str, float] = {}
    against: dict[str, float] = {}
    aspect: str = "message"
    generic: bool = False
    scope: str = "anywhere"
    facts: dict[str, Scalar] = {}
    source: tuple[str, ...] = ()


class Step(Record, frozen=True, kw_only=True):
    """One action of a procedure, or a slot that the engine fills."""

    text: str = ""
    menu: str = ""
    slot: str = ""
    when: Condition | None = None
    command: str = ""
    changes: str = ""
    caution: str = ""
    danger: bool = False
    actor: str = ""


class Caution(Record, frozen=True, kw_only=True):
    """What is lost, stops or stays safe when a procedure is followed."""

    text: str
    severity: str = "caution"
    when: Condition | None = None


class Procedure(Record, frozen=True, kw_only=True):
    """How to do one thing in one place."""

    title: str
    steps: tuple[Step, ...]
    cautions: tuple[Caution, ...] = ()
    verify: str = ""
    source: tuple[str, ...] = ()


class Outcome(Record, frozen=True, kw_only=True):
    """One possible answer and what it means. Weights in decibans."""

    label: str = ""
    indicates: dict[str, float] = {}
    against: dict[str, float] = {}
    facts: dict[str, Scalar] = {}


class Question(Record, frozen=True, kw_only=True):
    """Something to ask or to look up. `cost` is a word of the cost table (knows, looks, changes, waits)."""

    id: str
    pack: str
    text: str
    cost: str
    outcomes: dict[str, Outcome]
    when: Condition | None = None
    answered_by: tuple[str, ...] = ()
    about: tuple[str, ...] = ()
    """Causes of which some answer says something."""
    otherwise: str = ""
    """The answer to expect where a cause is at work that no answer speaks of; empty = each is as likely."""
    source: tuple[str, ...] = ()


class RemedyStep(Record, frozen=True, kw_only=True):
    """A reference to a procedure: exchange.NAME or source.NAME; `optional` = left out where undescribed."""

    use: str
    optional: bool = False
    when: Condition | None = None


class Remedy(Record, frozen=True, kw_only=True):
    """Which procedures, in which order, mend which causes."""

    id: str
    pack: str
    title: str
    mends: tuple[str, ...]
    steps: tuple[RemedyStep, ...]
    risk: str
    when: Condition | None = None
    verify: str = ""
    still_failing: tuple[RemedyStep, ...] = ()
    reassure: str = ""
    source: tuple[str, ...] = ()


class Deduction(Record, frozen=True, kw_only=True):
    """A forward-chaining rule: when `when` holds, facts and weights follow."""

    id: str
    pack: str
    why: str
    when: Condition
    facts: dict[str, Scalar] = {}
    indicates: dict[str, float] = {}
    against: dict[str, float] = {}


class Lifecycle(Record, frozen=True, kw_only=True):
    """Whether an exchange or tool is still in business."""

    state: str = "open"
    date: str = ""
    note: str = ""


class Recognise(Record, frozen=True, kw_only=True):
    """What in a text shows that a pack is meant."""

    ccxt: tuple[str, ...] = ()
    aliases: tuple[str, ...] = ()
    hosts: tuple[str, ...] = ()
    headers: tuple[str, ...] = ()
    words: tuple[str, ...] = ()
    loggers: tuple[str, ...] = ()


class Pack(Record, frozen=True, kw_only=True):
    """One file of knowledge. `profile` is flattened: fact name -> values (see knowledge.profile)."""

    id: str
    kind: str
    name: str
    version: str
    status: str
    verified: str
    extends: str = ""
    beside: str = ""
    """The pack whose cases this one serves too; empty for most."""
    sources: dict[str, str] = {}
    recognise: Recognise = Recognise()
    lifecycle: Lifecycle = Lifecycle()
    profile: dict[str, tuple[Scalar, ...]] = {}
    priors: dict[str, float] = {}
    symptoms: tuple[Symptom, ...] = ()
    procedures: dict[str, Procedure] = {}
    questions: tuple[Question, ...] = ()
    remedies: tuple[Remedy, ...] = ()
    deductions: tuple[Deduction, ...] = ()
    rules: tuple[tuple[str, str], ...] = ()
    """Rules worth telling: (cause id or "", sentence)."""


# --- the case: what was seen -------------------------------------------------------------------------------


class Fact(Record, frozen=True, kw_only=True):
    """Something known. `origin` says where from: text, given, answer, profile, deduction, probe."""

    name: str
    value: Scalar
    origin: str
    because: tuple[str, ...] = ()
    span: tuple[int, int] | None = None


class Finding(Record, frozen=True, kw_only=True):
    """A symptom, deduction or answer that holds, with the weights it gives. Decibans."""

    id: str
    pack: str
    pack_version: str
    title: str
    aspect: str
    indicates: dict[str, float]
    against: dict[str, float]
    quote: str = ""
    span: tuple[int, int] | None = None
    event: int = 0
    generic: bool = False
    frame: bool = False
    """A tool's catch-all: what general wording stands in it says nothing by itself."""
    rank: int = 1
    source: tuple[str, ...] = ()

"""The compiled form of all packs: small tables for matching, everything else decoded only when needed."""

from __future__ import annotations

from typing import Any, NamedTuple

import msgspec

from keymedic.knowledge.patterns import Pattern
from keymedic.model import Cause, Deduction, Pack, Step, Symptom

Tree = int | list[Any]
"""A matcher: the number of an atom, or ["all" | "any" | "none", tree, ...]."""


class ConceptAtom(NamedTuple):
    """Concepts said close together: all of `concepts` within `within` words, negated or not."""

    atom: int
    concepts: tuple[int, ...]
    within: int
    negated: bool


class FieldAtom(NamedTuple):
    """A field that equals or contains a value (case-folded)."""

    atom: int
    name: str
    equals: str
    contains: str


class Use(NamedTuple):
    """What a pattern stands for: an atom, a concept, or the recognition of a pack."""

    kind: str
    ref: int
    pack: str = ""
    how: str = ""


class Head(msgspec.Struct, frozen=True):
    """The part of a pack that every run needs."""

    id: str
    kind: str
    name: str
    version: str
    status: str
    extends: str
    beside: str
    ids: tuple[str, ...]
    symptoms: int


class Index(msgspec.Struct):
    """Everything compiled. `symptoms` and `packs` hold encoded records, decoded on demand by Knowledge."""

    engine: str
    causes: dict[str, Cause]
    costs: dict[str, float]
    slots: dict[str, tuple[Step, ...]]
    heads: dict[str, Head]
    packs: dict[str, msgspec.Raw]
    symptoms: list[msgspec.Raw]
    trees: list[Tree]
    symptom_ids: list[str]
    symptom_packs: list[str]
    deductions: tuple[Deduction, ...]
    patterns: list[Pattern]
    uses: list[list[Use]]
    codes: dict[str, dict[str, int]]
    statuses: dict[int, int]
    exceptions: dict[str, int]
    fields: list[FieldAtom]
    facts: list[tuple[int, dict[str, Any]]]
    concepts: list[ConceptAtom]
    concept_names: list[str]
    triggers: list[list[int]]
    """Atom -> symptoms that may match when it is seen."""
    atom_texts: list[str]
    """Atom -> the matcher in words, for explanations."""
    spelling: msgspec.Raw
    """A Spelling, decoded when a text in plain words is read."""
    local: list[str]
    """What local folders change, in words."""


symptom_decoder = msgspec.msgpack.Decoder(Symptom)
pack_decoder = msgspec.msgpack.Decoder(Pack)

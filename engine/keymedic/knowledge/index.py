"""The compiled form of all packs: small tables for matching, everything else decoded only when needed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple, TypeVar, overload

import msgspec

from keymedic.knowledge.patterns import Pattern
from keymedic.model import Cause, Deduction, Pack, Step, Symptom

T = TypeVar("T")

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


class OnDemand(Sequence[T]):
    """Encoded records, each decoded when it is asked for."""

    def __init__(self, encoded: Sequence[msgspec.Raw], kind: Any) -> None:
        self._encoded = encoded
        self._decoder = msgspec.msgpack.Decoder(kind)
        self._known: dict[int, T] = {}

    def __len__(self) -> int:
        return len(self._encoded)

    @overload
    def __getitem__(self, number: int) -> T: ...
    @overload
    def __getitem__(self, number: slice) -> list[T]: ...
    def __getitem__(self, number: int | slice) -> T | list[T]:
        if isinstance(number, slice):
            return [self[n] for n in range(*number.indices(len(self)))]
        if number not in self._known:
            self._known[number] = self._decoder.decode(self._encoded[number])
        return self._known[number]


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
    patterns: Sequence[Pattern]
    uses: Sequence[list[Use]]
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
    gate: list[str] = []
    """Words of which one stands in every log event worth reading."""
    gate_numbers: list[str] = []
    """Codes and statuses that make an event worth reading where they stand beside a name such as code or status."""


class Packed(msgspec.Struct, array_like=True):
    """An index for the cache: its two long tables apart, so that only what is used of them is decoded."""

    index: Index
    patterns: list[msgspec.Raw]
    uses: list[msgspec.Raw]

    @classmethod
    def of(cls, index: Index) -> Packed:
        """The index with its long tables encoded one by one."""
        encode = msgspec.msgpack.Encoder().encode
        tables = ([msgspec.Raw(encode(item)) for item in table] for table in (index.patterns, index.uses))
        return cls(msgspec.structs.replace(index, patterns=[], uses=[]), *tables)

    def whole(self) -> Index:
        """The index, its long tables decoded on demand."""
        patterns: Sequence[Pattern] = OnDemand(self.patterns, Pattern)
        uses: Sequence[list[Use]] = OnDemand(self.uses, list[Use])
        return msgspec.structs.replace(self.index, patterns=patterns, uses=uses)


symptom_decoder = msgspec.msgpack.Decoder(Symptom)
pack_decoder = msgspec.msgpack.Decoder(Pack)

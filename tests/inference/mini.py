"""A small world of packs, and short ways to look at it through the engine."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path

from keymedic import case
from keymedic.diagnosis import CauseResult, Diagnosis
from keymedic.inference.context import Context, recognise
from keymedic.inference.facts import FactBase
from keymedic.inference.scan import Sight, look
from keymedic.intake import take
from keymedic.knowledge.compile import compile_index
from keymedic.knowledge.load import library
from keymedic.knowledge.scanner import Scanner
from keymedic.knowledge.store import Knowledge

PACKS = Path(__file__).parent / "packs"


@cache
def mini() -> Knowledge:
    """The small world, compiled once."""
    index = compile_index(library([PACKS]))
    return Knowledge(index, Scanner(index.patterns))


def diagnose(
    text: str, exchange: str | None = None, source: str | None = None, answers: Mapping[str, str] | None = None
) -> Diagnosis:
    """A diagnosis in the small world, with its explanation."""
    return case.diagnose(text, mini(), exchange=exchange, source=source, answers=answers, why=True)


def seen(text: str, exchange: str | None = None, source: str | None = None) -> set[str]:
    """Ids of the symptoms that counted."""
    explanation = diagnose(text, exchange, source).explanation
    assert explanation is not None
    return {str(fact.value) for fact in explanation.facts if fact.name == "symptom"}


def context(text: str, exchange: str | None = None, source: str | None = None) -> Context:
    """The packs in play, as the text and the caller name them."""
    return recognise(mini(), sights(text), exchange, source)


def sights(text: str) -> list[Sight]:
    return look(mini(), take(text).events)


def cause(diagnosis: Diagnosis, name: str) -> CauseResult | None:
    """A cause of a diagnosis; None when it is not worth naming."""
    return next((found for found in diagnosis.causes if found.id == name), None)


def probability(diagnosis: Diagnosis, name: str) -> float:
    found = cause(diagnosis, name)
    return found.probability if found else 0.0


def facts(**values: str | int | float | bool) -> FactBase:
    """Facts from keywords; `__` stands for a dot."""
    base = FactBase()
    for name, value in values.items():
        base.add(name.replace("__", "."), value, "given")
    return base

"""Validated pack data -> records of the model. Words for weights become decibans here."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from keymedic.knowledge.profile import flatten
from keymedic.model import (
    Cause,
    Caution,
    Deduction,
    Lifecycle,
    Outcome,
    Pack,
    Procedure,
    Question,
    Recognise,
    Remedy,
    RemedyStep,
    Step,
    Symptom,
)

Weights = Mapping[str, float]
IMPOSSIBLE = 200.0
"""Decibans of `excludes`: no evidence outweighs it."""


def pack(data: Mapping[str, Any], weights: Weights) -> Pack:
    """The record of one pack. `data` has passed the schema; `weights` maps words to decibans."""
    profile = data.get("profile", {})
    return Pack(
        id=data["pack"],
        kind=data["kind"],
        name=data["name"],
        version=data["version"],
        status=data["status"],
        verified=data["verified"],
        extends=data.get("extends", ""),
        beside=data.get("beside", ""),
        sources=data.get("sources", {}),
        recognise=Recognise(**{key: tuple(value) for key, value in data.get("recognise", {}).items()}),
        lifecycle=Lifecycle(**_only(data.get("lifecycle", {}), "state", "date", "note")),
        profile=flatten(data["kind"], profile),
        priors={cause: float(shift) for cause, shift in data.get("priors", {}).items()},
        symptoms=tuple(symptom(item, data["pack"], weights) for item in active(data)),
        procedures={name: procedure(item) for name, item in data.get("procedures", {}).items()},
        questions=tuple(question(item, data["pack"], weights) for item in data.get("questions", ())),
        remedies=tuple(remedy(item, data["pack"]) for item in data.get("remedies", ())),
        deductions=tuple(deduction(item, data["pack"], weights) for item in data.get("deductions", ())),
        rules=tuple((rule.get("about", ""), rule["fact"]) for rule in profile.get("rules", ())),
    )


def active(data: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """The symptoms of a pack that are not deprecated."""
    return [item for item in data.get("symptoms", ()) if "deprecated" not in item]


def cause(data: Mapping[str, Any]) -> Cause:
    """The record of one cause."""
    return Cause(**{**data, "actor": tuple(data["actor"])})


def symptom(data: Mapping[str, Any], pack_id: str, weights: Weights) -> Symptom:
    """The record of one symptom; examples stay in the file, they are for checking only."""
    return Symptom(
        pack=pack_id,
        indicates=decibans(data.get("indicates", {}), weights),
        against=decibans(data.get("against", {}), weights),
        source=cite(data["source"]),
        **_only(data, "id", "title", "match", "means", "aspect", "generic", "scope", "facts"),
    )


def procedure(data: Mapping[str, Any]) -> Procedure:
    """The record of one procedure."""
    return Procedure(
        title=data["title"],
        steps=tuple(step(item) for item in data["steps"]),
        cautions=tuple(Caution(**_only(item, "text", "severity", "when")) for item in data.get("cautions", ())),
        verify=data.get("verify", ""),
        source=cite(data["source"]),
    )


def step(data: Mapping[str, Any]) -> Step:
    """The record of one step or slot variant."""
    return Step(**{key: value for key, value in data.items() if key != "source"})


def question(data: Mapping[str, Any], pack_id: str, weights: Weights) -> Question:
    """The record of one question."""
    outcomes = {name: _outcome(item, weights) for name, item in data["outcomes"].items()}
    about = dict.fromkeys(cause for o in outcomes.values() for cause in (*o.indicates, *o.against))
    return Question(
        pack=pack_id,
        outcomes=outcomes,
        about=tuple(about),
        answered_by=tuple(data.get("answered_by", ())),
        source=cite(data.get("source", [])),
        **_only(data, "id", "text", "cost", "when", "otherwise"),
    )


def _outcome(data: Mapping[str, Any], weights: Weights) -> Outcome:
    return Outcome(
        indicates=decibans(data.get("indicates", {}), weights),
        against=decibans(data.get("against", {}), weights),
        **_only(data, "label", "facts"),
    )


def remedy(data: Mapping[str, Any], pack_id: str) -> Remedy:
    """The record of one remedy."""
    return Remedy(
        pack=pack_id,
        mends=tuple(data["mends"]),
        steps=tuple(_remedy_step(item) for item in data["steps"]),
        still_failing=tuple(_remedy_step(item) for item in data.get("still_failing", ())),
        source=cite(data.get("source", [])),
        **_only(data, "id", "title", "risk", "when", "verify", "reassure"),
    )


def _remedy_step(data: str | Mapping[str, Any]) -> RemedyStep:
    use, when = (data, None) if isinstance(data, str) else (data["use"], data.get("when"))
    return RemedyStep(use=use.rstrip("?"), optional=use.endswith("?"), when=when)


def deduction(data: Mapping[str, Any], pack_id: str, weights: Weights) -> Deduction:
    """The record of one deduction."""
    then = data["then"]
    return Deduction(
        id=data["id"],
        pack=pack_id,
        why=data["why"],
        when=data["if"],
        facts=then.get("facts", {}),
        indicates=decibans(then.get("indicates", {}), weights),
        against=decibans(then.get("against", {}), weights),
    )


def cite(source: str | list[str]) -> tuple[str, ...]:
    """One or several source names as a tuple."""
    return (source,) if isinstance(source, str) else tuple(source)


def decibans(words: Mapping[str, str], weights: Weights) -> dict[str, float]:
    """Cause -> word as cause -> decibans."""
    return {cause: IMPOSSIBLE if word == "excludes" else weights[word] for cause, word in words.items()}


def _only(data: Mapping[str, Any], *keys: str) -> dict[str, Any]:
    return {key: data[key] for key in keys if key in data}

"""Names of facts that conditions and step texts may use: base's vocabulary and the paths of profiles."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator
from typing import Any

from keymedic import paths
from keymedic.knowledge.load import Library

_NEEDS = "read trade trade_spot trade_margin trade_futures withdraw transfer other"


def facts(library: Library) -> frozenset[str]:
    """Every fact name: declared in base packs, asserted somewhere, or a path of a profile."""
    names = set(library.fact_names)
    schema = json.loads((paths.schema() / "pack.schema.json").read_text(encoding="utf-8"))
    for kind in ("exchange", "source"):
        profile = schema["definitions"][f"{kind}Profile"]
        names.update(_paths(profile, kind, schema))
        names.update(f"{kind}.permission.{need}" for need in _NEEDS.split())
    for pack in library.packs.values():
        for symptom in pack.symptoms:
            names.update(symptom.facts)
        for deduction in pack.deductions:
            names.update(deduction.facts)
        for question in pack.questions:
            for outcome in question.outcomes.values():
                names.update(outcome.facts)
    return frozenset(names)


def known(name: str, names: Collection[str], questions: Collection[str]) -> bool:
    """Whether a condition may use this name; `answer.ID` stands for every question."""
    return name in names or (name.startswith("answer.") and name.removeprefix("answer.") in questions)


def _paths(node: dict[str, Any], prefix: str, schema: dict[str, Any]) -> Iterator[str]:
    node = _resolved(node, schema)
    if "properties" in node:
        for name, inner in node["properties"].items():
            yield from _paths(inner, f"{prefix}.{name}", schema)
    elif "items" in node:
        yield from _paths(node["items"], prefix, schema)
    else:
        yield prefix


def _resolved(node: dict[str, Any], schema: dict[str, Any]) -> dict[str, Any]:
    reference = node.get("$ref") or next((part["$ref"] for part in node.get("allOf", ()) if "$ref" in part), None)
    return dict(schema["definitions"][reference.rsplit("/", 1)[1]]) if reference else node

"""Overlays: local files that silence symptoms of the packs and give them other weights, with a reason each."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import Any

import msgspec

from keymedic.knowledge import build
from keymedic.knowledge.positions import Document, Path
from keymedic.knowledge.problems import Problem, did_you_mean
from keymedic.model import Pack, Symptom


def apply(pack: Pack, overlays: Sequence[Document], weights: Mapping[str, float]) -> Pack:
    """The pack as the overlays want it; a later one wins."""
    if not overlays:
        return pack
    silenced = {item["symptom"] for overlay in overlays for item in overlay.data.get("silence", ())}
    reweighed = {item["symptom"]: item for overlay in overlays for item in overlay.data.get("reweigh", ())}
    priors = dict(pack.priors)
    for overlay in overlays:
        for item in overlay.data.get("priors", ()):
            if item["pack"] == pack.id:
                priors[item["cause"]] = float(item["shift"])
    symptoms = tuple(
        _reweighed(symptom, reweighed[symptom.id], weights) if symptom.id in reweighed else symptom
        for symptom in pack.symptoms
        if symptom.id not in silenced
    )
    return msgspec.structs.replace(pack, symptoms=symptoms, priors=priors)


def _reweighed(symptom: Symptom, item: Mapping[str, Any], weights: Mapping[str, float]) -> Symptom:
    """Only the causes that the overlay names get another weight; `none` takes one away."""
    changed = {}
    for key in ("indicates", "against"):
        named = item.get(key, {})
        kept = {cause: weight for cause, weight in getattr(symptom, key).items() if cause not in named}
        words = {cause: word for cause, word in named.items() if word != "none"}
        changed[key] = kept | build.decibans(words, weights)
    return msgspec.structs.replace(symptom, **changed)


def told(overlays: Iterable[Document]) -> Iterator[str]:
    """What overlays change, one line each."""
    for overlay in overlays:
        name = overlay.data["overlay"]
        for item in overlay.data.get("silence", ()):
            yield f"{name} silences {item['symptom']}: {item['reason']}"
        for item in overlay.data.get("reweigh", ()):
            new = {**item.get("indicates", {}), **{f"not {c}": w for c, w in item.get("against", {}).items()}}
            words = ", ".join(f"{cause} {word}" for cause, word in new.items())
            yield f"{name} weighs {item['symptom']} anew ({words}): {item['reason']}"
        for item in overlay.data.get("priors", ()):
            yield f"{name} shifts {item['cause']} at {item['pack']} by {item['shift']:+g}: {item['reason']}"


def replaced(pair: tuple[Document, Document]) -> str:
    """The line about a pack that a later folder replaces."""
    old, new = (document.data for document in pair)
    return f"{pair[1].file} replaces {new['pack']} {old['version']} by {new['version']}"


def check(
    overlay: Document, symptoms: Collection[str], packs: Collection[str], causes: Collection[str]
) -> list[Problem]:
    """Names in an overlay that lead nowhere."""
    problems = []

    def known(path: Path, what: str, name: str, names: Collection[str]) -> None:
        if name not in names:
            mend = did_you_mean(name, names) or "drop the entry"
            problems.append(overlay.problem(path, f"unknown {what} {name!r}", mend))

    for key in ("silence", "reweigh"):
        for number, item in enumerate(overlay.data.get(key, ())):
            known((key, number, "symptom"), "symptom", item["symptom"], symptoms)
            for cause in (*item.get("indicates", {}), *item.get("against", {})):
                known((key, number), "cause", cause, causes)
    for number, item in enumerate(overlay.data.get("priors", ())):
        known(("priors", number, "pack"), "pack", item["pack"], packs)
        known(("priors", number, "cause"), "cause", item["cause"], causes)
    return problems

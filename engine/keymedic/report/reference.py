"""The knowledge reference: the packs as Markdown pages, for people who want to know what Keymedic knows."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from typing import Any

from keymedic.knowledge.load import Library
from keymedic.knowledge.wording import matcher, weights
from keymedic.model import Pack, Procedure, Question, Remedy, Symptom
from keymedic.report.environment import environment

MARK = "Written from the rule packs by `keymedic packs reference`; do not edit."
"""Stands on the first page: a folder that has it may be written anew."""

_GAPS = re.compile(r"\n{3,}")


def pages(library: Library) -> dict[str, str]:
    """File name -> text of every page. Same packs, same bytes."""
    packs = sorted(library.packs.values(), key=lambda pack: pack.name.lower())
    written = {"README.md": _render("index", mark=MARK, **_totals(library, packs))}
    written["causes.md"] = _render("causes", causes=list(_causes(library)))
    questions = [_question(question) for pack in packs for question in pack.questions]
    written["questions.md"] = _render("questions", questions=questions)
    remedies = [_remedy(remedy) for pack in packs for remedy in pack.remedies]
    written["remedies.md"] = _render("remedies", remedies=remedies)
    for pack in packs:
        written[f"packs/{pack.id}.md"] = _render("pack", pack=_pack(pack))
    return written


def _render(name: str, **values: Any) -> str:
    text = environment().get_template(f"reference/{name}.md.j2").render(**values)
    return _GAPS.sub("\n\n", text).strip() + "\n"


def _totals(library: Library, packs: list[Pack]) -> dict[str, Any]:
    written = [item for doc in library.documents.values() for item in doc.data.get("symptoms", ())]
    return {
        "packs": [
            {
                **{key: getattr(pack, key) for key in ("id", "kind", "name", "version", "status", "verified")},
                "symptoms": len(pack.symptoms),
                "questions": len(pack.questions),
                "procedures": len(pack.procedures),
            }
            for pack in packs
        ],
        "symptoms": sum(len(pack.symptoms) for pack in packs),
        "examples": sum(len(item["examples"]) for item in written),
        "counterexamples": sum(len(item["counterexamples"]) for item in written),
        "causes": len(library.causes),
        "questions": sum(len(pack.questions) for pack in packs),
        "remedies": sum(len(pack.remedies) for pack in packs),
    }


def _causes(library: Library) -> Iterator[dict[str, Any]]:
    named = Counter(cause for pack in library.packs.values() for s in pack.symptoms for cause in s.indicates)
    for cause in library.causes.values():
        keys = ("id", "title", "summary", "actor", "prior", "key_problem")
        yield {**{key: getattr(cause, key) for key in keys}, "symptoms": named[cause.id]}


def _pack(pack: Pack) -> dict[str, Any]:
    life = pack.lifecycle
    return {
        **{key: getattr(pack, key) for key in ("id", "name", "version", "status", "verified", "extends", "rules")},
        "lifecycle": "" if life.state == "open" else f"{life.state} {life.date}: {life.note}",
        "profile": [(name, ", ".join(map(str, values))) for name, values in pack.profile.items()],
        "symptoms": [_symptom(symptom) for symptom in pack.symptoms],
        "procedures": [(name, _procedure(procedure)) for name, procedure in pack.procedures.items()],
        "questions": [question.id for question in pack.questions],
        "remedies": [remedy.id for remedy in pack.remedies],
        "sources": list(pack.sources.items()),
    }


def _symptom(symptom: Symptom) -> dict[str, str]:
    return {
        "id": symptom.id,
        "title": symptom.title,
        "means": symptom.means,
        "match": matcher(symptom.match),
        "for": weights(symptom.indicates),
        "against": weights(symptom.against),
    }


def _procedure(procedure: Procedure) -> dict[str, Any]:
    steps = [": ".join(filter(None, (step.menu, step.text or f"({step.slot})"))) for step in procedure.steps]
    cautions = [caution.text for caution in procedure.cautions]
    return {"title": procedure.title, "steps": steps, "cautions": cautions}


def _question(question: Question) -> dict[str, Any]:
    outcomes = [
        (name, {"label": o.label, "for": weights(o.indicates), "against": weights(o.against)})
        for name, o in question.outcomes.items()
    ]
    return {
        "id": question.id,
        "pack": question.pack,
        "text": question.text,
        "cost": question.cost,
        "outcomes": outcomes,
    }


def _remedy(remedy: Remedy) -> dict[str, Any]:
    return {
        "id": remedy.id,
        "pack": remedy.pack,
        "title": remedy.title,
        "mends": remedy.mends,
        "steps": [step.use for step in remedy.steps],
        "risk": remedy.risk,
    }

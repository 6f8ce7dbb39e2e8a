"""Answers to questions as evidence: `--answer ID=VALUE`."""

from __future__ import annotations

import difflib
from collections.abc import Mapping

from keymedic.errors import Unusable
from keymedic.inference.facts import FactBase
from keymedic.knowledge.store import Knowledge
from keymedic.model import Finding, Question

UNKNOWN = "unknown"
"""Always accepted; says nothing, and keeps the question from being asked again."""


def check_answers(knowledge: Knowledge, answers: Mapping[str, str]) -> None:
    """Raise Unusable when an answer names no question or no outcome of it."""
    if not answers:
        return
    known = _questions(knowledge)
    for name, value in answers.items():
        if name not in known:
            close = difflib.get_close_matches(name, list(known), n=1)
            hint = f"did you mean {close[0]}?" if close else "see `keymedic packs show base.questions`"
            raise Unusable(f"answer {name!r}: there is no such question: {hint}")
        outcomes = [*known[name].outcomes, UNKNOWN]
        if value not in outcomes:
            raise Unusable(f"answer {name}={value!r}: the answers are {', '.join(outcomes)}")


def answer_findings(knowledge: Knowledge, answers: Mapping[str, str], facts: FactBase) -> list[Finding]:
    """What the answers say; their facts are added to `facts`."""
    if not answers:
        return []
    known = _questions(knowledge)
    findings = []
    for name, value in answers.items():
        facts.add("answered", name, "answer")
        if value == UNKNOWN:
            continue
        question, outcome = known[name], known[name].outcomes[value]
        facts.add(f"answer.{name}", value, "answer")
        for fact, given in outcome.facts.items():
            facts.add(fact, given, f"answer {name}")
        findings.append(
            Finding(
                id=f"{name}={value}",
                pack=question.pack,
                pack_version=knowledge.head(question.pack).version,
                title=f'"{outcome.label or value}": {question.text}',  # the answer first: reports cut long titles
                aspect=f"answer {name}",
                indicates=outcome.indicates,
                against=outcome.against,
                event=-1,
                source=question.source,
            )
        )
    return findings


def _questions(knowledge: Knowledge) -> dict[str, Question]:
    packs = [name for name, head in knowledge.index.heads.items() if head.kind != "base"]
    return {question.id: question for question in knowledge.questions(packs)}

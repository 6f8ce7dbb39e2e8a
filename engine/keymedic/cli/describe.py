"""A pack, symptom, cause or question in words, for `keymedic packs show`."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator

from keymedic.errors import Unusable
from keymedic.knowledge import wording
from keymedic.knowledge.store import Knowledge
from keymedic.model import Cause, Pack, Question, Symptom


def describe(knowledge: Knowledge, name: str) -> str:
    """What Keymedic knows under this id. Raises Unusable when it is nothing."""
    pack = name if name in knowledge.index.heads else None
    pack = pack or knowledge.resolve("exchange", name) or knowledge.resolve("source", name)
    if pack:
        return "\n".join(_pack(knowledge, knowledge.pack(pack)))
    if name in knowledge.causes:
        return "\n".join(_cause(knowledge.causes[name]))
    if name in knowledge.index.symptom_ids:
        return "\n".join(_symptom(knowledge.symptom(knowledge.index.symptom_ids.index(name))))
    packs = [head.id for head in knowledge.index.heads.values() if head.kind != "base"]
    questions = {question.id: question for question in knowledge.questions(packs)}
    if name in questions:
        return "\n".join(_question(questions[name]))
    names = [*knowledge.index.heads, *knowledge.causes, *questions]
    close = difflib.get_close_matches(name, names, n=2) or difflib.get_close_matches(name, knowledge.index.symptom_ids)
    hint = f"did you mean {' or '.join(close)}?" if close else "see `keymedic packs list`"
    raise Unusable(f"nothing is called {name!r}: {hint}")


def _pack(knowledge: Knowledge, pack: Pack) -> Iterator[str]:
    yield f"{pack.name} ({pack.id}), {pack.kind} pack {pack.version}, {pack.status}, verified {pack.verified}"
    if pack.extends:
        yield f"  extends {pack.extends}"
    if pack.lifecycle.state != "open":
        yield f"  {pack.lifecycle.state} {pack.lifecycle.date} {pack.lifecycle.note}"
    for name, values in pack.profile.items():
        yield f"  {name} = {', '.join(map(str, values))}"
    for about, rule in pack.rules:
        yield f"  rule{f' ({about})' if about else ''}: {rule}"
    for number, owner in enumerate(knowledge.index.symptom_packs):
        if owner == pack.id:
            symptom = knowledge.symptom(number)
            yield f"  symptom {symptom.id}: {symptom.title} -> {wording.weights(symptom.indicates)}"
    for name, procedure in pack.procedures.items():
        yield f"  procedure {name}: {procedure.title} ({len(procedure.steps)} steps)"
    for question in pack.questions:
        yield f"  question {question.id}: {question.text}"
    for remedy in pack.remedies:
        yield f"  remedy {remedy.id}: {remedy.title} (mends {', '.join(remedy.mends)}; risk {remedy.risk})"


def _symptom(symptom: Symptom) -> Iterator[str]:
    yield f"{symptom.id}: {symptom.title}"
    yield from _indented([symptom.means, f"matches {wording.matcher(symptom.match)}"])
    yield from _indented([f"for {wording.weights(symptom.indicates)}"] if symptom.indicates else [])
    yield from _indented([f"against {wording.weights(symptom.against)}"] if symptom.against else [])


def _cause(cause: Cause) -> Iterator[str]:
    yield f"{cause.id}: {cause.title}"
    yield from _indented([cause.summary, f"to the customer: {cause.customer}"])
    yield f"  who can act: {', '.join(cause.actor)}; prior {cause.prior}; key problem: {cause.key_problem}"


def _question(question: Question) -> Iterator[str]:
    yield f"{question.id}: {question.text} (the customer {question.cost})"
    for name, outcome in question.outcomes.items():
        said = [f"for {wording.weights(outcome.indicates)}"] if outcome.indicates else []
        said += [f"against {wording.weights(outcome.against)}"] if outcome.against else []
        label = f" ({outcome.label})" if outcome.label else ""
        yield f"  {name}{label}: {'; '.join(said) or 'says nothing'}"


def _indented(lines: Iterable[str]) -> Iterator[str]:
    return (f"  {line}" for line in lines if line)

"""Packs tested by their own examples: each must fire on its examples, not on its counterexamples, and no pack of
the same kind may claim another's example."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import msgspec

from keymedic.inference import context as contexts
from keymedic.inference.match import Matched, match
from keymedic.inference.profile import profile_facts
from keymedic.inference.scan import look
from keymedic.intake import take
from keymedic.knowledge.load import Library
from keymedic.knowledge.positions import Document, Path
from keymedic.knowledge.problems import Problem
from keymedic.knowledge.store import Knowledge


class Tally(msgspec.Struct):
    """What was tested and what failed."""

    examples: int = 0
    counterexamples: int = 0
    problems: list[Problem] = []


def test(knowledge: Knowledge, library: Library, packs: Iterable[str]) -> Tally:
    """Run the examples and counterexamples of these packs."""
    tally = Tally(problems=[])
    for pack in packs:
        document = library.documents[pack]
        active = {symptom.id for symptom in library.packs[pack].symptoms}
        for number, symptom in enumerate(document.data.get("symptoms", ())):
            if symptom["id"] not in active:  # deprecated, or silenced by an overlay
                continue
            path: Path = ("symptoms", number)
            for at, text in enumerate(symptom["examples"]):
                tally.examples += 1
                tally.problems += _example(knowledge, library, document, symptom["id"], text, (*path, "examples", at))
            for at, text in enumerate(symptom["counterexamples"]):
                tally.counterexamples += 1
                if symptom["id"] in _seen(seen(knowledge, document, text)):
                    what = f"{symptom['id']} fires on its counterexample"
                    place = (*path, "counterexamples", at)
                    tally.problems.append(document.problem(place, what, "make the matcher narrower"))
    return tally


def seen(knowledge: Knowledge, document: Document, text: str) -> Matched:
    """What matches in a text while the pack is in play."""
    kind, pack = document.data["kind"], document.data["pack"]
    intake = take(text)
    sights = look(knowledge, intake.events)
    exchange, source = (pack if kind == name else None for name in ("exchange", "source"))
    context = contexts.recognise(knowledge, sights, exchange, source)
    return match(knowledge, sights, context, profile_facts(knowledge, context, intake.masked.masks))


def _example(
    knowledge: Knowledge, library: Library, document: Document, symptom: str, text: str, path: Path
) -> Iterator[Problem]:
    result = seen(knowledge, document, text)
    if symptom not in _seen(result):
        yield document.problem(path, f"{symptom} does not fire on its example", "correct the matcher or the example")
    kind = document.data["kind"]
    if kind == "base":
        return
    for pack, other in dict.fromkeys(result.foreign):
        if knowledge.head(pack).kind != kind or document.data["pack"] in knowledge.family(pack):
            continue
        if not _admitted(library, pack, other, document.data["pack"]):
            what = f"the example of {symptom} is claimed by {other} too"
            mend = f"give {other} `scope: pack`, a narrower matcher, or a false_positives line naming the pack"
            yield document.problem(path, what, mend)


def _admitted(library: Library, pack: str, symptom: str, victim: str) -> bool:
    """Whether a symptom's `false_positives` name the pack whose example it claims."""
    for item in library.documents[pack].data.get("symptoms", ()):
        if item["id"] == symptom:
            return any(victim in line.lower() for line in item.get("false_positives", ()))
    return False


def _seen(result: Matched) -> set[str]:
    return {finding.id for finding in result.findings}
